"""A chapter as it ought to sound: its lines, beds and pauses in samples of the chapter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from narrator.audio import RATE


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line in its place.

    line: its physical line. start, end: samples at 44.1 kHz of the chapter. level: dB over or under the other
    lines that it is meant to have, None where nobody knows any more. take: the key of its take.
    """

    line: int
    character: str
    text: str
    voice: str
    start: int
    end: int
    level: float | None
    take: str

    def away(self, at: float) -> float:
        """Seconds from a moment (seconds) to the line, 0 inside it."""
        return max(self.start / RATE - at, at - self.end / RATE, 0.0)


@dataclass(frozen=True, slots=True)
class Bed:
    """Ambience from `start` to `end` (samples). level: dB relative to the voice while it speaks."""

    name: str
    start: int
    end: int
    level: float


@dataclass(frozen=True, slots=True)
class Layout:
    """A chapter laid out. length: samples. target: the level of the voice in LUFS. tone: dBFS RMS of the
    room tone under everything, as it was released. shots: where effects, music and the echoes of a space
    sound, each from its first sample to one past its last."""

    lines: tuple[Spoken, ...]
    beds: tuple[Bed, ...]
    length: int
    target: float
    tone: float
    shots: tuple[tuple[int, int], ...] = ()

    @property
    def gaps(self) -> Iterator[tuple[int, int, Spoken | None, Spoken | None]]:
        """What lies between lines: first sample, one past the last, the line before and the line after."""
        if self.lines:
            yield 0, self.lines[0].start, None, self.lines[0]
            yield from ((a.end, b.start, a, b) for a, b in pairwise(self.lines))
            yield self.lines[-1].end, self.length, self.lines[-1], None

    def nearest(self, at: float) -> Spoken | None:
        """The line in which a moment (seconds) lies, or the one nearest to it."""
        return min(self.lines, key=lambda line: line.away(at), default=None)

    def unfilled(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The parts of a range in which neither an effect, music nor an echo is heard."""
        for first, last in sorted(self.shots):
            if start < first < end:
                yield start, first
            if first < end:
                start = max(start, last)
        if start < end:
            yield start, end

    def shot_at(self, at: float) -> bool:
        """Whether an effect, music or an echo sounds at a moment (seconds)."""
        return any(first <= at * RATE < last for first, last in self.shots)

    def bed_at(self, start: int, end: int) -> Bed | None:
        """The loudest bed that touches this range."""
        touching = [bed for bed in self.beds if bed.start < end and start < bed.end]
        return max(touching, key=lambda bed: bed.level, default=None)
