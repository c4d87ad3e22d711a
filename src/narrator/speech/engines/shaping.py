"""One voice model, many people: the model's source and filter, changed between network and synthesis.

The network gives, per frame of 12.5 ms and bin of 20 Hz, a spectral envelope for the pulses of the glottis,
one for noise, a residual with its own phase, and the pitch. All the settings act there, so there is no
vocoder pass and none of its artefacts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from narrator.errors import CastError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Spectrum = NDArray[np.float32]

REVISION: Final = 2
"""Raised when the same settings would sound different."""

BIN_HZ: Final = 20.0
FRAMES_A_SECOND: Final = 80.0
NEPER: Final = 8.685889638
"""Decibels in one natural-log unit of amplitude."""

VOICED_HZ: Final = 40.0
"""Below this the network means "no voice": hibari's own threshold."""

LOWEST_HZ, HIGHEST_HZ = 55.0, 700.0
"""Where a shaped pitch is held: a fry that fell below the threshold would lose its voice."""

RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "pitch": (0.4, 2.0),
    "formant": (0.7, 1.4),
    "excursion": (0.0, 2.0),
    "body": (-18.0, 12.0),
    "tilt": (-6.0, 6.0),
    "breath": (-12.0, 12.0),
    "tremor": (0.0, 1.0),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """How a voice differs from the model's own.

    pitch: factor on the pitch. formant: factor on the resonances, below 1 for a longer throat. excursion:
    factor on the melody's semitones about their mean. body: dB below 250 Hz. tilt: dB an octave about 500 Hz,
    positive is brighter. breath: dB of the noise in voiced sounds above 1.5 kHz. tremor: semitones of a slow
    unsteadiness. whispered: noise in the place of the voice.
    """

    pitch: float = 1.0
    formant: float = 1.0
    excursion: float = 1.0
    body: float = 0.0
    tilt: float = 0.0
    breath: float = 0.0
    tremor: float = 0.0
    whispered: bool = False


PLAIN: Final = Shape()


class Frames(NamedTuple):
    """What the network gives. Spectra are (601, frames), float32, log amplitude or phase; pitch is in Hz."""

    pulses: Spectrum
    pulses_phase: Spectrum
    noise: Spectrum
    residual: Spectrum
    residual_phase: Spectrum
    pitch: Spectrum


def shape_from_settings(settings: Mapping[str, str | float], voice: str) -> Shape:
    """A voice's settings as a shape. Raises CastError for an unknown setting or a number out of range."""
    numbers: dict[str, float] = {}
    for name, value in settings.items():
        if name not in RANGES:
            raise CastError(
                f"hibari has no setting {name!r}", where=voice, hint=f"It takes {', '.join(RANGES)}."
            )
        low, high = RANGES[name]
        if isinstance(value, (str, bool)) or not low <= value <= high:
            raise CastError(f"{name} = {value!r} is not a number from {low:g} to {high:g}", where=voice)
        numbers[name] = float(value)
    return Shape(**numbers)  # type: ignore[arg-type]  # whispered is no setting: RANGES holds the numbers alone


def shaped(frames: Frames, shape: Shape, rng: np.random.Generator) -> Frames:
    """The frames of another person saying the same. `rng` gives the tremor its course."""
    if shape == PLAIN:
        return frames
    voiced = frames.pitch > VOICED_HZ
    pitch = _pitch(frames.pitch, voiced, shape, rng)
    pulses = _grounded(frames.pulses, frames.pitch, voiced) if shape.pitch < 1 else frames.pulses
    # Phases stay where they are: the residual's holds the place of bursts in time, and interpolating a
    # wrapped phase along frequency smears it. Moving that of the pulses cost the men up to 0.13 of DNSMOS.
    colour = _colour(shape)[:, None]
    breath = np.where(voiced, _breath(shape)[:, None], np.float32(0))
    moved = frames._replace(
        pulses=_warped(pulses, shape.formant) + colour,
        noise=_warped(frames.noise, shape.formant) + colour,
        residual=_warped(frames.residual, shape.formant) + colour + breath,
        pitch=pitch,
    )
    return _whispered(moved, voiced) if shape.whispered else moved


def _pitch(pitch: Spectrum, voiced: NDArray[np.bool_], shape: Shape, rng: np.random.Generator) -> Spectrum:
    if not voiced.any():
        return pitch
    logs = np.log(pitch[voiced])
    mean = logs.mean()
    melody = mean + np.log(shape.pitch) + shape.excursion * (logs - mean)
    if shape.tremor:
        melody = melody + shape.tremor * np.log(2) / 12 * _tremor(len(pitch), rng)[voiced]
    moved = pitch.copy()
    moved[voiced] = np.clip(np.exp(melody), LOWEST_HZ, HIGHEST_HZ)
    return moved


def _tremor(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """An unsteadiness of five or six beats a second whose depth comes and goes, within -1 and 1."""
    seconds = np.arange(count) / FRAMES_A_SECOND
    first, second = rng.uniform(0, 2 * np.pi, 2)
    return np.asarray(np.sin(2 * np.pi * 5.6 * seconds + first) * np.cos(2 * np.pi * 0.7 * seconds + second))


def _grounded(spectrum: Spectrum, pitch: Spectrum, voiced: NDArray[np.bool_]) -> Spectrum:
    """The envelope of the pulses made level below the model's own fundamental.

    The model never had a harmonic there, so its envelope falls to nothing: a lower voice would lose its
    fundamental and sound thin.
    """
    bins = np.arange(len(spectrum))[:, None]
    fundamental = np.clip(np.rint(pitch / BIN_HZ), 4, 20).astype(np.intp)
    level = spectrum[fundamental, np.arange(spectrum.shape[1])]
    return np.where((bins < fundamental) & voiced, level, spectrum)


def _warped(spectrum: Spectrum, ratio: float) -> Spectrum:
    """The spectrum stretched along frequency; what a ratio below 1 empties at the top continues level."""
    if ratio == 1:
        return spectrum
    top = len(spectrum) - 1
    source = np.minimum(np.arange(len(spectrum)) / ratio, top)
    lower = np.minimum(source.astype(np.intp), top - 1)
    share = (source - lower).astype(np.float32)[:, None]
    low = spectrum[lower]
    low += share * (spectrum[lower + 1] - low)
    return low


def _hertz() -> NDArray[np.float64]:
    return np.arange(0, 601 * BIN_HZ, BIN_HZ, dtype=np.float64)


def _colour(shape: Shape) -> NDArray[np.float32]:
    hertz = _hertz()
    body = shape.body / (1 + (hertz / 250) ** 4)
    tilt = shape.tilt * np.log2(np.maximum(hertz, 200) / 500)
    return ((body + tilt) / NEPER).astype(np.float32)


def _breath(shape: Shape) -> NDArray[np.float32]:
    return (shape.breath / (1 + (1500 / np.maximum(_hertz(), BIN_HZ)) ** 2) / NEPER).astype(np.float32)


WHISPER_DB: Final = -14.0
"""Noise against the pulses it stands for: every bin of it is as strong as pulses are on a harmonic."""


def _whispered(frames: Frames, voiced: NDArray[np.bool_]) -> Frames:
    """Noise through the same throat. The open glottis takes the lowest resonance away: the low cut."""
    hertz = np.maximum(_hertz(), BIN_HZ)
    level = WHISPER_DB - 12 / (1 + (hertz / 450) ** 4) + 2 * np.log2(hertz / 1000).clip(-1, 2)
    breath = np.logaddexp(frames.noise, frames.pulses + (level / NEPER)[:, None]).astype(np.float32)
    return frames._replace(
        pulses=np.full_like(frames.pulses, -30.0),
        noise=np.where(voiced, breath, frames.noise),
        residual=np.where(voiced, frames.residual - np.float32(9 / NEPER), frames.residual),
    )
