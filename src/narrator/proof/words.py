"""The script against what was heard: words that are missing, said twice, or added.

A transcriber spells names as it likes and joins or splits words. So words are matched by how many letters
they differ in, one with one, or one with two; what has no match at all is missing, or added. A word that was
heard as another is spelling, not a fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from narrator.audio import RATE
from narrator.proof.findings import Code, Finding
from narrator.proof.spelling import words

if TYPE_CHECKING:
    from narrator.proof.ear import HeardWord
    from narrator.proof.layout import Spoken

LEAST = 3
"""Letters below which nothing is said: “a”, “of”, “he” come and go in transcripts."""

ADDED_SECONDS = 0.12
"""Seconds below which a word that is heard is none."""

SPLIT = 0.4
"""Share of its letters that a word may differ in and still count as one that was joined or split: a word
that is said twice differs in all of them."""

LIKE = 0.6
"""How many times as long as another a word may be, in letters, and have been heard in its place."""

_LISTEN = "Listen to it; order a retake of this line."
_STEPS = ((1, 1), (1, 0), (0, 1), (1, 2), (2, 1))
"""How many words of the script and of what was heard go together, the likeliest first."""


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of either side. place: the index of its line, or of the heard word."""

    text: str
    place: int


def compare(lines: Sequence[Spoken], heard: Sequence[HeardWord]) -> list[Finding]:
    """What is wrong in a run of lines, of which `heard` is all that was heard."""
    said, ears = _both(lines, heard)
    gone, extra = _unmatched([w.text for w in said], [w.text for w in ears])
    return [*_missing(said, ears, gone, lines, heard), *_more(ears, extra, lines, heard)]


def otherwise(lines: Sequence[Spoken], heard: Sequence[HeardWord]) -> set[tuple[int, str]]:
    """The words that were heard as others of much the same length, each with its line: they were said."""
    said, ears = _both(lines, heard)
    found: set[tuple[int, str]] = set()
    for i, j, back, on in _way([w.text for w in said], [w.text for w in ears]):
        if back != 1 or not on:
            continue
        one, other = said[i].text, "".join(word.text for word in ears[j : j + on])
        if one != other and alike_in_length(one, other):
            found.add((lines[said[i].place].line, one))
    return found


def alike_in_length(one: str, other: str) -> bool:
    """Whether one may have been heard in place of the other."""
    return LIKE * len(one) <= len(other) <= len(one) / LIKE


def _both(lines: Sequence[Spoken], heard: Sequence[HeardWord]) -> tuple[list[_Word], list[_Word]]:
    said = [_Word(word, i) for i, line in enumerate(lines) for word in words(line.text)]
    return said, [_Word(word, i) for i, one in enumerate(heard) for word in words(one.text)]


def _unmatched(said: Sequence[str], ears: Sequence[str]) -> tuple[dict[int, int], list[bool]]:
    """The words of the script that have no match, each with the number of heard words before it; and which of
    the heard words have none."""
    gone: dict[int, int] = {}
    extra = [False] * len(ears)
    for i, j, back, on in _way(said, ears):
        if not on:
            gone[i] = j
        if not back:
            extra[j] = True
    return gone, extra


def _way(said: Sequence[str], ears: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Which words go together, the last ones first: the places where they begin, and how many they are."""
    steps = _cheapest(said, ears)
    i, j = len(said), len(ears)
    while i or j:
        back, on = steps[i][j]
        i, j = i - back, j - on
        yield i, j, back, on


def _cheapest(said: Sequence[str], ears: Sequence[str]) -> list[list[tuple[int, int]]]:
    """For every two beginnings, the last step of the way between them that changes fewest letters."""
    from rapidfuzz.distance.Levenshtein import distance

    cost = [[0.0] * (len(ears) + 1) for _ in range(len(said) + 1)]
    steps = [[(0, 0)] * (len(ears) + 1) for _ in range(len(said) + 1)]
    for i in range(len(said) + 1):
        for j in range(len(ears) + 1):
            ways = [
                (cost[i - back][j - on] + change, order)
                for order, (back, on) in enumerate(_STEPS)
                if back <= i and on <= j
                for change in (distance("".join(said[i - back : i]), "".join(ears[j - on : j])),)
                if back + on < 3 or change <= SPLIT * sum(map(len, said[i - back : i]))
            ]
            if ways and (i or j):
                cost[i][j], best = min(ways)
                steps[i][j] = _STEPS[best]
    return steps


def _runs(places: Sequence[int]) -> Iterator[list[int]]:
    """Runs of numbers that follow one another."""
    run: list[int] = []
    for place in places:
        if run and place != run[-1] + 1:
            yield run
            run = []
        run.append(place)
    if run:
        yield run


def _missing(
    said: Sequence[_Word],
    ears: Sequence[_Word],
    gone: dict[int, int],
    lines: Sequence[Spoken],
    heard: Sequence[HeardWord],
) -> Iterator[Finding]:
    for run in _runs(sorted(gone)):
        if sum(len(said[i].text) for i in run) < LEAST:
            continue
        line, after = lines[said[run[0]].place], gone[run[0]]
        start = heard[ears[after - 1].place].end if after else line.start / RATE
        end = heard[ears[after].place].start if after < len(ears) else line.end / RATE
        text = " ".join(said[i].text for i in run)
        first, last = sorted((start, end))
        yield Finding("word-missing", line.line, first, last, f"“{text}” is not heard", _LISTEN)


def _more(
    ears: Sequence[_Word], extra: Sequence[bool], lines: Sequence[Spoken], heard: Sequence[HeardWord]
) -> Iterator[Finding]:
    for run in _runs([i for i, alone in enumerate(extra) if alone]):
        start, end = heard[ears[run[0]].place].start, heard[ears[run[-1]].place].end
        if sum(len(ears[i].text) for i in run) < LEAST or end - start < ADDED_SECONDS:
            continue
        near = (*ears[max(0, run[0] - len(run) - 1) : run[0]], *ears[run[-1] + 1 : run[-1] + len(run) + 2])
        again = all(any(_alike(ears[i].text, other.text) for other in near) for i in run)
        text = " ".join(ears[i].text for i in run)
        line = min(lines, key=lambda spoken: spoken.away((start + end) / 2))
        what = f"“{text}” is heard " + ("twice" if again else "and does not stand in the script")
        code: Code = "word-repeated" if again else "word-added"
        yield Finding(code, line.line, start, end, what, _LISTEN)


def _alike(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return one == other or (len(shorter) >= 4 and longer.startswith(shorter))
