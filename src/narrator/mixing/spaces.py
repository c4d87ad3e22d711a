"""Spaces as sound: a voice near, far, outdoors, on the telephone, on the radio, in a hall.

A space is one impulse response: a spectrum turned into a causal filter (nothing rings before the first word),
a few echoes, a decay. It brings no level of its own but the one stated: a voice that loses its bass and
treble on the telephone is made as loud as it was, as loudness is heard (BS.1770).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from narrator.audio import RATE, gain
from narrator.mixing.spectrum import Curve, Floats, curve, k_weighting

if TYPE_CHECKING:
    from narrator.audio import Samples


_Sound: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Space:
    """A space.

    spectrum: what it does to the voice. level: dB beside the plain voice. drive: how hard a small loudspeaker
    is pushed, in dB; 0 for none. echoes: (seconds, dB) of single reflections. decay: seconds in which its
    reverberation falls by 60 dB, 0 for none; wet: dB of the reverberation beside the voice itself.
    """

    spectrum: Curve
    level: float = 0.0
    drive: float = 0.0
    echoes: tuple[tuple[float, float], ...] = ()
    decay: float = 0.0
    wet: float = 0.0


_FLAT: Curve = ((20, 0), (16000, 0))
SPACES = {
    # Near a microphone bass comes up (proximity): 3 dB at 100 Hz for a cardioid at a hand's breadth.
    "near": Space(((20, 4), (100, 3), (250, 1), (600, 0), (16000, 0)), level=1.0),
    # Air and distance take the treble; the ear takes the loss, with the first reflections, for metres.
    "far": Space(
        ((40, -12), (150, -4), (400, 0), (2000, -1), (4000, -5), (8000, -13), (16000, -26)),
        level=-6.0,
        echoes=((0.011, -9), (0.019, -11), (0.031, -14)),
        decay=0.5,
        wet=-9.0,
    ),
    # No walls: no reverberation, one faint answer from far away.
    "outdoors": Space(
        ((40, -12), (200, -4), (500, 0), (3000, 0), (8000, -4), (16000, -12)),
        level=-2.0,
        echoes=((0.19, -27),),
    ),
    # ITU-T G.712: 300 to 3,400 Hz.
    "telephone": Space(
        ((150, -48), (300, -3), (400, 0), (1200, 1), (2600, 3), (3400, -3), (4200, -40), (16000, -90)),
        level=-2.0,
        drive=8.0,
    ),
    # A small loudspeaker in a wooden case: no bass, a hollow middle, little above 5 kHz.
    "radio": Space(
        ((90, -42), (200, -8), (350, 1), (700, 3), (1500, 0), (3000, 3), (4800, -4), (7000, -34)),
        level=-2.0,
        drive=12.0,
        echoes=((0.0042, -10),),
    ),
    "hall": Space(
        ((20, -2), (200, 0), (4000, 0), (9000, -3), (16000, -8)),
        level=-1.0,
        echoes=((0.023, -10), (0.037, -12), (0.053, -14)),
        decay=1.9,
        wet=-8.0,
    ),
}

_TAPS = 4_096
_DIFFUSE_FROM = 0.03
"""Seconds until the reflections of a space are too many to tell apart."""

_SEED = 5


def heard_in(name: str, sound: Samples) -> Samples:
    """`sound` (44.1 kHz) as it is heard in a space: never shorter, longer by the space's echoes."""
    space = SPACES[name]
    response = _response(name)
    length = len(sound) + len(response) - 1
    size = 1 << (length - 1).bit_length()
    before = np.fft.rfft(sound, size)
    after = before * np.fft.rfft(response, size)
    heard = np.fft.irfft(after, size)[:length]
    weight = k_weighting(np.fft.rfftfreq(size, 1 / RATE).astype(np.float32))
    level = np.sqrt(_energy(before, weight) / max(_energy(after, weight), 1e-30)) * gain(space.level)
    if space.drive:
        plain = _rms(heard)
        heard = _driven(heard, space.drive)
        level *= plain / max(_rms(heard), 1e-15)
    return np.asarray(heard * level, np.float32)


def ringing(name: str) -> float:
    """Seconds for which a space rings on after what is heard in it, its reverberation down to -60 dB."""
    space = SPACES[name]
    return max(space.decay, *(at for at, _ in space.echoes), 0.0)


def _energy(spectrum: NDArray[np.complex128], weight: Floats) -> float:
    return float(np.square(np.abs(spectrum)) @ weight)


def _driven(sound: _Sound, drive: float) -> _Sound:
    """Rounded off where it is loud, as by a small loudspeaker; `drive` dB of it at the peaks."""
    peak = float(np.abs(sound).max(initial=0.0)) or 1.0
    return np.asarray(np.tanh(sound / peak * gain(drive)) * peak)


def _rms(sound: _Sound) -> float:
    return float(np.sqrt(np.mean(np.square(sound))))


@cache
def _response(name: str) -> Floats:
    """The impulse response of a space."""
    space = SPACES[name]
    direct = _causal(space.spectrum)
    last = max([space.decay, *(at for at, _ in space.echoes)], default=0.0)
    path = np.zeros(1 + round(last * RATE))
    path[0] = 1.0
    for at, level in space.echoes:
        path[round(at * RATE)] += gain(level)
    if space.decay:
        path += _reverberation(space, len(path))
    if len(path) == 1:
        return direct
    size = len(path) + len(direct)
    whole = np.fft.irfft(np.fft.rfft(path, size) * np.fft.rfft(direct, size), size)
    return np.asarray(whole, np.float32)


def _causal(spectrum: Curve) -> Floats:
    """A filter of this magnitude whose energy comes as early as it can (minimum phase, by the cepstrum)."""
    bins = np.fft.rfftfreq(4 * _TAPS, 1 / RATE).astype(np.float32)
    log_magnitude = np.maximum(curve(spectrum, bins).astype(np.float64) / 2, -12.0)
    cepstrum = np.fft.irfft(log_magnitude)
    half = len(cepstrum) // 2
    cepstrum[1:half] *= 2
    cepstrum[half + 1 :] = 0
    response = np.fft.irfft(np.exp(np.fft.rfft(cepstrum)))[:_TAPS]
    response[_TAPS // 2 :] *= np.linspace(1, 0, _TAPS // 2)
    return np.asarray(response, np.float32)


def _reverberation(space: Space, length: int) -> _Sound:
    """Dense noise that dies away; its treble dies first, as in air."""
    random = np.random.default_rng([_SEED])
    at = np.arange(length) / RATE
    bright, dull = random.standard_normal((2, length))
    kernel = np.hanning(18)[1:-1] / np.hanning(18).sum()
    dull = np.convolve(dull, kernel, "same") * 2.5
    share = np.exp(-at / (0.15 * space.decay))
    tail = (share * bright + (1 - share) * dull) * 10 ** (-3 * at / space.decay)
    tail *= np.clip((at - 0.006) / _DIFFUSE_FROM, 0, 1)
    tail *= np.clip((length - 1 - np.arange(length)) / (0.1 * length), 0, 1)
    return np.asarray(tail * gain(space.wet) / np.sqrt(np.sum(np.square(tail))))
