"""Several takes of a line in one file, each with a label."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from narrator.whole import write_bytes, write_text

if TYPE_CHECKING:
    from narrator.audio import Audio

BETWEEN: Final = 1.0
"""Seconds of silence between two takes."""


@dataclass(frozen=True, slots=True)
class Label:
    """Where a take is heard in the file, in seconds."""

    name: str
    start: float
    end: float


def write(path: Path, takes: Sequence[tuple[str, Audio]]) -> tuple[Label, ...]:
    """Write named takes one after the other into a WAV file at `path`.

    The labels stand in the file itself, as cue points that audio editors show, and beside it in a text file
    of the kind that Audacity imports (start, end, name). The file has the first take's rate. Raises
    RenderError where the folder cannot be written.
    """
    import numpy as np
    import soxr

    rate = takes[0][1].rate
    silence = np.zeros(round(BETWEEN * rate), np.float32)
    parts, labels, cues, position = [], [], [], 0
    for name, take in takes:
        samples = take.samples if take.rate == rate else soxr.resample(take.samples, take.rate, rate)
        labels.append(Label(name, position / rate, (position + len(samples)) / rate))
        cues.append((position, name))
        parts += [samples, silence]
        position += len(samples) + len(silence)
    sound = (np.clip(np.concatenate(parts), -1.0, 1.0) * 32_767).astype("<i2").tobytes()
    write_bytes(path, _wave(sound, rate, cues))
    text = "".join(f"{label.start:.6f}\t{label.end:.6f}\t{label.name}\n" for label in labels)
    write_text(path.with_suffix(".txt"), text)
    return tuple(labels)


def _wave(sound: bytes, rate: int, cues: Sequence[tuple[int, str]]) -> bytes:
    """A RIFF file of mono 16-bit samples with labelled cue points (Multimedia Programming Interface 1.0)."""
    points = struct.pack("<I", len(cues)) + b"".join(
        struct.pack("<II4sIII", number, position, b"data", 0, 0, position)
        for number, (position, _) in enumerate(cues, 1)
    )
    labels = b"adtl" + b"".join(
        _chunk(b"labl", struct.pack("<I", number) + name.encode() + b"\0")
        for number, (_, name) in enumerate(cues, 1)
    )
    form = struct.pack("<HHIIHH", 1, 1, rate, 2 * rate, 2, 16)
    chunks = (_chunk(b"fmt ", form), _chunk(b"data", sound), _chunk(b"cue ", points), _chunk(b"LIST", labels))
    return _chunk(b"RIFF", b"WAVE" + b"".join(chunks))


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
