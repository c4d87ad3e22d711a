"""The FLAC file: chapters that were encoded once, joined by their frames (RFC 9639).

A frame carries its number in the stream and two checksums, one of its header and one of all of it. Joining
gives every frame its new number and sets the checksums right, without decoding anything: a checksum of this
kind is linear, so the change follows from the header's alone.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from mutagen.flac import SeekPoint, SeekTable
from numpy.typing import NDArray

from narrator.audio import RATE
from narrator.errors import RenderError
from narrator.release.chapters import EncodedChapter, Tags, marks, refuse_empty
from narrator.release.checksums import FRAME as WHOLE
from narrator.release.checksums import HEADER, behind, checksum
from narrator.release.comments import comments, picture, written
from narrator.release.files import replacing

FRAME = 4_608
"""Samples of a frame as mastering makes them."""

_SEEK_EVERY = 96
"""Frames between two points of the seek table: 10 s."""

_SYNC = b"\xff\xf8"
"""Sync code, and frames of one size (RFC 9639, 9.1)."""

_INFO, _SEEK, _COMMENTS, _PICTURE, _LAST = 0, 3, 4, 6, 0x80
_INFO_SIZE = 34
_MOST = 1 << 24
_AGAIN = "Delete it and type: narrator render"


@dataclass(frozen=True, slots=True)
class _Chapter:
    """A chapter's file. info: its STREAMINFO. start: where its first frame begins. sizes: of its frames."""

    info: bytes
    start: int
    sizes: NDArray[np.int64]


def join_flac(chapters: Sequence[EncodedChapter], tags: Tags, cover: bytes, out: Path) -> None:
    """Write `out`: the chapters end to end, with marks, tags and cover (JPEG, or empty for none).

    Each chapter is a FLAC file of samples/4,608 frames whose seek table names each of them, so a chapter
    starts at the sum of the samples before it, to the sample; its mark is that, rounded to the millisecond in
    which marks are written. The MD5 of the whole, which nobody can know without decoding, is left at zero
    (“not known”), but for a single chapter. The same input gives the same bytes. RenderError where a
    chapter's file is not as said, or the disk is full; `out` is then what it was.
    """
    refuse_empty(chapters, out)
    laid = [_laid_out(chapter) for chapter in chapters]
    for chapter, found in zip(chapters, laid, strict=True):
        if _kind(found.info) != _kind(laid[0].info):
            raise RenderError(
                "this chapter was encoded with other settings than the first.",
                where=str(chapter.path),
                hint=_AGAIN,
            )
    places = marks(chapters)
    pairs = comments(tags, chapters, [place / RATE for place in places[:-1]], out)
    sizes = _renumbered_sizes(laid)
    metadata = [
        (_INFO, _info([found.info for found in laid], sizes, places[-1])),
        (_SEEK, _seek_table(sizes)),
        (_COMMENTS, written(pairs)),
        *([(_PICTURE, picture(cover))] if cover else []),
    ]
    with replacing(out) as file:
        file.write(b"fLaC")
        for place, (kind, data) in enumerate(metadata, 1):
            file.write(_block(kind | _LAST * (place == len(metadata)), data, out))
        first = 0
        for chapter, found in zip(chapters, laid, strict=True):
            _copy(chapter, found, first, file)
            first += len(found.sizes)


def _laid_out(chapter: EncodedChapter) -> _Chapter:
    """Where a chapter's frames lie. RenderError where it is no FLAC as mastering makes it."""
    with io.BytesIO(chapter.read()) as file:
        found = dict(blocks(file))
        start, size = file.tell(), file.seek(0, io.SEEK_END)
    points = np.frombuffer(found.get(_SEEK, b""), [("sample", ">u8"), ("offset", ">u8"), ("count", ">u2")])
    info = found.get(_INFO, b"")
    if len(info) != _INFO_SIZE or chapter.samples != len(points) * FRAME or not len(points):
        raise RenderError(
            f"this is no FLAC of {chapter.samples:,} samples whose frames are listed.",
            where=str(chapter.path),
            hint=_AGAIN,
        )
    offsets = np.append(points["offset"].astype(np.int64), size - start)
    return _Chapter(info, start, np.diff(offsets))


def blocks(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The metadata blocks before the frames; none where there is no FLAC."""
    last = file.read(4) != b"fLaC"
    while not last:
        head = file.read(4)
        last = len(head) < 4 or bool(head[0] & _LAST)
        yield head[0] & ~_LAST if head else _PICTURE, file.read(int.from_bytes(head[1:], "big"))


def _kind(info: bytes) -> bytes:
    """Block size, rate, channels and bits: what every chapter of a book must share."""
    return info[:4] + info[10:13] + bytes([info[13] & 0xF0])


def _info(infos: Sequence[bytes], sizes: NDArray[np.int64], samples: int) -> bytes:
    """The STREAMINFO of the whole (RFC 9639, 8.2)."""
    shared = int.from_bytes(infos[0][10:18], "big") >> 36 << 36
    md5 = infos[0][18:] if len(infos) == 1 else bytes(16)
    least, most = int(sizes.min()), int(sizes.max())
    return (
        infos[0][:4]
        + least.to_bytes(3, "big")
        + most.to_bytes(3, "big")
        + struct.pack(">Q", shared | samples)
        + md5
    )


def _seek_table(sizes: NDArray[np.int64]) -> bytes:
    """A point every ten seconds, and one for the last frame, by which a file that was cut short is known."""
    offsets = np.cumsum(sizes) - sizes
    numbers = sorted({*range(0, len(sizes), _SEEK_EVERY), len(sizes) - 1})
    table = SeekTable(None)
    table.seekpoints = [SeekPoint(n * FRAME, int(offsets[n]), FRAME) for n in numbers]
    data: bytes = table.write()
    return data


def _block(kind: int, data: bytes, where: Path) -> bytes:
    if len(data) >= _MOST:
        raise RenderError(
            "the cover is too large for FLAC, which takes 16 MB.", where=str(where), hint="Use a smaller one."
        )
    return bytes([kind]) + len(data).to_bytes(3, "big") + data


def _renumbered_sizes(laid: Sequence[_Chapter]) -> NDArray[np.int64]:
    """The sizes of all frames once each has its number in the book, which may take more bytes."""
    here = np.concatenate([np.arange(len(found.sizes)) for found in laid])
    sizes = np.concatenate([found.sizes for found in laid])
    return np.asarray(sizes - _number_sizes(here) + _number_sizes(np.arange(len(sizes))), np.int64)


_NUMBER_GROWS = (0x80, 0x800, 0x1_0000, 0x20_0000, 0x400_0000)
"""From which numbers on a coded number takes a byte more (RFC 9639, 9.1.5)."""


def _number_sizes(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.searchsorted(_NUMBER_GROWS, numbers, "right") + 1


def _copy(chapter: EncodedChapter, found: _Chapter, first: int, out: BinaryIO) -> None:
    """Copy a chapter's frames, numbered from `first` on."""
    with io.BytesIO(chapter.read()) as file:
        file.seek(found.start)
        for number, size in enumerate(found.sizes.tolist()):
            frame = file.read(size)
            if len(frame) != size or not frame.startswith(_SYNC):
                raise RenderError("its frames break off.", where=str(chapter.path), hint=_AGAIN)
            out.write(renumbered(frame, number, first + number) if first else frame)


def renumbered(frame: bytes, old: int, new: int) -> bytes:
    """A frame that has the number `old` with the number `new`, its checksums set right."""
    size = 4 + len(_coded(old)) + 1
    head = frame[:4] + _coded(new)
    head += bytes([checksum(head, HEADER)])
    change = checksum(frame[:size], WHOLE) ^ checksum(head, WHOLE)
    mark = int.from_bytes(frame[-2:], "big") ^ behind(change, len(frame) - size - 2)
    return head + frame[size:-2] + mark.to_bytes(2, "big")


def _coded(number: int) -> bytes:
    """A number as UTF-8 codes a character, up to 31 bits (RFC 9639, 9.1.5)."""
    if number < _NUMBER_GROWS[0]:
        return bytes([number])
    rest: list[int] = []
    while number >= 1 << 6 - len(rest):
        rest.append(0x80 | number & 0x3F)
        number >>= 6
    return bytes([0xFF << 7 - len(rest) & 0xFF | number, *reversed(rest)])
