"""The M4B: chapters that were encoded once, joined without encoding again, every mark on its sample."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import numpy as np

from narrator.release import boxes
from narrator.release.chapters import EncodedChapter, Tags, clean, refuse_empty
from narrator.release.files import replacing
from narrator.release.frames import (
    AAC_FRAME,
    ADTS_HEADER,
    Frames,
    adts_frames,
    chapter_frames,
    refuse_mixture,
    whole_frames,
)
from narrator.release.languages import three_letters

_AUDIOBOOK = 2
"""The media kind of iTunes' `stik` atom that puts a file on the audiobook shelf."""

_PADDING = 4_096
"""Free bytes after the tags: a tag editor can work in place, without moving the whole book."""


def join_m4b(chapters: Sequence[EncodedChapter], tags: Tags, cover: bytes, out: Path) -> None:
    """Write `out`: the chapters end to end, with marks, tags and cover (JPEG, or empty for none).

    Each chapter is an ADTS file of samples/1,024 + 1 frames, whose first frame is the encoder's priming and
    whose edges are silent for 2,048 samples (`audio.DRY`). The first chapter's priming stays, hidden by an
    edit list as in any file encoded in one go; the others' is left out. So a chapter starts at the sum of
    the samples before it, to the sample, and both kinds of chapter marks say so (Nero's up to 255 chapters).
    The header stands before the sound, so that a player can start before the file has arrived.
    The same input gives the same bytes. RenderError where a chapter's file is not as said, or the disk is
    full; `out` is then what it was.
    """
    refuse_empty(chapters, out)
    lengths = [whole_frames(chapter, AAC_FRAME) for chapter in chapters]
    movie = boxes.Movie(
        titles=tuple(clean(chapter.title) for chapter in chapters),
        lengths=tuple(chapter.samples for chapter in chapters),
        sizes=np.zeros(sum(lengths) + 1, np.int64),  # as many as there will be: the head is as long as then
        channels=1,
        language=three_letters(tags.language),
    )
    head = _head(movie, tags, cover)
    with replacing(out) as file:
        space = 0
        while len(head) != space:  # twice for a book of more than 2 GB, whose head is longer
            space = len(head)
            file.seek(space)
            file.writelines(movie.texts)
            frames = list(_copied(chapters, lengths, file))
            sizes = np.concatenate([kept.sizes for kept in frames]) - ADTS_HEADER
            movie = replace(movie, sizes=sizes, channels=frames[0].header >> 2 & 0x7)
            head = _head(movie, tags, cover)
        file.seek(0)
        file.write(head)


def _copied(chapters: Sequence[EncodedChapter], lengths: Sequence[int], file: BinaryIO) -> Iterator[Frames]:
    """Write the frames that the book keeps: all of the first chapter's, the others' but their first."""
    first: Frames | None = None
    for chapter, length in zip(chapters, lengths, strict=True):
        data = chapter.read()
        frames = chapter_frames(chapter, adts_frames(data, chapter.path), length + 1)
        refuse_mixture(first or frames, frames, chapter.path)
        kept = frames.without_first() if first else frames
        first = first or frames
        file.write(_bare(data, kept))
        yield kept


def _bare(data: bytes, frames: Frames) -> bytes:
    """The frames without their ADTS headers."""
    ends = frames.start + np.cumsum(frames.sizes)
    starts = ends - frames.sizes + ADTS_HEADER
    return b"".join(map(data.__getitem__, map(slice, starts.tolist(), ends.tolist())))


def _head(movie: boxes.Movie, tags: Tags, cover: bytes) -> bytes:
    """Everything before the media data. mutagen puts the tags in, and moves the offsets by what they take."""
    from mutagen.mp4 import MP4

    brand, opening = boxes.ftyp(), boxes.mdat(movie)
    header = boxes.moov(movie, 0)
    header = boxes.moov(movie, len(brand) + len(header) + len(opening))
    file = io.BytesIO(brand + header)
    mp4 = MP4(file)
    mp4.update(_atoms(tags, cover))
    mp4.save(file, padding=lambda _: _PADDING)
    return file.getvalue() + opening


def _atoms(tags: Tags, cover: bytes) -> dict[str, object]:
    """iTunes' atoms, as Apple Books and Audiobookshelf read them: the narrator is the composer."""
    from mutagen.mp4 import AtomDataType, MP4Cover, MP4FreeForm

    texts = {
        "\xa9nam": tags.title,
        "\xa9alb": tags.title,
        "\xa9ART": tags.author,
        "aART": tags.author,
        "\xa9wrt": tags.narrator,
        "\xa9nrt": tags.narrator,
        "\xa9gen": tags.genre,
        "\xa9day": tags.date,
        "\xa9cmt": tags.description,
        "desc": tags.description,
        "ldes": tags.description,
        "\xa9pub": tags.publisher,
    }
    atoms: dict[str, object] = {"stik": [_AUDIOBOOK], "pgap": True}
    atoms |= {key: [clean(text)] for key, text in texts.items() if text}
    for key, text in tags.further.items():
        if text:
            value = MP4FreeForm(clean(text).encode(), AtomDataType.UTF8)
            atoms[f"----:com.apple.iTunes:{key}"] = [value]
    if cover:
        atoms["covr"] = [MP4Cover(cover, MP4Cover.FORMAT_JPEG)]
    return atoms
