"""The beginning of a book, to hear how it comes out before all of it is made."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import replace
from typing import Final

from narrator.book import Chapter, Line
from narrator.build.loading import Book, BookChapter
from narrator.build.plan import chosen_in, spoken

LENGTH: Final = 120.0
"""Seconds of a preview, as far as letters tell; it ends with a line."""

_LETTER, _LINE = 0.065, 0.5
"""Seconds that a letter takes at a reader's usual pace, and that lie between two lines."""


def beginning(book: Book, chapters: Set[int]) -> Book:
    """The first two minutes of the book, or of these chapters. It is released beside the book, into a folder
    of its own, and its takes are the book's."""
    places = tuple(_until_enough([p for p in book.chapters if not chapters or p.number in chapters]))
    used = tuple(choice for place in places for choice in chosen_in(book, place).values())
    return replace(book, production=replace(book.production, part="preview"), chapters=places, choices=used)


def _until_enough(places: list[BookChapter]) -> Iterator[BookChapter]:
    left = LENGTH
    for place in places:
        last = len(place.chapter.elements)
        for number, _, said, _ in spoken(place):
            text = said.written if isinstance(said, Line) else said
            left -= _LINE + _LETTER * len(text)
            if left <= 0:
                last = number
                break
        yield replace(place, chapter=Chapter(place.chapter.elements[:last]))
        if left <= 0:
            return
