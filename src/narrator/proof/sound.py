"""What can be heard to be wrong without understanding a word: levels, noise, gaps, beds."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from narrator.audio import RATE
from narrator.proof.findings import Code, Finding
from narrator.proof.frames import FRAME, Frames, seconds
from narrator.proof.layout import Bed, Layout, Spoken

LEVEL, AMONG_VOICES = 3.5, 4.5
"""dB that a line may be beside the others of its voice (the house voices: within 2.8), and beside all others
where its voice has too few: the RMS of two voices of the same loudness differs by up to 2 dB."""

LOUDER = 0.9
"""dB by which less is allowed to the loud side: there the limiter takes back half of what is too much, and of
672 sound lines of two books the loudest is 1.8 over the others of its voice."""

_LEVELLED = round(0.4 * RATE)
"""Shorter lines have too little speech for their level to mean much."""

LOUD_FLOOR = 12.0
"""dB over the room tone at which the quiet between lines is noise: what codecs add stays under 6."""

_FADES = round(0.08 * RATE)
_HEARD = round(0.15 * RATE)

TAIL_UNDER, TAIL_OVER_BED = 36.0, 14.0
"""dB under a line at which it is taken to be silent: in the quiet, and where a bed lies under it."""

LATE, LATE_OVER_BED = 0.2, 0.35
"""Seconds that a line may seem to begin late or end early, since its edges are soft."""

STALL = 1.2
"""Seconds of silence inside a line that no reader makes."""

BED_FORWARD = 8.0
"""dB that a bed comes forward in pauses (docs/sound.md)."""

_FORWARD = 75

BED_OVER = 6.0
"""dB that a bed may be over its level: gusts rise by that much for a second or two."""


def levels(frames: Frames, layout: Layout) -> Iterator[Finding]:
    """Lines too loud or too quiet beside the others of the chapter."""
    measured = [
        (line, frames.speech(line.start, line.end) - line.level)
        for line in layout.lines
        if line.level is not None and line.end - line.start >= _LEVELLED
    ]
    if len(measured) < 3:
        return
    usual = statistics.median(level for _, level in measured)
    for line, level in measured:
        own = [other for them, other in measured if them.voice == line.voice]
        away, allowed = level - usual, AMONG_VOICES
        if len(own) >= 3:
            away, allowed = level - statistics.median(own), LEVEL
        if not -allowed <= away <= allowed - LOUDER:
            words = "louder" if away > 0 else "quieter"
            yield _of(line, "level", f"it is {abs(away):.1f} dB {words} than it should be", "retake")


def floor(frames: Frames, layout: Layout) -> Iterator[Finding]:
    """Noise in the pauses where no bed lies."""
    for start, end, line in _pauses(layout, _FADES, _FADES):
        if end - start < _HEARD or layout.bed_at(start, end):
            continue
        level = float(np.median(frames.between(start, end)))
        if level > layout.tone + LOUD_FLOOR:
            yield Finding(
                "noise-floor",
                line.line if line else 0,
                start / RATE,
                end / RATE,
                f"the pause is at {level:.0f} dBFS, {level - layout.tone:.0f} dB over the room tone",
                "Listen to the takes beside it; a noisy voice needs another sample.",
            )


def _pauses(layout: Layout, after: int, before: int) -> Iterator[tuple[int, int, Spoken | None]]:
    """The pauses as far as nothing should be heard in them but a bed: without `after` samples at their
    beginning, and `before` at their end, and the line beside each."""
    for start, end, previous, following in layout.gaps:
        for first, last in layout.unfilled(start + after, end - before):
            yield first, last, previous or following


def gaps(frames: Frames, layout: Layout) -> Iterator[Finding]:
    """Pauses that are not as long as the timeline says, and silences inside a line."""
    for line in layout.lines:
        bed = layout.bed_at(line.start, line.end)
        quiet = frames.speech(line.start, line.end) - (TAIL_OVER_BED if bed else TAIL_UNDER)
        heard = frames.between(line.start, line.end) > quiet
        if not heard.any():
            yield _of(line, "gap", "nothing is heard of it", "retake")
            continue
        late = LATE_OVER_BED if bed else LATE
        first, last = int(np.argmax(heard)), len(heard) - 1 - int(np.argmax(heard[::-1]))
        if seconds(first) > late:
            yield _of(line, "gap", f"it begins {seconds(first):.2f} s late", "render")
        if seconds(len(heard) - 1 - last) > late:
            yield _of(line, "gap", f"it ends {seconds(len(heard) - 1 - last):.2f} s early", "render")
        stall = _longest(~heard[first : last + 1])
        if seconds(stall) > STALL:
            yield _of(line, "gap", f"there is a silence of {seconds(stall):.2f} s in it", "retake")


def spoken_gaps(frames: Frames, layout: Layout) -> Iterator[Finding]:
    """Speech where there should be none."""
    for start, end, before, after in layout.gaps:
        near = [frames.speech(line.start, line.end) for line in (before, after) if line]
        line = after or before
        for first, last in layout.unfilled(start + _FADES // 2, end - _FADES // 4):
            under = TAIL_OVER_BED if layout.bed_at(first, last) else 26.0
            sounding = seconds(_longest(frames.between(first, last) > min(near) - under))
            if line and sounding > 0.06:
                yield Finding(
                    "gap",
                    line.line,
                    first / RATE,
                    last / RATE,
                    f"something sounds for {sounding:.2f} s in the pause of {(end - start) / RATE:.2f} s",
                    "Render the chapter again.",
                )


def beds(frames: Frames, layout: Layout) -> Iterator[Finding]:
    """Beds louder than they were asked to be, heard in the pauses."""
    for bed in layout.beds:
        heard = [
            frames.between(max(start, bed.start), min(end, bed.end))
            for start, end, _ in _pauses(layout, _FADES, _FADES)
            if min(end, bed.end) - max(start, bed.start) >= _HEARD
        ]
        near = [line for line in layout.lines if line.start < bed.end and bed.start < line.end]
        voices = [frames.speech(line.start, line.end) - (line.level or 0.0) for line in near]
        if not heard or not voices:
            continue
        # Short pauses keep the bed back, so its louder frames tell; the loudest may be a line that strayed.
        under = statistics.median(voices) - float(np.percentile(np.concatenate(heard), _FORWARD))
        allowed = -(bed.level + BED_FORWARD + BED_OVER)
        if under < allowed:
            yield _too_loud(bed, near, under)


def _too_loud(bed: Bed, near: Sequence[Spoken], under: float) -> Finding:
    return Finding(
        "bed",
        near[0].line,
        bed.start / RATE,
        bed.end / RATE,
        f"the bed “{bed.name}” is {under:.0f} dB under the voice in pauses, asked was"
        f" {-(bed.level + BED_FORWARD):.0f}",
        "Lower its level in the cue: [bed … level=-34].",
    )


def _longest(flags: NDArray[np.bool_]) -> int:
    """The longest run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def _of(line: Spoken, code: Code, what: str, do: str) -> Finding:
    advice = {"retake": "Order a retake of this line.", "render": "Render the chapter again."}[do]
    return Finding(code, line.line, line.start / RATE, line.end / RATE, what, advice)


__all__ = ["FRAME", "beds", "floor", "gaps", "levels", "spoken_gaps"]
