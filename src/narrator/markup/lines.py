"""Paragraphs to script lines: cut at the quotation marks, then a sentence a line, and no character lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from narrator.book import NARRATOR, CharacterId, Line, Paragraph, Piece
from narrator.markup import sentences


@dataclass(frozen=True, slots=True)
class Voiced:
    """A stretch of a paragraph's text that a character says, marks included."""

    start: int
    end: int
    character: CharacterId
    delivery: str = ""
    unsure: bool = False


def lines(paragraph: Paragraph, voiced: Sequence[Voiced]) -> list[Line]:
    """The lines of a paragraph. Joined by a space, or by nothing where `glued`, they are its text exactly."""
    text = paragraph.text
    found: list[tuple[int, int, Voiced]] = []
    for part in _parts(text, voiced):
        for sentence in sentences.split(text, part.start, part.end):
            found += [(start, end, part) for start, end in _cut_at_verse(*sentence, paragraph.verse)]
    result: list[Line] = []
    ends = frozenset(paragraph.verse)
    for number, (start, end, part) in enumerate(found):
        glued = number + 1 < len(found) and found[number + 1][0] == end
        pieces = _pieces(paragraph, text, start, end)
        result.append(Line(part.character, pieces, part.delivery, part.unsure, glued, verse=end in ends))
    return result


def _cut_at_verse(start: int, end: int, verse: Sequence[int]) -> list[tuple[int, int]]:
    """A sentence cut where lines of verse end."""
    found: list[tuple[int, int]] = []
    for place in verse:
        if start < place < end:
            found.append((start, place))
            start = place + 1
    return [*found, (start, end)]


def _parts(text: str, voiced: Sequence[Voiced]) -> list[Voiced]:
    """The paragraph from end to end; marks that stand alone between quotations go to the speech before
    them."""
    parts: list[Voiced] = []
    position = 0
    for part in (*voiced, None):
        end = part.start if part else len(text)
        between = text[position:end]
        if any(map(str.isalnum, between)) or (between.strip() and not parts and part is None):
            parts.append(Voiced(position, end, NARRATOR))
        elif between.strip() and parts:
            last = parts[-1]
            parts[-1] = Voiced(last.start, end, last.character, last.delivery, last.unsure)
        elif between.strip() and part is not None:
            part = Voiced(position, part.end, part.character, part.delivery, part.unsure)
        if part is not None:
            parts.append(part)
            position = part.end
    return parts


def _pieces(paragraph: Paragraph, text: str, start: int, end: int) -> tuple[Piece, ...]:
    """The words with their emphasis."""
    found: list[Piece] = []
    position = start
    for span in paragraph.emphasis:
        first, last = max(span.start, start), min(span.end, end)
        if first >= last:
            continue
        if first > position:
            found.append(Piece(text[position:first]))
        found.append(Piece(text[first:last], emphasised=True))
        position = last
    if position < end:
        found.append(Piece(text[position:end]))
    return tuple(found)
