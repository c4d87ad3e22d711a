"""Lines that last too long or too short for what they say."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from narrator.audio import RATE
from narrator.proof.findings import Finding
from narrator.proof.layout import Spoken
from narrator.proof.spelling import letters

LONGEST, SHORTEST = 1.6, 0.6
"""How many times as long as its voice's lines usually are for their letters a line may last."""

BESIDE = 0.6
"""Seconds that it must be beside that as well: a short line is easily twice as long."""

_ENOUGH = 4


def paces(lines: Iterable[Spoken]) -> Mapping[str, tuple[float, float]]:
    """By voice, the seconds that a line takes of itself and those a letter takes: a line through the medians
    of its shorter and its longer half."""
    by_voice: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for line in lines:
        if count := letters(line.text):
            by_voice[line.voice].append((count, (line.end - line.start) / RATE))
    return {voice: _fitted(sorted(pairs)) for voice, pairs in by_voice.items() if len(pairs) >= _ENOUGH}


def _fitted(pairs: list[tuple[int, float]]) -> tuple[float, float]:
    half = len(pairs) // 2
    short, long = pairs[:half], pairs[half:]
    x0, x1 = (statistics.median(n for n, _ in part) for part in (short, long))
    y0, y1 = (statistics.median(s for _, s in part) for part in (short, long))
    slope = (y1 - y0) / (x1 - x0) if x1 > x0 else y1 / max(x1, 1)
    slope = slope if slope > 0 else y1 / max(x1, 1)
    return max(0.0, y0 - slope * x0), slope


def usually(line: Spoken, pace: Mapping[str, tuple[float, float]]) -> float | None:
    """The seconds that its voice takes for a line of so many letters; None where nobody knows."""
    count = letters(line.text)
    if not count or line.voice not in pace:
        return None
    base, each = pace[line.voice]
    return base + each * count


def wrong_lengths(lines: Iterable[Spoken], pace: Mapping[str, tuple[float, float]]) -> Iterator[Finding]:
    """The lines that last too long or too short by `pace`, which is of the whole book."""
    for line in lines:
        usual, lasts = usually(line, pace), (line.end - line.start) / RATE
        if usual is None:
            continue
        if abs(lasts - usual) > BESIDE and not SHORTEST <= lasts / usual <= LONGEST:
            yield Finding(
                "wrong-length",
                line.line,
                line.start / RATE,
                line.end / RATE,
                f"it lasts {lasts:.1f} s where this voice usually takes {usual:.1f}",
                "Order a retake of this line.",
            )
