"""Coqui, for real: a checkpoint is loaded by Coqui's own code, speaks, and is understood."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import av
import numpy as np
import pytest

from conftest import errors
from narrator import speech
from narrator.book import Voice
from narrator.errors import CastError, EngineError, MissingError, NarratorError
from narrator.testing import EngineContract

TEXT = "“The river is high,” said the keeper—he did not look up—“and nobody crosses tonight…”"


def voice(settings: Mapping[str, str], folder: str = "") -> Voice:
    return Voice("test", "coqui", settings, folder=folder)


def take(settings: Mapping[str, str], text: str = TEXT, *, seed: int = 0, pace: float = 1.0) -> np.ndarray:
    actor = speech.open_voice(voice(settings))
    words = speech.words(text, speech.Lexicon())
    audio = speech.record(actor, words, delivery="", pace=pace, seed=seed)
    assert audio.rate == 22_050
    return audio.samples


class TestContract(EngineContract):
    engine = speech.engine("coqui")

    @pytest.fixture(autouse=True)
    def _joe(self, joe: Path) -> None:
        type(self).voice = voice({"model": str(joe)})


def test_it_is_understood(joe: Path, hear: Callable[..., str]) -> None:
    samples = take({"model": str(joe)})
    assert errors(TEXT, hear(samples, 22_050)) <= 0.15
    assert np.sqrt(np.mean(samples**2)) > 0.01
    assert samples[-10_000:].any(), "Coqui's own silence is still there"


def test_a_seed_is_a_take(joe: Path) -> None:
    one, again, other = (take({"model": str(joe)}, seed=seed) for seed in (0, 0, 1))
    assert np.array_equal(one, again)
    assert len(one) != len(other) or not np.array_equal(one, other)


def test_pace(joe: Path) -> None:
    plain, slow = (len(take({"model": str(joe)}, pace=pace)) for pace in (1.0, 0.7))
    assert slow == pytest.approx(plain / 0.7, rel=0.12)
    assert len(take({"model": str(joe)})) == plain, "the pace of one line stays with it"


def test_a_long_line_loses_nothing(joe: Path, hear: Callable[..., str]) -> None:
    text = " ".join(
        f"In the {word} week of the flood the water came up by another hand, and nobody in the mill slept;"
        for word in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
    )
    assert len(text) > 800
    assert errors(text, hear(take({"model": str(joe)}, text), 22_050)) <= 0.15


def test_speakers_are_routed(trio: Path, joe: Path) -> None:
    said = {name: take({"model": str(trio), "speaker": name}) for name in ("joe", "ann", "bob")}
    assert np.array_equal(said["joe"], take({"model": str(joe)}))
    assert not np.array_equal(said["joe"], said["ann"])
    assert not np.array_equal(said["ann"], said["bob"])


def test_a_fingerprint_tells_the_model_and_no_place(joe: Path, trio: Path, tmp_path: Path) -> None:
    engine = speech.engine("coqui")
    facts = engine.fingerprint(voice({"model": str(joe)}))
    assert facts != engine.fingerprint(voice({"model": str(trio), "speaker": "joe"}))
    moved = tmp_path / "moved"
    moved.symlink_to(joe)
    assert engine.fingerprint(voice({"model": "moved"}, folder=str(tmp_path))) == facts
    assert str(joe) not in json.dumps(dict(facts))
    named = {"model": "tts_models/en/vctk/vits", "speaker": "p225"}
    assert engine.fingerprint(voice(named))["model"] == named["model"]


@pytest.mark.parametrize(
    ("settings", "kind", "says"),
    [
        ({}, CastError, "names no model"),
        ({"model": "JOE", "speakr": "ann"}, CastError, "'speakr'"),
        ({"model": "JOE", "speaker": "ann"}, CastError, "one speaker only"),
        ({"model": "JOE", "language": "en"}, CastError, "one language only"),
        ({"model": "TRIO"}, CastError, "several speakers"),
        ({"model": "TRIO", "speaker": "zoe"}, CastError, "no speaker 'zoe'. There are joe, ann, bob"),
        ({"model": "nowhere"}, MissingError, "is not at 'nowhere'"),
        ({"model": "JOE", "reference": "gone.wav"}, MissingError, "'gone.wav'"),
        ({"model": "tts_models/multilingual/multi-dataset/xtts_v2"}, MissingError, "non-commercial"),
        ({"model": "tts_models/en/no/such"}, MissingError, "cannot be had"),
    ],
)
def test_a_mistake_is_one_sentence(
    joe: Path,
    trio: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, str],
    kind: type[NarratorError],
    says: str,
) -> None:
    monkeypatch.delenv("COQUI_TOS_AGREED", raising=False)
    places = {"JOE": str(joe), "TRIO": str(trio)}
    asked = {key: places.get(value, value) for key, value in settings.items()}
    with pytest.raises(kind) as caught:
        speech.open_voice(voice(asked))
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.hint


def test_nothing_to_say_is_an_error(joe: Path) -> None:
    with pytest.raises(EngineError):
        take({"model": str(joe)}, "…")


def test_missing_weights(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(MissingError, match=r"no model\.pth"):
        speech.open_voice(voice({"model": str(tmp_path)}))


def test_a_whole_book_is_rendered_and_understood(production: Path, hear: Callable[..., str]) -> None:
    command = [sys.executable, "-m", "narrator", "-C", str(production), "render", "--format", "m4b", "--json"]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["lines"]["recorded"] == told["lines"]["total"] == 10
    timeline = json.loads((production / "output" / "timeline.json").read_text())
    with av.open(production / "output" / "The Lock.m4b") as book:
        sound = np.concatenate([frame.to_ndarray().mean(axis=0) for frame in book.decode(audio=0)])
    (chapter,) = (mark for mark in timeline["chapters"] if mark["chapter"] == 1)
    said = " ".join(line["text"] for line in timeline["lines"] if line["chapter"] == 1)
    heard = hear(sound[chapter["start_sample"] : chapter["end_sample"]], 44_100)
    assert errors(said, heard) <= 0.15, heard
    again = subprocess.run(command, capture_output=True, text=True)
    assert json.loads(again.stdout)["lines"]["recorded"] == 0


def test_a_wrong_speaker_stops_the_render_at_its_line(production: Path) -> None:
    sheet = production / "voices" / "ann.toml"
    sheet.write_text(sheet.read_text().replace('"ann"', '"zoe"'))
    command = [sys.executable, "-m", "narrator", "-C", str(production), "render"]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 1
    told = ran.stderr.strip().split("\n")[-1]
    assert told.startswith("narrator: script/lock.nar:4: ")
    assert "no speaker 'zoe'" in told
    assert "Traceback" not in ran.stderr
