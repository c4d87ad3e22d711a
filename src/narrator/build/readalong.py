"""The text of a released chapter: what was heard, as the timeline has it, in the paragraphs of the script.

The timeline knows lines and times; the script knows paragraphs, scenes, verses, and lines that nobody says.
A script that was edited after the render is matched by its words: what is published is what was recorded.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from narrator import listen, speech
from narrator.book import Chapter, Heading, Line, ParagraphBreak, SceneBreak
from narrator.listen import Join, ReadLine


@dataclass(frozen=True, slots=True)
class HeardLine:
    """A line of the timeline. start, end: seconds from the start of its chapter."""

    line: int
    character: str
    text: str
    start: float
    end: float


def read_along(chapter: Chapter | None, heard: Sequence[HeardLine]) -> tuple[ReadLine, ...]:
    """The chapter's lines in order: those that were heard, and between them those of the script that nobody
    speaks (“…”). Without a script (None) every line is a paragraph."""
    if chapter is None:
        return tuple(_read(one, "paragraph", heading=False) for one in heard)
    written = tuple(_written(chapter))
    places = _places([line for line in written if line.start is not None], heard)
    lines: list[ReadLine] = []
    at = 0
    for one, place in zip(heard, places, strict=True):
        if place is None:
            lines.append(_read(one, "paragraph" if not lines else "space", heading=False))
            continue
        spoken = written.index(place, at)
        lines += [line for line in written[at:spoken] if line.start is None]
        lines.append(_read(one, place.join, heading=place.heading))
        at = spoken + 1
    return (*lines, *(line for line in written[at:] if line.start is None))


def _read(heard: HeardLine, join: Join, *, heading: bool) -> ReadLine:
    text = listen.clean(heard.text)
    return ReadLine(heard.line, heard.character, text, join, heard.start, heard.end, heading)


def _written(chapter: Chapter) -> Iterator[ReadLine]:
    """The script's lines; a start of 0 stands for one that has something to say."""
    join: Join = "paragraph"
    for number, element in enumerate(chapter.elements, 1):
        match element:
            case Heading() if speech.has_something_to_say(element.title):
                yield ReadLine(number, "narrator", element.title, "paragraph", 0.0, 0.0, heading=True)
                join = "paragraph"
            case SceneBreak():
                join = "scene"
            case ParagraphBreak() if join != "scene":
                join = "paragraph"
            case Line():
                said = 0.0 if speech.has_something_to_say(element) else None
                text = element.written if said is not None else listen.clean(element.written)
                yield ReadLine(number, element.character, text, join, said, said)
                join = "verse" if element.verse else "glued" if element.glued else "space"


def _places(written: Sequence[ReadLine], heard: Sequence[HeardLine]) -> Sequence[ReadLine | None]:
    """For each line that was heard its line of the script; None where there is none.

    A heading that is not read aloud is passed over, as is any line that was written after the render.
    """
    exact: Mapping[tuple[int, str], ReadLine] = {(line.number, line.text): line for line in written}
    straight = [exact.get((one.line, one.text)) for one in heard]
    if all(straight):
        return straight
    found: list[ReadLine | None] = [None] * len(heard)
    matcher = difflib.SequenceMatcher(
        a=[line.text for line in written], b=[one.text for one in heard], autojunk=False
    )
    for kind, a1, a2, b1, b2 in matcher.get_opcodes():
        # A line whose words were changed since stands where the changed one stands now.
        for step in range(min(a2 - a1, b2 - b1) if kind in ("equal", "replace") else 0):
            found[b1 + step] = replace(written[a1 + step])
    return found
