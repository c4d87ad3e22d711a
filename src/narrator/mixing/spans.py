"""Where the beds of a chapter lie: each from its cue to the next one, coming and going by fades."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zlib import crc32

from narrator.audio import DRY, RATE
from narrator.book import Cue
from narrator.mixing.catalogue import NONE
from narrator.mixing.cues import cue_name, cue_options

BED_LEVEL = -28.0
"""dB of a bed relative to the voice while it speaks (WCAG 2.2 technique G56 asks for -20 or less)."""

FADE_IN, FADE_OUT, CROSSFADE = 2.0, 3.0, 2.0
"""Seconds over which a bed comes, goes, or gives way to another."""

SHORTEST_FADE = 0.02
"""Seconds that every change takes at least, also where the script says 0: less would click."""


@dataclass(frozen=True, slots=True)
class BedSpan:
    """One bed from its first sample to one past its last, at 44.1 kHz, fades (samples) included.

    name: one of BEDS, or a file in sounds/. level: dB relative to the voice while it speaks. gust, busy: as
    the script says, None for the bed's own.
    """

    name: str
    seed: int
    level: float
    gust: float | None
    start: int
    end: int
    fade_in: int
    fade_out: int
    busy: float | None = None


@dataclass(frozen=True, slots=True)
class _Change:
    """What a bed cue changes, from sample `at` on."""

    at: int
    name: str
    seed: int
    options: Mapping[str, float]

    def fade(self, usual: float) -> int:
        """Samples that this change takes."""
        return round(max(self.options.get("fade", usual), SHORTEST_FADE) * RATE)


def lay_beds(cues: Iterable[tuple[int, Cue]], length: int, level: float) -> tuple[BedSpan, ...]:
    """The spans that bed cues at their samples make in a chapter of `length` samples.

    They end before the dry edge. Of several cues at one sample the last counts; all count for the seeds, so a
    bed keeps its sound when a cue beside it comes or goes.
    """
    changes = _changes(cues)
    closing = _Change(length - DRY - round(FADE_OUT * RATE), NONE, 0, {})
    spans = []
    for index, change in enumerate(changes):
        if change.name == NONE:
            continue
        crossed = index > 0 and changes[index - 1].name != NONE
        after = changes[index + 1] if index + 1 < len(changes) else closing
        fade_out = after.fade(FADE_OUT if after.name == NONE else CROSSFADE)
        end = min(max(after.at, change.at) + fade_out, length - DRY)
        spans.append(
            BedSpan(
                name=change.name,
                seed=change.seed,
                level=change.options.get("level", level),
                gust=change.options.get("gust"),
                start=change.at,
                end=end,
                fade_in=min(change.fade(CROSSFADE if crossed else FADE_IN), end - change.at),
                fade_out=min(fade_out, end - change.at),
                busy=change.options.get("busy"),
            )
        )
    return tuple(spans)


def _changes(cues: Iterable[tuple[int, Cue]]) -> list[_Change]:
    """The changes in order; one that comes early comes after the change before it all the same."""
    counts, changes, earliest = Counter[str](), dict[int, _Change](), DRY
    for place, cue in cues:
        name, options = cue_name(cue), cue_options(cue)
        at = earliest = max(place - round(options.get("early", 0.0) * RATE), earliest)
        counts[name] += 1
        changes[at] = _Change(at, name, crc32(f"{name} {counts[name]}".encode()), options)
    return list(changes.values())
