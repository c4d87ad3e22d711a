"""What a release is made of: encoded chapters and the tags that name the book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from narrator.errors import RenderError

MARK_TOLERANCE = 0.001
"""Seconds a chapter mark may lie beside its sample: the promise to listeners (CHAP frames count in ms)."""


@dataclass(frozen=True, slots=True)
class EncodedChapter:
    """A chapter as mastering encoded it.

    title: what listeners see; any text. path: raw frames, ADTS for M4B and CBR MPEG-1 layer III for MP3.
    samples: its length at 44,100 a second without codec delay, a whole number of frames.
    """

    title: str
    path: Path
    samples: int


@dataclass(frozen=True, slots=True)
class Tags:
    """What the files say about the book; an empty field is not written.

    date: a year, or year-month-day. language: ISO 639, "en" or "eng". part: the book's place in its series.
    """

    title: str
    author: str = ""
    narrator: str = ""
    date: str = ""
    genre: str = "Audiobook"
    description: str = ""
    publisher: str = ""
    language: str = ""
    series: str = ""
    part: str = ""
    translator: str = ""
    isbn: str = ""


def marks(chapters: Sequence[EncodedChapter]) -> tuple[int, ...]:
    """Where each chapter starts, in samples, and after the last one where the book ends."""
    return tuple(accumulate((chapter.samples for chapter in chapters), initial=0))


def clean(text: str) -> str:
    """`text` without what no container can hold: NUL, which ends a string, and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def cut(text: str, limit: int) -> bytes:
    """`text` in UTF-8, at most `limit` bytes, never cut inside a character."""
    return text.encode("utf-8", "replace")[:limit].decode("utf-8", "ignore").encode()


def refuse_empty(chapters: Sequence[EncodedChapter], where: Path) -> None:
    """RenderError where there is nothing to join."""
    if not chapters:
        raise RenderError("a book needs at least one chapter.", where=str(where))
