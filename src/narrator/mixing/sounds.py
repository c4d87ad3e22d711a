"""A producer's own sounds: brought to 44.1 kHz once, measured, and read in blocks ever after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from narrator import ffmpeg
from narrator.audio import RATE, Audio, HighPass, cancels
from narrator.errors import EngineError, RenderError
from narrator.mixing.levels import LOUDNESS_OF_LEVEL
from narrator.mixing.measure import measure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from narrator.audio import Samples

LONGEST: Final = 600.0
"""Seconds of a file that are taken: the rest of a longer one is not heard. A bed is looped."""

SEAM: Final = 2.0
"""Seconds over which the end of a looped file gives way to its beginning."""

SHORTEST_BED: Final = 0.5
"""Seconds: a shorter sound would be heard as a buzz when it goes round."""

_PORTION = 60
"""Seconds that are decoded at once."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A producer's file as the mix reads it.

    path: WAV at 44.1 kHz of one channel, or two: the middle (left + right) / 2, then the side (left - right)
    / 2. samples: its length. loudness: LUFS of its middle.
    """

    path: Path
    samples: int
    loudness: float

    def as_facts(self) -> dict[str, Any]:
        """What is known of it, as JSON holds it; the path is for the caller to keep."""
        return {"samples": self.samples, "loudness": self.loudness}

    @classmethod
    def from_facts(cls, path: Path, facts: Mapping[str, Any]) -> Sound:
        """The sound at `path` that `as_facts` described. KeyError where `facts` is something else."""
        return cls(path, facts["samples"], facts["loudness"])


def bring(file: Path, out: Path) -> Sound:
    """Decode a sound file of any usual format to `out`, trimmed of silence at both ends, without what lies
    under 20 Hz.

    At most LONGEST seconds of it, its peak at full scale. Raises RenderError where it holds nothing to hear,
    in mono either, or cannot be decoded.
    """
    import soundfile

    channels = np.concatenate(list(_decoded(file)), axis=1)
    if len(channels) == 2 and cancels(channels[0] + channels[1], channels[0] - channels[1]):
        raise RenderError(
            "nothing is heard of this sound file in mono: its left channel is its right one turned round.",
            where=str(file),
            hint="Turn one of them round, or keep one alone.",
        )
    try:
        measured = measure(Audio(np.ascontiguousarray(channels[0]), RATE))
    except EngineError as error:
        raise RenderError(
            "this sound file holds nothing to hear.", where=str(file), hint="Listen to it, or name another."
        ) from error
    channels = channels[:, measured.start : measured.end]
    factor = 0.99 / float(np.abs(channels).max())
    channels *= np.float32(factor)
    soundfile.write(out, channels.T, RATE, subtype="PCM_16", format="WAV")
    loudness = measured.loudness if measured.loudness is not None else measured.level + LOUDNESS_OF_LEVEL
    return Sound(out, channels.shape[1], round(loudness + 20 * float(np.log10(factor)), 3))


def _decoded(file: Path) -> list[Samples]:
    """The file in portions at 44.1 kHz: rows of middle and side, or of the middle alone."""
    import soxr

    portions, stream, start = [], None, 0
    while start < LONGEST:
        frames, rate = ffmpeg.clip(file, start=start, seconds=_PORTION)
        count = frames.shape[1]
        last = count < _PORTION * rate or start + _PORTION >= LONGEST
        rows = frames
        if len(frames) == 2:
            rows = np.stack([frames[0] + frames[1], frames[0] - frames[1]]) * np.float32(0.5)
        if stream is None:
            deep = HighPass(rate)  # before the resampler, which would make a ramp of a constant's beginning
            stream = soxr.ResampleStream(rate, RATE, len(rows), dtype="float32", quality="HQ")
        resampled = stream.resample_chunk(np.ascontiguousarray(deep(rows).T, np.float32), last=last)
        portions.append(np.asarray(resampled).reshape(-1, len(rows)).T)
        if last:
            break
        start += _PORTION
    return portions


def refuse_short(name: str, sound: Sound) -> None:
    """Raise RenderError where a file, which the script calls `name`, is too short to be a bed."""
    if sound.samples < SHORTEST_BED * RATE:
        raise RenderError(
            f"sounds/{name} is {sound.samples / RATE:.2f} s long, too short for a bed.",
            hint=f"A bed takes {SHORTEST_BED:g} s at least, better a minute.",
        )


class Loop:
    """A file played round and round, its end crossing into its beginning at equal power."""

    def __init__(self, name: str, sound: Sound, *, side: bool = False) -> None:
        """Raises RenderError where the file, which the script calls `name`, is too short to be a bed."""
        refuse_short(name, sound)
        self._reader = _Reader(sound, side=side)
        self._seam = min(round(SEAM * RATE), sound.samples // 4)
        self._body = sound.samples - self._seam
        self._at = 0
        self._first = True
        turn = np.pi / 2 * (np.arange(self._seam) + 0.5) / max(self._seam, 1)
        self._rise, self._fall = np.sin(turn).astype(np.float32), np.cos(turn).astype(np.float32)

    def read(self, count: int) -> Samples:
        """The next `count` samples, 0 LUFS over the whole of the file."""
        out = np.empty(count, np.float32)
        done = 0
        while done < count:
            end = min(self._at + count - done, self._body)
            part = self._reader.read(self._at, end)
            inside = max(0, min(end, self._seam) - self._at)
            if inside and not self._first:
                place = slice(self._at, self._at + inside)
                before = self._reader.read(self._body + self._at, self._body + self._at + inside)
                part[:inside] = part[:inside] * self._rise[place] + before * self._fall[place]
            out[done : done + len(part)] = part
            done += len(part)
            self._at = end
            if end == self._body:
                self._at, self._first = 0, False
        return out


class Once:
    """A file played once from its beginning; silence after its end."""

    def __init__(self, sound: Sound, *, side: bool = False) -> None:
        self._reader, self._samples, self._at = _Reader(sound, side=side), sound.samples, 0

    def read(self, count: int) -> Samples:
        """The next `count` samples, 0 LUFS over the whole of the file."""
        out = np.zeros(count, np.float32)
        part = self._reader.read(self._at, min(self._at + count, self._samples))
        out[: len(part)] = part
        self._at = min(self._at + count, self._samples)
        return out


class _Reader:
    """Reads stretches of one channel; a file of one channel has a silent side."""

    def __init__(self, sound: Sound, *, side: bool) -> None:
        import soundfile

        try:
            self._file = soundfile.SoundFile(sound.path)
        except (OSError, soundfile.LibsndfileError) as error:
            raise RenderError(
                "this sound of the store cannot be read.",
                where=str(sound.path),
                hint="Delete it and render again.",
            ) from error
        self._channel = 1 if side else 0
        self._silent = side and self._file.channels == 1
        self._factor = np.float32(10 ** (-sound.loudness / 20))

    def read(self, start: int, end: int) -> Samples:
        """Samples `start` to `end`."""
        if self._silent:
            return np.zeros(end - start, np.float32)
        self._file.seek(start)
        frames: NDArray[np.float32] = self._file.read(end - start, dtype="float32", always_2d=True)
        return frames[:, self._channel] * self._factor
