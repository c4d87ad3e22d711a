"""Words said twice, by their sound alone: a stretch of a line that comes again at once, much as it was.

A transcriber writes what it expects, and nobody expects a word twice. A stutter of an engine, and a cut that
went wrong, repeat themselves nearly as they were, which no two words of a sentence do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from narrator.audio import RATE
from narrator.proof.findings import Finding
from narrator.proof.spelling import words

if TYPE_CHECKING:
    from narrator.audio import Samples
    from narrator.proof.layout import Layout, Spoken

ALIKE: Final = 0.54
"""How far two stretches may be apart, in standard deviations of the line's cepstra, and be the same said
twice. Of 688 lines of two books, with beds and encoded, the nearest is 0.63 apart; of words planted twice,
most under 0.5."""

ALIKE_ANYWAY: Final = 0.48
"""The same where the script itself says a word twice: the nearest of those lines is 0.56 apart."""

LIVELY: Final = 2.5
"""How much cepstra change within speech at least (the house voices: 5 and more): a tone is always like
itself."""

_HOP: Final = 441
_WINDOW: Final = 1_102
_FFT: Final = 2_048
_BANDS, _KEPT = 26, 13
_LOWEST, _HIGHEST = 100.0, 7_000.0
_FLOOR: Final = 1e-3
_ACTIVE: Final = 24.0
"""dB under its loud hops that a hop of speech may be: a bed in a pause is alike too, and lies lower."""

_SHORTEST, _LONGEST = 28, 130
"""Hops (10 ms) from a word to its repetition."""

_SHARE, _SPOKEN = 0.85, 0.7
_ROW: Final = 5
_NOWHERE: Final = 9.0
_TINY: Final = 1e-12


def echoes(samples: Samples, layout: Layout) -> Iterator[Finding]:
    """The lines of a chapter in which something is said twice and the script does not say so."""
    for line in layout.lines:
        if _says_twice(words(line.text)):
            continue
        apart, start, lag = _nearest(samples[line.start : line.end])
        if apart < (ALIKE_ANYWAY if _repeats(line) else ALIKE):
            at = line.start / RATE + start
            what = f"{lag:.1f} s of it are heard twice"
            yield Finding(
                "word-repeated",
                line.line,
                at,
                at + 2 * lag,
                what,
                "Listen to it; order a retake of this line.",
            )


def _says_twice(said: Sequence[str]) -> bool:
    """Whether the script itself says something twice in a row: “Hold, hold!”"""
    return any(
        said[at : at + size] == said[at + size : at + 2 * size]
        for size in range(1, _ROW + 1)
        for at in range(len(said) - 2 * size + 1)
    )


def _repeats(line: Spoken) -> bool:
    return any(times > 1 and len(word) > 2 for word, times in Counter(words(line.text)).items())


def _nearest(samples: Samples) -> tuple[float, float, float]:
    """How far apart the two most alike neighbours in a line are, where the first starts, and after how many
    seconds the second does."""
    best = (_NOWHERE, 0.0, 0.0)
    if len(samples) < 2 * _SHORTEST * _HOP:
        return best
    shapes, spoken = _cepstra(samples)
    deviation = shapes[spoken].std(axis=0)
    if deviation[1:].mean() < LIVELY:
        return best
    shapes = (shapes - shapes[spoken].mean(axis=0)) / deviation
    for lag in range(_SHORTEST, min(_LONGEST, len(shapes) // 2)):
        width = int(lag * _SHARE)
        both = _means((spoken[:-lag] & spoken[lag:]).astype(np.float64), width)
        apart = np.sqrt(((shapes[:-lag] - shapes[lag:]) ** 2).mean(axis=1))
        mean = np.where(both > _SPOKEN, _means(apart, width), _NOWHERE)
        at = int(np.argmin(mean))
        best = min(best, (float(mean[at]), at * _HOP / RATE, lag * _HOP / RATE))
    return best


def _means(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """The mean of each run of `width` values."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray((sums[width:] - sums[:-width]) / width, np.float64)


def _cepstra(samples: Samples) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Mel cepstra a hop, and which hops are speech."""
    emphasised = np.diff(samples, prepend=samples[:1]).astype(np.float64)
    padded = np.pad(emphasised, (0, _WINDOW))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP] * np.hanning(_WINDOW)
    power = np.abs(np.fft.rfft(frames, _FFT)) ** 2 @ _filters()
    level = 10 * np.log10(power.sum(axis=1) + _TINY)
    spoken = level > np.percentile(level, 95) - _ACTIVE
    # What lies 30 dB under the loudest band is the bed's and the codec's, and says nothing of the word.
    bands = np.log(power + _FLOOR * power.max(axis=1).mean() + _TINY)
    order = np.arange(_KEPT)[:, None]
    shapes = bands @ np.cos(np.pi / _BANDS * (np.arange(_BANDS) + 0.5) * order).T
    return shapes, spoken


@cache
def _filters() -> NDArray[np.float64]:
    """Triangular bands, equally far apart in mel."""
    lowest, highest = (2_595 * np.log10(1 + edge / 700) for edge in (_LOWEST, _HIGHEST))
    edges = 700 * (10 ** (np.linspace(lowest, highest, _BANDS + 2) / 2_595) - 1) * _FFT / RATE
    bins = np.arange(_FFT // 2 + 1)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return np.asarray(np.maximum(0, np.minimum(rising, falling)), np.float64)
