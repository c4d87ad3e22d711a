"""Grains: the small sounds that a bed is full of. Drops, crackles, crickets, far guns, syllables of a crowd.

Each is made for its moment, from a generator seeded by the bed, its layer and the stretch of time in which it
begins: so no stretch is a copy of another, and any stretch is the same however it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from narrator.audio import RATE
from narrator.mixing.motion import HOP, gusting, knot, wave
from narrator.mixing.spectrum import Floats

if TYPE_CHECKING:
    from narrator.audio import Samples
    from narrator.mixing.weather import Weather

Kind: TypeAlias = Literal["ring", "burst", "chirp", "syllable"]


@dataclass(frozen=True, slots=True)
class Grain:
    """One kind of small sound in a bed.

    kind: how it is made. rate: how many begin in a second. level: dB of a usual one, at its loudest, beside
    the bed's noise; spread: its standard deviation. pitch: Hz, from and to. decay: seconds in which it falls
    by 8.7 dB, from and to. attack: seconds in which it rises. bend: how far its pitch rises meanwhile, as a
    share. crowding: 0 to 1, how much they come with the gusts. even: they keep a beat, as insects do.
    """

    kind: Kind
    rate: float
    level: float
    spread: float
    pitch: tuple[float, float]
    decay: tuple[float, float]
    attack: float = 0.0007
    bend: float = 0.0
    crowding: float = 0.0
    even: bool = False


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
        self._bank: Floats | None = None
        if grain.kind == "syllable":
            self._bank = _made(grain, np.random.default_rng([seed, 20 + layer]), _BANK, self._length)

    def make(self, segment: int, length: int) -> Samples:
        """What sounds in stretch number `segment` of `length` samples. Called for each stretch in order."""
        out = np.zeros(length + self._length, np.float32)
        out[: self._length] = self._tail
        random = np.random.default_rng([self._seed, 40 + self._layer, segment])
        starts = self._starts(random, segment, length)
        count = len(starts)
        if count:
            level = self._grain.level + self._grain.spread * np.clip(random.standard_normal(count), -2, 2)
            factor = 10 ** (level / 20)
            left_right = random.uniform(-0.8, 0.8, count)
            if self._bank is None:
                sounds = _made(self._grain, random, count, self._length)
            else:
                sounds = self._bank[random.integers(0, _BANK, count)]
            if self._side:
                factor = factor * left_right
            sounds *= factor.astype(np.float32)[:, None]
            for start, sound in zip(starts.tolist(), sounds, strict=True):
                out[start : start + self._length] += sound
        self._tail = out[length:].copy()
        return out[:length]

    def _starts(self, random: np.random.Generator, segment: int, length: int) -> NDArray[np.int64]:
        """The samples of the stretch at which grains begin."""
        if self._grain.even:
            return self._beats(segment, length)
        frame = np.array([segment * length // HOP, (segment + 1) * length // HOP - 1])
        gust = float(gusting(self._weather, self._seed, frame).mean())
        crowd = 1 - self._grain.crowding + self._grain.crowding * 2 * gust
        count = random.poisson(self._grain.rate * self._busy * crowd * length / RATE)
        return np.sort(random.integers(0, length, count))

    def _beats(self, segment: int, length: int) -> NDArray[np.int64]:
        """Beats that are almost even, and fall silent at times as if something had passed by."""
        rate, first = self._grain.rate / RATE, segment * length
        around = range(int(first * rate) - 1, int((first + length) * rate) + 2)
        voice = 200 + self._layer
        places = np.array([(k + 0.12 * knot(self._seed, voice, k)) / rate for k in around], np.int64)
        turn = wave(self._seed, voice + 50, 9 * RATE / HOP, np.maximum(places, 0) // HOP)
        starts = places[turn < 0.8 * self._busy] - first
        return starts[(starts >= 0) & (starts < length)]


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
    return np.asarray(np.sin(2 * np.pi * (turns % 1)) * _envelope(grain, decay, at), np.float32)


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
