"""The timeline of a chapter: which line starts at which sample, how loud, and which bed lies under it.

It is computed from the script and the measures of the takes alone, without touching any sound, so it can be
compared, stored and shown (captions, read-along) before a single sample is mixed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from narrator.audio import DRY, GRID, RATE
from narrator.book import Chapter, Cue, Element, Heading, Line
from narrator.errors import RenderError
from narrator.mixing.cues import check_cue, pause_seconds
from narrator.mixing.levels import levelling
from narrator.mixing.measure import Measure
from narrator.mixing.pauses import Pauses
from narrator.mixing.spans import BED_LEVEL, BedSpan, lay_beds

EDGE = 0.02
"""Seconds at the least between a chapter's dry edge and its first or last line."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One take in its place.

    line: its physical line in the script. start, length: samples at 44.1 kHz. gain: dB.
    take_start, take_end, take_rate: the kept part of the take, in the take's own samples.
    """

    line: int
    start: int
    length: int
    gain: float
    take_start: int
    take_end: int
    take_rate: int

    @property
    def end(self) -> int:
        """One past its last sample."""
        return self.start + self.length


@dataclass(frozen=True, slots=True)
class Timeline:
    """A chapter laid out. `length` is in samples at 44.1 kHz and a multiple of GRID; `target` is the level of
    the voice in LUFS."""

    clips: tuple[Clip, ...]
    beds: tuple[BedSpan, ...]
    length: int
    target: float

    def as_facts(self) -> dict[str, Any]:
        """The timeline as JSON holds it."""
        return asdict(self)


def timeline(
    chapter: Chapter,
    measures: Mapping[int, Measure],
    *,
    pauses: Pauses = Pauses(),  # noqa: B008  frozen
    levels: Mapping[int, float],
    bed_level: float = BED_LEVEL,
    target: float,
) -> Timeline:
    """Lay out a chapter.

    measures: by element number from 1; the heading has one only where it is spoken, a line without a word
    none. levels: dB above or below the other voices, by element number, 0 where absent. target: LUFS.
    Raises ScriptError for a cue it does not understand, RenderError where a line with words has no measure.
    """
    clips: list[Clip] = []
    beds: list[tuple[int, Cue]] = []
    before: Line | Heading | None = None
    end = 0
    for between, number, element in _spoken(chapter, measures):
        beds += [(max(end, DRY), cue) for cue in _cues(between, "bed")]
        start = max(end + _gap(before, between, element, pauses), DRY + _samples(EDGE))
        clips.append(_clip(number, start, measures[number], levels.get(number, 0.0), target))
        before, end = element, clips[-1].end
    rest = chapter.elements[clips[-1].line :] if clips else chapter.elements
    beds += [(max(end, DRY), cue) for cue in _cues(rest, "bed")]
    tail = max(_last_pause(rest, pauses.tail), DRY + _samples(EDGE))
    length = -(-(end + tail) // GRID) * GRID
    return Timeline(tuple(clips), lay_beds(beds, length, bed_level), length, target)


def _spoken(
    chapter: Chapter, measures: Mapping[int, Measure]
) -> Iterator[tuple[tuple[Element, ...], int, Line | Heading]]:
    """Each spoken element with its number and the elements between it and the one before."""
    between: list[Element] = []
    for number, element in enumerate(chapter.elements, 1):
        if isinstance(element, Cue):
            check_cue(element)
        if isinstance(element, Line | Heading) and number in measures:
            yield tuple(between), number, element
            between = []
            continue
        if isinstance(element, Line) and has_words(element):
            raise RenderError(
                f"Line {number} of “{chapter.title}” has no take.", hint="Type narrator render."
            )
        between.append(element)


def has_words(line: Line) -> bool:
    """Whether a line holds anything to say, a letter or a digit. One without is a beat of silence."""
    return any(letter.isalnum() for piece in line.pieces for letter in piece.said or piece.written)


def _gap(
    before: Line | Heading | None, between: tuple[Element, ...], after: Line | Heading, pauses: Pauses
) -> int:
    """Samples of silence before `after`; `before` is None at the head of the chapter."""
    rule = pauses.head if before is None else pauses.between(before, between, after)
    return _last_pause(between, rule)


def _last_pause(elements: tuple[Element, ...], otherwise: float) -> int:
    """Samples that the last `[pause]` among `elements` asks for, else `otherwise` (seconds)."""
    cues = _cues(elements, "pause")
    return _samples(pause_seconds(cues[-1]) if cues else otherwise)


def _cues(elements: tuple[Element, ...], name: str) -> list[Cue]:
    return [element for element in elements if isinstance(element, Cue) and element.name == name]


def _clip(number: int, start: int, measured: Measure, offset: float, target: float) -> Clip:
    kept = measured.end - measured.start
    return Clip(
        line=number,
        start=start,
        length=-(-kept * RATE // measured.rate),
        gain=round(levelling(measured, target) + offset, 3),
        take_start=measured.start,
        take_end=measured.end,
        take_rate=measured.rate,
    )


def _samples(seconds: float) -> int:
    return round(seconds * RATE)
