"""Encoding a chapter to FLAC: 16 bits, frames of one size, in process, by the codec in PyAV's wheel."""

from __future__ import annotations

import hashlib
import shutil
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import av
import numpy as np
from mutagen.flac import SeekPoint, SeekTable, StreamInfo

from narrator.audio import RATE
from narrator.errors import MasterError

if TYPE_CHECKING:
    from narrator.audio import Samples

FRAME = 4_608
"""Samples of a frame: half of what every chapter is a multiple of, and a size that a frame's header can name
without more bytes (RFC 9639, 9.1.1)."""

BITS = 16
"""What every shop and player takes. The room tone under everything, eight steps of it strong and more, is the
dither; zero stays zero."""

OPTIONS = {"frame_size": str(FRAME), "compression_level": "5"}

_LAYOUTS = {1: "mono", 2: "stereo"}
_LAST = 0x80
_INFO, _SEEK = 0, 3


@contextmanager
def writing(path: Path, channels: int = 1) -> Iterator[Callable[[Samples], None]]:
    """Give the function that encodes samples to the file at `path`.

    n * 4,608 samples become n frames behind a seek table that names each of them, so whoever joins chapters
    need not look for where a frame begins. Raises MasterError where the number of frames is another.
    """
    raw = path.with_name(path.name + ".raw")
    try:
        with raw.open("wb") as file:
            frames = _Frames(file, channels)
            yield frames.write
            frames.finish()
        with raw.open("rb") as source, path.open("wb") as target:
            target.write(_header(frames, channels))
            shutil.copyfileobj(source, target, 1 << 20)
    finally:
        raw.unlink(missing_ok=True)


class _Frames:
    """Cuts a stream into frames and writes them down, one behind the other."""

    def __init__(self, file: IO[bytes], channels: int) -> None:
        self.sizes, self.digest, self.samples = array("I"), hashlib.md5(usedforsecurity=False), 0
        self._file, self._layout = file, _LAYOUTS[channels]
        codec: Any = av.CodecContext.create("flac", "w")
        codec.sample_rate, codec.layout, codec.format = RATE, self._layout, "s16"
        codec.options = OPTIONS
        codec.open()
        self._codec = codec
        self._rest: Samples = np.zeros(0 if channels == 1 else (0, channels), np.float32)

    def write(self, samples: Samples) -> None:
        """Encode some samples."""
        joined = np.concatenate([self._rest, samples])
        whole = len(joined) // FRAME * FRAME
        steps = np.clip(np.rint(joined[:whole] * 32_768.0), -32_768, 32_767).astype("<i2")
        self.digest.update(np.ascontiguousarray(steps).data.cast("B"))
        for start in range(0, whole, FRAME):
            portion = steps[start : start + FRAME].reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(portion, format="s16", layout=self._layout)
            frame.sample_rate, frame.pts = RATE, self.samples
            self.samples += FRAME
            self._keep(self._codec.encode(frame))
        self._rest = joined[whole:]

    def finish(self) -> None:
        """Encode what is left. Raises MasterError as `writing`."""
        self._keep(self._codec.encode(None))
        if len(self.sizes) != self.samples // FRAME or len(self._rest):
            raise MasterError(
                f"The FLAC encoder gave {len(self.sizes)} frames where {self.samples / FRAME:g} were due."
            )

    def _keep(self, packets: Sequence[Any]) -> None:
        for packet in packets:
            data = bytes(packet)
            if data:  # the last packet only carries what the encoder has learnt
                self.sizes.append(len(data))
                self._file.write(data)


def _header(frames: _Frames, channels: int) -> bytes:
    """What stands before the frames: what they are, and where each begins."""
    info = StreamInfo.__new__(StreamInfo)
    info.min_blocksize = info.max_blocksize = FRAME
    info.min_framesize, info.max_framesize = min(frames.sizes), max(frames.sizes)
    info.sample_rate, info.channels, info.bits_per_sample = RATE, channels, BITS
    info.total_samples, info.md5_signature = frames.samples, int(frames.digest.hexdigest(), 16)
    table = SeekTable(None)
    at = 0
    for number, size in enumerate(frames.sizes):
        table.seekpoints.append(SeekPoint(number * FRAME, at, FRAME))
        at += size
    return b"fLaC" + _block(_INFO, info.write()) + _block(_SEEK | _LAST, table.write())


def _block(kind: int, data: bytes) -> bytes:
    """A block of metadata: RFC 9639, 8.1."""
    if len(data) >= 1 << 24:
        raise MasterError(
            "The chapter is too long for FLAC: 24 hours are the most.", hint="Split the chapter."
        )
    return bytes([kind]) + len(data).to_bytes(3, "big") + data


def facts(channels: int = 1) -> dict[str, str]:
    """What decides the bytes that `writing` makes."""
    codec = ".".join(str(part) for part in av.library_versions["libavcodec"])
    return {
        "encoder": "flac",
        "version": f"libavcodec {codec}",
        "arguments": f"{OPTIONS} {BITS} bits {_LAYOUTS[channels]} {RATE}",
    }
