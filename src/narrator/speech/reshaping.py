"""Pitch and formants of a take, changed after the engine: for engines that cannot do it themselves.

WORLD (pyworld) takes a voice apart into pitch, spectral envelope and noise; each is changed alone, and the
voice is put together again. ffmpeg's rubberband filter was measured first: it moves the formants with the
pitch, even where it is told to preserve them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from narrator.audio import Audio
from narrator.errors import CastError, MissingError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

REVISION: Final = "1"
"""Raised when the same take would be reshaped differently: takes of reshaped voices are then stale."""

RANGES: Final[Mapping[str, tuple[float, float]]] = {"pitch": (0.5, 2.0), "formant": (0.7, 1.4)}
"""Factors on pitch and on the resonances, 1.0 being the engine's own. Beyond these nobody sounds human."""

LOWEST_HZ, HIGHEST_HZ = 60.0, 700.0
"""Where the pitch of a voice is looked for."""


@dataclass(frozen=True, slots=True)
class Reshaping:
    """Factors on pitch and formants, within RANGES."""

    pitch: float = 1.0
    formant: float = 1.0

    @classmethod
    def of(cls, settings: Mapping[str, str | float], voice: str) -> Reshaping:
        """What a voice's settings ask for. Raises CastError for anything but a number within RANGES."""
        numbers: dict[str, float] = {}
        for name, (low, high) in RANGES.items():
            value = settings.get(name, 1.0)
            if isinstance(value, (str, bool)) or not low <= value <= high:
                raise CastError(
                    f"{name} = {value!r} is not a number from {low:g} to {high:g}",
                    where=voice,
                    hint="1.0 is the engine's own; 0.9 is a tenth lower.",
                )
            numbers[name] = float(value)
        return cls(**numbers)

    def __bool__(self) -> bool:
        """Whether it changes anything."""
        return self != Reshaping()

    def facts(self) -> Mapping[str, str]:
        """What makes a take, beside the settings themselves; nothing where nothing is changed."""
        return {"reshaping": REVISION} if self else {}


def require() -> None:
    """Raises MissingError where the library is not installed."""
    if find_spec("pyworld") is None:
        raise MissingError(
            "pitch and formant need the package pyworld, which is not installed",
            hint="Type pip install 'narrator[pitch]'.",
        )


def reshaped(audio: Audio, how: Reshaping) -> Audio:
    """The take with its pitch and formants multiplied; as long as before to a sample, and always the same."""
    import numpy as np
    import pyworld

    sound = audio.samples.astype(np.float64)
    # Harvest takes ten times as long as WORLD's other estimator, which loses a quarter of the voiced frames:
    # those would be hoarse.
    pitch, times = pyworld.harvest(sound, audio.rate, f0_floor=LOWEST_HZ, f0_ceil=HIGHEST_HZ)
    spectrum = pyworld.cheaptrick(sound, pitch, times, audio.rate)
    noise = pyworld.d4c(sound, pitch, times, audio.rate)
    if how.formant != 1:
        spectrum = np.exp(_stretched(np.log(spectrum), how.formant))
        noise = np.clip(_stretched(noise, how.formant), 0, 1)
    said = pyworld.synthesize(pitch * how.pitch, spectrum, noise, audio.rate)[: len(sound)]
    return Audio(np.pad(said, (0, len(sound) - len(said))).astype(np.float32), audio.rate)


def _stretched(frames: NDArray[np.float64], factor: float) -> NDArray[np.float64]:
    """Spectra, a row a frame, with what stood at a frequency moved to `factor` times that."""
    import numpy as np

    bins = np.arange(frames.shape[1])
    return np.stack([np.interp(bins / factor, bins, frame) for frame in frames])
