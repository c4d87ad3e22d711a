"""Plain text to blocks: paragraphs by blank lines, by single newlines, or by indentation, whichever the
text uses."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from narrator.manuscript import headings
from narrator.manuscript.chapters import Block
from narrator.manuscript.paragraphs import Stretch, paragraph

_LINE = re.compile(r"([^\r\n]*)(?:\r\n|\n|\r|\Z)")
_EMPHASIS = re.compile(r"(?<!\w)_(?=[^\s_])([^_]*[^\s_])_(?!\w)")
_ENDS = tuple(".!?…:;”\"’'»)—–-*_]")
_ENDED_SHARE = 0.6
"""Share of lines ending as a sentence does above which every line is a paragraph: wrapped prose has about
0.1."""


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str
    indented: bool

    @property
    def ended(self) -> bool:
        return self.text.endswith(_ENDS)


def blocks(source: str) -> list[Block]:
    """The blocks of a plain text in reading order."""
    groups = _groups(source)
    numerals = [headings.numeral(lines[0].text) for lines in groups if _rank(lines) == headings.NUMERAL]
    counted = headings.in_sequence(numerals)
    found: list[Block] = []
    for lines in groups:
        rank = _rank(lines)
        if rank == headings.NUMERAL and not counted:
            rank = None
        if len(lines) == 1 and rank is None and headings.is_scene_mark(lines[0].text):
            found.append(Block("break"))
            continue
        words = paragraph(source, _stretches(source, lines, verse=_is_verse(lines)))
        if words is not None:
            found.append(Block("heading" if rank else "words", words, rank or 0, len(lines)))
    return found


def _rank(lines: list[_Line]) -> int | None:
    return headings.rank([line.text for line in lines])


def _groups(source: str) -> list[list[_Line]]:
    """Lines that belong together."""
    separated: list[list[_Line]] = [[]]
    for match in _LINE.finditer(source):
        text = match[1].strip()
        if text:
            indented = match[1][:1] == "\t" or match[1].startswith("  ")
            separated[-1].append(_Line(match.start(1), match.end(1), text, indented))
        elif separated[-1]:
            separated.append([])
    separated = [group for group in separated if group]
    inner = [line for group in separated for line in group[:-1]]
    if not inner:
        return separated
    if sum(line.ended for line in inner) >= _ENDED_SHARE * len(inner):
        return [[line] for group in separated for line in group]
    return [part for group in _unwrapped(separated) for part in _marks_apart(group)]


def _unwrapped(separated: list[list[_Line]]) -> list[list[_Line]]:
    """Hard-wrapped text: blank lines part the paragraphs, or indentation where blank lines are rare."""
    indents = sum(line.indented for group in separated for line in group[1:])
    if indents > 2 * len(separated):
        return [part for group in separated for part in _cut(group, _opens_by_indent)]
    lines = sum(map(len, separated))
    if lines > 40 * len(separated):
        return [part for group in separated for part in _cut_short(group)]
    return separated


def _opens_by_indent(before: _Line, line: _Line) -> bool:
    return line.indented and not before.indented


def _cut(group: list[_Line], opens: Callable[[_Line, _Line], bool]) -> list[list[_Line]]:
    parts = [[group[0]]]
    for before, line in pairwise(group):
        if opens(before, line):
            parts.append([])
        parts[-1].append(line)
    return parts


def _cut_short(group: list[_Line]) -> list[list[_Line]]:
    """No blank lines and no indentation: a paragraph ends where a sentence ends on a line that had room
    left."""
    width = max(len(line.text) for line in group)
    return _cut(
        group, lambda before, line: before.ended and len(before.text) + len(line.text.split()[0]) < width - 8
    )


def _marks_apart(group: list[_Line]) -> list[list[_Line]]:
    """A scene mark is a block of its own even where no blank line stands around it."""
    parts: list[list[_Line]] = [[]]
    for line in group:
        if headings.is_scene_mark(line.text):
            parts += [[line], []]
        else:
            parts[-1].append(line)
    return [part for part in parts if part]


_VERSE_SHARE, _VERSE_LENGTH = 0.7, 60
"""Share of a stanza's lines that begin with a capital; no line of it is longer than that."""


def _is_verse(lines: list[_Line]) -> bool:
    """Whether lines are a stanza: more than one, each set in and short, most with a capital to begin with."""
    if len(lines) < 2 or not all(line.indented and len(line.text) <= _VERSE_LENGTH for line in lines):
        return False
    capitals = sum(line.text.lstrip("“\"‘'_«„")[:1].isupper() for line in lines)
    return capitals >= _VERSE_SHARE * len(lines)


def _stretches(source: str, lines: list[_Line], *, verse: bool) -> list[Stretch]:
    """The block from end to end, with `_emphasis_` taken out of its marks; line by line where it is verse."""
    if not verse:
        return _emphasised(source, lines[0].start, lines[-1].end)
    found: list[Stretch] = []
    for line, following in pairwise([*lines, lines[-1]]):
        found += _emphasised(source, line.start, line.end)
        found.append(Stretch(line.end, max(line.end, following.start), verse=True))
    return found


def _emphasised(source: str, start: int, end: int) -> list[Stretch]:
    found: list[Stretch] = []
    for match in _EMPHASIS.finditer(source, start, end):
        found.append(Stretch(start, match.start()))
        found.append(Stretch(match.start(1), match.end(1), emphasised=True))
        start = match.end()
    found.append(Stretch(start, end))
    return found
