"""Releases: encoded chapters made into the files that listeners get.

join_m4b, join_mp3, join_opus, join_flac ───── write a book
chapter_mp3, sample_mp3 ────────────────────── one chapter, a part of one
check_m4b, check_mp3, check_opus, check_flac,
read_marks, mark_places ────────────────────── read it back; where its marks belong
draw_cover, load_cover ──────────────────────── its cover, as a JPEG
"""

from __future__ import annotations

from pathlib import Path

from narrator.release.chapters import EncodedChapter, SpoiltChapterError, Tags
from narrator.release.check import check_m4b, check_mp3, mark_places, read_marks
from narrator.release.check_xiph import check_flac, check_opus
from narrator.release.flac import join_flac
from narrator.release.m4b import join_m4b
from narrator.release.mp3 import chapter_mp3, join_mp3, sample_mp3
from narrator.release.opus import join_opus

REVISION = 3
"""Part of every release's key: raised when the same chapters and tags would be joined into other bytes."""


def draw_cover(title: str, author: str) -> bytes:
    """See `narrator.release.cover.draw_cover`."""
    from narrator.release import cover  # it brings what draws pictures, and most renders draw none

    return cover.draw_cover(title, author)


def load_cover(path: Path) -> bytes:
    """See `narrator.release.cover.load_cover`."""
    from narrator.release import cover

    return cover.load_cover(path)


__all__ = [
    "REVISION",
    "EncodedChapter",
    "SpoiltChapterError",
    "Tags",
    "chapter_mp3",
    "check_flac",
    "check_m4b",
    "check_mp3",
    "check_opus",
    "draw_cover",
    "join_flac",
    "join_m4b",
    "join_mp3",
    "join_opus",
    "load_cover",
    "mark_places",
    "read_marks",
    "sample_mp3",
]
