"""Encoding a chapter to AAC: raw ADTS frames, in process, by the codec in PyAV's wheel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
from av.codec.context import Flags

from narrator.audio import RATE
from narrator.errors import MasterError

if TYPE_CHECKING:
    from narrator.audio import Samples

FRAME = 1_024
"""Samples an AAC-LC frame."""

OPTIONS = {"aac_coder": "fast"}
"""The fast coder takes half the time of the default one, and PESQ rates it no lower (4.33 to 4.24 at 64k)."""


@contextmanager
def writing(path: Path, bit_rate: int) -> Iterator[Callable[[Samples], None]]:
    """Give the function that encodes samples to the file at `path`.

    n * 1,024 samples become n + 1 frames: the first is the encoder's priming, and whoever joins chapters
    leaves it out. Raises MasterError where the number of frames is another.
    """
    with av.open(str(path), "w", format="adts") as container:
        stream: Any = container.add_stream("aac", rate=RATE, layout="mono", options=OPTIONS)
        stream.codec_context.bit_rate = bit_rate
        stream.codec_context.flags |= Flags.bitexact
        encoder = _Encoder(container, stream)
        yield encoder.write
        encoder.finish()
    expected = encoder.samples // FRAME + 1
    if encoder.frames != expected:
        raise MasterError(f"The AAC encoder gave {encoder.frames} frames where {expected} were due.")


class _Encoder:
    def __init__(self, container: Any, stream: Any) -> None:  # noqa: ANN401  PyAV, untyped to us
        self._container, self._stream = container, stream
        self.samples = 0
        self.frames = 0

    def write(self, samples: Samples) -> None:
        """Encode some samples."""
        if not len(samples):
            return
        frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
        frame.sample_rate = RATE
        frame.pts = self.samples
        self.samples += len(samples)
        self._mux(self._stream.encode(frame))

    def finish(self) -> None:
        """Encode what the codec still holds."""
        self._mux(self._stream.encode(None))

    def _mux(self, packets: list[Any]) -> None:
        self.frames += len(packets)
        for packet in packets:
            self._container.mux(packet)


def facts(bit_rate: int) -> dict[str, str]:
    """What decides the bytes that `writing` makes."""
    codec = ".".join(str(part) for part in av.library_versions["libavcodec"])
    return {
        "encoder": "aac",
        "version": f"libavcodec {codec}",
        "arguments": f"{OPTIONS} {bit_rate} mono {RATE}",
    }
