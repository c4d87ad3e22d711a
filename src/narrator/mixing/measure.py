"""What a take measures: where its sound is, and how loud. Computed once, beside the recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from narrator.audio import RATE, decibels, gain
from narrator.errors import EngineError

if TYPE_CHECKING:
    from narrator.audio import Audio, Samples

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
    late, early: samples at 44.1 kHz by which it is heard later than `start` and ends earlier than `end`, once
    it is resampled and its edges are softened.
    """

    rate: int
    start: int
    end: int
    loudness: float | None
    level: float
    peak: float
    late: int = 0
    early: int = 0

    @property
    def seconds(self) -> float:
        """Duration of the kept part."""
        return (self.end - self.start) / self.rate

    @property
    def heard(self) -> int:
        """For how many samples at 44.1 kHz it is heard."""
        return at_rate(self.end - self.start, self.rate) - self.late - self.early

    def as_facts(self) -> dict[str, float | int | None]:
        """The measure as JSON holds it."""
        return asdict(self)

    @classmethod
    def from_facts(cls, facts: Mapping[str, float | int | None]) -> Measure:
        """The measure that `as_facts` described. KeyError or TypeError where `facts` is something else."""
        return cls(**{name: facts[name] for name in cls.__slots__})  # type: ignore[arg-type]


METER: Final = frozenset(Measure.__slots__)
"""The facts of a measure. A take whose record lacks one was measured by an older meter."""


def at_rate(count: int, rate: int) -> int:
    """How many samples at 44.1 kHz a stretch of `count` samples at `rate` takes."""
    return -(-count * RATE // rate)


def measure(audio: Audio) -> Measure:
    """Find the sound in a take and measure it.

    Raises EngineError where the take holds nothing to hear: no samples, digital silence, NaN or infinity.
    """
    import numpy as np

    from narrator.mixing.edges import TRIM, heard, within

    samples = audio.samples
    peak = float(np.abs(samples).max(initial=0.0))
    if not np.isfinite(peak):
        raise EngineError("The take holds samples that are not numbers.", hint="Record the line again.")
    if peak == 0.0:
        raise EngineError("The take is silent.", hint="Record the line again, or check its words.")
    start, end = within(samples, TRIM)
    late, early = heard(audio, start, end)
    kept = samples[start:end]
    return Measure(
        rate=audio.rate,
        start=start,
        end=end,
        loudness=_loudness(kept, audio.rate),
        level=_active_level(kept, audio.rate),
        peak=peak,
        late=late,
        early=early,
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
