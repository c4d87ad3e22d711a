"""narrator's own effects, computed: a knock, a bell, a clock, thunder, a shot. Seeded, none is recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from narrator.audio import RATE
from narrator.mixing.shots import SECONDS
from narrator.mixing.spectrum import Curve, curve

if TYPE_CHECKING:
    from narrator.audio import Samples

    _Sound: TypeAlias = NDArray[np.float64]


def made_effect(name: str, seed: int) -> Samples:
    """The effect (44.1 kHz, SECONDS long), one of EFFECTS. The same seed gives the same samples."""
    length = round(SECONDS[name] * RATE)
    sound = _MAKERS[name](np.random.default_rng([seed, 7]), np.arange(length) / RATE)
    last = length // 8
    sound[-last:] *= np.cos(np.linspace(0, np.pi / 2, last))
    return np.asarray(sound / np.abs(sound).max(), np.float32)


def _struck(at: _Sound, start: float, modes: tuple[tuple[float, float, float], ...]) -> _Sound:
    """A body struck at `start`: (Hz, seconds of decay, strength) of each of its modes."""
    since = at - start
    there = since > 0
    since = np.maximum(since, 0)
    rung = sum(a * np.exp(-since / d) * np.sin(2 * np.pi * hz * since) for hz, d, a in modes)
    return np.asarray(rung * there * np.minimum(since / 0.0006, 1))


def _noise(random: np.random.Generator, length: int, spectrum: Curve) -> _Sound:
    bins = np.fft.rfftfreq(length, 1 / RATE).astype(np.float32)
    lines = random.standard_normal((len(bins), 2)) @ np.array([1, 1j])
    noise = np.fft.irfft(lines * np.exp(curve(spectrum, bins) / 2), length)
    return np.asarray(noise / np.sqrt(np.mean(np.square(noise))))


def _knock(random: np.random.Generator, at: _Sound) -> _Sound:
    low, high = ((128.0, 0.045, 1.0), (211.0, 0.035, 0.8)), ((347.0, 0.022, 0.5), (612.0, 0.012, 0.3))
    out = np.zeros(len(at))
    for number in range(3):
        shift = 1 + random.uniform(-0.02, 0.02)
        moved = tuple((hz * shift, d, a * random.uniform(0.8, 1.1)) for hz, d, a in low + high)
        out += _struck(at, 0.01 + 0.27 * number + random.uniform(0, 0.03), moved) * random.uniform(0.8, 1.0)
    return out


def _bell(random: np.random.Generator, at: _Sound) -> _Sound:
    # The partials of a church bell: hum, prime, tierce, quint, nominal, and those above.
    strike = 440 * (1 + random.uniform(-0.01, 0.01))
    partials = (
        (0.5, 2.4, 0.6), (1.0, 1.5, 0.7), (1.183, 1.1, 0.8), (1.506, 0.6, 0.4), (2.0, 0.9, 1.0),
        (2.514, 0.4, 0.4), (2.662, 0.35, 0.3), (3.011, 0.3, 0.35), (4.166, 0.2, 0.25), (5.433, 0.12, 0.15),
    )  # fmt: skip
    beats = tuple((strike * r * (1 + 0.0008 * k), d, a / 2) for r, d, a in partials for k in (0, 1))
    return _struck(at, 0.005, beats)


def _clock(random: np.random.Generator, at: _Sound) -> _Sound:
    out = np.zeros(len(at))
    for number in range(8):
        pitch = 1.0 if number % 2 else 0.86
        modes = ((2350.0 * pitch, 0.004, 1.0), (3980.0 * pitch, 0.003, 0.6), (690.0 * pitch, 0.012, 0.35))
        out += _struck(at, 0.05 + 0.5 * number, modes) * random.uniform(0.85, 1.0)
    return out


def _thunder(random: np.random.Generator, at: _Sound) -> _Sound:
    rumble = _noise(random, len(at), ((25, -4), (50, 0), (110, -4), (300, -14), (900, -28), (3000, -48)))
    crack = _noise(random, len(at), ((60, -10), (250, 0), (900, -4), (3000, -16), (8000, -34)))
    rolls = sum(
        strength * np.exp(-np.abs(at - peak) / width)
        for peak, width, strength in (
            (0.5, 0.4, 1.0),
            *random.uniform((0.9, 0.2, 0.3), (5.0, 0.6, 0.8), (5, 3)),
        )
    )
    swell = np.minimum(at / 0.15, 1) * np.exp(-at / 3.5)
    return np.asarray(rumble * rolls * swell + 0.5 * crack * np.minimum(at / 0.02, 1) * np.exp(-at / 0.35))


def _shot(random: np.random.Generator, at: _Sound) -> _Sound:
    bang = _noise(random, len(at), ((60, -4), (180, 0), (700, -2), (2500, -9), (9000, -24)))
    answer = _noise(random, len(at), ((60, -4), (180, 0), (500, -6), (1500, -20), (5000, -44)))
    since = np.maximum(at - 0.22, 0)
    echo = (at > 0.22) * np.minimum(since / 0.05, 1) * np.exp(-since / 0.4)
    return np.asarray(bang * np.minimum(at / 0.0008, 1) * np.exp(-at / 0.055) + 0.12 * answer * echo)


_Maker: TypeAlias = "Callable[[np.random.Generator, _Sound], _Sound]"
_MAKERS: Final[Mapping[str, _Maker]] = {
    "knock": _knock,
    "bell": _bell,
    "clock": _clock,
    "thunder": _thunder,
    "shot": _shot,
}
