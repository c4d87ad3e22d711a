"""Takes as files: one recording of a line, 16-bit WAV at the engine's own rate."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

from narrator.audio import Audio
from narrator.errors import RenderError

SUFFIX: Final = ".wav"
"""WAV, not FLAC: reading and writing costs a third of the processor time, a tenth of the speaking itself."""

_FULL = 32_767.0


def quantised(audio: Audio) -> Audio:
    """`audio` as a 16-bit file will give it back; brought down first where it exceeds full scale.

    The level of a take means nothing (the mix sets it), so nothing is lost by that.
    """
    import numpy as np

    peak = float(np.max(np.abs(audio.samples), initial=0.0))
    scaled = audio.samples * np.float32(_FULL / max(1.0, peak))
    return Audio((np.rint(scaled) / np.float32(_FULL + 1)).astype(np.float32), audio.rate)


def encoded(audio: Audio) -> bytes:
    """A take, already quantised, as its file holds it."""
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, audio.samples, audio.rate, format="WAV", subtype="PCM_16")
    return file.getvalue()


def read(path: Path) -> Audio:
    """Read a take. Raises RenderError where the file is damaged or gone."""
    import soundfile

    try:
        samples, rate = soundfile.read(path, dtype="float32")
    except (OSError, soundfile.SoundFileError) as error:
        raise RenderError(
            f"this take cannot be read ({error}).",
            where=str(path),
            hint="Delete it and render again: it alone is recorded anew.",
        ) from error
    return Audio(samples, rate)
