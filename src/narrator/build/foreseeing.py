"""What a render would refuse on its way, found before anything is made: by the code that would refuse it."""

from __future__ import annotations

from collections.abc import Iterator

from narrator.build.loading import Book
from narrator.build.plan import ENCODING_OF, missing_encodings, pauses, plan
from narrator.build.recording.choices import missing_mistakes
from narrator.build.releases.covers import refuse_own
from narrator.build.sounds import SoundCheck
from narrator.errors import NarratorError, SheetError


def foreseen(book: Book, *, loads: bool) -> Iterator[NarratorError]:
    """Mistakes of a book which a render would come upon later: chosen takes that are not in the store, sounds
    that hold nothing to hear, a cover that is none, pauses that its spec does not take.

    loads: whether the book has no other mistakes, so that its takes can be planned.
    """
    store = book.production.store
    if book.choices and loads:
        plans = plan(book, tuple(dict.fromkeys(ENCODING_OF[name] for name in book.sheet.formats)))
        yield from missing_mistakes([p for p in plans if missing_encodings(p, store)], store)
    sounds = SoundCheck(store, beds=book.beds)
    for place in book.chapters:
        yield from sounds.refusals(place.chapter, place.where, place.sounds)
    try:
        refuse_own(book.production, book.sheet)
    except NarratorError as error:
        yield error
    yield from _pauses(book)


def _pauses(book: Book) -> Iterator[SheetError]:
    for name, asked in (("head", book.spec.head), ("tail", book.spec.tail)):
        seconds = getattr(pauses(book), name)
        if asked and not asked[0] <= seconds <= asked[1]:
            yield SheetError(
                f"the {name} of [pauses] is {seconds:g} s, and the spec “{book.spec.name}” asks for "
                f"{asked[0]:g} to {asked[1]:g}.",
                where=book.production.where(book.production.book_sheet),
                hint="Change it, or leave it out: the spec's holds then.",
            )
