"""Listening to an encoded chapter once, with meters, against its spec."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
from av.error import FFmpegError

from narrator.audio import RATE, decibels, gain
from narrator.errors import MasterError
from narrator.mastering import aac
from narrator.mastering.limiter import NEAR, peak_meter
from narrator.mastering.meter import Meter
from narrator.mastering.specs import SHORT, TOLERANCE, DeliverySpec, Kind

if TYPE_CHECKING:
    from narrator.audio import Samples

_PORTION = 1 << 16


class Floor:
    """The quietest 0.4 s of a stream, looked for every 0.1 s, as ACX's own checker does."""

    STEP = RATE // 10

    def __init__(self) -> None:
        self._rest: Samples = np.zeros(0, np.float32)
        self._last = np.zeros(0)
        self._lowest = math.inf

    def add(self, samples: Samples) -> None:
        """Take in more samples."""
        joined = np.concatenate([self._rest, samples])
        whole = len(joined) // self.STEP * self.STEP
        steps = joined[:whole].reshape(-1, self.STEP)
        power = np.concatenate([self._last, np.einsum("ij,ij->i", steps, steps) / self.STEP])
        if len(power) >= 4:
            self._lowest = min(self._lowest, float(np.convolve(power, np.full(4, 0.25), "valid").min()))
        self._rest, self._last = joined[whole:], power[-3:]

    @property
    def level(self) -> float:
        """RMS in dBFS; -inf for silence, inf where there were no 0.4 s."""
        return decibels(math.sqrt(self._lowest)) if math.isfinite(self._lowest) else math.inf


def decoded(path: Path, kind: Kind, channels: int = 1) -> Iterator[Samples]:
    """The samples of an encoded chapter in portions, the AAC encoder's priming left out.

    Raises MasterError where the file cannot be decoded, or to another number of channels.
    """
    skip = aac.FRAME if kind == "aac" else 0
    shape = (_PORTION,) if channels == 1 else (_PORTION, channels)
    buffer, filled = np.empty(shape, np.float32), 0
    try:
        with av.open(str(path)) as container:
            for frame in container.decode(audio=0):
                count = frame.samples
                samples = _frame(frame, channels)[skip:]
                skip = max(0, skip - count)
                if filled + len(samples) > _PORTION:
                    yield buffer[:filled]
                    buffer, filled = np.empty(shape, np.float32), 0
                buffer[filled : filled + len(samples)] = samples
                filled += len(samples)
    except FFmpegError as failure:
        raise MasterError(f"The encoded chapter cannot be decoded: {failure}.", where=str(path)) from failure
    yield buffer[:filled]


def _frame(frame: av.AudioFrame, channels: int) -> Samples:
    planes = [np.frombuffer(plane, np.float32, frame.samples) for plane in frame.planes]
    if len(planes) != channels:
        raise MasterError(f"The encoded chapter has {len(planes)} channels where {channels} were due.")
    return planes[0] if channels == 1 else np.stack(planes, axis=1)


def listen(
    path: Path, kind: Kind, spec: DeliverySpec, samples: int, channels: int = 1
) -> dict[str, float | int | str | None]:
    """Decode and measure; see `narrator.mastering.check`."""
    meter, floor = Meter(channels), Floor()
    peaks = peak_meter(NEAR * gain(spec.ceiling), channels)
    for portion in decoded(path, kind, channels):
        meter.add(portion)
        peaks.add(portion)
        if spec.floor is not None:
            # In stereo the power of both channels counts, as in the meter.
            floor.add(portion if channels == 1 else np.sqrt(np.mean(np.square(portion), axis=1)))
    peaks.finish()
    facts: dict[str, float | int | str | None] = {
        "spec": spec.name,
        "samples": meter.samples,
        "loudness": None if meter.loudness is None else round(meter.loudness, 2),
        "rms": _rounded(meter.rms),
        "true_peak": _rounded(decibels(peaks.peak)),
        "floor": None if spec.floor is None else _rounded(floor.level),
    }
    misses = list(_misses(meter, decibels(peaks.peak), floor.level, spec, samples))
    if misses:
        raise MasterError(f"The chapter misses “{spec.name}”: {'; '.join(misses)}.", where=str(path))
    return facts


def _misses(meter: Meter, true_peak: float, floor: float, spec: DeliverySpec, samples: int) -> Iterator[str]:
    """What is wrong with a chapter, each with how much."""
    if meter.samples != samples:
        yield f"it decodes to {meter.samples} samples, {meter.samples - samples:+d}"
    if true_peak > spec.ceiling:
        yield f"its true peak is {true_peak:.2f} dBTP, {true_peak - spec.ceiling:.2f} dB over the ceiling"
    if meter.loudness is None:
        return
    if spec.rms and not spec.rms[0] <= meter.rms <= spec.rms[1]:
        yield f"its RMS is {meter.rms:.1f} dBFS, outside {spec.rms[0]:g} to {spec.rms[1]:g}"
    away = meter.loudness - spec.loudness
    if not spec.rms and meter.seconds >= SHORT and abs(away) > TOLERANCE:
        yield f"its loudness is {meter.loudness:.1f} LUFS, {away:+.1f} LU from {spec.loudness:g}"
    if spec.floor is not None and spec.floor < floor < math.inf:
        yield f"its floor is {floor:.1f} dBFS, {floor - spec.floor:.1f} dB over {spec.floor:g}"


def _rounded(value: float) -> float | None:
    return round(value, 2) if math.isfinite(value) else None
