"""Encoding a chapter to MP3: LAME in an ffmpeg child process, its delay cut away to the sample."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from narrator import ffmpeg
from narrator.audio import RATE
from narrator.errors import MasterError

if TYPE_CHECKING:
    from narrator.audio import Samples

FRAME = 1_152
"""Samples an MPEG-1 layer III frame."""

HEAD = 47
"""Zeros put before a chapter. LAME's delay (576) and a decoder's (529) make 1,105: together one whole frame,
which is then left out, so that the first frame kept begins with the first sample."""

_TAIL = 2 * FRAME

ARGUMENTS: dict[str, str | int] = {
    "format": "mp3",
    "acodec": "libmp3lame",
    # Quality 7 takes 0.6 of the default's time, and PESQ rates it no lower.
    "compression_level": 7,
    # Without the bit reservoir no frame leans on the one before: the first can be left out, chapters joined.
    "reservoir": 0,
    "write_xing": 0,
    "id3v2_version": 0,
    "map_metadata": -1,
    "fflags": "+bitexact",
}

LAME_SCALE = {128_000: 0.95, 192_000: 0.97}
"""What LAME multiplies samples by at these bit rates, its guard against clipping (0.45 and 0.26 dB, measured
too): taken back beforehand, since the limiter has left room already."""

_KBPS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)


@contextmanager
def writing(path: Path, bit_rate: int, channels: int = 1) -> Iterator[Callable[[Samples], None]]:
    """Give the function that encodes samples to the file at `path`.

    n * 1,152 samples become n frames of CBR MP3, without tags, that decode to as many samples. Raises
    RenderError where ffmpeg fails, MasterError where its frames are not what was asked.
    """
    import ffmpeg as build

    raw = path.with_name(path.name + ".raw")
    sound = build.input("pipe:0", format="f32le", ar=RATE, ac=channels)
    stream = sound.output(str(raw), audio_bitrate=bit_rate, **ARGUMENTS)
    factor = np.float32(1 / LAME_SCALE.get(bit_rate, 1.0))
    samples = 0
    try:
        with ffmpeg.feeding(stream, doing="to encode MP3") as feed:

            def write(block: Samples) -> None:
                nonlocal samples
                samples += len(block)
                feed((block * factor).data.cast("B"))

            feed(bytes(4 * HEAD * channels))
            yield write
            feed(bytes(4 * _TAIL * channels))
        _cut(raw, path, samples // FRAME, bit_rate)
    finally:
        raw.unlink(missing_ok=True)


def _cut(raw: Path, path: Path, frames: int, bit_rate: int) -> None:
    """Copy `frames` frames of `raw` to `path`, leaving out the first and what LAME adds at the end."""
    with raw.open("rb") as source, path.open("wb") as target:
        for number in range(frames + 1):
            frame = _next_frame(source, bit_rate)
            if not frame:
                raise MasterError(f"LAME gave {number} frames where {frames + 1} were due.")
            if number:
                target.write(frame)


def _next_frame(source: IO[bytes], bit_rate: int) -> bytes:
    """The frame at which `source` stands, empty where there is none whole.

    Raises MasterError where it is no MPEG-1 layer III frame at `bit_rate`.
    """
    header = source.read(4)
    if len(header) < 4:
        return b""
    rate = _KBPS[min(header[2] >> 4, 14)] * 1_000
    if header[0] != 0xFF or header[1] & 0xFE != 0xFA or rate != bit_rate:
        raise MasterError(
            f"LAME wrote a frame that begins {header.hex()}, which is no MP3 at {bit_rate} bits/s."
        )
    rest = 144 * rate // RATE + (header[2] >> 1 & 1) - len(header)
    body = source.read(rest)
    return header + body if len(body) == rest else b""


def facts(bit_rate: int, channels: int = 1) -> dict[str, str]:
    """What decides the bytes that `writing` makes."""
    return {
        "encoder": "libmp3lame",
        "version": f"ffmpeg {ffmpeg.version()}",
        "arguments": f"{ARGUMENTS} {bit_rate} {'mono' if channels == 1 else 'stereo'} {RATE}",
    }
