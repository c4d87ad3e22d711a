"""Writing a `.nar` file: what the editor typed where it stands, narrator's own form elsewhere."""

from __future__ import annotations

import re
from typing import Final

from narrator.book import (
    NARRATOR,
    Chapter,
    Cue,
    Element,
    Heading,
    Line,
    Note,
    ParagraphBreak,
    SceneBreak,
    Unspoken,
)
from narrator.script.pieces import write_pieces

_BARE: Final = re.compile(r'[^\s"=\]\[]+')


def write(chapter: Chapter) -> str:
    """The file's content. `write(parse(text)) == text` for every text that parses.

    An element that was changed by `dataclasses.replace` must drop its `raw` with `raw=None`.
    """
    lines = [e.raw if e.raw is not None else canonical(e) for e in chapter.elements]
    return "\n".join(lines) + ("\n" if chapter.ended else "")


def canonical(element: Element) -> str:
    """The one physical line by which narrator itself writes `element`."""
    match element:
        case Line():
            return _line(element)
        case Heading(title=title):
            return f"# {title}"
        case Cue():
            return _cue(element)
        case Unspoken(text=text):
            return f"% {text}".rstrip()
        case Note(text=text):
            return f"// {text}".rstrip()
        case ParagraphBreak():
            return ""
        case SceneBreak():
            return "---"


def _line(line: Line) -> str:
    text = write_pieces(line.pieces)
    plain = line.character == NARRATOR and not line.delivery and not line.unsure
    if plain and (text[0] in "#@[%" or text.startswith("//") or text == "---"):
        text = f"\\{text}"
    if text.endswith(" /") or text == "/":
        text = f"{text[:-1]}\\/"
    end = "\\" if line.glued else " /" if line.verse else ""
    if plain:
        return text + end
    doubt = "?" if line.unsure else ""
    delivery = f" ({line.delivery})" if line.delivery else ""
    return f"@{line.character}{doubt}{delivery}: {text}{end}"


def _cue(cue: Cue) -> str:
    words = [cue.name, *map(_quoted, cue.values), *(f"{key}={_quoted(value)}" for key, value in cue.options)]
    return f"[{' '.join(words)}]"


def _quoted(value: str) -> str:
    return value if _BARE.fullmatch(value) else f'"{value}"'
