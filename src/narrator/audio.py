"""Sound as it flows between rooms: mono samples with their rate, and the arithmetic of decibels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples: TypeAlias = NDArray[np.float32]
    """Mono float32 samples, shape (n,); full scale is 1.0, and engines may exceed it."""

RATE = 44_100
"""Samples a second of every mix, master and release (ACX and every store take it: docs/sound.md)."""

GRID = 9_216
"""Chapter mixes are a multiple of this many samples: 9 AAC frames of 1,024 and 8 MP3 frames of 1,152."""

DRY = 2_048
"""Samples of digital zero at both edges of a chapter: what makes chapters independent and joins exact."""


@dataclass(frozen=True, slots=True, eq=False)
class Audio:
    """A stretch of mono sound.

    samples: float32, shape (n,), full scale 1.0. rate: samples a second.
    """

    samples: Samples
    rate: int

    @property
    def seconds(self) -> float:
        """Duration in seconds."""
        return len(self.samples) / self.rate


def gain(decibels: float) -> float:
    """The factor that raises samples by `decibels`."""
    return float(10.0 ** (decibels / 20.0))


def decibels(factor: float) -> float:
    """`factor` in dB relative to 1.0; -inf for 0."""
    return 20.0 * math.log10(factor) if factor > 0 else -math.inf
