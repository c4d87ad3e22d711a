"""What is wrong with a voice or its model is one sentence, and says what to type."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from conftest import take, voice
from narrator import speech
from narrator.errors import CastError, EngineError, MissingError, NarratorError


def refused(settings: dict[str, str], kind: type[NarratorError], says: str) -> None:
    with pytest.raises(kind) as caught:
        speech.open_voice(voice(settings))
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("settings", "kind", "says"),
    [
        ({"model": "JOE", "speaker": "ann"}, CastError, "one speaker only"),
        ({"model": "JOE", "language": "en"}, CastError, "one language only"),
        ({"model": "JOE", "reference": "JOE/config.json"}, CastError, "cannot clone"),
        ({"model": "TRIO"}, CastError, "several speakers"),
        ({"model": "TRIO", "speaker": "zoe"}, CastError, "no speaker 'zoe'. There are joe, ann, bob"),
        ({"model": "tts_models/en/ljspeech/vitz"}, CastError, "Did you mean tts_models/en/ljspeech/vits"),
    ],
)
def test_a_setting_that_the_model_does_not_take(
    joe: Path, trio: Path, settings: dict[str, str], kind: type[NarratorError], says: str
) -> None:
    places = {"JOE": str(joe), "TRIO": str(trio), "JOE/config.json": str(joe / "config.json")}
    refused({key: places.get(value, value) for key, value in settings.items()}, kind, says)


def test_nothing_to_say(joe: Path) -> None:
    with pytest.raises(EngineError, match="nothing that this model can say"):
        take({"model": str(joe)}, "…")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there(joe: Path) -> None:
    refused({"model": str(joe), "device": "cuda"}, MissingError, "no device 'cuda'")


@pytest.mark.parametrize("broken", ["not weights", "cut short", "of another model"])
def test_weights_that_cannot_be_loaded(joe: Path, trio: Path, tmp_path: Path, broken: str) -> None:
    shutil.copy(joe / "config.json", tmp_path)
    whole = (trio if broken == "of another model" else joe) / "model.pth"
    size = {"not weights": 0, "cut short": 1 << 20, "of another model": -1}[broken]
    with whole.open("rb") as file:
        (tmp_path / "model.pth").write_bytes(file.read(size) or b"weights went elsewhere")
    if broken == "of another model":
        shutil.copy(joe / "config.json", tmp_path)
    refused({"model": str(tmp_path)}, MissingError, "cannot be loaded")


def test_espeak_is_missing(joe: Path) -> None:
    """Coqui looks for it when it is imported: a process of its own."""
    program = (
        "from narrator import speech; from narrator.book import Voice\n"
        f"speech.open_voice(Voice('test', 'coqui', {{'model': {str(joe)!r}}}))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env={"PATH": str(joe)}
    )
    told = ran.stderr.strip().split("\n")[-1]
    assert "MissingError" in told
    assert "needs espeak-ng, which is not installed. Type apt install espeak-ng" in told
