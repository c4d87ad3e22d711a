"""The frames of raw AAC and MP3 files: found by their headers, never decoded.

A frame's header says where the next one begins. Walking from one to the next costs a step of Python each,
and ten hours have three million: so the headers are looked for all at once, and what was found counts only
if each frame ends where the next begins. Where it does not, the walk decides, and says where the file breaks
off.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from narrator.audio import RATE
from narrator.errors import RenderError

if TYPE_CHECKING:
    from narrator.release.chapters import EncodedChapter

Sizes: TypeAlias = NDArray[np.int64]

AAC_FRAME = 1_024
"""Samples in an AAC-LC frame (ISO/IEC 14496-3)."""

MP3_FRAME = 1_152
"""Samples in an MPEG-1 layer III frame (ISO/IEC 11172-3)."""

ADTS_HEADER = 7
"""Bytes before the raw data block of an ADTS frame without CRC (ISO/IEC 14496-3, 1.A.2)."""

_AGAIN = "Delete it and type: narrator render"

# The 28 bits that an ADTS stream repeats: 12 of sync, version, 2 of layer (0), no CRC (1), 2 of profile
# (1: AAC-LC), 4 of rate (4: 44.1 kHz), private, 3 of channels, original, home.
_ADTS_FIXED = 0xFFF << 16 | 0x3 << 13 | 0x1 << 12 | 0x3 << 10 | 0xF << 6
_ADTS_WANTED = 0xFFF << 16 | 0x1 << 12 | 0x1 << 10 | 0x4 << 6

# 11 bits of sync, 2 of version (3: MPEG-1), 2 of layer (1: III), CRC, 4 of bit rate, 2 of rate (0: 44.1 kHz),
# padding, private, 2 of mode, 2 of joint-stereo mode, copyright, original, 2 of emphasis.
_MP3_FIXED = 0xFFFE << 16 | 0x3 << 10
_MP3_WANTED = 0xFFFA << 16
_MP3_VARIES = 0x1 << 9 | 0x3 << 4
"""Padding and joint-stereo mode: what may differ between the frames of a CBR file."""

_RESERVOIR = 511
"""Bytes that a frame can reach back (9 bits of main_data_begin)."""

_KBPS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
"""MPEG-1 layer III bit rates by their index (ISO/IEC 11172-3, 2.4.2.3); 0 where narrator takes none."""


@dataclass(frozen=True, slots=True)
class Frames:
    """Frames that stand end to end, up to the last byte of their file.

    header: the bits that every frame repeats, and every file that can be joined with this one.
    sizes: bytes of each frame, its header included. start: the byte where the first one begins.
    """

    header: int
    sizes: Sizes
    start: int = 0

    def without_first(self) -> Frames:
        """All but the first: what remains of a chapter when its priming is dropped."""
        return Frames(self.header, self.sizes[1:], self.start + int(self.sizes[0]))


def adts_frames(data: bytes, where: Path) -> Frames:
    """The frames of an ADTS file: AAC-LC at 44.1 kHz, no CRC, one raw data block a frame.

    RenderError where it is anything else, or cut short.
    """
    header = int.from_bytes(data[:4], "big") >> 4
    if header & _ADTS_FIXED != _ADTS_WANTED:
        raise RenderError("this is not raw AAC-LC (ADTS) at 44.1 kHz.", where=str(where), hint=_AGAIN)
    sizes = _linked(data, 0, header << 4, 0xFFFF_FFF0, _adts_size)
    if sizes is None:
        sizes = _walked(data, 0, where, lambda at: _adts_size_at(data, at, header))
    return Frames(header, sizes)


def _adts_size(data: NDArray[np.uint8], at: NDArray[np.intp]) -> Sizes:
    """Bytes of the frames that begin at these places; 0 for what is none, or several in one."""
    size = (data[at + 3] & np.int64(3)) << 11 | data[at + 4].astype(np.int64) << 3 | data[at + 5] >> 5
    return np.where((data[at + 6] & 3 > 0) | (size <= ADTS_HEADER), 0, size)


def _adts_size_at(data: bytes, at: int, header: int) -> int:
    if at + 8 > len(data):
        return 0
    (word,) = struct.unpack_from(">Q", data, at)
    size: int = word >> 21 & 0x1FFF
    return 0 if word >> 36 != header or word >> 8 & 0x3 or size <= ADTS_HEADER else size


def mp3_frames(data: bytes | mmap, where: Path, start: int = 0) -> Frames:
    """The frames of a CBR MPEG-1 layer III stream at 44.1 kHz, from byte `start` to the end of `data`.

    RenderError where it is anything else, or cut short.
    """
    header = int.from_bytes(data[start : start + 4], "big") & ~_MP3_VARIES
    kbps = _KBPS[header >> 12 & 0xF]
    if header & _MP3_FIXED != _MP3_WANTED or not kbps:
        raise RenderError("this is not raw MPEG-1 layer III at 44.1 kHz.", where=str(where), hint=_AGAIN)
    base, kept = 144_000 * kbps // RATE, 0xFFFF_FFFF & ~_MP3_VARIES

    def size_of(data: NDArray[np.uint8], at: NDArray[np.intp]) -> Sizes:
        return base + (data[at + 2] >> 1 & np.int64(1))

    def size_at(at: int) -> int:
        word = int.from_bytes(data[at : at + 4], "big") if at + 4 <= len(data) else 0
        return base + (word >> 9 & 1) if word & kept == header else 0

    sizes = _linked(data, start, header, kept, size_of)
    if sizes is None:
        sizes = _walked(data, start, where, size_at)
    return Frames(header, sizes, start)


_WINDOW = 1 << 22
"""Bytes that are looked through at once: memory does not grow with the book."""

_REACH = 8
"""Bytes that a frame has at least, and by which its header is told."""


def _linked(
    data: bytes | mmap,
    start: int,
    header: int,
    mask: int,
    size_of: Callable[[NDArray[np.uint8], NDArray[np.intp]], Sizes],
) -> Sizes | None:
    """The sizes of the frames from `start` to the end of `data`, if each ends where the next begins."""
    if start + _REACH > len(data):
        return None
    places = np.concatenate(list(_headers(data, start, header, mask)))
    sizes = size_of(np.frombuffer(data, np.uint8), places)
    ends = places + sizes
    if not _chained(places, ends, start, len(data)):
        # Sound may look like a header: what no frame ends at is none.
        real = np.isin(places, ends) | (places == start)
        places, sizes, ends = places[real], sizes[real], ends[real]
        if not _chained(places, ends, start, len(data)):
            return None
    return sizes


def _headers(data: bytes | mmap, start: int, header: int, mask: int) -> Iterator[NDArray[np.intp]]:
    """Where the masked header stands, window by window."""
    last = len(data) - _REACH + 1
    parts = [((mask >> shift) & 0xFF, (header >> shift) & 0xFF) for shift in (24, 16, 8, 0)]
    for at in range(start, last, _WINDOW):
        window = np.frombuffer(data, np.uint8, min(_WINDOW, last - at) + 3, at)
        found = np.flatnonzero(window[:-3] == parts[0][1])
        for place, (kept, wanted) in enumerate(parts[1:], 1):
            found = found[window[found + place] & kept == wanted]
        yield found + at


def _chained(places: NDArray[np.intp], ends: Sizes, start: int, end: int) -> bool:
    return bool(
        len(places) and places[0] == start and ends[-1] == end and np.array_equal(places[1:], ends[:-1])
    )


def _walked(data: bytes | mmap, start: int, where: Path, size_at: Callable[[int], int]) -> Sizes:
    """The sizes of the frames, one after the other. RenderError where they break off before the end."""
    sizes: list[int] = []
    at, end = start, len(data)
    while size := size_at(at):
        sizes.append(size)
        at += size
    if at != end:
        raise RenderError(f"its frames break off at byte {at:,} of {end:,}.", where=str(where), hint=_AGAIN)
    return np.array(sizes, np.int64)


def refuse_borrowed(data: bytes, frames: Frames, where: Path) -> None:
    """RenderError where sound of an MP3 lies in bytes before its first frame.

    LAME's bit reservoir lets a frame use room in those before it, up to 511 bytes back. Of a chapter whose
    first frame was dropped, the next may lack bytes then, and plays the end of the chapter before: a click.
    A frame that borrows but holds no sound is harmless.
    """
    mono = frames.header >> 6 & 0x3 == 3
    table = 17 if mono else 32  # bytes of side information (ISO/IEC 11172-3, 2.4.1.7)
    lengths = range(18, 18 + 2 * 59, 59) if mono else range(20, 20 + 4 * 59, 59)
    at, room = frames.start, 0
    for size in frames.sizes:
        side = int.from_bytes(data[at + 4 : at + 4 + table], "big")
        bits = table * 8
        borrowed = side >> bits - 9
        if borrowed > room and any(side >> bits - start - 12 & 0xFFF for start in lengths):
            raise RenderError(
                "its first sound lies in the frame that was dropped.",
                where=str(where),
                hint="Encode it without bit reservoir (-reservoir 0).",
            )
        room += size - 4 - table
        at += size
        if room >= _RESERVOIR:
            return


def chapter_frames(chapter: EncodedChapter, frames: Frames, expected: int) -> Frames:
    """`frames`; RenderError where their number is not the one that the chapter's length asks for."""
    if len(frames.sizes) != expected:
        raise RenderError(
            f"the encoded chapter has {len(frames.sizes):,} frames, its {chapter.samples:,} samples need "
            f"{expected:,}.",
            where=str(chapter.path),
            hint=_AGAIN,
        )
    return frames


def refuse_mixture(first: Frames, other: Frames, where: Path) -> None:
    """RenderError where two files cannot stand in one stream."""
    if first.header != other.header:
        raise RenderError(
            "this chapter was encoded with other settings than the first.", where=str(where), hint=_AGAIN
        )


def whole_frames(chapter: EncodedChapter, frame: int) -> int:
    """How many frames of `frame` samples the chapter is long; RenderError where they are not whole."""
    count, rest = divmod(chapter.samples, frame)
    if rest or count < 1:
        raise RenderError(
            f"{chapter.samples:,} samples are not a whole number of frames of {frame:,}.",
            where=str(chapter.path),
        )
    return count
