"""A folder as Audiobookshelf scans it: Author/Title/ with the book, its cover and its metadata."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from narrator.listen import manifests
from narrator.listen.publication import Publication
from narrator.production import file_title
from narrator.whole import cannot_write, replacing, write_text


def put(book: Publication, library: Path) -> Path:
    """Put the book into `library`, once: the M4B alone, or what was released instead. Answers its
    folder. Raises RenderError where the disk refuses."""
    folder = library / file_title(book.author or "Unknown author") / file_title(book.title)
    try:
        for source, name in ((manifests.whole_file(book), ""), (book.cover, "cover.jpg")):
            if source is not None:
                _link(source, folder / (name or source.name))
    except OSError as error:
        raise cannot_write(folder, error) from error
    write_text(folder / "metadata.json", manifests.audiobookshelf(book))
    write_text(folder / "desc.txt", book.description)
    write_text(folder / "reader.txt", book.narrator)
    return folder


def _link(source: Path, target: Path) -> None:
    """A second name of the same bytes; a copy where the disk allows none."""
    if target.exists() and target.samefile(source):
        return
    with replacing(target) as part:
        part.unlink()
        try:
            os.link(source, part)
        except OSError:
            shutil.copyfile(source, part)
