"""The Opus file: chapters that were encoded once, joined by their packets, in Ogg (RFC 7845)."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from mutagen import MutagenError
from mutagen.ogg import OggPage

from narrator.audio import RATE
from narrator.errors import RenderError
from narrator.release.chapters import EncodedChapter, Tags, marks, refuse_empty
from narrator.release.comments import comments, picture, written
from narrator.release.files import replacing

OPUS_RATE = 48_000
"""Samples a second that Opus counts in, and decodes to."""

PACKET = 960
"""Samples of a packet as mastering makes them: 20 ms."""

FRAME = 120
"""Samples of the shortest frame that Opus has, 2.5 ms: what a chapter's place is rounded to."""

_PAGE = 50
"""Packets a page: a second, as RFC 7845 (6) advises."""

_CELT_20_MS, _CELT_2_5_MS = 31 << 3, 28 << 3
_STEREO, _MANY = 1 << 2, 3
_SILENCE = b"\xff\xfe"
"""A frame that says nothing but that all is silent (RFC 6716, 4.3): it brings the decoder to rest."""

_AT_REST = 2
"""Packets of silence after which a decoder remembers nothing: it looks two frames back (RFC 6716, 4.3.5)."""

_HEADERS = 2
_AGAIN = "Delete it and type: narrator render"


def join_opus(chapters: Sequence[EncodedChapter], tags: Tags, cover: bytes, out: Path) -> None:
    """Write `out`: the chapters end to end, with marks, tags and cover (JPEG, or empty for none).

    Each chapter is Ogg Opus in packets of 20 ms: one of priming, which only the first chapter keeps, hidden
    by the file's pre-skip, then its sound, which begins and ends with silence (`audio.DRY`). A chapter begins
    within 1.25 ms of the sum of the samples before it, however many there are: where whole packets would
    not end there, a packet of silence of the right length fills up. Its mark is where it begins here,
    rounded to the millisecond in which marks are written. The same input gives the same bytes. RenderError
    where a chapter's file is not as said, or the disk is full; `out` is then what it was.
    """
    refuse_empty(chapters, out)
    places = opus_marks(chapters)
    pairs = comments(tags, chapters, [place / OPUS_RATE for place in places[:-1]], out)
    if cover:
        pairs.append(("METADATA_BLOCK_PICTURE", base64.b64encode(picture(cover)).decode()))
    described = b"OpusTags" + written(pairs)
    with replacing(out) as file:
        toc = next(_packets(chapters[0]))[0]
        pages = _Pages(file, zlib.crc32(described))
        pages.head(_head(toc), described)
        for number, (chapter, start, end) in enumerate(zip(chapters, places, places[1:], strict=False)):
            packets = _packets(chapter)
            priming = next(packets)
            if priming[0] != toc:
                raise _refused("this chapter was encoded with other settings than the first.", chapter.path)
            if number == 0:
                pages.write(priming, PACKET)
            for packet, length in _fitted(packets, _count(chapter) - 1, end - start):
                pages.write(packet, length)
        pages.finish()


def _head(toc: int) -> bytes:
    """The first packet (RFC 7845, 5.1): channels, what to skip, the rate that went in, no gain."""
    channels = 2 if toc & _STEREO else 1
    return struct.pack("<8sBBHIhB", b"OpusHead", 1, channels, PACKET, RATE, 0, 0)


def opus_marks(chapters: Sequence[EncodedChapter]) -> tuple[int, ...]:
    """Where each chapter starts, in samples at OPUS_RATE, and after the last one where the book ends."""
    return opus_places(marks(chapters))


def opus_places(samples: Iterable[int]) -> tuple[int, ...]:
    """Places in a book, counted at 44,100 a second, as an Opus file of it has them: samples at OPUS_RATE."""
    return tuple(round(mark * OPUS_RATE / RATE / FRAME) * FRAME for mark in samples)


def _packets(chapter: EncodedChapter) -> Iterator[bytes]:
    """The packets of a chapter, its priming the first.

    RenderError where it is anything but Opus as mastering makes it: then it cannot be joined.
    """
    toc, count = b"", 0
    try:
        with io.BytesIO(chapter.read()) as file:
            for count, packet in enumerate(islice(_read(file), _HEADERS, None), 1):
                toc = toc or packet[:1]
                _refuse_unjoinable(packet, toc, count, chapter.path)
                yield packet
    except (MutagenError, ValueError) as error:
        raise _refused(f"the encoded chapter cannot be read ({error}).", chapter.path) from error
    if count != (wanted := _count(chapter)):
        raise _refused(
            f"the encoded chapter has {count:,} packets, its {chapter.samples:,} samples need {wanted:,}.",
            chapter.path,
        )


def _count(chapter: EncodedChapter) -> int:
    """How many packets a chapter has, with its priming."""
    return -(-chapter.samples * OPUS_RATE // (RATE * PACKET)) + 1


def _refuse_unjoinable(packet: bytes, toc: bytes, count: int, where: Path) -> None:
    """RenderError where the `count`-th packet of a chapter cannot stand in a book. toc: what the first one
    begins with: mode, channels and frames."""
    if not packet or packet[:1] != toc or toc[0] & ~_STEREO != _CELT_20_MS:
        raise _refused("this is not Opus in single frames of 20 ms.", where)
    if count <= 1 + _AT_REST and packet != toc + _SILENCE:
        raise _refused("its first sound comes too early: the chapter before would be heard in it.", where)


def _read(file: BinaryIO) -> Iterator[bytes]:
    """The packets of an Ogg stream, its headers the first. A packet may go on in the next page."""
    begun = b""
    while True:
        try:
            page = OggPage(file)
        except EOFError:
            return
        packets = [begun + page.packets[0], *page.packets[1:]]
        begun = b"" if page.complete else packets.pop()
        yield from packets


def _fitted(packets: Iterator[bytes], count: int, length: int) -> Iterator[tuple[bytes, int]]:
    """The first of `count` packets, and their lengths, that together are exactly `length` samples long (a
    multiple of FRAME), with silence at the end where whole packets would not be."""
    whole = min(count, length // PACKET)
    toc = 0
    for number, packet in enumerate(packets):  # to the end: only then are they known to be all there
        toc = packet[0]
        if number < whole:
            yield packet, PACKET
    frames = (length - whole * PACKET) // FRAME
    if frames:
        yield bytes([_CELT_2_5_MS | toc & _STEREO | _MANY, frames]) + _SILENCE * frames, frames * FRAME


def _refused(what: str, where: Path) -> RenderError:
    return RenderError(what, where=str(where), hint=_AGAIN)


class _Pages:
    """Writes packets into Ogg pages (RFC 3533), a second each."""

    def __init__(self, file: BinaryIO, serial: int) -> None:
        self._file, self._serial, self._sequence = file, serial, 0
        self._position = 0
        self._packets: list[bytes] = []

    def head(self, head: bytes, described: bytes) -> None:
        """The two header packets, on pages of their own."""
        for packet in (head, described):
            for page in OggPage.from_packets([packet], self._sequence):
                page.first = self._sequence == 0
                self._put(page)

    def write(self, packet: bytes, samples: int) -> None:
        """Another packet, so many samples long."""
        if len(self._packets) == _PAGE:
            self._page()
        self._packets.append(packet)
        self._position += samples

    def finish(self) -> None:
        """The last page."""
        self._page(last=True)

    def _page(self, *, last: bool = False) -> None:
        page = OggPage()
        page.packets, page.position, page.last = self._packets, self._position, last
        self._put(page)
        self._packets = []

    def _put(self, page: OggPage) -> None:
        page.serial, page.sequence = self._serial, self._sequence
        self._file.write(page.write())
        self._sequence += 1
