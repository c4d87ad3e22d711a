"""The mix itself: takes and beds laid out by a timeline, in blocks, with memory that does not grow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import soxr
from numpy.typing import NDArray

from narrator.audio import DRY, GRID, RATE, gain
from narrator.errors import RenderError
from narrator.mixing.beds import Wind, room_tone
from narrator.mixing.ducking import Ducking
from narrator.mixing.envelope import STEP, ramped

if TYPE_CHECKING:
    from narrator.audio import Audio, Samples
    from narrator.mixing.spans import BedSpan
    from narrator.mixing.timeline import Clip, Timeline

BLOCK = 8 * GRID
"""Samples a block (1.7 s)."""

SOFT_EDGE = round(0.003 * RATE)
"""Samples over which a take's ends are faded, against clicks. At -50 dB there is nothing of it to miss."""

TONE_FADE = round(0.25 * RATE)
"""Samples over which the room tone comes and goes beside the dry edges."""

TONE_SEED = 1


def blocks(length: int) -> Iterator[tuple[int, int]]:
    """The ranges of samples in which a chapter of `length` samples is mixed."""
    for start in range(0, length, BLOCK):
        yield start, min(start + BLOCK, length)


class Dialogue:
    """The dialogue stem: each take fetched once, in order, when its first sample is due."""

    def __init__(self, clips: tuple[Clip, ...], take: Callable[[int], Audio]) -> None:
        self._clips = iter(clips)
        self._take = take
        self._next = next(self._clips, None)
        self._sound: Samples | None = None

    def render(self, start: int, end: int) -> Samples:
        """Samples `start` to `end` of the stem. Called with ranges in order and without gaps."""
        out = np.zeros(end - start, np.float32)
        while self._next is not None and self._next.start < end:
            clip = self._next
            if self._sound is None:
                self._sound = prepare(clip, self._take(clip.line))
            first, last = max(clip.start, start), min(clip.end, end)
            out[first - start : last - start] += self._sound[first - clip.start : last - clip.start]
            if clip.end > end:
                break
            self._next, self._sound = next(self._clips, None), None
        return out


def prepare(clip: Clip, audio: Audio) -> Samples:
    """A take as it lies in the mix: trimmed, at 44.1 kHz, its edges softened, at its gain.

    Raises RenderError where the take is not the one that was measured.
    """
    if audio.rate != clip.take_rate or len(audio.samples) < clip.take_end:
        raise RenderError(
            f"The take of line {clip.line} is not the one that was measured.",
            hint="Type narrator store verify.",
        )
    kept = audio.samples[clip.take_start : clip.take_end]
    sound = kept if audio.rate == RATE else soxr.resample(kept, audio.rate, RATE, quality="HQ")
    out = np.zeros(clip.length, np.float32)
    have = min(len(sound), clip.length)
    np.multiply(sound[:have], np.float32(gain(clip.gain)), out=out[:have])
    edge = min(SOFT_EDGE, clip.length // 2)
    if edge:
        rise = np.sin(np.pi / 2 * (np.arange(edge, dtype=np.float32) + 0.5) / edge) ** 2
        out[:edge] *= rise
        out[-edge:] *= rise[::-1]
    return out


class Ambience:
    """The ambience stem: beds under their fades, ducked beneath the voice, and the room tone."""

    def __init__(self, timeline: Timeline, *, beds: bool, room_tone_level: float | None) -> None:
        self._spans = list(timeline.beds) if beds else []
        self._winds: dict[BedSpan, Wind] = {}
        self._ducking = Ducking(timeline.clips)
        self._length = timeline.length
        self._target = timeline.target
        self._tone: Samples | None = None
        if room_tone_level is not None:
            self._tone = room_tone(TONE_SEED) * np.float32(gain(room_tone_level))

    def render(self, start: int, end: int) -> Samples:
        """Samples `start` to `end` of the stem. Called with ranges in order and without gaps."""
        out = np.zeros(end - start, np.float32)
        points = np.arange(start, end + STEP, STEP)
        ducked = None
        for span in [span for span in self._spans if span.start < end]:
            if ducked is None:
                ducked = self._ducking.at(points)
            self._add_bed(out, start, span, ramped(ducked * fades(span, points) * self._loudness(span)))
            if span.end <= end:
                self._spans.remove(span)
                self._winds.pop(span, None)
        if self._tone is not None:
            self._add_room(out, start, self._tone)
        return out

    def _loudness(self, span: BedSpan) -> float:
        return gain(self._target + span.level)

    def _add_bed(self, out: Samples, start: int, span: BedSpan, envelope: Samples) -> None:
        if span not in self._winds:
            self._winds[span] = Wind(span.name, span.seed, span.gust)
        first, last = max(span.start, start) - start, min(span.end - start, len(out))
        out[first:last] += self._winds[span].read(last - first) * envelope[first:last]

    def _add_room(self, out: Samples, start: int, tone: Samples) -> None:
        """Add the room tone, which comes and goes beside the dry edges."""
        done = 0
        while done < len(out):
            place = (start + done) % len(tone)
            part = tone[place : place + len(out) - done]
            out[done : done + len(part)] += part * self._presence(start + done, len(part))
            done += len(part)

    def _presence(self, start: int, count: int) -> Samples | np.float32:
        """How much of the room tone there is: 0 at the dry edges, 1 inside."""
        first, last = DRY, self._length - DRY
        if start >= first + TONE_FADE and start + count <= last - TONE_FADE:
            return np.float32(1)
        at = np.arange(start, start + count)
        nearest = np.minimum(at - first, last - 1 - at)
        return np.clip(nearest / TONE_FADE, 0, 1).astype(np.float32)


def fades(span: BedSpan, points: NDArray[np.int64]) -> Samples:
    """The factor of a bed's fades at `points` (samples): equal power, so that a crossfade holds its level."""
    rise = np.clip((points - span.start) / max(span.fade_in, 1), 0, 1)
    fall = np.clip((span.end - points) / max(span.fade_out, 1), 0, 1)
    return (np.sin(np.pi / 2 * rise) * np.sin(np.pi / 2 * fall)).astype(np.float32)
