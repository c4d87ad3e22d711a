"""XTTS through Coqui's own code: weights are random, so what is said is noise; how it is said is real."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch

from conftest import take, voice
from narrator import speech
from narrator.errors import CastError, EngineError, MissingError

TEXT = "The river is high, and nobody crosses tonight."
NUMBERS = " and ".join(f"{number:,}" for number in range(777_777_771, 777_777_787))


@pytest.fixture(autouse=True)
def _agreed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COQUI_TOS_AGREED", "1")


def ann(xtts: Path, **more: str) -> dict[str, str]:
    return {"model": str(xtts), "speaker": "Ann Weir", "language": "en", **more}


def say(xtts: Path, text: str = TEXT, *, seed: int = 0, pace: float = 1.0, **settings: str) -> np.ndarray:
    """What it says, unchecked: noise has no plausible length."""
    actor = speech.open_voice(voice({**ann(xtts), **settings}))
    # As it stands: the front-end would have written figures out, and XTTS is to cope with those it meets.
    audio = actor.speak((speech.Word(text),), delivery="", pace=pace, seed=seed)
    assert audio.rate == 24_000
    assert audio.samples.dtype == np.float32
    return audio.samples


@pytest.fixture
def told(xtts: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that the model is given, in order."""
    from TTS.tts.models.xtts import Xtts

    texts: list[str] = []
    inference = Xtts.inference

    def listening(self: Any, text: str, *given: Any, **more: Any) -> Any:
        tokens = self.tokenizer.encode(text.lower(), lang="en")
        assert len(tokens) < self.args.gpt_max_text_tokens
        texts.append(text)
        return inference(self, text, *given, **more)

    monkeypatch.setattr(Xtts, "inference", listening)
    return texts


def test_built_in_speakers_speak(xtts: Path) -> None:
    one, again, other = (say(xtts, seed=seed) for seed in (0, 0, 1))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
    assert not np.array_equal(one, say(xtts, speaker="Bob Holt"))


def test_pace(xtts: Path) -> None:
    assert len(say(xtts, pace=0.5)) == pytest.approx(2 * len(say(xtts)), rel=0.1)


def test_a_recording_beside_the_sheet_is_cloned(xtts: Path, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 5 * 16_000)
    settings = {"model": str(xtts), "language": "en", "reference": "marta.flac"}
    heard, facts = [], []
    for folder, sound in (("one", noise), ("moved", noise), ("other", noise * np.linspace(0, 1, noise.size))):
        (tmp_path / folder).mkdir()
        soundfile.write(tmp_path / folder / "marta.flac", sound, 16_000)
        marta = voice(settings, folder=str(tmp_path / folder))
        actor = speech.open_voice(marta)
        heard.append(actor.speak(speech.words(TEXT, speech.Lexicon()), delivery="", pace=1.0, seed=0).samples)
        facts.append(speech.engine("coqui").fingerprint(marta))
    assert np.array_equal(heard[0], heard[1])
    assert not np.array_equal(heard[0], heard[2])
    assert facts[0] == facts[1] != facts[2]


@pytest.mark.parametrize(
    ("seconds", "says"), [(1.0, "lasts only 1.0 s"), (0, "cannot be read"), (None, "is not there")]
)
def test_a_useless_recording(xtts: Path, tmp_path: Path, seconds: float | None, says: str) -> None:
    reference = tmp_path / "marta.wav"
    if seconds is not None:
        reference.write_text("not sound")
    if seconds:
        soundfile.write(reference, np.full(int(16_000 * seconds), 0.1), 16_000)
    with pytest.raises((CastError, MissingError), match=says):
        speech.open_voice(voice({"model": str(xtts), "language": "en", "reference": str(reference)}))


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"speaker": "Bob Hold"}, "no speaker 'Bob Hold'. There are Bob Holt, Ann Weir"),
        ({"speaker": ""}, "several speakers, and the sheet names none"),
        ({"language": "sindarin"}, "no language 'sindarin'. There are"),
        ({"language": ""}, "several languages, and the sheet names none"),
    ],
)
def test_a_wrong_choice(xtts: Path, settings: dict[str, str], says: str) -> None:
    with pytest.raises(CastError, match=says):
        speech.open_voice(voice({**ann(xtts), **settings}))


@pytest.mark.parametrize(("language", "limit"), [("en", 250), ("ja", 71)])
def test_a_long_line_is_told_whole_and_under_the_limit(
    xtts: Path, told: list[str], language: str, limit: int
) -> None:
    text = " ".join(
        f"In week {week} the water came up, and by evening the mill was gone." for week in "abcde"
    )
    assert len(text) > 250
    speaker = speech.open_voice(voice(ann(xtts, language=language))).speaker
    assert limit * 0.9 < speaker.longest < limit
    if language == "en":
        say(xtts, text)
        assert " ".join(told) == text
        assert all(20 <= len(part) <= limit for part in told)


def test_numbers_that_grow_beyond_the_limit_are_told_in_parts(xtts: Path, told: list[str]) -> None:
    text = f"{NUMBERS[:210].rpartition(' ')[0]} in all"
    say(xtts, text)
    assert len(told) > 1
    assert [word.strip(".") for word in " ".join(told).split()] == text.split()


def test_a_voice_that_never_ends_is_an_error(xtts: Path) -> None:
    actor = speech.open_voice(voice(ann(xtts)))
    bias = actor.speaker.model.gpt.mel_head.bias
    before = bias.detach().clone()
    try:
        with torch.no_grad():
            bias[-1] = -100
        with pytest.raises(EngineError, match="finds no end to “The river is high"):
            take(ann(xtts), TEXT)
    finally:
        with torch.no_grad():
            bias.copy_(before)


def test_the_licence_is_the_users_to_accept(
    xtts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COQUI_TOS_AGREED")
    monkeypatch.setenv("TTS_HOME", str(tmp_path))
    folder = shutil.copytree(xtts, tmp_path / "xtts")
    named = {**ann(xtts), "model": "tts_models/multilingual/multi-dataset/xtts_v2"}
    for settings in (named, ann(folder)):
        with pytest.raises(
            MissingError, match=r"non-commercial purposes only.*set COQUI_TOS_AGREED=1 yourself"
        ):
            speech.open_voice(voice(settings))
    (folder / "tos_agreed.txt").write_text("I have read, understood and agreed to the Terms and Conditions.")
    speech.open_voice(voice(ann(folder)))
    assert "COQUI_TOS_AGREED" not in os.environ


def test_takes_stay_when_coqui_writes_the_weights_anew(xtts: Path, tmp_path: Path) -> None:
    """As it does with the original XTTS; the weights alone are what they were."""
    folder = shutil.copytree(xtts, tmp_path / "xtts")
    engine, sheet = speech.engine("coqui"), voice(ann(folder))
    before = engine.fingerprint(sheet)
    weights = torch.load(folder / "model.pth")
    torch.save({**weights, "config": {"anything": "else"}}, folder / "model.pth")
    assert engine.fingerprint(sheet) == before
    weights["model"]["gpt.mel_head.bias"][0] += 1
    torch.save(weights, folder / "model.pth")
    assert engine.fingerprint(sheet) != before
