"""Levelling: how many dB bring a take to the level of the others."""

from __future__ import annotations

from narrator.mixing.measure import Measure

LONG = 3.0
"""Seconds from which a line is levelled by its loudness; below, by its active speech (docs/sound.md):
gated loudness of a word or two hangs on where its blocks fall."""

LOUDNESS_OF_LEVEL = -0.9
"""LUFS of running speech less the RMS of its active part in dBFS: the median over the long lines of the
built-in voice (-0.27 to -1.21). It lets short lines stand beside long ones."""

MOST = 30.0
"""dB of gain at most, either way: a take that needs more is broken, and raising it would raise its noise."""


def levelling(measured: Measure, target: float) -> float:
    """The gain in dB that brings a take to `target` (LUFS)."""
    loudness = measured.loudness
    if loudness is None or measured.seconds < LONG:
        loudness = measured.level + LOUDNESS_OF_LEVEL
    return max(-MOST, min(MOST, target - loudness))
