"""Where a take begins and ends, as it is heard in the mix: at its rate, its edges softened.

Resampling moves peak and ripples by a tenth of a decibel or two, and a fade takes the last ripple where a
take breaks off: the one before it, which counts then, is a whole period of the voice earlier, 8 ms. So the
meter and the mixer look at the same samples: these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import soxr

from narrator.audio import RATE, gain

if TYPE_CHECKING:
    from narrator.audio import Audio, Samples

TRIM: Final = -50.0
"""Sound this far below the line's peak (dB) at either end of a take is trimmed away: docs/sound.md."""

SOFT_EDGE: Final = round(0.003 * RATE)
"""Samples over which a take's ends are faded, against clicks (3 ms)."""

ABRUPT: Final = -30.0
"""dB of a take's peak from which its first 3 ms are a beginning that could click."""

BEFORE: Final = 2 * SOFT_EDGE
"""Samples that a take's fade may lie before what is heard of it, at most."""

_HAIR: Final = 0.01
"""dB by which an edge lies over TRIM, so that a gain's rounding does not put it under."""


@dataclass(frozen=True, slots=True, eq=False)
class Trimmed:
    """A take as the mix has it, but for its gain.

    sound: at 44.1 kHz, with its fades. start, end: its samples from the first to the last within TRIM of its
    peak (half-open). offset: where it begins, in the take's own samples.
    """

    sound: Samples
    start: int
    end: int
    offset: int


def trimmed(audio: Audio) -> Trimmed:
    """A take trimmed, at 44.1 kHz, its edges softened. It holds something to hear."""
    start, end = within(np.abs(audio.samples), TRIM)
    around = SOFT_EDGE * audio.rate // RATE
    offset = max(start - around, 0)
    kept = audio.samples[offset : end + around]
    # Of its own edges, not of the resampled ones: where a take breaks off, resampling rings on for a while.
    before = round((start - offset) * RATE / audio.rate)
    inside = -(-(end - start) * RATE // audio.rate)
    sound = kept.copy() if audio.rate == RATE else soxr.resample(kept, audio.rate, RATE, quality="HQ")
    _soften(sound, before)
    _soften(sound[::-1], max(len(sound) - before - inside, 0))
    return Trimmed(sound, *within(np.abs(sound), TRIM + _HAIR), offset)


def within(magnitude: Samples, threshold: float) -> tuple[int, int]:
    """The samples from the first to the last that lie over `threshold`, in dB of the largest (half-open)."""
    loud = np.flatnonzero(magnitude > magnitude.max() * gain(threshold))
    return int(loud[0]), int(loud[-1]) + 1


def _soften(sound: Samples, outside: int) -> None:
    """Fade a take in, over the `outside` samples that were trimmed away, or over what follows them.

    A soft beginning is left alone: it cannot click, and a fade would make it begin later. Where the first
    SOFT_EDGE samples are ABRUPT, the fade lies over them.
    """
    inside = np.abs(sound[outside : outside + SOFT_EDGE]).max(initial=0.0)
    start = outside if inside > np.abs(sound).max(initial=0.0) * gain(ABRUPT) else 0
    edge = min(SOFT_EDGE, len(sound) // 2)
    sound[:start] = 0
    rise = np.sin(np.pi / 2 * (np.arange(edge, dtype=np.float32) + 0.5) / max(edge, 1)) ** 2
    sound[start : start + edge] *= rise[: len(sound) - start]
