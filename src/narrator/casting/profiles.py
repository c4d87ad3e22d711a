"""What a voice sounds like, in a few numbers: measured once from a fixed text, compared in casting."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from narrator.store import key

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from narrator.audio import Audio
    from narrator.book import Voice

REVISION: Final = 1
"""Raised when the same voice would be measured differently: voices are then measured anew."""

TEXT: Final = (
    "Nine bright lanterns hung along the harbour wall, and each of them had its own name. "
    "Most people thought it was only smoke, but she knew better, and she would not wait until morning. "
    "Would you carry the oldest one home for me?"
)
"""What a voice says to be measured: short, with most vowels, statements and a question."""

SYLLABLES: Final = 53
"""Of TEXT, as it is spoken."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A voice in numbers.

    pitch: Hz, the median of what is voiced. spread: semitones, its standard deviation about that. pace:
    syllables a second, pauses left out. timbre: twelve mel cepstral coefficients, means over the speech.
    quality: how natural it sounds, 1 to 5 (DNSMOS, overall), None where nobody measured that.
    """

    pitch: float
    spread: float
    pace: float
    timbre: tuple[float, ...]
    quality: float | None = None

    def as_facts(self) -> dict[str, Any]:
        """For the store."""
        return asdict(self)

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Profile:
        """What `as_facts` gave. Raises TypeError, KeyError where it is not that."""
        return cls(**{**facts, "timbre": tuple(facts["timbre"])})


def shipped(voice: Voice) -> Profile | None:
    """The profile that comes with narrator for this voice, whatever it is called: `benchmarks/profiles.py`
    measured it with these settings. None where it is another one."""
    return _shipped().get(settings_key(voice))


def settings_key(voice: Voice) -> str:
    """What tells a voice from others of its engine, as long as the engine stays what it is."""
    return key({"engine": voice.engine, "settings": dict(voice.settings), "pace": voice.pace})


@cache
def _shipped() -> Mapping[str, Profile]:
    table = json.loads((files("narrator.casting") / "profiles.json").read_text(encoding="utf-8"))
    return {entry.pop("key"): Profile.from_facts(entry) for entry in table.values()}


_SEMITONES, _TIMBRE, _SPREAD, _PACE = 3.0, 10.0, 1.0, 0.5
"""What counts as one step apart: about a standard deviation of each measure among the house's and Kokoro's
voices of one gender. Spread and pace count a quarter: a voice is known by its throat."""


def distance(one: Profile, other: Profile) -> float:
    """How far apart two voices sound, in steps; 0 for the same voice, about 1 for two that are told apart
    with attention, 3 and more for a man and a woman."""
    pitch = 12 * math.log2(one.pitch / other.pitch) / _SEMITONES
    timbre = math.dist(one.timbre, other.timbre) / _TIMBRE
    spread = (one.spread - other.spread) / _SPREAD
    pace = (one.pace - other.pace) / _PACE
    return math.sqrt(pitch**2 + timbre**2 + (spread**2 + pace**2) / 4)


_RATE: Final = 16_000
_HOP: Final = 160
_FRAME: Final = 640  # 40 ms: two periods of the lowest voice
_LOWEST, _HIGHEST = 55.0, 500.0  # Hz
_VOICED: Final = 0.6
"""Normalised autocorrelation from which a frame has a pitch."""
_QUIET: Final = 35.0
"""dB below the loud frames, from where on a frame is a pause."""

_DEPTH: Final = 60.0
"""dB below the loudest band of a frame, under which nothing is told apart."""


def measure(audio: Audio) -> Profile | None:
    """The profile of a voice that says TEXT; None where hardly anything in it has a pitch."""
    import numpy as np
    import soxr

    sound = audio.samples if audio.rate == _RATE else soxr.resample(audio.samples, audio.rate, _RATE)
    frames = _frames(np.asarray(sound, np.float64))
    level = 10 * np.log10(np.mean(frames**2, axis=1) + 1e-12)
    loud = level > np.percentile(level, 95) - _QUIET
    pitches = _pitches(frames[loud])
    if len(pitches) < 20:
        return None
    median = float(np.median(pitches))
    semitones = 12 * np.log2(pitches / median)
    seconds = _spoken(loud) * _HOP / _RATE
    return Profile(
        pitch=round(median, 1),
        # Frames an octave off are the estimator's, not the voice's.
        spread=round(float(np.std(semitones[np.abs(semitones) < 9])), 2),
        pace=round(SYLLABLES / seconds, 2),
        timbre=tuple(round(float(c), 2) for c in _cepstra(frames[loud]).mean(axis=0)),
    )


def _frames(sound: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    padded = np.pad(sound, (0, max(0, _FRAME - len(sound))))
    return np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[::_HOP]


def _spoken(loud: NDArray[np.bool_]) -> int:
    """Frames from the first loud one to the last, without pauses of 150 ms and more."""
    import numpy as np

    places = np.flatnonzero(loud)
    gaps = np.diff(places)
    return int(len(places) + (gaps[gaps < 15] - 1).sum())


def _pitches(frames: NDArray[np.float64]) -> NDArray[np.float64]:
    """Hz of the voiced frames: the first peak of the normalised autocorrelation near its greatest."""
    import numpy as np

    low, high = int(_RATE / _HIGHEST), int(_RATE / _LOWEST)
    window = np.hanning(_FRAME)
    size = 2 * _FRAME

    def lags(signal: NDArray[np.float64]) -> NDArray[np.float64]:
        power = np.abs(np.fft.rfft(signal, size)) ** 2
        found: NDArray[np.float64] = np.fft.irfft(power, size)[..., : high + 1]
        return found

    # Divided by the window's own: otherwise long periods look weak.
    alike = lags((frames - frames.mean(axis=1, keepdims=True)) * window) / lags(window)
    alike = alike / np.maximum(alike[:, :1], 1e-12)
    part = alike[:, low:high]
    peak = (part >= alike[:, low - 1 : high - 1]) & (part > alike[:, low + 1 : high + 1])
    best = np.where(peak, part, 0).max(axis=1, keepdims=True)
    first = np.argmax(peak & (part > 0.9 * best), axis=1)
    voiced = best[:, 0] > _VOICED
    pitches: NDArray[np.float64] = _RATE / (low + first[voiced]).astype(np.float64)
    return pitches


def _cepstra(frames: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mel cepstral coefficients 1 to 12 of each frame, in dB; the first, its level, is left out."""
    import numpy as np

    bands, count = 26, 12
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(_FRAME), 1_024)) ** 2
    edges = 700 * (10 ** (np.linspace(0, _mel(_RATE / 2), bands + 2) / 2_595) - 1)
    bins = np.fft.rfftfreq(1_024, 1 / _RATE)
    up = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    filters = np.clip(np.minimum(up, down), 0, None)
    mel = 10 * np.log10(spectrum @ filters.T + 1e-20)
    # What lies far below a frame's loudest band is the recording's floor, not the throat.
    mel = np.maximum(mel, mel.max(axis=1, keepdims=True) - _DEPTH)
    order = np.arange(1, count + 1)[:, None]
    basis = np.cos(np.pi * order * (np.arange(bands) + 0.5) / bands) * math.sqrt(2 / bands)
    cepstra: NDArray[np.float64] = mel @ basis.T
    return cepstra


def _mel(hertz: float) -> float:
    return 2_595 * math.log10(1 + hertz / 700)
