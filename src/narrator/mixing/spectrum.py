"""Spectra: curves between points, and the weighting by which loudness hears them."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Curve: TypeAlias = tuple[tuple[float, float], ...]
"""A spectrum as points (Hz, dB), straight lines between them over log frequency."""

Floats: TypeAlias = NDArray[np.float32]


def curve(points: Curve, bins: Floats) -> Floats:
    """A curve as natural logarithms of power at `bins` (Hz), falling to nothing below its first point."""
    hertz, level = np.array(points).T
    at = np.log(np.maximum(bins, 1.0))
    db = np.interp(at, np.log(hertz), level)
    db = np.where(bins < hertz[0], level[0] + 24 * np.log2(np.maximum(bins, 1.0) / hertz[0]), db)
    return np.asarray(db * (np.log(10) / 10), np.float32)


def k_weighting(bins: Floats) -> Floats:
    """The power response of BS.1770's K-weighting at `bins` (Hz), from its analogue prototypes.

    The shelf: +4 dB (3.99984) above 1681.97 Hz, Q 0.70718. The high-pass: 38.1355 Hz, Q 0.50033. From these
    constants libebur128 derives the standard's coefficients at 48 kHz and any other rate.
    """
    shelf = 1j * bins / 1681.974450955533
    top = 10 ** (3.999843853973347 / 20)
    middle = top**0.4996667741545416
    high = (top * shelf**2 + middle / 0.7071752369554196 * shelf + 1) / (
        shelf**2 + shelf / 0.7071752369554196 + 1
    )
    rumble = 1j * bins / 38.13547087602444
    low = rumble**2 / (rumble**2 + rumble / 0.5003270373238773 + 1)
    return np.asarray(np.square(np.abs(high * low)), np.float32)
