"""Slow gains: worked out every few samples, and drawn through as straight lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from narrator.audio import Samples

STEP = 128
"""Samples between the points of an envelope (2.9 ms). DRY and GRID are multiples of it."""

_RAMP = (np.arange(STEP) / STEP).astype(np.float32)


def ramped(points: Samples) -> Samples:
    """Straight lines through `points`: STEP samples for each point but the last."""
    lines: Samples = points[:-1, None] + (points[1:] - points[:-1])[:, None] * _RAMP
    return lines.reshape(-1)
