"""Beds as sound: seeded winds, made in the spectrum, and the room tone.

Noise is made a frame at a time as random spectral lines under a curve, then overlapped and added with a
sine window: neighbouring frames are independent, so their powers add to a constant. The curve may move from
frame to frame, which is what a gust is. Nothing repeats, nothing is stored, and any stretch costs the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from narrator.audio import RATE, gain
from narrator.mixing.weather import SWING, WEATHERS, Curve, Weather, Whistle

if TYPE_CHECKING:
    from narrator.audio import Samples

HOP = 4_096
"""Samples between frames (93 ms): faster than any gust, slow enough for narrow whistles."""

_FRAME = 2 * HOP
_BATCH = 16
"""Frames made at once: always whole batches, so that the samples do not depend on how they are asked for."""

_LUFS_OFFSET = -0.691
"""BS.1770: LUFS = -0.691 + 10 log10 of the K-weighted mean square."""

_REFERENCE = 8_192
_Floats: TypeAlias = NDArray[np.float32]


class Wind:
    """An endless wind. Its loudness over the long run is 0 LUFS; scale it with `gain`.

    The same name, seed and gust give the same samples, in whatever portions they are read.
    """

    def __init__(self, name: str, seed: int, gust: float | None = None) -> None:
        """`name` is one of BEDS; `gust` is 0 to 1, the bed's own where None."""
        weather = WEATHERS[name]
        self._weather = weather
        self._swing = SWING * (weather.gust if gust is None else gust)
        self._seed = seed
        self._random = np.random.default_rng([seed, 0])
        self._bins = np.fft.rfftfreq(_FRAME, 1 / RATE)
        self._bins = self._bins[self._bins <= max(weather.full[-1][0], weather.lull[-1][0])].astype(
            np.float32
        )
        self._lull, self._full = (_curve(points, self._bins) for points in (weather.lull, weather.full))
        self._weight = _k_weighting(self._bins)
        self._window = np.sin(np.pi * (np.arange(_FRAME) + 0.5) / _FRAME).astype(np.float32)
        usual = _gust(weather, 0, np.arange(_REFERENCE))
        self._scale = gain(-_LUFS_OFFSET) / np.sqrt(np.mean(10 ** (self._swing * usual / 10)))
        self._frame = 0
        self._tail = np.zeros(HOP, np.float32)
        self._ready = np.zeros(0, np.float32)

    def read(self, count: int) -> Samples:
        """The next `count` samples."""
        parts = [self._ready]
        have = len(self._ready)
        while have < count:
            parts.append(self._make())
            have += len(parts[-1])
        samples = np.concatenate(parts)
        self._ready = samples[count:].copy()
        return samples[:count]

    def _make(self) -> Samples:
        """The next batch: HOP new samples a frame."""
        frames = np.arange(self._frame, self._frame + _BATCH)
        self._frame += _BATCH
        lines = self._random.standard_normal((_BATCH, len(self._bins), 2), dtype=np.float32)
        spectra = lines.view(np.complex64)[..., 0] * self._envelope(frames)
        pieces = np.asarray(np.fft.irfft(spectra, _FRAME, axis=1), np.float32) * self._window
        made = pieces[:, :HOP]
        made[1:] += pieces[:-1, HOP:]
        made[0] += self._tail
        self._tail = pieces[-1, HOP:].copy()
        return made.reshape(-1)

    def _envelope(self, frames: NDArray[np.int64]) -> _Floats:
        """The amplitude of every spectral line in every frame; the loudness follows the gust."""
        weather = self._weather
        gust = _gust(weather, self._seed, frames)
        flutter = weather.flutter * gust * (2 * _wave(self._seed, 90, 2.7, frames) - 1)
        openness = gust[:, None].astype(np.float32)
        power = np.exp(self._lull + openness * (self._full - self._lull))
        for index, whistle in enumerate(weather.whistles):
            power += self._sing(whistle, index, gust, frames)
        # A line of standard deviation a in both its parts adds 4 a² / _FRAME² to the mean square (one half of
        # the frame's is lost to each window, and two frames overlap).
        loudness = 4.0 / _FRAME**2 * (power @ self._weight)
        wanted = self._scale * 10 ** ((self._swing * gust + flutter) / 20)
        amplitude: _Floats = np.sqrt(power) * (wanted / np.sqrt(loudness)).astype(np.float32)[:, None]
        return amplitude

    def _sing(
        self, whistle: Whistle, index: int, gust: NDArray[np.float64], frames: NDArray[np.int64]
    ) -> _Floats:
        """The power that a whistle adds: a resonance whose pitch and strength go with the gust."""
        turn = _wave(self._seed, 100 + index, whistle.pace * RATE / HOP, frames)
        pitch = whistle.pitch * (1 + whistle.wander * (0.8 * (2 * gust - 1) + 0.6 * (2 * turn - 1)))
        strength = 10 ** ((whistle.level - whistle.drop * (1 - gust)) / 10)
        half_width = (pitch * whistle.width / 2).astype(np.float32)[:, None]
        away = (self._bins - pitch.astype(np.float32)[:, None]) / half_width
        sung: _Floats = strength.astype(np.float32)[:, None] / (1 + away * away)
        return sung


def room_tone(seed: int, seconds: float = 12.0) -> Samples:
    """A seamless loop of faint, even room noise of RMS 1.0; scale it with `gain`.

    It is a steady noise far below hearing it as such, so a loop of this length does not show.
    """
    count = round(seconds * RATE)
    bins = np.fft.rfftfreq(count, 1 / RATE).astype(np.float32)
    curve = _curve(((30, -30), (80, 0), (300, -2), (1500, -9), (5000, -20), (12000, -45)), bins)
    lines = np.random.default_rng([seed, 1]).standard_normal((len(bins), 2), dtype=np.float32)
    loop = np.fft.irfft(lines.view(np.complex64)[:, 0] * np.exp(curve / 2), count)
    return np.asarray(loop / np.sqrt(np.mean(np.square(loop, dtype=np.float64))), np.float32)


def _gust(weather: Weather, seed: int, frames: NDArray[np.int64]) -> NDArray[np.float64]:
    """How hard the wind blows in each frame, 0 (lull) to 1 (full gust)."""
    total = sum(weight for _, weight in weather.waves)
    mixed = np.zeros(len(frames))
    for index, (seconds, weight) in enumerate(weather.waves):
        mixed += weight / total * _wave(seed, index, seconds * RATE / HOP, frames)
    # A sum of waves crowds around the middle: stretch it, then round the ends off.
    stretched = np.clip((mixed - 0.18) / 0.64, 0, 1)
    return (stretched * stretched * (3 - 2 * stretched)) ** weather.bias


def _wave(seed: int, voice: int, period: float, frames: NDArray[np.int64]) -> NDArray[np.float64]:
    """Irregular smooth motion between 0 and 1 with a turn about every `period` frames."""
    place = frames / period
    step = np.floor(place).astype(np.int64)
    first = int(step[0])
    knots = np.array([_knot(seed, voice, k) for k in range(first, int(step[-1]) + 2)])
    share = place - step
    share = share * share * (3 - 2 * share)
    return knots[step - first] * (1 - share) + knots[step - first + 1] * share


def _knot(seed: int, voice: int, index: int) -> float:
    """A fixed uniform number for a place on a wave: the finaliser of SplitMix64 over its coordinates."""
    mask = (1 << 64) - 1
    z = (seed * 0x9E3779B97F4A7C15 + voice * 0xD1B54A32D192ED03 + index * 0x8CB92BA72F3D8DD7) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return ((z ^ (z >> 31)) >> 11) / (1 << 53)


def _curve(points: Curve, bins: _Floats) -> _Floats:
    """A curve as natural logarithms of power at `bins` (Hz), falling to nothing below its first point."""
    hertz, level = np.array(points).T
    at = np.log(np.maximum(bins, 1.0))
    db = np.interp(at, np.log(hertz), level)
    db = np.where(bins < hertz[0], level[0] + 24 * np.log2(np.maximum(bins, 1.0) / hertz[0]), db)
    return np.asarray(db * (np.log(10) / 10), np.float32)


def _k_weighting(bins: _Floats) -> _Floats:
    """The power response of BS.1770's K-weighting at `bins` (Hz), from its analogue prototypes.

    The shelf: +4 dB (3.99984) above 1681.97 Hz, Q 0.70718. The high-pass: 38.1355 Hz, Q 0.50033. From these
    constants libebur128 derives the standard's coefficients at 48 kHz and any other rate.
    """
    shelf = 1j * bins / 1681.974450955533
    top = 10 ** (3.999843853973347 / 20)
    middle = top**0.4996667741545416
    high = (top * shelf**2 + middle / 0.7071752369554196 * shelf + 1) / (
        shelf**2 + shelf / 0.7071752369554196 + 1
    )
    rumble = 1j * bins / 38.13547087602444
    low = rumble**2 / (rumble**2 + rumble / 0.5003270373238773 + 1)
    return np.asarray(np.square(np.abs(high * low)), np.float32)
