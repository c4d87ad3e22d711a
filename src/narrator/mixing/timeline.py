"""The timeline of a chapter: which line starts at which sample, how loud, and which bed lies under it.

It is computed from the script and the measures of the takes alone, without touching any sound, so it can be
compared, stored and shown (captions, read-along) before a single sample is mixed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any

from narrator.audio import DRY, GRID, RATE
from narrator.book import NARRATOR, Chapter, Cue, Element, Heading, Line
from narrator.errors import RenderError
from narrator.mixing.cues import check_cue, pause_seconds
from narrator.mixing.levels import levelling
from narrator.mixing.measure import Measure
from narrator.mixing.pauses import Pauses
from narrator.mixing.placing import Placing
from narrator.mixing.shots import Shot, Shots
from narrator.mixing.spans import BED_LEVEL, BedSpan, lay_beds

EDGE = 0.02
"""Seconds at the least between a chapter's dry edge and its first or last line."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One take in its place.

    line: its physical line in the script. start, length: where it is heard, in samples at 44.1 kHz. gain: dB.
    take_start, take_end, take_rate: the kept part of the take, in the take's own samples. space: where it is
    heard, one of SPACES, empty for nowhere in particular; its echoes lie beyond `length`. late: samples at
    44.1 kHz from `take_start` to where it is heard.
    """

    line: int
    start: int
    length: int
    gain: float
    take_start: int
    take_end: int
    take_rate: int
    space: str = ""
    late: int = 0

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
    shots: tuple[Shot, ...] = ()

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
    sounds: Mapping[str, int] = MappingProxyType({}),
) -> Timeline:
    """Lay out a chapter.

    measures: by element number from 1; the heading has one only where it is spoken, a line without a word
    none. levels: dB above or below the other voices, by element number, 0 where absent. target: LUFS.
    sounds: samples of each of the producer's files that the chapter plays.
    Raises ScriptError for a cue it does not understand, RenderError where a line with words has no measure.
    """
    clips: list[Clip] = []
    heard = _Heard(Shots(sounds), max(DRY, _samples(pauses.before)) + _samples(EDGE))
    before: Line | Heading | None = None
    end = 0
    for between, number, element in _spoken(chapter, measures):
        free = heard.follow(between, end)
        head = DRY + _samples(EDGE) + max(measures[number].late, 0)
        start = max(end + _gap(before, between, element, pauses), head, free)
        who = element.character if isinstance(element, Line) else NARRATOR
        offset = levels.get(number, 0.0)
        clips.append(_clip(number, start, measures[number], offset, target, heard.placing.of(who)))
        before, end = element, clips[-1].end
    rest = chapter.elements[clips[-1].line :] if clips else chapter.elements
    heard.follow(rest, end)
    softened = max(measures[clips[-1].line].early, 0) if clips else 0
    tail = max(_last_pause(rest, pauses.tail), DRY + _samples(EDGE) + softened)
    after = max(DRY, _samples(pauses.after)) + _samples(EDGE)
    last = max([end + tail, *(shot.end + after for shot in heard.shots.laid)])
    length = -(-last // GRID) * GRID
    beds = lay_beds(heard.beds, length, bed_level)
    return Timeline(tuple(clips), beds, length, target, tuple(heard.shots.laid))


@dataclass(slots=True)
class _Heard:
    """What is heard beside the lines, gathered as the chapter goes on. earliest: the sample before which no
    effect and no music begins."""

    shots: Shots
    earliest: int
    beds: list[tuple[int, Cue]] = field(default_factory=list)
    placing: Placing = field(default_factory=Placing)

    def follow(self, between: tuple[Element, ...], end: int) -> int:
        """Take in the cues after the line that ends at sample `end`; give the sample before which no line may
        come, 0 where they ask for none."""
        at = end
        for cue in (element for element in between if isinstance(element, Cue)):
            if cue.name == "bed":
                self.beds.append((max(at, DRY), cue))
            elif cue.name == "space":
                self.placing.follow(cue)
            elif cue.name != "pause":
                at = self.shots.lay(cue, at, self.earliest)
        return at if at > end else 0


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


def _clip(number: int, start: int, measured: Measure, offset: float, target: float, space: str) -> Clip:
    return Clip(
        line=number,
        start=start,
        length=measured.heard,
        gain=round(levelling(measured, target) + offset, 3),
        take_start=measured.start,
        take_end=measured.end,
        take_rate=measured.rate,
        space=space,
        late=measured.late,
    )


def _samples(seconds: float) -> int:
    return round(seconds * RATE)
