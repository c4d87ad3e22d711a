"""The mix itself: takes and beds laid out by a timeline, in blocks, with memory that does not grow."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from narrator.audio import DRY, GRID, RATE, gain
from narrator.errors import RenderError
from narrator.mixing.ducking import Ducking
from narrator.mixing.edges import SOFT_EDGE, softened
from narrator.mixing.envelope import STEP, ramped
from narrator.mixing.layers import BedLayer, ShotLayer
from narrator.mixing.noise import room_tone
from narrator.mixing.spaces import heard_in

if TYPE_CHECKING:
    from narrator.audio import Audio, Samples
    from narrator.mixing.layers import Source
    from narrator.mixing.sounds import Sound
    from narrator.mixing.timeline import Clip, Timeline

BLOCK = 8 * GRID
"""Samples a block (1.7 s)."""

TONE_FADE = round(0.25 * RATE)
"""Samples over which the room tone comes and goes beside the dry edges."""

TONE_SEED = 1

_LAST_ECHO = round(0.05 * RATE)
"""Samples over which echoes fade where a chapter ends before they do."""


def blocks(length: int) -> Iterator[tuple[int, int]]:
    """The ranges of samples in which a chapter of `length` samples is mixed."""
    for start in range(0, length, BLOCK):
        yield start, min(start + BLOCK, length)


class Dialogue:
    """The dialogue stem: each take fetched once, in order, when its first sample is due."""

    def __init__(self, timeline: Timeline, take: Callable[[int], Audio]) -> None:
        self._clips = deque(sorted(timeline.clips, key=_begins))
        self._take = take
        self._last = timeline.length - DRY
        self._sounding: list[tuple[int, Samples]] = []

    def render(self, start: int, end: int) -> Samples:
        """Samples `start` to `end` of the stem. Called with ranges in order and without gaps."""
        while self._clips and _begins(self._clips[0]) < end:
            clip = self._clips.popleft()
            sound, before = prepare(clip, self._take(clip.line))
            begins = clip.start - clip.late - before
            if clip.space:
                sound = _before(heard_in(clip.space, sound), self._last - begins)
            self._sounding.append((begins, sound))
        out = np.zeros(end - start, np.float32)
        for begins, sound in self._sounding:
            first, last = max(begins, start), min(begins + len(sound), end)
            out[first - start : last - start] += sound[first - begins : last - begins]
        self._sounding = [(begins, sound) for begins, sound in self._sounding if begins + len(sound) > end]
        return out


def _begins(clip: Clip) -> int:
    """The first sample in which its sound may lie, heard or not."""
    return clip.start - clip.late - SOFT_EDGE - 1


def _before(sound: Samples, room: int) -> Samples:
    """`sound` with its echoes faded away where the chapter ends, `room` samples on."""
    if len(sound) <= room:
        return sound
    cut = sound[:room].copy()
    fade = min(_LAST_ECHO, room)
    cut[room - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    return cut


def prepare(clip: Clip, audio: Audio) -> tuple[Samples, int]:
    """A take as it lies in the mix: trimmed, at 44.1 kHz, its edges softened, at its gain.

    The second value: how many samples lie before its `take_start`, of what was trimmed away.
    Raises RenderError where the take is not the one that was measured.
    """
    if audio.rate != clip.take_rate or len(audio.samples) < clip.take_end:
        raise RenderError(
            f"The take of line {clip.line} is not the one that was measured.",
            hint="Type narrator store verify.",
        )
    sound, before = softened(audio, clip.take_start, clip.take_end)
    return sound * np.float32(gain(clip.gain)), before


class Ambience:
    """The ambience stem: beds under their fades, ducked beneath the voice, what is heard once, and the room
    tone. side: the half of stereo that mono does not hear, which has no room tone."""

    def __init__(
        self,
        timeline: Timeline,
        sounds: Mapping[str, Sound],
        *,
        beds: bool,
        room_tone_level: float | None,
        side: bool = False,
    ) -> None:
        spans = timeline.beds if beds else ()
        self._layers: list[BedLayer | ShotLayer] = [
            *(BedLayer(span, timeline.target, sounds, side=side) for span in spans),
            *(ShotLayer(shot, timeline.target, sounds, side=side) for shot in timeline.shots),
        ]
        self._sources: dict[BedLayer | ShotLayer, Source] = {}
        self._ducking = Ducking(timeline.clips)
        self._length = timeline.length
        self._tone: Samples | None = None
        if room_tone_level is not None and not side:
            self._tone = room_tone(TONE_SEED) * np.float32(gain(room_tone_level))

    def render(self, start: int, end: int) -> Samples:
        """Samples `start` to `end` of the stem. Called with ranges in order and without gaps."""
        out = np.zeros(end - start, np.float32)
        points = np.arange(start, end + STEP, STEP)
        for layer in [layer for layer in self._layers if layer.start < end]:
            self._add(out, start, layer, ramped(layer.envelope(points, self._ducking)))
            if layer.end <= end:
                self._layers.remove(layer)
                self._sources.pop(layer, None)
        if self._tone is not None:
            self._add_room(out, start, self._tone)
        return out

    def _add(self, out: Samples, start: int, layer: BedLayer | ShotLayer, envelope: Samples) -> None:
        if layer not in self._sources:
            self._sources[layer] = layer.source()
        first, last = max(layer.start, start) - start, min(layer.end - start, len(out))
        out[first:last] += self._sources[layer].read(last - first) * envelope[first:last]

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
