"""Slow gains: worked out every few samples, and drawn through as straight lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from narrator.audio import Samples

STEP = 128
"""Samples between the points of an envelope (2.9 ms). DRY and GRID are multiples of it."""


def ramped(points: Samples) -> Samples:
    """Straight lines through `points`: STEP samples for each point but the last."""
    import numpy as np

    ramp = (np.arange(STEP) / STEP).astype(np.float32)
    lines: Samples = points[:-1, None] + (points[1:] - points[:-1])[:, None] * ramp
    return lines.reshape(-1)
