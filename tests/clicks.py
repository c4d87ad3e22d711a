"""A finder of clicks: samples that break off from what is around them."""

from __future__ import annotations

import numpy as np

from narrator.audio import RATE

_NEAR = round(0.001 * RATE)
_AROUND = round(0.03 * RATE)


def clicks(samples: np.ndarray, *, loudness: float = 6.0, floor: float = 2e-4) -> list[int]:
    """Where `samples` (44.1 kHz) click, one place a click.

    A click is wide in frequency and short: it stands out in the third difference, which hardly lets speech
    through, by `loudness` times over what is usual in the 30 ms before and after it, and over `floor`.
    """
    bend = np.abs(np.diff(samples.astype(np.float64), n=3, prepend=np.zeros(3)))
    size = _NEAR
    whole = -(-len(bend) // size) * size
    blocks = np.pad(bend, (0, whole - len(bend))).reshape(-1, size).max(axis=1)
    reach = _AROUND // size
    padded = np.pad(blocks, reach)
    windows = np.lib.stride_tricks.sliding_window_view(padded, reach - 1)
    # The third strongest: a voice's own pulses are many, a hole has two edges.
    strong = np.partition(windows, -3, axis=1)[:, -3]
    before, after = strong[: len(blocks)], strong[reach + 2 : reach + 2 + len(blocks)]
    usual = np.maximum(np.maximum(before, after), floor)
    found = np.flatnonzero(blocks > loudness * usual)
    return [int(n) * size + int(np.argmax(bend[n * size : (n + 1) * size])) for n in found]
