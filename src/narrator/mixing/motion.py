"""Slow irregular motion: what a wind does over seconds. The same seed gives the same motion at any place."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from narrator.audio import RATE
from narrator.mixing.weather import Weather

HOP = 4_096
"""Samples between frames (93 ms): faster than any gust, slow enough for narrow whistles."""


def gusting(weather: Weather, seed: int, frames: NDArray[np.int64]) -> NDArray[np.float64]:
    """How hard it blows in each frame, 0 (lull) to 1 (full gust)."""
    total = sum(weight for _, weight in weather.waves)
    mixed = np.zeros(len(frames))
    for index, (seconds, weight) in enumerate(weather.waves):
        mixed += weight / total * wave(seed, index, seconds * RATE / HOP, frames)
    # A sum of waves crowds around the middle: stretch it, then round the ends off.
    stretched = np.clip((mixed - 0.18) / 0.64, 0, 1)
    return (stretched * stretched * (3 - 2 * stretched)) ** weather.bias


def wave(seed: int, voice: int, period: float, frames: NDArray[np.int64]) -> NDArray[np.float64]:
    """Irregular smooth motion between 0 and 1 with a turn about every `period` frames."""
    place = frames / period
    step = np.floor(place).astype(np.int64)
    first = int(step[0])
    knots = np.array([knot(seed, voice, k) for k in range(first, int(step[-1]) + 2)])
    share = place - step
    share = share * share * (3 - 2 * share)
    return knots[step - first] * (1 - share) + knots[step - first + 1] * share


def knot(seed: int, voice: int, index: int) -> float:
    """A fixed uniform number for a place on a wave: the finaliser of SplitMix64 over its coordinates."""
    mask = (1 << 64) - 1
    z = (seed * 0x9E3779B97F4A7C15 + voice * 0xD1B54A32D192ED03 + index * 0x8CB92BA72F3D8DD7) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return ((z ^ (z >> 31)) >> 11) / (1 << 53)
