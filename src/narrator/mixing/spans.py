"""Where the beds of a chapter lie: each from its cue to the next one, coming and going by fades."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zlib import crc32

from narrator.audio import DRY, RATE
from narrator.book import Cue
from narrator.mixing.cues import NO_BED, bed_name, bed_options

BED_LEVEL = -28.0
"""dB of a bed relative to the voice while it speaks (WCAG 2.2 technique G56 asks for -20 or less)."""

FADE_IN, FADE_OUT, CROSSFADE = 2.0, 3.0, 2.0
"""Seconds over which a bed comes, goes, or gives way to another."""


@dataclass(frozen=True, slots=True)
class BedSpan:
    """One bed from its first sample to one past its last, at 44.1 kHz, fades (samples) included.

    level: dB relative to the voice while it speaks. gust: 0 to 1, None for the bed's own.
    """

    name: str
    seed: int
    level: float
    gust: float | None
    start: int
    end: int
    fade_in: int
    fade_out: int


@dataclass(frozen=True, slots=True)
class _Change:
    """What a bed cue changes, from sample `at` on."""

    at: int
    name: str
    seed: int
    options: Mapping[str, float]

    def fade(self, usual: float) -> int:
        """Samples that this change takes."""
        return round(self.options.get("fade", usual) * RATE)


def lay_beds(cues: Iterable[tuple[int, Cue]], length: int, level: float) -> tuple[BedSpan, ...]:
    """The spans that bed cues at their samples make in a chapter of `length` samples.

    They end before the dry edge. Of several cues at one sample the last counts; all count for the seeds, so a
    bed keeps its sound when a cue beside it comes or goes.
    """
    changes = _changes(cues)
    closing = _Change(length - DRY - round(FADE_OUT * RATE), NO_BED, 0, {})
    spans = []
    for index, change in enumerate(changes):
        if change.name == NO_BED:
            continue
        crossed = index > 0 and changes[index - 1].name != NO_BED
        after = changes[index + 1] if index + 1 < len(changes) else closing
        fade_out = after.fade(FADE_OUT if after.name == NO_BED else CROSSFADE)
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
            )
        )
    return tuple(spans)


def _changes(cues: Iterable[tuple[int, Cue]]) -> list[_Change]:
    counts, changes = Counter[str](), dict[int, _Change]()
    for at, cue in cues:
        name = bed_name(cue)
        counts[name] += 1
        seed = crc32(f"{name} {counts[name]}".encode())
        changes[at] = _Change(at, name, seed, bed_options(cue))
    return list(changes.values())
