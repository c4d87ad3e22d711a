"""A look-ahead true-peak limiter that streams.

The peak between samples is found by interpolating four times, but only in hops whose samples come near the
ceiling: speech spends most of its time far below. A gain per hop then falls ahead of each peak and recovers
at a constant rate in decibels, which is one running minimum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from narrator.audio import RATE, decibels, gain

if TYPE_CHECKING:
    from narrator.audio import Samples

HOP = 32
"""Samples that share one gain (0.7 ms)."""

LOOK = 7
"""Hops of look-ahead (5 ms): the time the gain takes to fall, short enough to hide under the peak itself."""

RECOVERY = 60.0
"""dB a second at which the gain comes back: a syllable that lost 6 dB has it back in 100 ms, slow enough not
to follow the pitch of a low voice, which would be heard as roughness."""

NEAR = 0.6
"""Hops whose samples stay under this share of the ceiling are taken at their samples: 4.4 dB is more than
speech rises between samples (a full-scale sine rises by 3.01 at worst)."""

_TAPS = 24
_BEFORE, _AFTER = _TAPS // 2 - 1, _TAPS // 2


def _interpolators() -> NDArray[np.float32]:
    """The matrix that takes a hop with its neighbours to the three points after each of its samples."""
    offsets = np.arange(-_BEFORE, _AFTER + 1)
    matrix = np.zeros((HOP + _TAPS - 1, HOP, 3))
    for phase in range(3):
        distance = offsets - (phase + 1) / 4
        window = np.i0(6.0 * np.sqrt(1 - np.square(distance / (_TAPS / 2 + 0.5)))) / np.i0(6.0)
        kernel = np.sinc(distance) * window
        for sample in range(HOP):
            matrix[sample : sample + _TAPS, sample, phase] = kernel / kernel.sum()
    return matrix.reshape(HOP + _TAPS - 1, HOP * 3).astype(np.float32)


_MATRIX = _interpolators()


def true_peaks(samples: Samples, near: float) -> Samples:
    """The true peak of each whole hop of `samples`, which carry _BEFORE samples in front and _AFTER behind.

    Hops whose samples stay at or under `near` get their sample peak.
    """
    inner = samples[_BEFORE : len(samples) - _AFTER]
    peaks: Samples = np.abs(inner).reshape(-1, HOP).max(axis=1)
    hot = np.flatnonzero(peaks > near)
    if len(hot):
        windows = sliding_window_view(samples, HOP + _TAPS - 1)[hot * HOP]
        between = np.abs(windows @ _MATRIX).max(axis=1)
        peaks[hot] = np.maximum(peaks[hot], between)
    return peaks


class PeakMeter:
    """The true peak of a stream, exact where it is over `near`."""

    def __init__(self, near: float) -> None:
        self.peak = 0.0
        self._near = near
        self._rest: Samples = np.zeros(_BEFORE, np.float32)

    def add(self, samples: Samples) -> Samples:
        """Take in more samples, and give the peaks of the hops that became complete."""
        joined = np.concatenate([self._rest, samples])
        whole = (len(joined) - _BEFORE - _AFTER) // HOP * HOP
        if whole <= 0:
            self._rest = joined
            return np.zeros(0, np.float32)
        peaks = true_peaks(joined[: _BEFORE + whole + _AFTER], self._near)
        self._rest = joined[whole:].copy()
        self.peak = max(self.peak, float(peaks.max()))
        return peaks

    def finish(self) -> Samples:
        """The peaks of the last hops, as if silence followed."""
        return self.add(np.zeros(_AFTER + HOP, np.float32))


class LinkedPeaks:
    """The true peak of a stream of shape (n, channels): of each hop that channel's which is loudest."""

    def __init__(self, near: float, channels: int) -> None:
        self._meters = [PeakMeter(near) for _ in range(channels)]

    @property
    def peak(self) -> float:
        """The largest so far."""
        return max(meter.peak for meter in self._meters)

    def add(self, samples: Samples) -> Samples:
        """Take in more samples, and give the peaks of the hops that became complete."""
        peaks: Samples = np.max([m.add(c) for m, c in zip(self._meters, samples.T, strict=True)], axis=0)
        return peaks

    def finish(self) -> Samples:
        """The peaks of the last hops, as if silence followed."""
        peaks: Samples = np.max([meter.finish() for meter in self._meters], axis=0)
        return peaks


def peak_meter(near: float, channels: int) -> PeakMeter | LinkedPeaks:
    """What measures the true peak of a stream of shape (n,), or (n, channels) for more than one."""
    return PeakMeter(near) if channels == 1 else LinkedPeaks(near, channels)


class Limiter:
    """Keeps the true peak of a stream under a ceiling. What goes in comes out later, and nothing is lost.

    `deepest` is the strongest limiting so far in dB (0 or less); `peak` the largest true peak let out.
    """

    def __init__(self, ceiling: float, channels: int = 1) -> None:
        """`ceiling` in dBTP. channels: 1 for samples of shape (n,), else (n, channels), limited as one."""
        self.deepest = 0.0
        self.peak = 0.0
        self._ceiling = gain(ceiling)
        self._meter = peak_meter(NEAR * self._ceiling, channels)
        self._waiting: Samples = np.zeros(0 if channels == 1 else (0, channels), np.float32)
        self._peaks = np.zeros(LOOK + 1)
        self._gains = np.zeros(LOOK + 1)

    def process(self, samples: Samples) -> Samples:
        """Take in samples, and give those that are ready."""
        self._waiting = np.concatenate([self._waiting, samples])
        return self._release(self._meter.add(samples))

    def finish(self) -> Samples:
        """The rest of the stream."""
        total = len(self._waiting)
        peaks = self._meter.finish()
        out = self._release(np.concatenate([peaks, np.zeros(LOOK + 1, np.float32)]), flush=True)
        return out[:total]

    def _release(self, peaks: Samples, *, flush: bool = False) -> Samples:
        self._gains = np.concatenate([self._gains, self._recovering(peaks)])
        self._peaks = np.concatenate([self._peaks, peaks])
        count = len(self._gains) - (LOOK + 1) - LOOK
        if count <= 0:
            return self._waiting[:0]
        ready = self._waiting[: count * HOP]
        if flush:
            silence = np.zeros((count * HOP - len(ready), *ready.shape[1:]), np.float32)
            ready = np.concatenate([ready, silence])
        out = self._shape(ready, count)
        self._waiting = self._waiting[count * HOP :].copy()
        self._gains, self._peaks = self._gains[count:], self._peaks[count:]
        return out

    def _recovering(self, peaks: Samples) -> NDArray[np.float64]:
        """The gain in dB that each hop needs, or the one that an earlier hop's still recovers to."""
        over = np.maximum(peaks.astype(np.float64) / self._ceiling, 1.0)
        step = RECOVERY * HOP / RATE
        ramp = step * np.arange(len(peaks) + 1)
        needed = np.concatenate([self._gains[-1:], -20 * np.log10(over)])
        recovering: NDArray[np.float64] = np.minimum.accumulate(needed - ramp) + ramp
        return np.minimum(recovering[1:], 0.0)

    def _shape(self, ready: Samples, count: int) -> Samples:
        """`count` hops with their gain, which falls over LOOK hops ahead of each hop that needs it."""
        if not self._gains.any():
            self._note(self._peaks[LOOK + 1 : LOOK + 1 + count])
            return ready.copy()
        # _gains begins LOOK + 1 hops before the first of `ready`. Hop h runs from the smoothed gain of h - 1
        # to that of h, so both have to be under what h needs: hence the minimum over LOOK + 2 hops.
        lowest = sliding_window_view(self._gains, LOOK + 2).min(axis=1)
        smooth = sliding_window_view(lowest, LOOK).mean(axis=1)[: count + 1]
        self.deepest = min(self.deepest, float(smooth.min()))
        factor = 10 ** (smooth / 20)
        self._note(self._peaks[LOOK + 1 : LOOK + 1 + count] * np.maximum(factor[1:], factor[:-1]))
        slope = np.diff(factor).astype(np.float32)[:, None] * ((np.arange(HOP, dtype=np.float32) + 1) / HOP)
        gains = factor[:-1].astype(np.float32)[:, None] + slope
        shaped: Samples = ready.reshape(count, HOP, -1) * gains[:, :, None]
        return shaped.reshape(ready.shape)

    def _note(self, peaks: NDArray[np.float64]) -> None:
        self.peak = max(self.peak, float(peaks.max(initial=0.0)))

    @property
    def true_peak(self) -> float:
        """The largest true peak let out, in dBTP; -inf for silence."""
        return decibels(self.peak)
