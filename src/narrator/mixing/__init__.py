"""Mixing: takes become the stems of a chapter, laid out, levelled, with ambience under them.

measures = {number: measure(take)}         once a take, beside its recording
plan = timeline(chapter, measures, ...)    where everything lies; no sound is touched
for block in mix(plan, take): ...          float32 stems at 44.1 kHz, in blocks
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from narrator.mixing.cues import BEDS, check_cue
from narrator.mixing.delivery import delivery_level
from narrator.mixing.measure import Measure, measure
from narrator.mixing.pauses import Pauses
from narrator.mixing.spans import BED_LEVEL, BedSpan
from narrator.mixing.timeline import Clip, Timeline, has_words, timeline

if TYPE_CHECKING:
    from narrator.audio import Audio, Samples

__all__ = [
    "BEDS",
    "BED_LEVEL",
    "REVISION",
    "ROOM_TONE",
    "BedSpan",
    "Clip",
    "Measure",
    "Pauses",
    "Stems",
    "Timeline",
    "check_cue",
    "delivery_level",
    "has_words",
    "measure",
    "mix",
    "timeline",
]

REVISION = 1
"""Part of every mix's key: raised when the same timeline and takes would sound different."""

ROOM_TONE = -72.0
"""dBFS RMS of the floor under everything: ACX wants it under -60, and its checker warns under -90."""


@dataclass(frozen=True, slots=True, eq=False)
class Stems:
    """A block of a chapter, one array a stem: float32, 44.1 kHz, equally long."""

    dialogue: Samples
    ambience: Samples

    @property
    def mix(self) -> Samples:
        """The stems' sum."""
        return self.dialogue + self.ambience


def mix(
    plan: Timeline,
    take: Callable[[int], Audio],
    *,
    beds: bool = True,
    room_tone: float | None = ROOM_TONE,
) -> Iterator[Stems]:
    """Mix a chapter in blocks, `plan.length` samples in all.

    take: gives the take of a line, by its number; called once a clip, in order. beds: False leaves them out.
    room_tone: dBFS RMS, None for none. The first and last DRY samples are digital zero in both stems.
    Raises RenderError where a take is not the one that was measured.
    """
    from narrator.mixing.mixer import Ambience, Dialogue, blocks

    dialogue = Dialogue(plan.clips, take)
    ambience = Ambience(plan, beds=beds, room_tone_level=room_tone)
    for start, end in blocks(plan.length):
        yield Stems(dialogue.render(start, end), ambience.render(start, end))
