"""Measuring a mix while it streams by: loudness, RMS, and what limiting would cost."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from pyebur128 import MeasurementMode, R128State, get_loudness_global

from narrator.audio import RATE, decibels, gain

if TYPE_CHECKING:
    from narrator.audio import Samples

WINDOW = 2_304
"""Samples (52 ms) over which a limiter's gain is taken as one: about the time that one dip of it lasts."""

_STEP = 0.25
_LOWEST = -60.0
_BINS = 400


class Meter:
    """Loudness (BS.1770, gated), RMS and peak of a stream of 44.1 kHz samples."""

    def __init__(self) -> None:
        self.samples = 0
        self.peak = 0.0
        self._squares = 0.0
        self._by_peak = np.zeros(_BINS)
        self._state = R128State(1, RATE, MeasurementMode.MODE_I)

    def add(self, samples: Samples) -> None:
        """Take in more samples."""
        self._state.add_frames(samples, len(samples))
        self.samples += len(samples)
        whole = len(samples) // WINDOW * WINDOW
        for part, width in ((samples[:whole], WINDOW), (samples[whole:], len(samples) - whole)):
            if len(part):
                self._add_windows(part.reshape(-1, width))

    def _add_windows(self, windows: Samples) -> None:
        energy = np.einsum("ij,ij->i", windows, windows).astype(np.float64)
        peaks = np.maximum(windows.max(axis=1), -windows.min(axis=1)).astype(np.float64)
        self._squares += float(energy.sum())
        self.peak = max(self.peak, float(peaks.max()))
        level = 20 * np.log10(np.maximum(peaks, gain(_LOWEST)))
        places = np.clip(np.rint((level - _LOWEST) / _STEP), 0, _BINS - 1).astype(np.int64)
        self._by_peak += np.bincount(places, energy, _BINS)

    @property
    def seconds(self) -> float:
        """How much was measured."""
        return self.samples / RATE

    @property
    def loudness(self) -> float | None:
        """Integrated loudness in LUFS; None where all is under the gate (-70) or shorter than 0.4 s."""
        loudness = float(get_loudness_global(self._state))
        return loudness if math.isfinite(loudness) else None

    @property
    def rms(self) -> float:
        """RMS of the whole stream in dBFS; -inf for silence."""
        return decibels(math.sqrt(self._squares / self.samples)) if self.samples else -math.inf

    def limited(self, decibels_up: float, ceiling: float) -> float:
        """The dB (0 or less) that limiting to `ceiling` dBTP would take, were the stream raised first.

        An estimate from how the energy spreads over the peaks around it, good to 0.1 dB while the limiter
        takes up to 4 dB from the highest peak.
        """
        if self._squares <= 0:
            return 0.0
        peaks = _LOWEST + _STEP * np.arange(_BINS) + decibels_up
        kept = float(self._by_peak @ 10 ** (np.minimum(0.0, ceiling - peaks) / 10))
        return 10 * math.log10(kept / self._squares)
