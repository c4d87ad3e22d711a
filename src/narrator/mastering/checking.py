"""Listening to an encoded chapter once, with meters, against its spec."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
import soxr
from av.error import FFmpegError

from narrator.audio import RATE, decibels, gain
from narrator.errors import MasterError
from narrator.mastering import aac, opus
from narrator.mastering.ahead import ahead
from narrator.mastering.hearing import Hearing
from narrator.mastering.limiter import NEAR, peak_meter
from narrator.mastering.meter import Edges, Floor, Meter
from narrator.mastering.specs import SHORT, TOLERANCE, DeliverySpec, Kind, mp3_rate

if TYPE_CHECKING:
    from narrator.audio import Samples

_PORTION = 1 << 16
_PRIMING: Mapping[Kind, int] = {"aac": aac.FRAME, "opus": opus.HEAD}
"""Samples at the head of a decoded chapter that are not its own; Opus hides its delay itself."""

_RATES: Mapping[Kind, int] = {"opus": opus.OPUS_RATE}
_CBR = 0.01
"""Share by which bytes over seconds may differ from a constant bit rate: frames are whole bytes."""


def decoded(path: Path, kind: Kind, channels: int = 1) -> Iterator[Samples]:
    """The samples of an encoded chapter in portions, its encoder's priming left out, at 44.1 kHz.

    Raises MasterError where the file cannot be decoded, or to another number of channels.
    """
    portions = _decoded(path, channels, _PRIMING.get(kind, 0))
    yield from _resampled(portions, channels) if kind == "opus" else portions


def _resampled(portions: Iterable[Samples], channels: int) -> Iterator[Samples]:
    """What Opus decodes to, at 44.1 kHz: as many samples as went in. Above 20 kHz there is nothing in it."""
    resampler = soxr.ResampleStream(opus.OPUS_RATE, RATE, channels, dtype="float32", quality="HQ")
    taken = given = 0
    for portion in portions:
        taken += len(portion)
        ready = resampler.resample_chunk(portion)
        given += len(ready)
        yield ready
    rest = resampler.resample_chunk(np.zeros(0 if channels == 1 else (0, channels), np.float32), last=True)
    yield opus.exactly(rest, taken * 147 // 160 - given)


def _decoded(path: Path, channels: int, skip: int) -> Iterator[Samples]:
    """The samples as the decoder gives them, but for the first `skip`."""
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
        raise _undecodable(path, failure) from failure
    yield buffer[:filled]


def _frame(frame: av.AudioFrame, channels: int) -> Samples:
    found = frame.layout.nb_channels
    if found != channels:
        raise MasterError(f"The encoded chapter has {found} channels where {channels} were due.")
    if frame.format.name == "s16":
        steps = np.frombuffer(frame.planes[0], np.int16, frame.samples * channels)
        samples: Samples = steps.astype(np.float32) / np.float32(32_768)
        return samples if channels == 1 else samples.reshape(-1, channels)
    planes = [np.frombuffer(plane, np.float32, frame.samples) for plane in frame.planes]
    return planes[0] if channels == 1 else np.stack(planes, axis=1)


class _Meters:
    """Every meter that a chapter is heard with."""

    def __init__(self, spec: DeliverySpec, channels: int) -> None:
        self.level, self.floor, self.edges = Meter(channels), Floor(), Edges()
        self._between = peak_meter(NEAR * gain(spec.ceiling), channels)
        self._peak = 0.0

    def add(self, portion: Samples) -> None:
        self.level.add(portion)
        self._between.add(portion)
        self._peak = max(self._peak, float(np.max(np.abs(portion), initial=0.0)))
        # In stereo the power of both channels counts, as in the meter.
        power = portion if portion.ndim == 1 else np.sqrt(np.mean(np.square(portion), axis=1))
        self.floor.add(power)
        self.edges.add(power)

    def finish(self) -> None:
        self._between.finish()

    @property
    def peak(self) -> float:
        return decibels(self._peak)

    @property
    def true_peak(self) -> float:
        return decibels(self._between.peak)


def listen(path: Path, kind: Kind, spec: DeliverySpec, samples: int, channels: int = 1) -> Hearing:
    """Decode and measure; see `narrator.mastering.check`."""
    rate = _rate(path)
    meters = _Meters(spec, channels)
    for portion in ahead(decoded(path, kind, channels)):
        meters.add(portion)
    meters.finish()
    level = meters.level
    kbps = path.stat().st_size * 8 / max(level.seconds, 1e-3) / 1_000
    facts: dict[str, float | int | str | None] = {
        "spec": spec.name,
        "samples": level.samples,
        "loudness": None if level.loudness is None else round(level.loudness, 2),
        "rms": _rounded(level.rms),
        "peak": _rounded(meters.peak),
        "true_peak": _rounded(meters.true_peak),
        "floor": _rounded(meters.floor.level),
        "head": _rounded(meters.edges.head),
        "tail": _rounded(meters.edges.tail),
        "kbps": round(kbps, 1),
        "rate": rate,
        "channels": channels,
    }
    away = 0.0
    if level.loudness is not None and not spec.rms and level.seconds >= SHORT:
        away = level.loudness - spec.loudness
    edges = tuple(_wrong_edges(meters, spec))
    misses = (
        *_wrong_format(kind, spec, level.samples - samples, kbps, rate, channels),
        *_wrong_level(meters, spec, away),
        *edges,
        *_too_long(level.seconds, spec),
    )
    over = max(0.0, meters.true_peak - spec.ceiling)
    loudness = away if abs(away) > TOLERANCE else 0.0
    return Hearing(spec.name, facts, misses, over, loudness, _EDGES_HINT if edges else "")


_EDGES_HINT = "Set head or tail in [pauses] of book.toml, or put a [pause] at that end of the chapter."


def _rate(path: Path) -> int:
    """Samples a second. Raises MasterError where the file is no sound."""
    try:
        with av.open(str(path)) as container:
            return int(container.streams.audio[0].codec_context.sample_rate)
    except (FFmpegError, IndexError) as failure:
        raise _undecodable(path, failure) from failure


def _undecodable(path: Path, failure: Exception) -> MasterError:
    return MasterError(f"The encoded chapter cannot be decoded: {failure}.", where=str(path))


def _wrong_format(
    kind: Kind, spec: DeliverySpec, more: int, kbps: float, rate: int, channels: int
) -> Iterator[str]:
    if more:
        yield f"it decodes to {more:+d} samples beside its mix"
    if rate != (asked := _RATES.get(kind, RATE)):
        yield f"its rate is {rate} Hz instead of {asked}"
    if spec.channels is not None and channels != spec.channels:
        yield f"it has {channels} channels instead of {spec.channels}"
    wanted = mp3_rate(spec, channels) / 1_000
    if kind == "mp3" and abs(kbps - wanted) > _CBR * wanted:
        yield f"its bit rate is {kbps:.1f} kbit/s instead of {wanted:g}"


def _wrong_level(meters: _Meters, spec: DeliverySpec, away: float) -> Iterator[str]:
    """What is wrong with a chapter's levels, each with how much."""
    over = meters.true_peak - spec.ceiling
    if over > 0:
        yield f"its true peak is {meters.true_peak:.2f} dBTP, {over:.2f} dB over the ceiling"
    if spec.peak is not None and meters.peak > spec.peak:
        yield f"its peak is {meters.peak:.2f} dBFS, {meters.peak - spec.peak:.2f} dB over {spec.peak:g}"
    if meters.level.loudness is None:
        return
    rms, floor = meters.level.rms, meters.floor.level
    if spec.rms and not spec.rms[0] <= rms <= spec.rms[1]:
        beyond = max(spec.rms[0] - rms, rms - spec.rms[1])
        yield f"its RMS is {rms:.1f} dBFS, {beyond:.1f} dB outside {spec.rms[0]:g} to {spec.rms[1]:g}"
    if abs(away) > TOLERANCE:
        yield f"its loudness is {spec.loudness + away:.1f} LUFS, {away:+.1f} LU from {spec.loudness:g}"
    if spec.floor is not None and spec.floor < floor < math.inf:
        yield f"its floor is {floor:.1f} dBFS, {floor - spec.floor:.1f} dB over {spec.floor:g}"
    if spec.silence is not None and floor < spec.silence:
        under = "silent" if floor == -math.inf else f"{floor:.1f} dBFS, {spec.silence - floor:.1f} dB"
        yield f"its floor is {under} under {spec.silence:g}: room tone is missing"


def _wrong_edges(meters: _Meters, spec: DeliverySpec) -> Iterator[str]:
    for name, asked, found in (
        ("head", spec.head, meters.edges.head),
        ("tail", spec.tail, meters.edges.tail),
    ):
        if asked and math.isfinite(found) and not asked[0] <= found <= asked[1]:
            away = max(asked[0] - found, found - asked[1])
            yield f"its {name} is {found:.2f} s, {away:.2f} s outside {asked[0]:g} to {asked[1]:g} s"


def _too_long(seconds: float, spec: DeliverySpec) -> Iterator[str]:
    if spec.minutes is not None and seconds > 60 * spec.minutes:
        over = seconds / 60 - spec.minutes
        yield f"it lasts {over:.1f} minutes longer than the {spec.minutes:g} allowed: split the chapter"


def _rounded(value: float) -> float | None:
    return round(value, 2) if math.isfinite(value) else None
