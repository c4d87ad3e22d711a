"""The door of the room: one file in, one manuscript out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from narrator.book import Manuscript, ManuscriptChapter
from narrator.errors import ManuscriptError
from narrator.manuscript import markdown, plain
from narrator.manuscript.chapters import Block, assemble
from narrator.manuscript.decoding import decode

_READERS: dict[str, Callable[[str], list[Block]]] = {
    ".txt": plain.blocks,
    ".md": markdown.blocks,
    ".markdown": markdown.blocks,
}


def read(path: Path) -> Manuscript:
    """The manuscript in `path`: .txt, .md or .markdown, UTF-8 with or without a byte order mark.

    Its `source` is the decoded file, line ends untouched and the byte order mark left out; every offset
    counts its code points. Raises ManuscriptError for a file that cannot be opened, another suffix, another
    encoding, binary data, and a file without a word in it.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(_READERS)
        raise ManuscriptError(
            f"narrator does not read {path.suffix or 'files without a suffix'}.",
            where=str(path),
            hint=f"Save the manuscript as one of {known}.",
        )
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ManuscriptError(
            f"the manuscript cannot be opened ({reason}).",
            where=str(path),
            hint="Check the path and its permissions.",
        ) from error
    source = decode(data, path)
    manuscript = assemble(source, reader(source))
    if not any(any(map(str.isalnum, text)) for chapter in manuscript.chapters for text in _texts(chapter)):
        raise ManuscriptError(
            "the manuscript is empty.", where=str(path), hint="Give a file with text in it."
        )
    return manuscript


def _texts(chapter: ManuscriptChapter) -> list[str]:
    heading = [chapter.heading] if chapter.heading else []
    return [paragraph.text for paragraph in (*heading, *chapter.paragraphs)]
