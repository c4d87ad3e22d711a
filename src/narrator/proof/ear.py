"""The ear: narrator's built-in ears, which work offline, with the time of every word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from narrator.audio import RATE, Audio
from narrator.ears.whisper import Whisper
from narrator.errors import MissingError

if TYPE_CHECKING:
    from narrator.audio import Samples
    from narrator.proof.layout import Layout

_LONGEST = round(26.0 * RATE)
"""Samples of a stretch: the model hears 30 s at once."""

_MARGIN = round(0.15 * RATE)

EAR = Whisper()


@dataclass(frozen=True, slots=True)
class HeardWord:
    """A word as it was heard. start, end: seconds of the chapter."""

    text: str
    start: float
    end: float


def ear_facts() -> Mapping[str, str]:
    """What decides what is heard. Raises MissingError without the extra `proof`."""
    if not EAR.installed:
        raise MissingError(
            "there is nothing here that can transcribe.",
            hint="Type `pip install 'narrator[proof]'`, or `narrator proof --sound-only`.",
        )
    return EAR.fingerprint()


def stretches(layout: Layout) -> Iterator[tuple[int, int]]:
    """The chapter's lines in runs of at most 26 s: indices of the first, and one past the last. A line longer
    than that is a run of its own."""
    first = 0
    for index, line in enumerate(layout.lines):
        if index > first and line.end - layout.lines[first].start > _LONGEST:
            yield first, index
            first = index
    if layout.lines:
        yield first, len(layout.lines)


def hear(samples: Samples, start: int, end: int) -> list[HeardWord]:
    """The words in a range of a chapter. Raises MissingError without the extra `proof`."""
    first = max(0, start - _MARGIN)
    piece = Audio(samples[first : min(len(samples), end + _MARGIN)], RATE)
    offset = first / RATE
    return [HeardWord(text, offset + begins, offset + ends) for text, begins, ends in EAR.timed(piece)]


def weigh(samples: Samples, start: int, end: int, texts: Sequence[Sequence[str]]) -> list[list[float]]:
    """How likely each word of each text is in a range of a chapter, at most 30 s: logarithms."""
    piece = samples[max(0, start - _MARGIN) : min(len(samples), end + _MARGIN)]
    return EAR.weighed(Audio(piece, RATE), texts)
