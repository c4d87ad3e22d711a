"""Stretches of the source become paragraphs: white space made one space, every character traceable."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from narrator.book import Paragraph, Run, Span

# Words with single white-space characters between them stand in the source one to one; longer gaps cut a run.
_CHUNK = re.compile(r"\s+|\S+(?:\s\S+)*")
_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Source text from `start` to `end` that is words of the book.

    `spelt`: the character that an HTML entity at this place stands for. `verse`: a line of verse ends with
    it.
    """

    start: int
    end: int
    emphasised: bool = False
    spelt: str = ""
    verse: bool = False


class _Builder:
    """Runs that grow from left to right."""

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.length = 0
        self._parts: list[str] = []
        self._start = 0
        self._next = -1
        self._space = -1

    def space(self, position: int) -> None:
        if self.length and self._space < 0:
            self._space = position

    def words(self, text: str, position: int, width: int) -> int:
        """Add `text`, which takes `width` code points at `position`; return where it starts in the
        paragraph."""
        if self._space >= 0:
            self._add(" ", self._space, 1)
            self._space = -1
        start = self.length
        self._add(text, position, width)
        return start

    def _add(self, text: str, position: int, width: int) -> None:
        if position != self._next:
            self.close()
            self._start = position
        self._parts.append(text)
        self.length += len(text)
        self._next = position + len(text) if width == len(text) else -1

    def close(self) -> None:
        if self._parts:
            self.runs.append(Run("".join(self._parts), self._start))
            self._parts = []


def paragraph(source: str, stretches: Iterable[Stretch], *, furniture: bool = False) -> Paragraph | None:
    """The paragraph that `stretches` make, None where they hold nothing but white space."""
    builder = _Builder()
    emphasis: list[Span] = []
    verse: list[int] = []
    for stretch in stretches:
        first = last = -1
        if stretch.spelt and not stretch.spelt.isspace():
            first = builder.words(stretch.spelt, stretch.start, stretch.end - stretch.start)
            last = builder.length
        elif stretch.spelt:
            builder.space(stretch.start)
        else:
            for chunk in _CHUNK.finditer(source, stretch.start, stretch.end):
                text = chunk.group()
                if text.isspace():
                    builder.space(chunk.start())
                    continue
                place = builder.words(_SPACE.sub(" ", text), chunk.start(), len(text))
                first = place if first < 0 else first
                last = builder.length
        if stretch.emphasised and first >= 0:
            _lean(emphasis, first, last)
        if stretch.verse and builder.length and builder.length not in verse[-1:]:
            verse.append(builder.length)
    builder.close()
    if not builder.runs:
        return None
    lines = tuple(place for place in verse if place < builder.length)
    return Paragraph(tuple(builder.runs), tuple(emphasis), furniture=furniture, verse=lines)


def _lean(emphasis: list[Span], start: int, end: int) -> None:
    """Add an emphasised range, joined to the one before where only a space stands between."""
    if emphasis and start - emphasis[-1].end <= 1:
        emphasis[-1] = Span(emphasis[-1].start, end)
    else:
        emphasis.append(Span(start, end))
