"""Noise that moves: seeded, made in the spectrum.

Noise is made a frame at a time as random spectral lines under a curve, then overlapped and added with a
sine window: neighbouring frames are independent, so their powers add to a constant. The curve may move from
frame to frame, which is what a gust is. Nothing repeats, nothing is stored, and any stretch costs the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from narrator.audio import RATE, gain
from narrator.mixing.motion import HOP, gusting, wave
from narrator.mixing.spectrum import Floats, curve, k_weighting

if TYPE_CHECKING:
    from narrator.audio import Samples
    from narrator.mixing.weather import Weather, Whistle

BATCH = 16
"""Frames made at once: always whole batches, so that the samples do not depend on how they are asked for."""

SIDE = ((60.0, -60.0), (150.0, -20.0), (400.0, -3.0), (1000.0, 0.0))
"""How wide noise is by its pitch, in dB: bass stays in the middle, where every loudspeaker can give it."""

_FRAME = 2 * HOP
_LUFS_OFFSET = -0.691
"""BS.1770: LUFS = -0.691 + 10 log10 of the K-weighted mean square."""

_REFERENCE = 8_192


class Noise:
    """An endless noise under a weather's curves. Its loudness over the long run is 0 LUFS.

    side: the other half of stereo, (left - right) / 2: independent noise under the same gusts, narrower
    by the weather's `width` and SIDE.
    """

    def __init__(self, weather: Weather, seed: int, gust: float, *, side: bool = False) -> None:
        """`gust` is 0 to 1: how far the noise rises and falls."""
        self._weather = weather
        self._swing = weather.swing * gust
        self._seed = seed
        self._random = np.random.default_rng([seed, 3 if side else 0])
        self._bins = np.fft.rfftfreq(_FRAME, 1 / RATE)
        self._bins = self._bins[self._bins <= max(weather.full[-1][0], weather.lull[-1][0])].astype(
            np.float32
        )
        self._lull, self._full = (curve(points, self._bins) for points in (weather.lull, weather.full))
        self._weight = k_weighting(self._bins)
        self._narrow = weather.width * np.exp(curve(SIDE, self._bins) / 2) if side else None
        self._window = np.sin(np.pi * (np.arange(_FRAME) + 0.5) / _FRAME).astype(np.float32)
        usual = gusting(weather, 0, np.arange(_REFERENCE))
        self._scale = gain(-_LUFS_OFFSET) / np.sqrt(np.mean(10 ** (self._swing * usual / 10)))
        self._frame = 0
        self._tail = np.zeros(HOP, np.float32)

    def make(self) -> Samples:
        """The next BATCH * HOP samples."""
        frames = np.arange(self._frame, self._frame + BATCH)
        self._frame += BATCH
        lines = self._random.standard_normal((BATCH, len(self._bins), 2), dtype=np.float32)
        spectra = lines.view(np.complex64)[..., 0] * self._envelope(frames)
        pieces = np.asarray(np.fft.irfft(spectra, _FRAME, axis=1), np.float32) * self._window
        made = pieces[:, :HOP]
        made[1:] += pieces[:-1, HOP:]
        made[0] += self._tail
        self._tail = pieces[-1, HOP:].copy()
        return made.reshape(-1)

    def _envelope(self, frames: NDArray[np.int64]) -> Floats:
        """The amplitude of every spectral line in every frame; the loudness follows the gust."""
        weather = self._weather
        gust = gusting(weather, self._seed, frames)
        flutter = weather.flutter * gust * (2 * wave(self._seed, 90, 2.7, frames) - 1)
        openness = gust[:, None].astype(np.float32)
        power = np.exp(self._lull + openness * (self._full - self._lull))
        for index, whistle in enumerate(weather.whistles):
            power += self._sing(whistle, index, gust, frames)
        # A line of standard deviation a in both its parts adds 4 a² / _FRAME² to the mean square (one half of
        # the frame's is lost to each window, and two frames overlap).
        loudness = 4.0 / _FRAME**2 * (power @ self._weight)
        wanted = self._scale * 10 ** ((self._swing * gust + flutter) / 20)
        amplitude: Floats = np.sqrt(power) * (wanted / np.sqrt(loudness)).astype(np.float32)[:, None]
        if self._narrow is not None:
            amplitude *= self._narrow
        return amplitude

    def _sing(
        self, whistle: Whistle, index: int, gust: NDArray[np.float64], frames: NDArray[np.int64]
    ) -> Floats:
        """The power that a whistle adds: a resonance whose pitch and strength go with the gust."""
        turn = wave(self._seed, 100 + index, whistle.pace * RATE / HOP, frames)
        pitch = whistle.pitch * (1 + whistle.wander * (0.8 * (2 * gust - 1) + 0.6 * (2 * turn - 1)))
        strength = 10 ** ((whistle.level - whistle.drop * (1 - gust)) / 10)
        half_width = (pitch * whistle.width / 2).astype(np.float32)[:, None]
        away = (self._bins - pitch.astype(np.float32)[:, None]) / half_width
        sung: Floats = strength.astype(np.float32)[:, None] / (1 + away * away)
        return sung


def room_tone(seed: int, seconds: float = 12.0) -> Samples:
    """A seamless loop of faint, even room noise of RMS 1.0; scale it with `gain`.

    It is a steady noise far below hearing it as such, so a loop of this length does not show.
    """
    count = round(seconds * RATE)
    bins = np.fft.rfftfreq(count, 1 / RATE).astype(np.float32)
    shape = curve(((30, -30), (80, 0), (300, -2), (1500, -9), (5000, -20), (12000, -45)), bins)
    lines = np.random.default_rng([seed, 1]).standard_normal((len(bins), 2), dtype=np.float32)
    loop = np.fft.irfft(lines.view(np.complex64)[:, 0] * np.exp(shape / 2), count)
    return np.asarray(loop / np.sqrt(np.mean(np.square(loop, dtype=np.float64))), np.float32)
