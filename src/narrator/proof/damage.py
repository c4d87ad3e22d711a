"""Clicks and clipping: what a digital fault leaves in the waveform itself."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from narrator.audio import RATE, gain
from narrator.proof.findings import Finding

if TYPE_CHECKING:
    from narrator.audio import Samples
    from narrator.proof.layout import Layout

BAND = 15_500.0
"""Hz above which clicks are looked for: a step has as much there as below, speech nearly nothing (the house
voices -89 dBFS, planted clicks -58 to -39; at 14 kHz sibilants reach them already)."""

HOP = 32
"""Samples (0.7 ms) in which a click is looked for."""

OVER, ALONE = 37.0, 44.0
"""dB by which a click stands over what is usual in a second of the chapter, and over everything near it but
for what a codec smears: with OVER alone, or with ALONE and OVER_ALONE. In sound speech, what AAC makes of
the hardest consonants reaches 52: see SHORT_BLOCK."""

OVER_ALONE = 33.5

NEAR, WIDE = 12, 48
"""Hops left out on either side of a click, which a codec smears, and hops that it is compared with (35 ms).
"""

FAINT = -70.0
"""dBFS in that band below which nothing is heard as a click."""

SHORT_BLOCK: Final = {"aac": 128}
"""Samples from the middle between two short blocks to the next, by codec. At a hard consonant AAC leaves a
spike of its own, hidden by the consonant, and nearly always there: 44 of 45 that stood out by 33 dB."""

BESIDE: Final = (-3, 4)
"""Samples from such a middle between which its spike is seen."""

LOUD: Final = -30.5
"""dB of the voice's loudness over which what stands out at a consonant is a click, if it does not lie there:
AAC's other spikes stay 2 dB lower, planted clicks are over it."""

LOUDER, UNHIDDEN = -24.5, 54.0
"""dB of the voice's loudness, and over everything near it, from which it is one even there: AAC's own are one
or the other, not both."""

IN_QUIET: Final = 20.0
"""dB under what stands out that speech is on both sides, where no consonant hides anything."""

SPEECH: Final = (3_000.0, 12_000.0)
"""Hz in which a consonant is heard."""

FLAT = 0.9995
"""Share of a take's peak over which samples count as cut off: at 16 bits, equal to it or nearly."""

_RUN, _CUT_OFF = 4, 12
_SECOND = RATE // HOP
_APART = 0.05
_QUIET = 1e-9


def clicks(samples: Samples, layout: Layout, encoding: str = "") -> Iterator[Finding]:
    """Single steps and spikes, by what they have above speech. encoding: the codec that `samples` went
    through, whose own spikes are no fault."""
    levels = _high(samples)
    seconds = levels[: len(levels) // _SECOND * _SECOND].reshape(-1, _SECOND)
    usual = float(np.median(seconds.max(axis=1))) if len(seconds) else FAINT
    windows = sliding_window_view(np.pad(levels, WIDE, mode="edge"), 2 * WIDE + 1)
    around = np.maximum(windows[:, : WIDE - NEAR].max(axis=1), windows[:, WIDE + NEAR + 1 :].max(axis=1))
    over, alone = levels - max(usual, FAINT - OVER_ALONE), levels - around
    hops = np.flatnonzero((over > OVER) | (over > OVER_ALONE) & (alone > ALONE))
    last, block = -1.0, SHORT_BLOCK.get(encoding, 0)
    for hop in map(int, hops):
        if block and _at_consonant(samples, hop):
            level = levels[hop] - layout.target
            clear = level > LOUDER and alone[hop] > UNHIDDEN
            if level < LOUD or (not clear and _between_blocks(samples, hop, block)):
                continue
        at = hop * HOP / RATE
        if at - last >= _APART and not layout.shot_at(at):
            yield _click(at, layout)
        last = at


def _at_consonant(samples: Samples, hop: int) -> bool:
    """Whether speech beside `hop` is loud enough to hide what a codec adds there."""
    part, place = _sharpest(samples, hop)
    speech = _filtered(_speech(), part)
    sides = speech[: max(place - 2 * HOP, 0)], speech[place + 2 * HOP :]
    around = max(float(side.max(initial=0.0)) for side in sides)
    return float(speech[max(place - HOP, 0) : place + HOP].max()) < gain(IN_QUIET) * around


def _between_blocks(samples: Samples, hop: int, block: int) -> bool:
    """Whether what stands out near `hop` lies midway between two short blocks of a codec."""
    _, place = _sharpest(samples, hop)
    least, most = BESIDE
    return (max(hop - WIDE, 0) * HOP + place - least) % block <= most - least


def _sharpest(samples: Samples, hop: int) -> tuple[Samples, int]:
    """The samples around `hop`, and which of them stands out above BAND."""
    first = max(hop - WIDE, 0)
    part = samples[first * HOP : (hop + WIDE) * HOP]
    near = (hop - first - NEAR // 2) * HOP
    return part, max(near, 0) + int(np.argmax(_filtered(_filter(), part)[max(near, 0) : near + NEAR * HOP]))


def _filtered(filter_: NDArray[np.float64], samples: Samples) -> NDArray[np.float64]:
    """Magnitudes, filtered without delay."""
    from scipy.signal import sosfiltfilt

    return np.asarray(np.abs(sosfiltfilt(filter_, samples)), np.float64)


def _high(samples: Samples) -> NDArray[np.float64]:
    """The level in dB of each hop above BAND."""
    from scipy.signal import sosfilt

    high = sosfilt(_filter(), samples)
    hops = high[: len(high) // HOP * HOP].reshape(-1, HOP)
    return np.asarray(10 * np.log10(np.einsum("ij,ij->i", hops, hops) / HOP + _QUIET**2), np.float64)


@cache
def _filter() -> NDArray[np.float64]:
    from scipy.signal import butter

    return np.asarray(butter(12, BAND, "high", fs=RATE, output="sos"), np.float64)


@cache
def _speech() -> NDArray[np.float64]:
    from scipy.signal import butter

    return np.asarray(butter(4, SPEECH, "band", fs=RATE, output="sos"), np.float64)


def _click(at: float, layout: Layout) -> Finding:
    line = layout.nearest(at)
    return Finding(
        "click",
        line.line if line else 0,
        at,
        at + 0.01,
        "there is a click",
        "Listen to it; order a retake where it lies in the line, render again where it lies beside it.",
    )


def clipped(samples: Samples) -> float:
    """The share of a take that is cut off flat at its peak, 0 where it is not clipped. samples: the take as
    the engine gave it."""
    size = np.abs(samples)
    peak = float(size.max(initial=0.0))
    if peak <= 0:
        return 0.0
    flat = size >= FLAT * peak
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flat, [False]]).astype(np.int8)))
    runs = edges[1::2] - edges[::2]
    cut_off = int(runs[runs >= _RUN].sum())
    return cut_off / len(samples) if cut_off >= _CUT_OFF else 0.0


__all__ = ["clicks", "clipped"]
