"""The beginning of a book, to hear how it comes out before all of it is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from typing import Final

from narrator.book import Chapter
from narrator.build.loading import Book, BookChapter
from narrator.build.plan import ChapterPlan, TakeRequest, plan
from narrator.build.recording import takes
from narrator.store import Store

LENGTH: Final = 120.0
"""Seconds of a preview, as far as can be told before it is spoken; it ends with a line."""

_LETTER, _BETWEEN = 0.065, 0.5
"""Seconds that a letter takes at a reader's usual pace, and that lie between two lines."""


def beginning(book: Book, chapters: Set[int]) -> Book:
    """The first two minutes of the book, or of these chapters. It is released beside the book, into a folder
    of its own, and its takes are the book's."""
    wanted = [p for p in plan(book, ()) if not chapters or p.place.number in chapters]
    kept = tuple(_until_enough(wanted, book.production.store))
    names = {place.name: len(place.chapter.elements) for place in kept}
    used = tuple(
        choice.model_copy(update={"of": None})  # how often the whole chapter says it is not known here
        for p in wanted
        for line, choice in p.choices.items()
        if line <= names.get(p.place.name, 0)
    )
    return replace(book, production=replace(book.production, part="preview"), chapters=kept, choices=used)


def _until_enough(plans: Sequence[ChapterPlan], store: Store) -> Iterator[BookChapter]:
    left = LENGTH
    for chapter in plans:
        elements = chapter.place.chapter.elements
        last = len(elements)
        for line, request in chapter.takes.items():
            left -= _BETWEEN + _seconds(request, store)
            if left <= 0:
                last = line
                break
        yield replace(chapter.place, chapter=Chapter(elements[:last]))
        if left <= 0:
            return


def _seconds(request: TakeRequest, store: Store) -> float:
    """How long a take is; a guess where it is not there yet."""
    if store.has("takes", request.key, takes.SUFFIX):
        return float(store.record("takes", request.key).made["seconds"])
    return _LETTER * sum(len(word.respelling or word.written) for word in request.words)
