"""What was heard of a take, held against its words: missing, repeated, added.

Ears misspell names and run words together, so words that look alike count as the same, and a single wrong
word is no fault. What an engine drops or invents are several in a row.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from narrator.speech.engine import Word
from narrator.speech.reading import said

ALIKE: Final = 0.6
"""Two words count as the same from this share of common letters on: `Andrei`, heard as `Andre`."""

IN_A_ROW: Final = 2
"""Words missing or added in a row that are a fault; fewer are the ears'."""

LETTERS: Final = 5
"""Letters that they have together at least: `of the` is easily not heard."""

OTHER: Final = 0.6
"""The share of other words from which on a line is not what was to be said."""

SHORT: Final = 3
"""Words up to which ears often mishear a whole line: there, only what was added counts."""

_TOKEN: Final = re.compile(r"[^\W_]+")
_ANYTHING: Final = ""
"""Stands for a word with a reading of its own: nobody knows how ears spell it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a take. cost: words that are wrong, to tell the better of two takes."""

    what: str
    cost: float


GOOD: Final = Fault("", 0.0)


def fault(words: Sequence[Word], heard: str) -> Fault:
    """What is wrong with a take of `words` in which `heard` was heard; `what` is empty where nothing is."""
    wanted, got = list(_wanted(words)), _tokens(said(heard))
    missing, added, other = _differences(wanted, got)
    total = sum(token != _ANYTHING for token in wanted)
    cost = sum(map(len, missing)) + sum(map(len, added)) + other / 2
    for run in added:
        if _counts(run, got):
            kind = "repeated" if _repeats(run, got) else "added"
            return Fault(f"words are {kind}: “{_some(run, got)}”", cost)
    if total > SHORT:
        for run in missing:
            if _counts(run, wanted):
                return Fault(f"words are missing: “{_some(run, wanted)}”", cost)
        if cost > OTHER * total:
            return Fault(f"other words are heard: “{heard.strip()[:80]}”", cost)
    return Fault("", cost)


def _counts(run: range, tokens: Sequence[str]) -> bool:
    return len(run) >= IN_A_ROW and sum(len(tokens[place]) for place in run) >= LETTERS


def _repeats(run: range, got: Sequence[str]) -> bool:
    """Whether the run says again what stands before or behind it."""
    size = len(run)
    here = got[run.start : run.stop]
    return here in (got[max(0, run.start - size) : run.start], got[run.stop : run.stop + size])


def _some(run: range, tokens: Sequence[str]) -> str:
    words = [tokens[place] for place in run]
    return " ".join(words[:8]) + (" …" if len(words) > 8 else "")


def _wanted(words: Sequence[Word]) -> Iterator[str]:
    for word in words:
        figures = word.respelling is not None and word.respelling == said(word.written, heading=True)
        if word.respelling is None and word.phonemes is None:
            yield from _tokens(said(word.written))
        elif figures and word.phonemes is None:
            yield from _tokens(word.respelling or "")
        else:
            yield _ANYTHING


def _tokens(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.lower()).replace("’", "'").replace("'", "")
    return _TOKEN.findall("".join(c for c in plain if not unicodedata.combining(c)))


def _differences(wanted: Sequence[str], got: Sequence[str]) -> tuple[list[range], list[range], int]:
    """Runs of missing words (places in `wanted`), of added ones (in `got`), and how many are others."""
    missing: list[int] = []
    added: list[int] = []
    other = 0
    for i, j in _aligned(wanted, got):
        if j is None and i is not None and wanted[i] != _ANYTHING:
            missing.append(i)
        elif i is None and j is not None:
            added.append(j)
        elif i is not None and j is not None and not _alike(wanted[i], got[j]):
            other += 1
    return list(_runs(missing)), list(_runs(added)), other


def _aligned(wanted: Sequence[str], got: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """Places of `wanted` and `got` side by side, at the least cost."""
    costs = [[0.0] * (len(got) + 1) for _ in range(len(wanted) + 1)]
    for j in range(1, len(got) + 1):
        costs[0][j] = costs[0][j - 1] + 1
    for i in range(1, len(wanted) + 1):
        costs[i][0] = costs[i - 1][0] + _dropping(wanted[i - 1])
        for j in range(1, len(got) + 1):
            costs[i][j] = min(
                costs[i - 1][j - 1] + _taking(wanted[i - 1], got[j - 1]),
                costs[i - 1][j] + _dropping(wanted[i - 1]),
                costs[i][j - 1] + 1,
            )
    return _traced(costs, wanted, got)


def _traced(
    costs: list[list[float]], wanted: Sequence[str], got: Sequence[str]
) -> list[tuple[int | None, int | None]]:
    i, j = len(wanted), len(got)
    pairs: list[tuple[int | None, int | None]] = []
    while i or j:
        # Of equal ways, the one that matches early: then what is missing is missing in one piece.
        if i and costs[i][j] == costs[i - 1][j] + _dropping(wanted[i - 1]):
            i -= 1
            pairs.append((i, None))
        elif i and j and costs[i][j] == costs[i - 1][j - 1] + _taking(wanted[i - 1], got[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((i, j))
        else:
            j -= 1
            pairs.append((None, j))
    return pairs[::-1]


def _taking(wanted: str, got: str) -> float:
    if wanted == got:
        return 0.0
    if wanted == _ANYTHING:
        return 0.125
    return 0.25 if _alike(wanted, got) else 1.25


def _dropping(wanted: str) -> float:
    return 0.5 if wanted == _ANYTHING else 1.0


@lru_cache(20_000)
def _alike(one: str, other: str) -> bool:
    if one == other or _ANYTHING in (one, other):
        return True
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE


def _runs(places: Sequence[int]) -> Iterator[range]:
    """Neighbours together."""
    start = 0
    for end in range(1, len(places) + 1):
        if end == len(places) or places[end] != places[end - 1] + 1:
            yield range(places[start], places[end - 1] + 1)
            start = end
