"""Vorbis comments: what an Opus or a FLAC file says about the book, with its chapters and its cover."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from mutagen.flac import Picture, VCFLACDict
from mutagen.id3 import PictureType

from narrator.errors import RenderError
from narrator.release.chapters import EncodedChapter, Tags, clean

MOST_CHAPTERS = 999
"""The chapters that there are three digits for: CHAPTER001 and so on (Xiph's chapter extension), where every
reader looks for three."""


def comments(
    tags: Tags, chapters: Sequence[EncodedChapter], starts: Sequence[float], where: Path
) -> list[tuple[str, str]]:
    """Name and text of every comment, in order. starts: where each chapter begins, in seconds.

    A single chapter carries no marks. RenderError for more chapters than can be marked.
    """
    if len(chapters) > MOST_CHAPTERS:
        raise RenderError(
            f"{len(chapters)} chapters are more than this format can mark ({MOST_CHAPTERS}).",
            where=str(where),
            hint="Type: narrator render --format m4b",
        )
    return [*_texts(tags), *(_contents(chapters, starts) if len(chapters) > 1 else ())]


def _texts(tags: Tags) -> Iterator[tuple[str, str]]:
    """The names that Xiph recommends, and those that Audiobookshelf reads; the narrator is the composer."""
    texts = {
        "TITLE": tags.title,
        "ALBUM": tags.title,
        "ARTIST": tags.author,
        "ALBUMARTIST": tags.author,
        "COMPOSER": tags.narrator,
        "PERFORMER": tags.narrator,
        "GENRE": tags.genre,
        "DATE": tags.date,
        "DESCRIPTION": tags.description,
        **tags.further,
    }
    for name, text in texts.items():
        if text:
            yield name, clean(text)


def _contents(chapters: Sequence[EncodedChapter], starts: Sequence[float]) -> Iterator[tuple[str, str]]:
    for number, (chapter, start) in enumerate(zip(chapters, starts, strict=True), 1):
        yield f"CHAPTER{number:03}", _clock(start)
        yield f"CHAPTER{number:03}NAME", clean(chapter.title)


def _clock(seconds: float) -> str:
    """HH:MM:SS.mmm, rounded to the nearest millisecond."""
    whole, milliseconds = divmod(round(seconds * 1_000), 1_000)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02}:{minute:02}:{second:02}.{milliseconds:03}"


def written(pairs: Sequence[tuple[str, str]]) -> bytes:
    """The comments as both containers hold them: lengths and UTF-8, so any text is safe."""
    block = VCFLACDict()
    block.vendor = "narrator"
    block.extend(pairs)
    data: bytes = block.write()
    return data


def picture(cover: bytes) -> bytes:
    """The cover (JPEG) as the block that FLAC holds, and Opus in base64 (RFC 9639, 8.8)."""
    from PIL import Image  # heavy, and a book without a cover needs none

    block = Picture()
    block.type, block.mime, block.data = PictureType.COVER_FRONT, "image/jpeg", cover
    with Image.open(io.BytesIO(cover)) as image:
        block.width, block.height = image.size
    block.depth = 24
    data: bytes = block.write()
    return data
