"""Lines that last too long or too short for what they say."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from narrator.audio import RATE
from narrator.proof.findings import Finding
from narrator.proof.layout import Spoken
from narrator.proof.spelling import capitals, letters, signs

LONGEST, SHORTEST = 1.5, 0.65
"""How many times as long as its voice's lines usually are for their letters a line may last."""

BESIDE = 0.5
"""Seconds that it must be beside that as well: a short line is easily twice as long."""

BASE = 0.15
"""Seconds that a line takes of itself, where the book's lines are too much of a length to tell."""

SYMBOL = 8
"""Letters that a sign may take to be said: "§" is silent to one engine and “section” to another."""

SPELT = 2
"""Letters that each letter of a word in capitals may take besides: they may be spelt."""

_ENOUGH = 4
_SPREAD = 2.0
_SLOWEST_BASE = 0.5


def paces(lines: Iterable[Spoken]) -> Mapping[str, tuple[float, float]]:
    """By voice, the seconds that a line takes of itself, which are the book's, and those a letter takes."""
    by_voice: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for line in lines:
        count = letters(line.text)
        if count and not signs(line.text):
            by_voice[line.voice].append((count, (line.end - line.start) / RATE))
    known = {voice: pairs for voice, pairs in by_voice.items() if len(pairs) >= _ENOUGH}
    base = _base(sorted(pair for pairs in known.values() for pair in pairs)) if known else BASE
    return {
        voice: (base, max(statistics.median((lasts - base) / count for count, lasts in pairs), 0.0))
        for voice, pairs in known.items()
    }


def _base(pairs: list[tuple[int, float]]) -> float:
    """Where a line through the medians of the shorter and the longer half begins."""
    half = len(pairs) // 2
    (x0, y0), (x1, y1) = (
        (statistics.median(n for n, _ in part), statistics.median(s for _, s in part))
        for part in (pairs[:half], pairs[half:])
    )
    if x1 < _SPREAD * x0:
        return BASE
    return min(max(y0 - (y1 - y0) / (x1 - x0) * x0, 0.0), _SLOWEST_BASE)


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
        base, each = pace[line.voice]
        longest = base + each * (letters(line.text) + SYMBOL * signs(line.text) + SPELT * capitals(line.text))
        if (lasts > LONGEST * longest and lasts > longest + BESIDE) or (
            lasts < SHORTEST * usual and lasts < usual - BESIDE
        ):
            yield Finding(
                "wrong-length",
                line.line,
                line.start / RATE,
                line.end / RATE,
                f"it lasts {lasts:.1f} s where this voice usually takes {usual:.1f}",
                "Order a retake of this line.",
            )
