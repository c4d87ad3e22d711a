"""The script against what was heard: words that are missing, said twice, or added.

A transcriber spells names as it likes and joins or splits words, so letters are compared, not words. A word
counts as missing where most of its letters have no counterpart at all and no time is left in which it could
have been said; letters heard as other letters are spelling, not a fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from narrator.audio import RATE
from narrator.proof.findings import Finding
from narrator.proof.spelling import words

if TYPE_CHECKING:
    from narrator.proof.ear import Heard
    from narrator.proof.layout import Spoken

SHARE = 0.7
"""Share of a word's letters that must be without counterpart."""

LEAST = 3
"""Letters without counterpart below which nothing is said: “a”, “of”, “he” come and go in transcripts."""

ADDED_SECONDS = 0.15


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of either side. place: index of its line, or of the heard word. letters: where they stand."""

    text: str
    place: int
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def compare(lines: Sequence[Spoken], heard: Sequence[Heard]) -> list[Finding]:
    """What is wrong in a run of lines, of which `heard` is all that was heard."""
    said = _laid((word, i) for i, line in enumerate(lines) for word in words(line.text))
    ears = _laid((word, i) for i, one in enumerate(heard) for word in words(one.text))
    ops = _operations("".join(w.text for w in said), "".join(w.text for w in ears))
    return [*_missing(said, ears, ops, lines, heard), *_more(said, ears, ops, lines, heard)]


def _laid(pairs: Iterator[tuple[str, int]]) -> list[_Word]:
    laid, at = [], 0
    for text, place in pairs:
        laid.append(_Word(text, place, at))
        at += len(text)
    return laid


_Op = tuple[str, int, int, int, int]


def _operations(script: str, heard: str) -> list[_Op]:
    """How `script` becomes `heard`: kind, range of the script, range of what was heard."""
    from rapidfuzz.distance import Levenshtein

    return [
        (op.tag, op.src_start, op.src_end, op.dest_start, op.dest_end)
        for op in Levenshtein.opcodes(script, heard)
    ]


def _alone(word: _Word, ranges: Sequence[tuple[int, int]]) -> bool:
    """Whether most of a word's letters lie in ranges that have no counterpart."""
    inside = sum(max(0, min(word.end, end) - max(word.start, start)) for start, end in ranges)
    return inside >= SHARE * len(word.text)


def _runs(flags: Sequence[bool]) -> Iterator[tuple[int, int]]:
    start = None
    for index, flag in enumerate([*flags, False]):
        if flag and start is None:
            start = index
        elif not flag and start is not None:
            yield start, index
            start = None


def _missing(
    said: Sequence[_Word],
    ears: Sequence[_Word],
    ops: Sequence[_Op],
    lines: Sequence[Spoken],
    heard: Sequence[Heard],
) -> Iterator[Finding]:
    deleted = [(op[1], op[2]) for op in ops if op[0] == "delete"]
    gone = [_alone(word, deleted) for word in said]
    for first, last in _runs(gone):
        text = " ".join(w.text for w in said[first:last])
        if sum(len(w.text) for w in said[first:last]) < LEAST:
            continue
        line = lines[said[first].place]
        before, after = _around(said[first].start, said[last - 1].end, ops, ears)
        start = heard[ears[before].place].end if before is not None else line.start / RATE
        end = heard[ears[after].place].start if after is not None else line.end / RATE
        yield Finding(
            "word-missing",
            line.line,
            round(min(start, end), 3),
            round(max(start, end), 3),
            f"“{text}” is not heard",
            "Listen to it; order a retake of this line.",
        )


def _around(start: int, end: int, ops: Sequence[_Op], ears: Sequence[_Word]) -> tuple[int | None, int | None]:
    """Indices of the heard words before and after a stretch of the script's letters."""
    place = next((op[3] for op in ops if op[0] == "delete" and op[1] < end and start < op[2]), 0)
    before = max((i for i, w in enumerate(ears) if w.end <= place), default=None)
    after = min((i for i, w in enumerate(ears) if w.start >= place), default=None)
    return before, after


def _more(
    said: Sequence[_Word],
    ears: Sequence[_Word],
    ops: Sequence[_Op],
    lines: Sequence[Spoken],
    heard: Sequence[Heard],
) -> Iterator[Finding]:
    inserted = [(op[3], op[4]) for op in ops if op[0] == "insert"]
    extra = [_alone(word, inserted) for word in ears]
    for first, last in _runs(extra):
        run = ears[first:last]
        start, end = heard[run[0].place].start, heard[run[-1].place].end
        if sum(len(w.text) for w in run) < LEAST or end - start < ADDED_SECONDS:
            continue
        text = " ".join(w.text for w in run)
        near = [
            w.text for w in (*ears[max(0, first - len(run) - 1) : first], *ears[last : last + len(run) + 1])
        ]
        again = all(any(_alike(w.text, other) for other in near) for w in run)
        line = min(lines, key=lambda spoken: spoken.away((start + end) / 2))
        yield Finding(
            "word-repeated" if again else "word-added",
            line.line,
            round(start, 3),
            round(end, 3),
            f"“{text}” is heard {'twice' if again else 'and does not stand in the script'}",
            "Listen to it; order a retake of this line.",
        )


def _alike(one: str, other: str) -> bool:
    return one == other or (
        min(len(one), len(other)) >= 4 and (one.startswith(other) or other.startswith(one))
    )
