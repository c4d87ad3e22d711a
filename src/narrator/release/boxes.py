"""The movie header of an M4B: one AAC track, and the chapters twice (QuickTime text track, Nero list).

Written by hand because libavformat's own costs a Python call a frame and rounds QuickTime marks to a
millisecond; here every time is counted in samples. Layout: ISO/IEC 14496-12 and -14, and Apple's QuickTime
File Format for the text track (`gmhd`, `text`, `tref/chap`); order and flags are those of libavformat.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np

from narrator.audio import RATE
from narrator.release.chapters import cut
from narrator.release.frames import AAC_FRAME, Sizes

CHUNK = 40
"""Frames in a chunk of sound, 0.93 s: what players are used to read at once."""

NERO_CHAPTERS = 255
"""The most that a `chpl` list can hold (its count is a byte); longer lists would show a part of the book."""

NERO_TITLE = 255
"""Bytes of a title in a `chpl` list (its length is a byte)."""

_TEXT_TITLE = 0xFFFF
_UTF8 = b"\0\0\0\x0cencd\0\0\x01\0"
"""The atom after a title that says that it is UTF-8 (encoding 256), as Apple's own files carry it."""

_MATRIX = struct.pack(">9I", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
_U32 = 0xFFFF_FFFF

_NARROW = 1 << 31
"""Media bytes above which offsets take 64 bits: half of what 32 can hold, so no header tips the scale."""


@dataclass(frozen=True)
class Movie:
    """What the header describes.

    titles and lengths: one a chapter, lengths in samples. sizes: bytes of every AAC frame without its ADTS
    header, the frame of priming first. channels: 1 or 2. language: three letters of ISO 639-2.
    """

    titles: tuple[str, ...]
    lengths: tuple[int, ...]
    sizes: Sizes
    channels: int
    language: str

    @property
    def samples(self) -> int:
        """How long the book is, priming not counted."""
        return sum(self.lengths)

    @property
    def texts(self) -> tuple[bytes, ...]:
        """The samples of the text track: length, title, encoding."""
        titles = (cut(title, _TEXT_TITLE) for title in self.titles)
        return tuple(struct.pack(">H", len(title)) + title + _UTF8 for title in titles)

    @cached_property
    def bytes(self) -> int:
        """Bytes of the media data."""
        return int(self.sizes.sum()) + sum(map(len, self.texts))


def ftyp() -> bytes:
    """The brand: an audiobook."""
    return _box("ftyp", b"M4B ", struct.pack(">I", 0x200), b"M4B ", b"isom", b"iso2")


def mdat(movie: Movie) -> bytes:
    """The head of the media data: the texts, then the frames."""
    if movie.bytes > _NARROW:
        return struct.pack(">I4sQ", 1, b"mdat", 16 + movie.bytes)
    return struct.pack(">I4s", 8 + movie.bytes, b"mdat")


def moov(movie: Movie, media: int) -> bytes:
    """The movie header, for media data whose first text stands at byte `media` of the file.

    Its length does not depend on `media`.
    """
    return _box("moov", _mvhd(movie), _sound(movie, media), _chapters(movie, media), _udta(movie))


def _box(kind: str, *parts: bytes) -> bytes:
    return struct.pack(">I4s", 8 + sum(map(len, parts)), kind.encode("latin-1")) + b"".join(parts)


def _full(kind: str, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags), *parts)


def _wide(duration: int) -> int:
    """The version of a box that holds `duration`: 1, with 64 bits for times, above 27 hours."""
    return int(duration > _U32)


def _int(value: int, version: int) -> bytes:
    return struct.pack(">Q" if version else ">I", value)


def _table(values: Sequence[int] | Sizes, kind: str = ">u4") -> bytes:
    return np.asarray(values, np.int64).astype(kind).tobytes()


def _mvhd(movie: Movie) -> bytes:
    wide = _wide(movie.samples)
    return _full(
        "mvhd",
        _int(0, wide) * 2,  # no clock: the same book is the same file
        struct.pack(">I", RATE),
        _int(movie.samples, wide),
        struct.pack(">IH10x", 1 << 16, 1 << 8),
        _MATRIX,
        bytes(24),
        struct.pack(">I", 3),
        version=wide,
    )


def _tkhd(movie: Movie, track: int, flags: int, volume: int) -> bytes:
    wide = _wide(movie.samples)
    return _full(
        "tkhd",
        _int(0, wide) * 2,
        struct.pack(">I4x", track),
        _int(movie.samples, wide),
        struct.pack(">8xHHH2x", 0, int(volume > 0), volume),
        _MATRIX,
        bytes(8),
        version=wide,
        flags=flags,
    )


def _edts(movie: Movie, start: int) -> bytes:
    """One edit: the whole book, from sample `start` of the track on."""
    wide = _wide(movie.samples)
    entry = _int(movie.samples, wide) + _int(start, wide) + struct.pack(">I", 1 << 16)
    return _box("edts", _full("elst", struct.pack(">I", 1), entry, version=wide))


def _mdia(kind: str, name: str, language: str, duration: int, *minf: bytes) -> bytes:
    wide = _wide(duration)
    code = sum((ord(letter) - 0x60) << shift for letter, shift in zip(language, (10, 5, 0), strict=True))
    mdhd = _full(
        "mdhd",
        _int(0, wide) * 2,
        struct.pack(">I", RATE),
        _int(duration, wide),
        struct.pack(">HH", code, 0),
        version=wide,
    )
    hdlr = _full("hdlr", bytes(4), kind.encode(), bytes(12), name.encode() + b"\0")
    return _box("mdia", mdhd, hdlr, _box("minf", *minf))


def _dinf() -> bytes:
    return _box("dinf", _full("dref", struct.pack(">I", 1), _full("url ", flags=1)))


def _stsc(runs: Sequence[tuple[int, int]]) -> bytes:
    """Runs of chunks: the first chunk of each, from 1, and the samples in each of its chunks."""
    entries = b"".join(struct.pack(">III", first, samples, 1) for first, samples in runs)
    return _full("stsc", struct.pack(">I", len(runs)), entries)


def _stts(runs: Sequence[tuple[int, int]]) -> bytes:
    entries = b"".join(struct.pack(">II", *run) for run in runs)
    return _full("stts", struct.pack(">I", len(runs)), entries)


def _stsz(sizes: Sequence[int] | Sizes) -> bytes:
    return _full("stsz", struct.pack(">II", 0, len(sizes)), _table(sizes))


def _stco(offsets: Sequence[int] | Sizes, movie: Movie) -> bytes:
    count = struct.pack(">I", len(offsets))
    if movie.bytes > _NARROW:
        return _full("co64", count, _table(offsets, ">u8"))
    return _full("stco", count, _table(offsets))


def _sound(movie: Movie, media: int) -> bytes:
    frames, (chunks, rest) = len(movie.sizes), divmod(len(movie.sizes), CHUNK)
    first = media + sum(map(len, movie.texts))
    offsets = (np.cumsum(movie.sizes) - movie.sizes + first)[::CHUNK]
    stbl = _box(
        "stbl",
        _full("stsd", struct.pack(">I", 1), _mp4a(movie)),
        _stts([(frames, AAC_FRAME)]),
        _stsc([(1, CHUNK)] * (chunks > 0) + [(chunks + 1, rest)] * (rest > 0)),
        _stsz(movie.sizes),
        _stco(offsets, movie),
        # A decoder that seeks needs the frame before as well, for the overlap of the transform.
        _full("sgpd", b"roll", struct.pack(">IIh", 2, 1, -1), version=1),
        _full("sbgp", b"roll", struct.pack(">III", 1, frames, 1)),
    )
    smhd = _full("smhd", bytes(4))
    mdia = _mdia("soun", "Sound", movie.language, frames * AAC_FRAME, smhd, _dinf(), stbl)
    tref = _box("tref", _box("chap", struct.pack(">I", 2)))
    return _box("trak", _tkhd(movie, 1, 3, 1 << 8), _edts(movie, AAC_FRAME), tref, mdia)


def _mp4a(movie: Movie) -> bytes:
    sizes = movie.sizes
    bits = 8 * int(sizes.sum()) * RATE // (len(sizes) * AAC_FRAME)
    # AudioSpecificConfig: 5 bits of object type (2: AAC-LC), 4 of rate (4: 44.1 kHz), 4 of channels.
    config = struct.pack(">H", 2 << 11 | 4 << 7 | movie.channels << 3)
    decoder = struct.pack(">BB3sII", 0x40, 0x15, int(sizes.max()).to_bytes(3, "big"), bits, bits)
    decoder = _descriptor(4, decoder + _descriptor(5, config))
    stream = _descriptor(3, struct.pack(">HB", 1, 0) + decoder + _descriptor(6, b"\x02"))
    sample = struct.pack(">6xH8xHH4xI", 1, movie.channels, 16, RATE << 16)
    return _box("mp4a", sample, _full("esds", stream))


def _descriptor(tag: int, body: bytes) -> bytes:
    return struct.pack(">BB", tag, len(body)) + body


def _chapters(movie: Movie, media: int) -> bytes:
    """The text track, disabled: players show it as a list, not as subtitles. One title a chunk."""
    lengths = [len(text) for text in movie.texts]
    look = bytes(44)  # colours, box and font of a text that is never drawn
    stbl = _box(
        "stbl",
        _full("stsd", struct.pack(">I", 1), _box("text", struct.pack(">6xH", 1), look)),
        _stts([(1, length) for length in movie.lengths]),
        _stsc([(1, 1)]),
        _stsz(lengths),
        _stco(list(accumulate(lengths, initial=media))[:-1], movie),
    )
    gmin = _full("gmin", struct.pack(">HHHHhH", 0x40, 0x8000, 0x8000, 0x8000, 0, 0))
    gmhd = _box("gmhd", gmin, _box("text", _MATRIX))
    mdia = _mdia("text", "Chapters", movie.language, movie.samples, gmhd, _dinf(), stbl)
    return _box("trak", _tkhd(movie, 2, 2, 0), _edts(movie, 0), mdia)


def _udta(movie: Movie) -> bytes:
    """Nero's list, in units of 100 ns; empty above what it can hold."""
    if len(movie.titles) > NERO_CHAPTERS:
        return _box("udta")
    entries = []
    for title, start in zip(movie.titles, accumulate(movie.lengths, initial=0), strict=False):
        name = cut(title, NERO_TITLE)
        entries.append(struct.pack(">QB", (start * 10_000_000 + RATE // 2) // RATE, len(name)) + name)
    return _box("udta", _full("chpl", bytes(4), struct.pack(">B", len(entries)), *entries, version=1))
