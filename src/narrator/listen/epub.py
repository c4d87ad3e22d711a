"""The read-along: EPUB 3 with Media Overlays, from the timeline alone.

A clip reaches from its line's start to the next line's: the pauses and the wind between lines are heard, and
a chapter in the reader takes as long as in the player.
"""

from __future__ import annotations

import uuid
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from narrator.listen.editions import Edition, moment
from narrator.listen.publication import Publication, PublishedChapter, ReadLine
from narrator.listen.templating import render

_SPACE: Final = uuid.UUID("b0a4d3a1-6f0e-5f0c-9c39-2f1c7f4c1d7e")
"""narrator's own name space for UUIDs made of names (RFC 9562, version 5)."""

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The date of every member: the earliest that ZIP knows."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A line and the stretch of the chapter's sound that belongs to it, in whole milliseconds."""

    line: ReadLine
    start: int
    end: int


def identifier(book: Publication) -> str:
    """The book's UUID: the same as long as its address is."""
    return f"urn:uuid:{uuid.uuid5(_SPACE, book.address)}"


def episode(book: Publication, chapter: PublishedChapter) -> str:
    """The chapter's UUID: the same in every edition of the book."""
    return f"urn:uuid:{uuid.uuid5(_SPACE, f'{book.address}/{chapter.name}')}"


def clips(chapter: PublishedChapter) -> tuple[Clip, ...]:
    """The chapter cut at its lines' starts, from first sample to last; none where nothing is spoken."""
    spoken = chapter.spoken
    if not spoken:
        return ()
    ends = [round(s.start * 1_000) for s in spoken[1:]] + [round(chapter.seconds * 1_000)]
    starts = [0, *ends[:-1]]
    return tuple(Clip(s.line, a, b) for s, a, b in zip(spoken, starts, ends, strict=True))


def write(book: Publication, edition: Edition, out: Path) -> None:
    """Write the EPUB of a book whose form it takes. The same book and edition give the same bytes."""
    about = {
        "book": book,
        "identifier": identifier(book),
        "modified": moment(edition.note.date),
        "overlays": {chapter.name: clips(chapter) for chapter in book.chapters},
        "total": sum(clip.end - clip.start for chapter in book.chapters for clip in clips(chapter)),
    }
    with zipfile.ZipFile(out, "w") as archive:
        # The first member says what the file is, uncompressed: that is how it is recognised.
        _add(archive, "mimetype", b"application/epub+zip", packed=False)
        for name in ("META-INF/container.xml", "EPUB/package.opf", "EPUB/nav.xhtml", "EPUB/book.css"):
            _add(archive, name, render(f"epub/{Path(name).name}", **about).encode())
        _add(archive, "EPUB/cover.jpg", book.cover.read_bytes(), packed=False)
        for chapter in book.chapters:
            _add_chapter(archive, book, chapter, clips(chapter))


def _add_chapter(
    archive: zipfile.ZipFile, book: Publication, chapter: PublishedChapter, cut: Sequence[Clip]
) -> None:
    page = render("epub/chapter.xhtml", book=book, chapter=chapter)
    _add(archive, f"EPUB/{chapter.name}.xhtml", page.encode())
    if cut:
        overlay = render("epub/chapter.smil", chapter=chapter, clips=cut)
        _add(archive, f"EPUB/{chapter.name}.smil", overlay.encode())
        copy_in(archive, chapter.sound, f"EPUB/{chapter.name}{chapter.sound.suffix}")


def copy_in(archive: zipfile.ZipFile, source: Path, name: str) -> None:
    """Add a file as it is, block by block."""
    member = zipfile.ZipInfo(name, _EPOCH)
    member.file_size = source.stat().st_size
    member.external_attr = 0o644 << 16
    with source.open("rb") as file, archive.open(member, "w") as out:
        while block := file.read(1 << 20):
            out.write(block)


def _add(archive: zipfile.ZipFile, name: str, data: bytes, *, packed: bool = True) -> None:
    member = zipfile.ZipInfo(name, _EPOCH)
    member.external_attr = 0o644 << 16
    archive.writestr(member, data, zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED)
