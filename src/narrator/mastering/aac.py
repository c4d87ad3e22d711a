"""Encoding a chapter to AAC: raw ADTS frames, in process, by the codec in PyAV's wheel."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import av
import numpy as np
from av.codec.context import Flags

from narrator.audio import RATE
from narrator.errors import MasterError

if TYPE_CHECKING:
    from narrator.audio import Samples

FRAME = 1_024
"""Samples an AAC-LC frame."""

OPTIONS = {"aac_coder": "fast"}
"""The fast coder takes half the time of the default one, and PESQ rates it no lower (4.33 to 4.24 at 64k)."""


SEGMENT = 1_290
"""Frames (30 s) that one encoder makes. A chapter is encoded in segments, so that both cores work on a long
one; where it is cut does not depend on the machine."""

BEFORE, AFTER = 8, 6
"""Frames beyond its ends that a segment's encoder also hears, so that it knows what comes. From 4 and 2 on, a
join is as good as none: the error around joins is that of one pass (docs/sound.md)."""

_CUTS = (0, 1, -1, 2, -2, 3, -3)
_UNDER_WAY = 3
_PORTION = 32 * FRAME


@contextmanager
def writing(path: Path, bit_rate: int, channels: int = 1) -> Iterator[Callable[[Samples], None]]:
    """Give the function that encodes samples to the file at `path`.

    n * 1,024 samples become n + 1 frames: the first is the encoder's priming, and whoever joins chapters
    leaves it out. Raises MasterError where the number of frames is another.
    """
    with path.open("wb") as file, ThreadPoolExecutor(2) as encoders:  # a codec works without Python's lock
        segments = _Segments(file, encoders, bit_rate, channels)
        yield segments.write
        segments.finish()


@dataclass(frozen=True, slots=True)
class _Encoding:
    """A segment under way. first: its first frame; end: where it should end. samples: where they lie."""

    first: int
    end: int
    frames: Future[list[bytes]]
    samples: Samples


class _Segments:
    """Cuts the stream into segments, has them encoded, and writes their frames in order.

    The segments lie in a few arrays that are used again and again: made anew for each, they would leave
    holes, and a long chapter would take more memory than a short one.
    """

    def __init__(self, file: IO[bytes], encoders: Executor, bit_rate: int, channels: int) -> None:
        self._file, self._encoders, self._rate, self._layout = file, encoders, bit_rate, _LAYOUTS[channels]
        self._channels = channels
        self._free: list[Samples] = []
        self._buffer, self._filled = self._empty(), 0  # what begins with frame `_first`; in samples
        self._first = self._start = self._written = 0  # in frames
        self._under_way: deque[_Encoding] = deque()

    def write(self, samples: Samples) -> None:
        """Encode some samples."""
        while len(samples):
            full = (self._start + SEGMENT + AFTER - self._first) * FRAME
            portion = samples[: full - self._filled]
            self._buffer[self._filled : self._filled + len(portion)] = portion
            self._filled += len(portion)
            samples = samples[len(portion) :]
            if self._filled == full:
                self._cut(self._start + SEGMENT)

    def finish(self) -> None:
        """Encode what is left. Raises MasterError as `writing`."""
        frames = self._first + self._filled // FRAME
        if frames > self._start:
            self._cut(frames)
        while self._under_way:
            self._take()
        if self._written != frames + 1:
            raise MasterError(f"The AAC encoder gave {self._written} frames where {frames + 1} were due.")

    def _cut(self, end: int) -> None:
        """Hand over the segment that ends with frame `end`; its encoder hears all that came so far."""
        whole, heard = self._buffer, self._filled // FRAME * FRAME
        frames = self._encoders.submit(_encoded, whole[:heard], self._rate, self._layout)
        self._under_way.append(_Encoding(self._first, end, frames, whole))
        if len(self._under_way) >= _UNDER_WAY:
            self._take()
        first = max(0, end - BEFORE)
        self._buffer = self._empty()
        rest = whole[(first - self._first) * FRAME : self._filled]
        self._buffer[: len(rest)] = rest
        self._start, self._first, self._filled = end, first, len(rest)

    def _empty(self) -> Samples:
        """An array for a segment and what is heard around it."""
        if self._free:
            return self._free.pop()
        samples = (BEFORE + SEGMENT + AFTER) * FRAME
        return np.empty(samples if self._channels == 1 else (samples, self._channels), np.float32)

    def _take(self) -> None:
        """Write the oldest segment's frames, up to where the next one agrees with it."""
        segment = self._under_way.popleft()
        frames, first, end = segment.frames.result(), segment.first, segment.end
        if self._under_way:
            following = self._under_way[0]
            end = _agreement(frames, first, following.frames.result(), following.first, end)
        for frame in frames[self._written - first : end + 1 - first]:
            self._file.write(frame)
        self._written = max(self._written, end + 1)
        self._free.append(segment.samples)


def _agreement(one: Sequence[bytes], first: int, other: Sequence[bytes], start: int, wanted: int) -> int:
    """The last frame to take from `one`: near `wanted`, where both encoders shape their windows alike.

    A frame overlaps the next, and the overlap only cancels where both were windowed for each other.
    """
    for end in (wanted + shift for shift in _CUTS):
        windows = [(_window(one[n - first]), _window(other[n - start])) for n in (end, end + 1)]
        if all(mine == theirs is not None for mine, theirs in windows):
            return end
    return wanted


def _window(frame: bytes) -> int | None:
    """Window sequence and shape of an ADTS frame (ISO/IEC 14496-3); None where its two channels differ.

    Mono (single_channel_element): bits 16 to 18 after its header, behind the element's id and tag, the global
    gain and a reserved bit. Stereo (channel_pair_element): bits 9 to 11, where bit 7 says that both channels
    share them.
    """
    body = int.from_bytes(frame[_HEADER : _HEADER + 3], "big")
    if body >> 21 == _PAIR:
        return body >> 12 & 0x7 if body >> 16 & 1 else None
    return body >> 5 & 0x7


_HEADER = 7
_PAIR = 1
_LAYOUTS = {1: "mono", 2: "stereo"}


def _encoded(samples: Samples, bit_rate: int, layout: str) -> list[bytes]:
    """The ADTS frames of a stretch: one more than it has, the first is priming."""
    with BytesIO() as file:
        with av.open(file, "w", format="adts") as container:
            stream: Any = container.add_stream("aac", rate=RATE, layout=layout, options=OPTIONS)
            stream.codec_context.bit_rate = bit_rate
            stream.codec_context.flags |= Flags.bitexact
            for start in range(0, len(samples), _PORTION):
                portion = np.atleast_2d(samples[start : start + _PORTION].T)
                planes = np.ascontiguousarray(portion)
                frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout=layout)
                frame.sample_rate, frame.pts = RATE, start
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return list(_frames(file.getvalue()))


def _frames(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        size = (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
        yield data[at : at + size]
        at += size


def facts(bit_rate: int, channels: int = 1) -> dict[str, str]:
    """What decides the bytes that `writing` makes."""
    codec = ".".join(str(part) for part in av.library_versions["libavcodec"])
    return {
        "encoder": "aac",
        "version": f"libavcodec {codec}",
        "arguments": f"{OPTIONS} {bit_rate} {_LAYOUTS[channels]} {RATE}, segments of {SEGMENT}",
    }
