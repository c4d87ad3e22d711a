"""The door of the room: one file in, one manuscript out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from narrator.book import Manuscript, ManuscriptChapter
from narrator.errors import ManuscriptError
from narrator.manuscript import epub, gutenberg, hypertext, markdown, opendocument, plain, word
from narrator.manuscript.archive import read_bytes
from narrator.manuscript.chapters import assemble
from narrator.manuscript.decoding import decode
from narrator.manuscript.scribe import Text


def _plain(path: Path) -> Text:
    source = decode(read_bytes(path), path)
    return Text(source, plain.blocks(source))


def _markdown(path: Path) -> Text:
    source = decode(read_bytes(path), path)
    return Text(source, markdown.blocks(source))


def _page(path: Path) -> Text:
    return hypertext.read(read_bytes(path), str(path))


_READERS: dict[str, Callable[[Path], Text]] = {
    ".txt": _plain,
    ".md": _markdown,
    ".markdown": _markdown,
    ".epub": epub.read,
    ".docx": word.read,
    ".odt": opendocument.read,
    ".html": _page,
    ".htm": _page,
    ".xhtml": _page,
}

SUFFIXES = tuple(_READERS)
"""The kinds of file that are read."""


def read(path: Path) -> Manuscript:
    """The manuscript in `path`, by its suffix: plain text and Markdown (UTF-8 with or without a byte order
    mark), EPUB, DOCX, ODT, HTML.

    For plain text and Markdown `source` is the decoded file, line ends untouched and the byte order mark left
    out; else it is the words that were read from it. Every offset counts its code points. What Project
    Gutenberg puts around a book is left out. Raises ManuscriptError for a file that cannot be opened, another
    suffix, another encoding, one that is damaged, locked, larger than any book or made to do harm, and one
    without a word in it.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ManuscriptError(
            f"narrator does not read {path.suffix or 'files without a suffix'}.",
            where=str(path),
            hint=f"Save the manuscript as one of {', '.join(SUFFIXES)}.",
        )
    text = gutenberg.without(reader(path))
    manuscript = assemble(text.source, text.blocks, title=text.title, author=text.author)
    manuscript = replace(manuscript, left_out=text.left_out)
    if not any(any(map(str.isalnum, words)) for chapter in manuscript.chapters for words in _texts(chapter)):
        raise ManuscriptError(
            "the manuscript is empty.", where=str(path), hint="Give a file with text in it."
        )
    return manuscript


def _texts(chapter: ManuscriptChapter) -> list[str]:
    heading = [chapter.heading] if chapter.heading else []
    return [paragraph.text for paragraph in (*heading, *chapter.paragraphs)]
