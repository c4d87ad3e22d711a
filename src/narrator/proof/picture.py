"""Pictures of a chapter's sound, small enough for a page: its waveform and its level, a point every 0.2 s."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from narrator.audio import RATE

if TYPE_CHECKING:
    from narrator.audio import Samples

STEP = RATE // 5
"""Samples of a point: ten hours are 180,000 of them."""

LOWEST = -80.0
"""dBFS at the foot of the level's picture."""


def picture(samples: Samples) -> Mapping[str, str]:
    """The peaks (0 to 255 for full scale) and the levels (RMS, LOWEST to 0 dBFS as 0 to 255) of a chapter,
    each two hexadecimal digits a point."""
    points = -(-len(samples) // STEP)
    rows = np.pad(samples, (0, points * STEP - len(samples))).reshape(points, STEP)
    peaks = np.abs(rows).max(axis=1, initial=0)
    power = np.einsum("ij,ij->i", rows, rows) / STEP
    levels = 1 - 10 * np.log10(power + 1e-12) / LOWEST
    return {"peaks": _hex(peaks), "levels": _hex(levels)}


def points(text: str) -> list[int]:
    """The points of a picture, 0 to 255."""
    return list(bytes.fromhex(text))


def _hex(shares: NDArray[Any]) -> str:
    return bytes(np.rint(np.clip(shares, 0, 1) * 255).astype(np.uint8)).hex()
