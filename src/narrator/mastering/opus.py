"""Encoding a chapter to Opus: 20 ms packets in Ogg, in process, by libopus in PyAV's wheel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import soxr

from narrator.audio import DRY, RATE
from narrator.errors import MasterError

if TYPE_CHECKING:
    from av.container import OutputContainer

    from narrator.audio import Samples

OPUS_RATE = 48_000
"""Samples a second inside Opus, whatever goes in (RFC 7845, 5.1)."""

PACKET = 960
"""Samples of a packet at OPUS_RATE: 20 ms."""

DELAY = 120
"""Samples by which libopus and a decoder delay in this mode (2.5 ms)."""

HEAD = PACKET - DELAY
"""Zeros put before a chapter: with the delay they are one whole packet, which is left out where chapters are
joined, so that the next one begins with the first sample."""

_AT_REST = 2 * PACKET + DELAY
"""Samples that two packets hear. A chapter begins dry for longer (`audio.DRY`, 2,229 at this rate), but a
resampler's filter rings 9 ms ahead of a sound; what of that is within these is put to zero."""

OPTIONS = {
    # CELT alone: a packet of digital silence brings every state of its decoder to rest, SILK's would linger.
    # So chapters can be joined by their packets (docs/sound.md).
    "application": "lowdelay",
    "frame_duration": "20",
    "vbr": "on",
}

_LAYOUTS = {1: "mono", 2: "stereo"}


@contextmanager
def writing(path: Path, bit_rate: int, channels: int = 1) -> Iterator[Callable[[Samples], None]]:
    """Give the function that encodes samples (44.1 kHz) to the file at `path`.

    n samples become ceil(n * 160 / 147) at 48 kHz, in so many whole packets, and a packet of silence before
    them. Where the chapter begins dry, so do its first two packets. Raises MasterError where the number of
    packets is another.
    """
    resampler = soxr.ResampleStream(RATE, OPUS_RATE, channels, dtype="float32", quality="HQ")
    taken = given = 0
    dry = True
    with av.open(str(path), "w", format="ogg", options={"fflags": "bitexact"}) as container:
        encoder = _Encoder(container, bit_rate, channels)
        encoder.write(np.zeros(HEAD if channels == 1 else (HEAD, channels), np.float32))

        def write(samples: Samples) -> None:
            nonlocal taken, given, dry
            dry = dry and not samples[: max(0, DRY - taken)].any()
            taken += len(samples)
            ready = resampler.resample_chunk(np.ascontiguousarray(samples, np.float32))
            if dry:
                ready[: max(0, _AT_REST - given)] = 0
            given += len(ready)
            encoder.write(ready)

        yield write
        rest = resampler.resample_chunk(
            np.zeros(0 if channels == 1 else (0, channels), np.float32), last=True
        )
        due = samples_at_opus_rate(taken) - given
        encoder.write(exactly(rest, due))
        encoder.finish()
    packets = -(-samples_at_opus_rate(taken) // PACKET) + 1
    if encoder.packets != packets:
        raise MasterError(f"The Opus encoder gave {encoder.packets} packets where {packets} were due.")


def samples_at_opus_rate(samples: int) -> int:
    """How many samples at 48 kHz hold so many at 44.1 kHz."""
    return -(-samples * 160 // 147)


def exactly(samples: Samples, count: int) -> Samples:
    """The end of a stream, shortened or with zeros behind: a resampler may give a sample more or less."""
    missing = max(0, count - len(samples))
    return np.concatenate([samples[:count], np.zeros((missing, *samples.shape[1:]), np.float32)])


class _Encoder:
    """Cuts a stream at 48 kHz into packets and has them written."""

    def __init__(self, container: OutputContainer, bit_rate: int, channels: int) -> None:
        self.packets = 0
        self._container, self._layout = container, _LAYOUTS[channels]
        stream: Any = container.add_stream("libopus", rate=OPUS_RATE, layout=self._layout, options=OPTIONS)
        stream.codec_context.bit_rate = bit_rate
        stream.codec_context.format = "flt"
        self._stream = stream
        self._rest: Samples = np.zeros(0 if channels == 1 else (0, channels), np.float32)
        self._at = 0

    def write(self, samples: Samples) -> None:
        """Encode some samples."""
        joined = np.concatenate([self._rest, samples])
        whole = len(joined) // PACKET * PACKET
        for start in range(0, whole, PACKET):
            self._encode(joined[start : start + PACKET])
        self._rest = joined[whole:]

    def finish(self) -> None:
        """Encode what is left."""
        if len(self._rest):
            self._encode(self._rest)
        self._mux(self._stream.encode(None))

    def _encode(self, samples: Samples) -> None:
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="flt", layout=self._layout)
        frame.sample_rate, frame.pts = OPUS_RATE, self._at
        self._at += len(samples)
        self._mux(self._stream.encode(frame))

    def _mux(self, packets: list[Any]) -> None:
        self.packets += len(packets)
        self._container.mux(packets)


def facts(bit_rate: int, channels: int = 1) -> dict[str, str]:
    """What decides the bytes that `writing` makes."""
    return {
        "encoder": "libopus",
        "version": f"PyAV {av.__version__}",
        "arguments": f"{OPTIONS} {bit_rate} {_LAYOUTS[channels]} {OPUS_RATE}, soxr {soxr.__version__} HQ",
    }
