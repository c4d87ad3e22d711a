"""Sound as a server sends it: files of any common kind, or bare samples."""

from __future__ import annotations

import io

import numpy as np
import soundfile

from narrator.audio import Audio
from narrator.errors import EngineError

_UNKNOWN = 0x7FFFF000
"""A WAV's size from here on means "not known": it was written to a pipe."""


def decoded(data: bytes, pcm_rate: int | None) -> Audio:
    """The sound in `data`, mixed to one channel. pcm_rate: it is bare 16-bit samples at that rate.

    Raises EngineError for what is no sound, or ends early.
    """
    if pcm_rate is not None:
        if len(data) % 2 or data[:4] in (b"RIFF", b"fLaC", b"OggS"):
            raise EngineError("the speech server sent no bare 16-bit samples", hint=_HINT)
        return Audio(np.frombuffer(data, "<i2").astype(np.float32) / np.float32(32_768), pcm_rate)
    missing = _missing(data)
    if missing:
        raise EngineError(f"the speech server's sound ends {missing:,} bytes early", hint="Render again.")
    try:
        samples, rate = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, ValueError) as error:
        raise EngineError("the speech server sent nothing that can be decoded", hint=_HINT) from error
    return Audio(np.ascontiguousarray(samples.mean(axis=1), np.float32), int(rate))


_HINT = "Try another format in the voice's sheet."


def _missing(data: bytes) -> int:
    """How many bytes a WAV lacks by its own count; 0 for other kinds, and where it does not know."""
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return 0
    place = 12
    while place + 8 <= len(data):
        size = int.from_bytes(data[place + 4 : place + 8], "little")
        if data[place : place + 4] == b"data":
            return 0 if size >= _UNKNOWN else max(0, place + 8 + size - len(data))
        place += 8 + size + size % 2
    return 0
