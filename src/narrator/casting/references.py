"""A reference recording, checked before anybody is cloned from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from narrator.errors import CastError, MissingError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from narrator.book import Voice

SETTING: Final = "reference"
"""The setting that names a recording of a person, whatever the engine."""

SHORTEST, LONGEST = 6.0, 30.0
"""Seconds. XTTS's authors say that it works best with 6 (the model card of XTTS v1 was changed from 3 to 6);
its configuration listens to 30 at most (`max_ref_len`)."""

NOISE_DB: Final = 20.0
"""Least dB of speech over noise: LibriTTS (arXiv 1904.02882) keeps what is noisier out of its clean part."""

CLIPPED: Final = 1e-4
"""Greatest share of samples that lie in a flat top of three or more: speech that was not clipped has none."""

_FASTEST_RATE: Final = 192_000
"""Samples a second; no microphone needs more."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What was measured. noise: dB between its loud and its quiet moments. clipped: share of samples."""

    name: str
    seconds: float
    noise: float
    clipped: float


def references(voice: Voice) -> tuple[str, ...]:
    """The recordings that a voice is made from, its deliveries' too."""
    tables = (voice.settings, *(variant.settings for variant in voice.deliveries.values()))
    return tuple(dict.fromkeys(str(table[SETTING]) for table in tables if table.get(SETTING)))


def check_references(voice: Voice) -> tuple[Recording, ...]:
    """Measure every reference recording of the voice.

    Raises CastError for one that is too short, too long, noisy, clipped or no sound, and where nobody is said
    to have agreed; MissingError where it is not there. One sentence each.
    """
    names = references(voice)
    if names and not voice.consent.strip():
        raise CastError(
            f"the voice {voice.name!r} is made from a recording, and nobody is said to have agreed",
            hint='Add consent = "who agreed, when and how" to its sheet.',
        )
    return tuple(_checked(voice.name, name, Path(voice.folder) / name) for name in names)


def _checked(voice: str, name: str, path: Path) -> Recording:
    told = f"the reference recording {name!r} of voice {voice!r}"
    if not path.is_file():
        raise MissingError(f"{told} is not there", hint="Put it beside the sheet, or correct its name.")
    found = _measured(told, name, path)
    if found.clipped > CLIPPED:
        raise CastError(
            f"{told} is clipped ({100 * found.clipped:.2g} % of its samples)",
            hint="Record it again, a little further from the microphone.",
        )
    if found.noise < NOISE_DB:
        raise CastError(
            f"in {told} speech stands only {found.noise:.0f} dB above the noise",
            hint=f"Record it in a quieter room: {NOISE_DB:g} dB is the least.",
        )
    return found


def _measured(told: str, name: str, path: Path) -> Recording:
    import soundfile

    try:
        with soundfile.SoundFile(path) as file:
            rate, seconds = file.samplerate, file.frames / file.samplerate
            # A file may claim anything: what is no recording of a person is not read at all.
            if rate > _FASTEST_RATE or file.channels > 2:
                raise CastError(
                    f"{told} has {file.channels} channels at {rate} Hz", hint="Save it as mono at 44100 Hz."
                )
            if not SHORTEST <= seconds <= LONGEST:
                raise CastError(
                    f"{told} lasts {seconds:.1f} s",
                    hint=f"Give it {SHORTEST:g} to {LONGEST:g} seconds of one person speaking.",
                )
            sound = file.read(dtype="float32", always_2d=True)
    except (OSError, soundfile.SoundFileError) as error:
        raise CastError(f"{told} cannot be read as sound", hint="Save it as WAV, FLAC or MP3.") from error
    return Recording(name, seconds, _noise(sound.mean(axis=1), rate), _clipped(sound))


def _noise(sound: NDArray[np.float32], rate: int) -> float:
    """dB between the loud twentieth of frames of 50 ms and the quiet tenth. Digital silence, which an editor
    puts there, is no quiet moment of the room; 0 where nothing else is there."""
    import numpy as np

    size = max(1, rate // 20)
    frames = sound[: len(sound) // size * size].reshape(-1, size)
    power = np.mean(frames.astype(np.float64) ** 2, axis=1)
    heard = power[power > 1e-10]
    if not len(heard):
        return 0.0
    loud, quiet = np.percentile(heard, [95, 10])
    return float(10 * np.log10(loud / quiet))


def _clipped(sound: NDArray[np.float32]) -> float:
    """The share of samples within flat tops: three or more alike in a row, at the recording's peak."""
    import numpy as np

    loud = np.abs(sound)
    peak = float(loud.max(initial=0.0))
    if peak < 0.25:
        return 0.0
    top = loud >= 0.995 * peak
    flat = top[:-2] & top[1:-1] & top[2:]
    within = np.zeros_like(top)
    for shift in range(3):
        within[shift : len(top) - 2 + shift] |= flat
    return float(within.mean()) if len(within) else 0.0
