"""What a release is made of: encoded chapters and the tags that name the book."""

from __future__ import annotations

import hashlib
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
    samples: its length at 44,100 a second without codec delay, a whole number of frames. sha256: what the
    file hashed to when it was listened to, empty where nobody kept it.
    """

    title: str
    path: Path
    samples: int
    sha256: str = ""

    def read(self) -> bytes:
        """The file's bytes, hashed as they are read. SpoiltChapterError where they are not what was kept."""
        try:
            data = self.path.read_bytes()
        except OSError as error:
            raise SpoiltChapterError(
                f"the encoded chapter cannot be read ({error.strerror}).",
                where=str(self.path),
                hint="Type: narrator render",
            ) from error
        if self.sha256 and hashlib.sha256(data).hexdigest() != self.sha256:
            raise SpoiltChapterError(
                "the encoded chapter is damaged.", where=str(self.path), hint="Type: narrator render"
            )
        return data


class SpoiltChapterError(RenderError):
    """An encoded chapter's file is gone, or not what was put there."""


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

    @property
    def further(self) -> dict[str, str]:
        """What no format has a field of its own for, by the names that players of audiobooks look for."""
        return {
            "NARRATOR": self.narrator,
            "PUBLISHER": self.publisher,
            "LANGUAGE": self.language,
            "SERIES": self.series,
            "SERIES-PART": self.part,
            "TRANSLATOR": self.translator,
            "ISBN": self.isbn,
        }


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
