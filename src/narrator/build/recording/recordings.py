"""A person's recording of a line: decoded, trimmed, levelled, its length held against the words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from narrator import ffmpeg
from narrator.audio import Audio, HighPass, cancels, decibels, gain
from narrator.errors import ProductionError, RenderError

if TYPE_CHECKING:
    from narrator.audio import Samples

LEVEL: Final = -20.0
"""dBFS RMS of a recording as it is kept; the mix sets its loudness. Quiet enough for a shout's peaks."""

PEAK: Final = -1.0
"""dBFS that no sample of it exceeds."""

_LONGEST: Final = 300.0
"""Seconds of a file that are looked at: no line is longer."""

_BELOW: Final = -40.0
"""dB below the loudest 10 ms at which speech begins and ends: rooms are noisier than engines."""

_MARGIN: Final = 0.08
"""Seconds kept before and after it: consonants begin softly."""

_FADE: Final = 0.005
"""Seconds of fade at both ends, so that the room's noise does not click."""

_LEAST, _MOST, _GRACE = 0.02, 0.25, 2.0
"""Seconds a letter of somebody who reads as fast, and as slowly, as people do; and seconds for a breath."""


def read(path: Path, letters: int) -> Audio:
    """The recording in `path` of a line with so many letters and digits: mono, without what lies under 20 Hz,
    trimmed, levelled.

    Raises ProductionError where there is no sound in it, also where mono alone has none, where it is far too
    short or long for its words, or where it cannot be decoded.
    """
    if path.is_dir():
        raise ProductionError("this is a folder.", where=str(path), hint="Name the sound file in it.")
    if not path.is_file():
        raise ProductionError("there is no such file.", where=str(path))
    try:
        channels, rate = ffmpeg.clip(path, start=0.0, seconds=_LONGEST)
    except RenderError as error:
        raise ProductionError(error.what, where=str(path), hint=error.hint) from error
    if len(channels) == 2 and cancels(*channels):
        raise ProductionError(
            "nothing is heard of this recording in mono: its left channel is its right one turned round.",
            where=str(path),
            hint="Turn one of them round, or keep one alone.",
        )
    sound = trimmed(Audio(HighPass(rate)(channels.mean(axis=0)), rate), path)
    low, high = _LEAST * letters, _GRACE + _MOST * letters
    if not low <= sound.seconds <= high:
        raise ProductionError(
            f"this recording lasts {sound.seconds:.1f} s, its line should take {low:.1f} to {high:.1f} s.",
            where=str(path),
            hint="Cut it to the line alone, or name another line.",
        )
    return Audio(_levelled(sound.samples), rate)


def trimmed(audio: Audio, path: Path) -> Audio:
    """`audio` from where speech begins to where it ends, softly cut. Raises ProductionError for silence."""
    import numpy as np

    frame = max(1, audio.rate // 100)
    whole = len(audio.samples) // frame * frame
    power = np.square(audio.samples[:whole].reshape(-1, frame)).mean(axis=1) if whole else np.zeros(1)
    if decibels(float(np.sqrt(power.max()))) < -80.0:
        raise ProductionError("there is no sound in this recording.", where=str(path))
    loud = np.flatnonzero(power > power.max() * gain(_BELOW) ** 2)
    margin = round(_MARGIN * audio.rate)
    start = max(0, int(loud[0]) * frame - margin)
    end = min(len(audio.samples), (int(loud[-1]) + 1) * frame + margin)
    samples = audio.samples[start:end].copy()
    ramp = np.linspace(0.0, 1.0, min(round(_FADE * audio.rate), len(samples)), dtype=np.float32)
    samples[: len(ramp)] *= ramp
    samples[len(samples) - len(ramp) :] *= ramp[::-1]
    return Audio(samples, audio.rate)


def _levelled(samples: Samples) -> Samples:
    import numpy as np

    rms = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
    peak = float(np.abs(samples).max())
    factor = min(gain(LEVEL) / rms, gain(PEAK) / peak)
    return (samples * np.float32(factor)).astype(np.float32)
