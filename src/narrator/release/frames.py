"""The frames of raw AAC and MP3 files: found by walking their headers, never decoded."""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path
from typing import TYPE_CHECKING

from narrator.audio import RATE
from narrator.errors import RenderError

if TYPE_CHECKING:
    from narrator.release.chapters import EncodedChapter

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
    sizes: array[int]
    start: int = 0

    def without_first(self) -> Frames:
        """All but the first: what remains of a chapter when its priming is dropped."""
        return Frames(self.header, self.sizes[1:], self.start + self.sizes[0])


def read_bytes(path: Path) -> bytes:
    """The file's bytes; RenderError where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise RenderError(
            f"the encoded chapter cannot be read ({error.strerror}).",
            where=str(path),
            hint="Type: narrator render",
        ) from error


def adts_frames(data: bytes, where: Path) -> Frames:
    """The frames of an ADTS file: AAC-LC at 44.1 kHz, no CRC, one raw data block a frame.

    RenderError where it is anything else, or cut short.
    """
    header = int.from_bytes(data[:4], "big") >> 4
    if header & _ADTS_FIXED != _ADTS_WANTED:
        raise RenderError("this is not raw AAC-LC (ADTS) at 44.1 kHz.", where=str(where), hint=_AGAIN)
    unpack = struct.Struct(">Q").unpack_from
    sizes, at, end = array("H"), 0, len(data)
    while at + 8 <= end:
        (word,) = unpack(data, at)
        size = word >> 21 & 0x1FFF
        if word >> 36 != header or word >> 8 & 0x3 or size <= ADTS_HEADER:
            break
        sizes.append(size)
        at += size
    _refuse_broken(at, end, where)
    return Frames(header, sizes)


def mp3_frames(data: bytes | mmap, where: Path, start: int = 0) -> Frames:
    """The frames of a CBR MPEG-1 layer III stream at 44.1 kHz, from byte `start` to the end of `data`.

    RenderError where it is anything else, or cut short.
    """
    header = int.from_bytes(data[start : start + 4], "big") & ~_MP3_VARIES
    kbps = _KBPS[header >> 12 & 0xF]
    if header & _MP3_FIXED != _MP3_WANTED or not kbps:
        raise RenderError("this is not raw MPEG-1 layer III at 44.1 kHz.", where=str(where), hint=_AGAIN)
    unpack = struct.Struct(">I").unpack_from
    base = 144_000 * kbps // RATE
    sizes, at, end, kept = array("H"), start, len(data), ~_MP3_VARIES
    while at + 4 <= end:
        (word,) = unpack(data, at)
        if word & kept != header:
            break
        size = base + (word >> 9 & 1)
        sizes.append(size)
        at += size
    _refuse_broken(at, end, where)
    return Frames(header, sizes, start)


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


def _refuse_broken(at: int, end: int, where: Path) -> None:
    if at != end:
        raise RenderError(f"its frames break off at byte {at:,} of {end:,}.", where=str(where), hint=_AGAIN)
