"""A chapter's energy in short frames: what every check of its sound looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from narrator.audio import RATE

if TYPE_CHECKING:
    from narrator.audio import Samples

FRAME = 220
"""Samples of a frame (5 ms): shorter than a consonant."""

ACTIVE = 16.0
"""dB under its loud frames that a frame of speech may be and still count as speech (after ITU-T P.56)."""

_QUIET = 1e-12


class Frames:
    """The power of a stream of samples, frame by frame."""

    def __init__(self, samples: Samples) -> None:
        whole = len(samples) // FRAME * FRAME
        rows = samples[:whole].reshape(-1, FRAME)
        self.power: NDArray[np.float64] = np.einsum("ij,ij->i", rows, rows).astype(np.float64) / FRAME

    def between(self, start: int, end: int) -> NDArray[np.float64]:
        """The levels in dB of the whole frames from sample `start` to `end`."""
        part = self.power[-(-max(start, 0) // FRAME) : max(end, 0) // FRAME]
        return np.asarray(10 * np.log10(part + _QUIET), np.float64)

    def speech(self, start: int, end: int) -> float:
        """The level in dB of the speech in a range, its pauses left out; -120 where it holds no frame."""
        levels = self.between(start, end)
        if not len(levels):
            return -120.0
        active = levels[levels >= np.percentile(levels, 95) - ACTIVE]
        return float(10 * np.log10(np.mean(10 ** (active / 10))))


def seconds(frames: int) -> float:
    """How long `frames` frames last."""
    return frames * FRAME / RATE
