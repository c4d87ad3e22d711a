"""What lies under and between the lines: each bed, effect and piece of music under its own envelope."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from narrator.audio import RATE, Audio, gain
from narrator.errors import RenderError
from narrator.mixing.beds import Bed
from narrator.mixing.cues import is_file
from narrator.mixing.effects import made_effect
from narrator.mixing.levels import LOUDNESS_OF_LEVEL
from narrator.mixing.measure import measure
from narrator.mixing.sounds import Loop, Once, Sound

if TYPE_CHECKING:
    from narrator.audio import Samples
    from narrator.mixing.ducking import Ducking
    from narrator.mixing.shots import Shot
    from narrator.mixing.spans import BedSpan


class Source(Protocol):
    """An endless sound of 0 LUFS."""

    def read(self, count: int) -> Samples:
        """The next `count` samples."""
        ...


class BedLayer:
    """A bed from its first sample to its last. side: the half of stereo that mono does not hear."""

    def __init__(self, span: BedSpan, target: float, sounds: Mapping[str, Sound], *, side: bool) -> None:
        self.start, self.end = span.start, span.end
        self._span, self._loudness = span, gain(target + span.level)
        self._sounds, self._side = sounds, side

    def source(self) -> Source:
        """What it sounds of, from its beginning."""
        span = self._span
        if is_file(span.name):
            return Loop(span.name, _found(self._sounds, span.name), side=self._side)
        return Bed(span.name, span.seed, gust=span.gust, busy=span.busy, side=self._side)

    def envelope(self, points: NDArray[np.int64], ducking: Ducking) -> Samples:
        """Its factor at `points` (samples of the chapter)."""
        factor: Samples = ducking.at(points) * fades(self._span, points) * self._loudness
        return factor


class ShotLayer:
    """An effect or a piece of music, heard once."""

    def __init__(self, shot: Shot, target: float, sounds: Mapping[str, Sound], *, side: bool) -> None:
        self.start, self.end = shot.start, shot.end
        self._shot, self._loudness = shot, gain(target + shot.level)
        self._sounds, self._side = sounds, side

    def source(self) -> Source:
        """What it sounds of, from its beginning."""
        name = self._shot.name
        if is_file(name):
            return Once(_found(self._sounds, name), side=self._side)
        if self._side:
            return _Made(np.zeros(0, np.float32))
        return _Made(_levelled(name, self._shot.seed))

    def envelope(self, points: NDArray[np.int64], ducking: Ducking) -> Samples:
        """Its factor at `points` (samples of the chapter)."""
        factor: Samples = ducking.under(points, self._shot.duck) * fades(self._shot, points) * self._loudness
        return factor


class _Made:
    """An effect of narrator's, from memory: it is short."""

    def __init__(self, samples: Samples) -> None:
        self._rest = samples

    def read(self, count: int) -> Samples:
        part, self._rest = self._rest[:count], self._rest[count:]
        return np.pad(part, (0, count - len(part)))


def _levelled(name: str, seed: int) -> Samples:
    """narrator's effect at 0 LUFS, by its loudest parts where it is short."""
    sound = made_effect(name, seed)
    measured = measure(Audio(sound, RATE))
    loudness = measured.level + LOUDNESS_OF_LEVEL if measured.loudness is None else measured.loudness
    levelled: Samples = sound * np.float32(gain(-loudness))
    return levelled


def _found(sounds: Mapping[str, Sound], name: str) -> Sound:
    if name not in sounds:
        raise RenderError(f"Nobody brought sounds/{name}.", hint="Type narrator render.")
    return sounds[name]


def fades(span: BedSpan | Shot, points: NDArray[np.int64]) -> Samples:
    """The factor of the fades at `points` (samples): equal power, so that a crossfade holds its level."""
    rise = np.clip((points - span.start) / max(span.fade_in, 1), 0, 1)
    fall = np.clip((span.end - points) / max(span.fade_out, 1), 0, 1)
    return (np.sin(np.pi / 2 * rise) * np.sin(np.pi / 2 * fall)).astype(np.float32)
