"""The cover: the producer's own picture, or one that narrator draws once and keeps."""

from __future__ import annotations

from pathlib import Path

from narrator import release
from narrator.build.loading import Book
from narrator.production import Production
from narrator.sheets import BookSheet
from narrator.store import Facts, Record, Store, key


def own_cover(production: Production, sheet: BookSheet) -> Path | None:
    """The picture that the book's sheet names. Raises SheetError where it leads out of the production."""
    where = production.where(production.book_sheet)
    return production.inside(sheet.cover, production.root, where=where) if sheet.cover else None


def drawn_facts(sheet: BookSheet) -> Facts:
    """What a drawn cover is made of."""
    return {"kind": "cover", "title": sheet.title, "author": sheet.author, "revision": release.REVISION}


def undrawn(book: Book) -> bool:
    """Whether the book wants a drawn cover that is not in the store yet."""
    drawn = own_cover(book.production, book.sheet) is None
    return drawn and not book.production.store.has("covers", key(drawn_facts(book.sheet)), ".jpg")


def draw(store: Store, sheet: BookSheet) -> Path:
    """Draw the cover into the store, unless it is there; where it lies."""
    facts = drawn_facts(sheet)
    address = key(facts)
    if not store.has("covers", address, ".jpg"):
        with store.adding("covers", address, ".jpg") as part:
            part.write_bytes(release.draw_cover(sheet.title, sheet.author))
        store.finish("covers", address, Record(facts, {}))
    return store.path("covers", address, ".jpg")


def cover(book: Book) -> bytes:
    """The book's cover as JPEG. Raises SheetError where the producer's picture is none."""
    path = own_cover(book.production, book.sheet)
    return release.load_cover(path) if path else draw(book.production.store, book.sheet).read_bytes()
