"""Opening and closing credits: chapters of their own, spoken by the narrator."""

from __future__ import annotations

from collections.abc import Iterator

from narrator.book import NARRATOR, Chapter, Heading, Line, ParagraphBreak, Piece
from narrator.sheets import BookSheet


def opening(sheet: BookSheet) -> Iterator[Chapter]:
    """The chapter before the book; none where the sheet's text for it is empty."""
    usual = [
        sheet.title,
        sheet.author and f"By {sheet.author}",
        sheet.narrator and f"Read by {sheet.narrator}",
    ]
    yield from _credit("Opening credits", sheet.credits.opening, usual)


def closing(sheet: BookSheet) -> Iterator[Chapter]:
    """The chapter after the book; none where the sheet's text for it is empty."""
    by = f", by {sheet.author}" if sheet.author else ""
    usual = [f"You have been listening to {sheet.title}{by}", sheet.narrator and f"Read by {sheet.narrator}"]
    yield from _credit("Closing credits", sheet.credits.closing, usual)


def _credit(title: str, text: str | None, usual: list[str]) -> Iterator[Chapter]:
    said = usual if text is None else text.split("\n")
    lines = [_sentence(" ".join(part.split())) for part in said if part.strip()]
    if lines:
        elements = [e for line in lines for e in (line, ParagraphBreak())]
        yield Chapter((Heading(title), *elements[:-1]))


def _sentence(text: str) -> Line:
    return Line(NARRATOR, (Piece(text if text[-1] in '.!?…”’"' else f"{text}."),))
