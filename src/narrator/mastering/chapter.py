"""From a mix to encoded files: measured once, one gain, limited, encoded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

import numpy as np

from narrator.audio import GRID, gain
from narrator.errors import MasterError
from narrator.mastering.ahead import ahead
from narrator.mastering.encoders import ORDER, writing
from narrator.mastering.hearing import Adjustment
from narrator.mastering.limiter import Limiter
from narrator.mastering.meter import Forecast, Meter
from narrator.mastering.specs import LIVELY, SHORT, DeliverySpec, Kind, headroom

if TYPE_CHECKING:
    from narrator.audio import Samples

    Write = Callable[[Samples], None]

_READ = 8 * GRID
_MOST_MAKE_UP = 3.0
"""dB at most that are added for what the limiter takes: past that, every added dB is mostly limited away."""


def spool(blocks: Iterable[Samples], file: IO[bytes], channels: int = 1) -> tuple[Meter, Forecast]:
    """Write a mix down while measuring it. Raises MasterError where its length is off the grid."""
    meter, forecast = Meter(channels), Forecast()
    for block in ahead(blocks):
        meter.add(block)
        forecast.add(block)
        file.write(np.ascontiguousarray(block, np.float32).data.cast("B"))
    if meter.samples == 0 or meter.samples % GRID:
        raise MasterError(f"The mix is {meter.samples} samples long, which is not a multiple of {GRID}.")
    return meter, forecast


def static_gain(meter: Meter, forecast: Forecast, spec: DeliverySpec, adjustment: Adjustment) -> float:
    """The one gain in dB that brings a mix to its spec, as adjusted."""
    if meter.loudness is None:
        return 0.0
    change = 0.0
    ceiling = spec.ceiling - headroom(meter.channels) - adjustment.room
    if meter.seconds >= SHORT:
        plain = change = spec.loudness - meter.loudness
        for _ in range(4):
            change = plain + min(_MOST_MAKE_UP, -forecast.loss(change, ceiling))
        change += adjustment.trim
    if spec.rms:
        rms = meter.rms + change + forecast.loss(change, ceiling)
        low, high = spec.rms
        change += max(low + LIVELY - rms, 0.0) - max(rms - (high - LIVELY), 0.0)
    return change


def encode(
    file: IO[bytes], change: float, limiter: Limiter, writers: Iterable[Write], channels: int = 1
) -> None:
    """Raise the spooled mix by `change` dB, limit it, and give it to every writer."""
    writers = tuple(writers)
    for ready in ahead(_limited(file, change, limiter, channels)):
        for write in writers:
            write(ready)


def _limited(file: IO[bytes], change: float, limiter: Limiter, channels: int) -> Iterator[Samples]:
    factor = np.float32(gain(change))
    for block in _read(file, channels):
        yield limiter.process(block * factor)
    yield limiter.finish()


def _read(file: IO[bytes], channels: int) -> Iterator[Samples]:
    file.seek(0)
    while data := file.read(4 * _READ * channels):
        block = np.frombuffer(data, np.float32)
        yield block if channels == 1 else block.reshape(-1, channels)


@contextmanager
def encoders(outputs: Mapping[Kind, Path], spec: DeliverySpec, channels: int = 1) -> Iterator[list[Write]]:
    """Give the functions that encode samples to `outputs`. Each file takes its name when all are whole."""
    parts = {path: path.with_name(path.name + ".part") for path in outputs.values()}
    try:
        with ExitStack() as stack:
            yield [
                stack.enter_context(writing(kind, parts[outputs[kind]], spec, channels))
                for kind in ORDER
                if kind in outputs
            ]
        for path, part in parts.items():
            part.replace(path)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def scratch_file(folder: Path) -> IO[bytes]:
    """A file in `folder` that vanishes when it is closed."""
    return TemporaryFile(dir=folder)
