"""A character under another id, in a chapter and in the text of one, with nothing else touched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from narrator.book import Chapter, CharacterId, Line
from narrator.script.parse import parse


def renamed(chapter: Chapter, ids: Mapping[CharacterId, CharacterId]) -> Chapter:
    """The chapter with the lines of each character in `ids` given to the one it names."""
    return replace(
        chapter,
        elements=tuple(
            replace(e, character=ids[e.character], raw=None)
            if isinstance(e, Line) and e.character in ids
            else e
            for e in chapter.elements
        ),
    )


def rename_in(text: str, old: CharacterId, new: CharacterId, *, where: str = "") -> tuple[str, int]:
    """The content of a chapter's file with `@old` made `@new`, and how many lines that are.

    Every other byte stays. Raises ScriptError for a text that does not parse.
    """
    chapter = parse(text, where=where)
    lines = text.split("\n")
    count = 0
    for index, element in enumerate(chapter.elements):
        if isinstance(element, Line) and element.character == old and lines[index].startswith("@"):
            lines[index] = re.sub(r"^(@\s*)[^\s:()?]+", rf"\g<1>{new}", lines[index], count=1)
            count += 1
    return "\n".join(lines), count
