"""A take's ends: cut, at the mix's rate, softened; and where they are heard then.

The meter and the mixer look at the same samples, these. Resampling moves peak and ripples by a tenth of a
decibel or two, and where a voice dies away the next ripple that counts is a whole period of it earlier, 8 ms:
so lines are placed by what is heard of them in the mix, not by where their takes were cut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import soxr

from narrator.audio import RATE, gain
from narrator.mixing.measure import at_rate

if TYPE_CHECKING:
    from narrator.audio import Audio, Samples

TRIM: Final = -50.0
"""Sound this far below the line's peak (dB) at either end of a take is trimmed away: docs/sound.md."""

SOFT_EDGE: Final = round(0.003 * RATE)
"""Samples over which a take's ends are faded, against clicks (3 ms)."""

ABRUPT: Final = -30.0
"""dB of a take's peak from which its first 3 ms are a beginning that could click."""

_HAIR: Final = 0.001
"""dB by which what is heard lies over TRIM, so that a gain's rounding does not put it under."""


def within(samples: Samples, threshold: float) -> tuple[int, int]:
    """The samples from the first to the last that lie over `threshold`, in dB of the largest (half-open)."""
    magnitude = np.abs(samples)
    loud = np.flatnonzero(magnitude > magnitude.max() * gain(threshold))
    return int(loud[0]), int(loud[-1]) + 1


def softened(audio: Audio, start: int, end: int) -> tuple[Samples, int]:
    """Samples `start` to `end` of a take at 44.1 kHz, its edges softened; and how many lie before them, of
    what was cut away."""
    around = SOFT_EDGE * audio.rate // RATE
    first = max(start - around, 0)
    kept = audio.samples[first : end + around]
    sound = kept.copy() if audio.rate == RATE else soxr.resample(kept, audio.rate, RATE, quality="HQ")
    before = round((start - first) * RATE / audio.rate)
    _soften(sound, before)
    _soften(sound[::-1], max(len(sound) - before - at_rate(end - start, audio.rate), 0))
    return sound, before


def heard(audio: Audio, start: int, end: int) -> tuple[int, int]:
    """How many samples at 44.1 kHz later than `start`, and earlier than `end`, a take that is cut there is
    heard, by TRIM of its peak. Below 0 where what was cut away is heard as well."""
    sound, before = softened(audio, start, end)
    if not sound.any():
        return 0, 0
    first, last = within(sound, TRIM + _HAIR)
    return first - before, before + at_rate(end - start, audio.rate) - last


def _soften(sound: Samples, outside: int) -> None:
    """Fade a take in, over the `outside` samples that were trimmed away, or over what follows them.

    A soft beginning is left alone: it cannot click, and a fade would make it begin later. Where the first
    SOFT_EDGE samples are ABRUPT, the fade lies over them: what is so loud is heard in time all the same.
    """
    inside = np.abs(sound[outside : outside + SOFT_EDGE]).max(initial=0.0)
    start = outside if inside > np.abs(sound).max(initial=0.0) * gain(ABRUPT) else 0
    edge = min(SOFT_EDGE, len(sound) // 2)
    sound[:start] = 0
    rise = np.sin(np.pi / 2 * (np.arange(edge, dtype=np.float32) + 0.5) / max(edge, 1)) ** 2
    sound[start : start + edge] *= rise[: len(sound) - start]
