"""Reading a `.nar` file. The grammar is the table in `_read`; docs/script.md tells it to editors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from narrator.book import (
    NARRATOR,
    Chapter,
    CharacterId,
    Cue,
    Element,
    Heading,
    Line,
    Note,
    ParagraphBreak,
    SceneBreak,
    Unspoken,
)
from narrator.errors import ScriptError
from narrator.script.names import is_id
from narrator.script.pieces import read_pieces
from narrator.script.write import canonical

_SPEAKER: Final = re.compile(r"@\s*([^\s:()?]*)\s*(\?)?\s*(?:\(([^()]*)\))?\s*:(.*)", re.DOTALL)
_CUE_WORD: Final = re.compile(r'\s*(?:([^\s="\]]+)=)?(?:"([^"]*)"|([^\s"=]+))')
_CUE_NAME: Final = re.compile(r"[a-z][a-z-]*")


def parse(text: str, *, where: str = "") -> Chapter:
    """The chapter in `text`, the content of one file. Lines end at `\\n` only.

    Raises ScriptError at the first mistake, placed at `where:line`.
    """
    elements: list[Element] = []
    for item in _elements(text, where):
        if isinstance(item, ScriptError):
            raise item
        elements.append(item)
    return Chapter(tuple(elements), ended=text.endswith("\n"))


def mistakes(text: str, *, where: str = "") -> tuple[ScriptError, ...]:
    """Every mistake in `text`, in reading order; empty where `parse` would succeed."""
    return tuple(item for item in _elements(text, where) if isinstance(item, ScriptError))


def _elements(text: str, where: str) -> Iterator[Element | ScriptError]:
    headed = complained = False
    for number, raw in enumerate(text.removesuffix("\n").split("\n"), 1):
        try:
            element = _read(raw)
            if isinstance(element, Heading):
                if headed:
                    raise ScriptError(
                        "a second # heading: one file is one chapter.",
                        hint="Move it to a file of its own, listed in book.toml, or type \\# instead.",
                    )
                headed = True
            elif not (headed or complained or isinstance(element, Note | ParagraphBreak)):
                complained = True  # once a file is enough
                raise ScriptError("a chapter begins with its name.", hint="Type `# Title` on the first line.")
        except ScriptError as error:
            yield type(error)(
                error.what, where=f"{where}:{number}" if where else str(number), hint=error.hint
            )
        else:
            yield element
    if not (headed or complained):
        yield ScriptError("the chapter is empty.", where=where, hint="Type `# Title` on the first line.")


def _read(raw: str) -> Element:
    text = raw.strip()
    kinds: tuple[tuple[bool, Callable[[str], Element]], ...] = (
        (not text, lambda _: ParagraphBreak()),
        (raw.rstrip() == "---", lambda _: SceneBreak()),
        (raw.startswith("#"), _heading),
        (raw.startswith("@"), _speech),
        (raw.startswith("["), _cue),
        (raw.startswith("%"), lambda t: Unspoken(" ".join(t[1:].split()))),
        (raw.startswith("//"), lambda t: Note(t[2:].strip())),
        (True, lambda t: _line(NARRATOR, t)),
    )
    element = next(read for fits, read in kinds if fits)(text)
    return element if canonical(element) == raw else _with_raw(element, raw)


E_ = TypeVar("E_", bound=Element)


def _with_raw(element: E_, raw: str) -> E_:
    """`element` remembering how the editor typed it."""
    values = {name: getattr(element, name) for name in element.__slots__}
    return type(element)(**(values | {"raw": raw}))


def _heading(text: str) -> Heading:
    title = " ".join(text[1:].split())
    if text.startswith("##"):
        raise ScriptError("a chapter has one heading, with one #.", hint="Type `# Title`.")
    if not title:
        raise ScriptError("the heading names no chapter.", hint="Type `# Title`.")
    return Heading(title)


def _speech(text: str) -> Line:
    match = _SPEAKER.fullmatch(text)
    if not match:
        raise ScriptError(
            "a line that begins with @ is a character's.",
            hint="Type `@id: words` or `@id (how): words`, or \\@ for a plain @.",
        )
    name, unsure, delivery, words = match.groups()
    if not is_id(name):
        raise ScriptError(
            f"“{name}” cannot name a character." if name else "no character is named after the @.",
            hint="An id is letters, digits and hyphens, as in cast.toml.",
        )
    if not words.strip():
        raise ScriptError(f"@{name} has nothing to say.", hint="Add the words, or delete the line.")
    return _line(CharacterId(name), words.strip(), delivery=(delivery or "").strip(), unsure=bool(unsure))


def _line(character: CharacterId, text: str, *, delivery: str = "", unsure: bool = False) -> Line:
    glued = _ends_with_mark(text, "\\")
    if glued:
        text = text[:-1]
    verse = not glued and text.endswith(" /")
    if verse:
        text = text[:-2]
    pieces = read_pieces(text)
    if not pieces:
        raise ScriptError("the line has marks but no words.", hint="Add the words, or delete the line.")
    return Line(character, pieces, " ".join(delivery.split()), unsure, glued, verse)


def _ends_with_mark(text: str, mark: str) -> bool:
    """Whether `text` ends with an odd number of backslashes: the last one is a mark, not an escaped one."""
    return (len(text) - len(text.rstrip(mark))) % 2 == 1


def _cue(text: str) -> Cue:
    hint = "Type `[name value key=value]` alone on a line, or \\[ for a plain bracket."
    if not text.endswith("]"):
        raise ScriptError("a cue stands alone on its line and ends with ].", hint=hint)
    inside, position = text[1:-1].strip(), 0
    values: list[str] = []
    options: list[tuple[str, str]] = []
    while position < len(inside):
        match = _CUE_WORD.match(inside, position)
        if not match:
            raise ScriptError(f"the cue breaks off at “{inside[position:].strip()}”.", hint=hint)
        key, quoted, bare = match.groups()
        value = quoted if quoted is not None else bare
        if key is None:
            values.append(value)
        elif key in dict(options):
            raise ScriptError(f"the cue sets “{key}” twice.", hint="Delete one of them.")
        else:
            options.append((key, value))
        position = match.end()
    if values and _CUE_NAME.fullmatch(values[0].lower()) and inside.startswith(values[0]):
        small = values[0].lower()
        if small != values[0]:
            raise ScriptError(
                "the name of a cue has small letters.", hint=f"Type [{small}{inside[len(small) :]}]."
            )
    if not values or not _CUE_NAME.fullmatch(values[0]):
        raise ScriptError("the cue has no name.", hint=hint)
    return Cue(values[0], tuple(values[1:]), tuple(options))
