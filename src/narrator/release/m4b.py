"""The M4B: chapters that were encoded once, joined without encoding again, every mark on its sample."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from narrator.errors import RenderError
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
    counted = _count(chapters)
    movie = boxes.Movie(
        titles=tuple(clean(chapter.title) for chapter in chapters),
        lengths=tuple(chapter.samples for chapter in chapters),
        sizes=np.concatenate([frames.sizes for frames in counted]) - ADTS_HEADER,
        channels=counted[0].header >> 2 & 0x7,
        language=three_letters(tags.language),
    )
    with replacing(out) as file:
        file.write(_head(movie, tags, cover))
        file.writelines(movie.texts)
        for chapter, frames in zip(chapters, counted, strict=True):
            file.write(_bare(replace(chapter, sha256="").read(), frames, chapter.path))


def _count(chapters: Sequence[EncodedChapter]) -> list[Frames]:
    """The frames of each chapter that the book keeps: all of the first one's, the others' but the first."""
    counted: list[Frames] = []
    for chapter in chapters:
        frames = adts_frames(chapter.read(), chapter.path)
        chapter_frames(chapter, frames, whole_frames(chapter, AAC_FRAME) + 1)
        counted.append(frames.without_first() if counted else frames)
        refuse_mixture(counted[0], frames, chapter.path)
    return counted


def _bare(data: bytes, frames: Frames, where: Path) -> bytes:
    """The frames without their ADTS headers."""
    ends = frames.start + np.cumsum(frames.sizes)
    if ends[-1] != len(data):
        raise RenderError("the encoded chapter changed while it was joined.", where=str(where))
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
    free = {
        "NARRATOR": tags.narrator,
        "PUBLISHER": tags.publisher,
        "LANGUAGE": tags.language,
        "SERIES": tags.series,
        "SERIES-PART": tags.part,
        "TRANSLATOR": tags.translator,
        "ISBN": tags.isbn,
    }
    atoms: dict[str, object] = {"stik": [_AUDIOBOOK], "pgap": True}
    atoms |= {key: [clean(text)] for key, text in texts.items() if text}
    for key, text in free.items():
        if text:
            value = MP4FreeForm(clean(text).encode(), AtomDataType.UTF8)
            atoms[f"----:com.apple.iTunes:{key}"] = [value]
    if cover:
        atoms["covr"] = [MP4Cover(cover, MP4Cover.FORMAT_JPEG)]
    return atoms
