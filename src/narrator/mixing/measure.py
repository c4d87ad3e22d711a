"""What a take measures: where its sound is, and how loud. Computed once, beside the recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from narrator.audio import decibels, gain
from narrator.errors import EngineError

if TYPE_CHECKING:
    from narrator.audio import Audio, Samples

TRIM = -50.0
"""Sound this far below the line's peak (dB) at either end of a take is trimmed away: docs/sound.md."""

MEASURABLE = 0.4
"""Seconds below which BS.1770 has no loudness: its gating block is that long (ITU-R BS.1770-5, annex 1)."""

ACTIVE_MARGIN = 15.9
"""Speech is active while it is within this many dB of the active level (ITU-T P.56, method B)."""

_FRAME = 0.02
_FLOOR = -40.0


@dataclass(frozen=True, slots=True)
class Measure:
    """The facts about a take that the mix needs.

    rate: samples a second of the take. start, end: the kept samples (half-open), in the take's own rate.
    loudness: LUFS of the kept part (BS.1770, gated), None where it is too short or too quiet to have one.
    level: RMS of its active speech in dBFS. peak: largest magnitude, 1.0 is full scale.
    """

    rate: int
    start: int
    end: int
    loudness: float | None
    level: float
    peak: float

    @property
    def seconds(self) -> float:
        """Duration of the kept part."""
        return (self.end - self.start) / self.rate

    def as_facts(self) -> dict[str, float | int | None]:
        """The measure as JSON holds it."""
        return asdict(self)

    @classmethod
    def from_facts(cls, facts: Mapping[str, float | int | None]) -> Measure:
        """The measure that `as_facts` described. KeyError or TypeError where `facts` is something else."""
        return cls(**{name: facts[name] for name in cls.__slots__})  # type: ignore[arg-type]


def measure(audio: Audio) -> Measure:
    """Find the sound in a take and measure it.

    Raises EngineError where the take holds nothing to hear: no samples, digital silence, NaN or infinity.
    """
    import numpy as np

    samples = audio.samples
    magnitude = np.abs(samples)
    peak = float(magnitude.max(initial=0.0))
    if not np.isfinite(peak):
        raise EngineError("The take holds samples that are not numbers.", hint="Record the line again.")
    if peak == 0.0:
        raise EngineError("The take is silent.", hint="Record the line again, or check its words.")
    loud = np.flatnonzero(magnitude > peak * gain(TRIM))
    start, end = int(loud[0]), int(loud[-1]) + 1
    kept = samples[start:end]
    return Measure(
        rate=audio.rate,
        start=start,
        end=end,
        loudness=_loudness(kept, audio.rate),
        level=_active_level(kept, audio.rate),
        peak=peak,
    )


def _loudness(samples: Samples, rate: int) -> float | None:
    """Integrated loudness in LUFS, rounded so that the facts read well and last digits do not travel."""
    import math

    from pyebur128 import MeasurementMode, R128State, get_loudness_global

    if len(samples) < MEASURABLE * rate:
        return None
    state = R128State(1, rate, MeasurementMode.MODE_I)
    state.add_frames(samples, len(samples))
    loudness = float(get_loudness_global(state))
    return round(loudness, 3) if math.isfinite(loudness) else None


def _active_level(samples: Samples, rate: int) -> float:
    """RMS in dBFS over the 20 ms frames in which somebody speaks, leaving out the gaps between words."""
    import numpy as np

    size = max(1, round(_FRAME * rate))
    whole = len(samples) // size * size
    if whole == 0:
        return round(decibels(float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))), 3)
    frames = samples[:whole].reshape(-1, size)
    power = np.einsum("ij,ij->i", frames, frames, dtype=np.float64) / size
    power = power[power > power.max() * gain(_FLOOR) ** 2]
    power = power[power > power.mean() * gain(-ACTIVE_MARGIN) ** 2]
    return round(decibels(float(np.sqrt(power.mean()))), 3)
