"""Ducking: a bed steps back before anyone speaks, and comes forward in the pauses.

The timeline knows when everybody speaks, so nothing has to listen: the bed is down when the first word comes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from narrator.audio import RATE

if TYPE_CHECKING:
    from narrator.audio import Samples
    from narrator.mixing.timeline import Clip

LIFT = 8.0
"""dB that a bed is louder in pauses than under the voice (docs/sound.md)."""

ATTACK, HOLD, RELEASE = 0.08, 0.25, 0.6
"""Seconds: to step back before a line; to wait after one, so that the bed does not breathe between sentences;
to come forward. Practice is 50 to 200 ms and 300 to 800 ms."""


class Ducking:
    """The gain of every bed over a chapter: 1.0 while somebody speaks, LIFT dB above in the pauses."""

    def __init__(self, clips: tuple[Clip, ...]) -> None:
        at, lift = [0.0], [LIFT]
        for before, after in zip((None, *clips), (*clips, None), strict=True):
            leave = before.end / RATE + HOLD if before else None
            arrive = after.start / RATE if after else None
            for place, value in _rise_and_fall(leave, arrive):
                at.append(place)
                lift.append(value)
        self._at, self._lift = np.array(at), np.array(lift)

    def at(self, points: NDArray[np.int64]) -> Samples:
        """The factor at `points` (samples of the chapter)."""
        decibels = np.interp(points / RATE, self._at, self._lift)
        return np.asarray(10 ** (decibels / 20), np.float32)

    def under(self, points: NDArray[np.int64], depth: float) -> Samples:
        """The factor at `points` of something that is 1.0 in the pauses, and `depth` dB less under words."""
        lift = np.interp(points / RATE, self._at, self._lift)
        return np.asarray(10 ** ((lift - LIFT) / LIFT * depth / 20), np.float32)


def _rise_and_fall(leave: float | None, arrive: float | None) -> list[tuple[float, float]]:
    """The points (seconds, dB) of the envelope in one pause, which the release starts and the attack ends."""
    if arrive is None:
        return [] if leave is None else [(leave, 0.0), (leave + RELEASE, LIFT)]
    if leave is None:
        return [(max(arrive - ATTACK, 0.0), LIFT), (arrive, 0.0)]
    if arrive <= leave:
        return [(arrive, 0.0)]
    share = min(1.0, (arrive - leave) / (RELEASE + ATTACK))
    top = share * LIFT
    return [(leave, 0.0), (leave + share * RELEASE, top), (arrive - share * ATTACK, top), (arrive, 0.0)]
