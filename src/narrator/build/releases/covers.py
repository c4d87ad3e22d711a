"""The cover: the producer's own picture, or one that narrator draws once and keeps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from narrator import release
from narrator.store import Facts, Record, Store, digest, key

if TYPE_CHECKING:  # a worker draws; it needs neither the production nor its sheets
    from narrator.build.loading import Book
    from narrator.production import Production
    from narrator.sheets import BookSheet


def own_cover(production: Production, sheet: BookSheet) -> Path | None:
    """The picture that the book's sheet names. Raises SheetError where it leads out of the production."""
    where = production.where(production.book_sheet)
    return production.inside(sheet.cover, production.root, where=where) if sheet.cover else None


def refuse_own(production: Production, sheet: BookSheet) -> None:
    """Raise SheetError where the picture that the book's sheet names is none."""
    path = own_cover(production, sheet)
    if path:
        release.load_cover(path)


def drawn_facts(title: str, author: str) -> Facts:
    """What a drawn cover is made of."""
    return {"kind": "cover", "title": title, "author": author, "revision": release.REVISION}


def undrawn(book: Book) -> bool:
    """Whether the book wants a drawn cover that is not in the store yet."""
    drawn = own_cover(book.production, book.sheet) is None
    return drawn and not book.production.store.has(
        "covers", key(drawn_facts(book.sheet.title, book.sheet.author)), ".jpg"
    )


def draw(store: Store, title: str, author: str) -> Path:
    """Draw the cover into the store, unless it is there; where it lies."""
    facts = drawn_facts(title, author)
    address = key(facts)
    if not store.has("covers", address, ".jpg"):
        picture = release.draw_cover(title, author)
        with store.adding("covers", address, ".jpg") as part:
            part.write_bytes(picture)
        store.finish("covers", address, Record(facts, {"sha256": digest(picture)}))
    return store.path("covers", address, ".jpg")


def cover(book: Book) -> bytes:
    """The book's cover as JPEG. Raises SheetError where the producer's picture is none."""
    path = own_cover(book.production, book.sheet)
    if path:
        return release.load_cover(path)
    return draw(book.production.store, book.sheet.title, book.sheet.author).read_bytes()
