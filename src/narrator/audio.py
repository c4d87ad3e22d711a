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


DEEPEST = 20.0
"""Hz under which nobody hears anything: a constant in a file, a microphone's rumble."""


class HighPass:
    """Takes what lies under DEEPEST out of a stream of portions: samples, or rows of them. A constant is gone
    from the first sample on."""

    def __init__(self, rate: int) -> None:
        from scipy.signal import butter

        self._filter = butter(2, DEEPEST, "high", fs=rate, output="sos")
        self._state: NDArray[np.float64] | None = None

    def __call__(self, portion: Samples) -> Samples:
        """The next portion, filtered."""
        import numpy as np
        from scipy.signal import sosfilt, sosfilt_zi

        if not portion.shape[-1]:
            return portion
        if self._state is None:
            rest = sosfilt_zi(self._filter).reshape(1, *[1] * (portion.ndim - 1), 2)
            self._state = rest * portion[np.newaxis, ..., :1].astype(np.float64)
        filtered, self._state = sosfilt(self._filter, portion.astype(np.float64), axis=-1, zi=self._state)
        return np.asarray(filtered, np.float32)


def cancels(left: Samples, right: Samples) -> bool:
    """Whether next to nothing is left where both channels are heard as one, since left is right turned round:
    30 dB under what lies between them."""
    import numpy as np

    middle, side = left + right, left - right
    return float(np.vdot(middle, middle)) < gain(-30.0) ** 2 * float(np.vdot(side, side))


def gain(decibels: float) -> float:
    """The factor that raises samples by `decibels`."""
    return float(10.0 ** (decibels / 20.0))


def decibels(factor: float) -> float:
    """`factor` in dB relative to 1.0; -inf for 0."""
    return 20.0 * math.log10(factor) if factor > 0 else -math.inf
