"""Grains: the small sounds that a bed is full of. Drops, crackles, crickets, far guns, syllables of a crowd.

Each is made for its moment, from a generator seeded by the bed, its layer and the stretch of time in which it
begins: so no stretch is a copy of another, and any stretch is the same however it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from narrator.audio import RATE
from narrator.mixing.motion import HOP, gusting, knot, wave
from narrator.mixing.spectrum import Floats
from narrator.mixing.weather import Grain, Kind, Weather

if TYPE_CHECKING:
    from narrator.audio import Samples

_BANK = 48
"""Syllables made when a crowd opens. Alone each would be known again; among twenty a second nobody's are."""

_LENGTH = 5.0
"""Decays after which a grain ends: 43 dB down, and faded over its last tenth."""

_FAST = 128
"""Grains are a multiple of this many samples long: Fourier transforms of such lengths are quick."""

_HIGHEST = 24.0
"""Times its pitch, above which a burst holds nothing: 48 dB down."""


class Grains:
    """One kind of grain of a bed, as an endless stream."""

    def __init__(
        self, grain: Grain, weather: Weather, seed: int, layer: int, busy: float, *, side: bool
    ) -> None:
        """`busy`: how many of them there are, 1 for the usual."""
        self._grain, self._weather, self._busy = grain, weather, busy
        self._seed, self._layer, self._side = seed, layer, side
        self._length = _samples_of(grain)
        self._tail = np.zeros(self._length, np.float32)

    def make(self, segment: int, length: int) -> Samples:
        """What sounds in stretch number `segment` of `length` samples. Called for each stretch in order."""
        out = np.zeros(length + self._length, np.float32)
        out[: self._length] = self._tail
        stretch = _Stretch(self._grain, self._weather, self._seed, self._layer, self._busy, segment, length)
        starts, sounds, places = _grains_of(stretch)
        for start, sound, place in zip(starts, sounds, places, strict=True):
            out[start : start + self._length] += sound * place if self._side else sound
        self._tail = out[length:].copy()
        return out[:length]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What decides the grains that begin in a stretch of time."""

    grain: Grain
    weather: Weather
    seed: int
    layer: int
    busy: float
    segment: int
    length: int

    def starts(self, random: np.random.Generator) -> NDArray[np.int64]:
        """The samples of the stretch at which grains begin."""
        if self.grain.even:
            return self._beats()
        first = self.segment * self.length
        frame = np.array([first // HOP, (first + self.length) // HOP - 1])
        gust = float(gusting(self.weather, self.seed, frame).mean())
        crowd = 1 - self.grain.crowding + self.grain.crowding * 2 * gust
        count = random.poisson(self.grain.rate * self.busy * crowd * self.length / RATE)
        return np.sort(random.integers(0, self.length, count))

    def _beats(self) -> NDArray[np.int64]:
        """Beats that are almost even, and fall silent at times as if something had passed by."""
        rate, first = self.grain.rate / RATE, self.segment * self.length
        around = range(int(first * rate) - 1, int((first + self.length) * rate) + 2)
        voice = 200 + self.layer
        places = np.array([(k + 0.12 * knot(self.seed, voice, k)) / rate for k in around], np.int64)
        turn = wave(self.seed, voice + 50, 9 * RATE / HOP, np.maximum(places, 0) // HOP)
        starts = places[turn < 0.8 * self.busy] - first
        return starts[(starts >= 0) & (starts < self.length)]


@lru_cache(maxsize=4)
def _grains_of(stretch: _Stretch) -> tuple[list[int], Floats, list[np.float32]]:
    """Where the grains of a stretch begin, how they sound, and where they lie from left to right (-1 to 1).

    Kept for a moment: in stereo the middle and the side ask for the same grains one after the other.
    """
    grain = stretch.grain
    random = np.random.default_rng([stretch.seed, 40 + stretch.layer, stretch.segment])
    starts = stretch.starts(random)
    count = len(starts)
    level = grain.level + grain.spread * np.clip(random.standard_normal(count), -2, 2)
    places = random.uniform(-0.8, 0.8, count).astype(np.float32)
    if grain.kind == "syllable":
        bank = _bank(grain, stretch.seed, stretch.layer)
        sounds = bank[random.integers(0, _BANK, count)]
    else:
        sounds = _made(grain, random, count, _samples_of(grain))
    sounds *= (10 ** (level / 20)).astype(np.float32)[:, None]
    return starts.tolist(), sounds, list(places)


@lru_cache(maxsize=2)
def _bank(grain: Grain, seed: int, layer: int) -> Floats:
    return _made(grain, np.random.default_rng([seed, 20 + layer]), _BANK, _samples_of(grain))


def _samples_of(grain: Grain) -> int:
    seconds = {"syllable": 0.3, "chirp": 0.075}.get(grain.kind, _LENGTH * grain.decay[1])
    return -(-round((seconds + grain.attack) * RATE) // _FAST) * _FAST


def _made(grain: Grain, random: np.random.Generator, count: int, length: int) -> Floats:
    """`count` grains of `length` samples, a row each, about 1.0 at their loudest."""
    pitch, decay = (_between(random, span, count) for span in (grain.pitch, grain.decay))
    at = (np.arange(length) / RATE).astype(np.float32)
    sounds = _MAKERS[grain.kind](grain, random, pitch, decay, at)
    last = length // 10
    sounds[:, length - last :] *= np.linspace(1, 0, last, dtype=np.float32)
    return sounds


def _between(random: np.random.Generator, span: tuple[float, float], count: int) -> Floats:
    """Numbers spread evenly by ratio, as a column."""
    low, high = np.log(span)
    return np.exp(random.uniform(low, high, (count, 1))).astype(np.float32)


def _ring(grain: Grain, random: np.random.Generator, pitch: Floats, decay: Floats, at: Floats) -> Floats:
    """A struck, damped tone: a drop, a bubble."""
    turns = pitch * at * (1 + grain.bend * at / decay)
    return np.asarray(np.sin(np.float32(2 * np.pi) * turns) * _envelope(grain, decay, at), np.float32)


def _burst(grain: Grain, random: np.random.Generator, pitch: Floats, decay: Floats, at: Floats) -> Floats:
    """Noise about a pitch, dying away: a crackle, a shot."""
    bins = np.fft.rfftfreq(len(at), 1 / RATE).astype(np.float32)
    bins = bins[bins < _HIGHEST * grain.pitch[1]]
    lines = random.standard_normal((len(pitch), len(bins), 2), dtype=np.float32).view(np.complex64)[..., 0]
    ratio = bins / pitch
    noise = np.fft.irfft(lines * (ratio / (0.25 + ratio**2.5)), len(at), axis=1)
    noise /= 2 * np.sqrt(np.einsum("ij,ij->i", noise, noise) / len(at))[:, None]
    noise *= _envelope(grain, decay, at)
    return np.asarray(noise, np.float32)


def _chirp(grain: Grain, random: np.random.Generator, pitch: Floats, decay: Floats, at: Floats) -> Floats:
    """Three strokes of a cricket's wing."""
    strokes = np.square(np.sin(np.pi * np.clip(at / 0.06, 0, 1) * 3)) * (at < 0.06)
    return np.asarray(np.sin(2 * np.pi * (pitch * at % 1)) * strokes, np.float32)


def _syllable(grain: Grain, random: np.random.Generator, pitch: Floats, decay: Floats, at: Floats) -> Floats:
    """A vowel of somebody in the crowd: harmonics under two resonances, swelling and dying away."""
    count = len(pitch)
    first, second = (_between(random, span, count) for span in ((320.0, 750.0), (900.0, 1900.0)))
    glide = 1 + random.uniform(-0.12, 0.08, (count, 1)).astype(np.float32) * at / at[-1]
    turns = np.cumsum(pitch * glide / RATE, axis=1, dtype=np.float64).astype(np.float32)
    sound = np.zeros((count, len(at)), np.float32)
    for number in range(1, 15):
        hertz = number * pitch
        formants = sum(a / (1 + ((hertz - f) / (0.16 * f)) ** 2) for f, a in ((first, 1.0), (second, 0.35)))
        sound += (formants + 0.03) / number**0.3 * np.sin(2 * np.pi * (number * turns % 1))
    sound /= np.abs(sound).max(axis=1, keepdims=True)
    long = random.uniform(0.45, 1.0, (count, 1)).astype(np.float32) * at[-1]
    sound *= np.square(np.sin(np.pi * np.minimum(at / long, 1)))
    return sound


def _envelope(grain: Grain, decay: Floats, at: Floats) -> Floats:
    envelope = np.exp(-at / decay)
    rise = at[: round(grain.attack * RATE)] / np.float32(grain.attack)
    envelope[:, : len(rise)] *= rise * rise * (3 - 2 * rise)
    return np.asarray(envelope, np.float32)


_Maker: TypeAlias = Callable[[Grain, np.random.Generator, Floats, Floats, Floats], Floats]
_MAKERS: Final[Mapping[Kind, _Maker]] = {
    "ring": _ring,
    "burst": _burst,
    "chirp": _chirp,
    "syllable": _syllable,
}
