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

from conftest import errors, take, voice
from narrator import speech
from narrator.testing import EngineContract

TEXT = "“The river is high,” said the keeper—he did not look up—“and nobody crosses tonight…”"


JOE = 22_050
"""The rate of the voice that the checkpoints are made from."""


def said(settings: Mapping[str, str], text: str = TEXT, **how: float) -> np.ndarray:
    audio = take(settings, text, **how)
    assert audio.rate == JOE
    return audio.samples


class TestContract(EngineContract):
    engine = speech.engine("coqui")

    @pytest.fixture(autouse=True)
    def _joe(self, joe: Path) -> None:
        type(self).voice = voice({"model": str(joe)})


def test_it_is_understood(joe: Path, hear: Callable[..., str]) -> None:
    samples = said({"model": str(joe)})
    assert errors(TEXT, hear(samples, JOE)) <= 0.15
    assert np.sqrt(np.mean(samples**2)) > 0.01
    assert samples[-10_000:].any(), "Coqui's own silence is still there"


def test_a_seed_is_a_said(joe: Path) -> None:
    one, again, other = (said({"model": str(joe)}, seed=seed) for seed in (0, 0, 1))
    assert np.array_equal(one, again)
    assert len(one) != len(other) or not np.array_equal(one, other)


def test_pace(joe: Path) -> None:
    plain, slow = (len(said({"model": str(joe)}, pace=pace)) for pace in (1.0, 0.7))
    assert slow == pytest.approx(plain / 0.7, rel=0.12)
    assert len(said({"model": str(joe)})) == plain, "the pace of one line stays with it"


def test_of_a_delivery_the_pace_is_taken(joe: Path) -> None:
    plain, slow, odd = (
        len(said({"model": str(joe)}, delivery=how)) for how in ("", "slowly", "in a borrowed coat")
    )
    assert slow > 1.08 * plain
    assert odd == plain


def test_a_long_line_loses_nothing(joe: Path, hear: Callable[..., str]) -> None:
    text = " ".join(
        f"In the {word} week of the flood the water came up by another hand, and nobody in the mill slept;"
        for word in ("first", "second", "third", "fourth", "fifth")
    )
    assert len(text) > 450
    assert errors(text, hear(said({"model": str(joe)}, text), JOE)) <= 0.15


def test_speakers_are_routed(trio: Path, joe: Path) -> None:
    spoken = {name: said({"model": str(trio), "speaker": name}) for name in ("joe", "ann", "bob")}
    assert np.array_equal(spoken["joe"], said({"model": str(joe)}))
    assert not np.array_equal(spoken["joe"], spoken["ann"])
    assert not np.array_equal(spoken["ann"], spoken["bob"])


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
