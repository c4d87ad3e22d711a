"""What the Coqui engine says of a voice without Coqui: tests_coqui/ has the rest."""

from __future__ import annotations

import json
import sys

import pytest

from narrator.book import Voice
from narrator.errors import CastError, MissingError
from narrator.speech import engine


def facts(settings, folder=""):
    return engine("coqui").fingerprint(Voice("marta", "coqui", settings, folder=str(folder)))


@pytest.fixture
def model(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"model": "vits", "output_path": "/home/a", "power": 1.5}))
    (folder / "model.pth").write_bytes(b"weights")
    return folder


@pytest.mark.parametrize(
    ("settings", "kind", "says"),
    [
        ({}, CastError, "'marta' names no model"),
        ({"model": "model", "speakr": "ann"}, CastError, "no setting 'speakr'. It takes model, config"),
        ({"model": "model", "speaker": 3.0}, CastError, "speaker = 3 .*is not text"),
        ({"model": "model", "device": "gpu"}, CastError, "device = 'gpu'"),
        (
            {"model": "model", "speaker": "a", "reference": "b.wav"},
            CastError,
            "both a speaker and a reference",
        ),
        (
            {"model": "model", "reference": "gone.wav"},
            MissingError,
            "'gone.wav' of voice 'marta' is not there",
        ),
        ({"model": "nowhere"}, MissingError, "is not at 'nowhere'"),
        ({"model": "model", "config": "other.json"}, MissingError, "has no 'other.json'"),
    ],
)
def test_a_mistake_in_the_sheet(model, settings, kind, says):
    with pytest.raises(kind, match=says) as caught:
        facts(settings, model.parent)
    assert caught.value.hint


def test_a_folder_without_weights(model):
    (model / "model.pth").unlink()
    with pytest.raises(MissingError, match=r"holds no model\.pth\. Put"):
        facts({"model": "model"}, model.parent)
    (model / "one.pth").write_bytes(b"1")
    assert facts({"model": "model"}, model.parent)
    (model / "two.pth").write_bytes(b"2")
    with pytest.raises(MissingError, match="but 2 other"):
        facts({"model": "model"}, model.parent)


def test_weights_can_be_named_among_others(model):
    whole = facts({"model": "model"}, model.parent)
    (model / "step_9.pth").write_bytes(b"other weights")
    assert facts({"model": "model"}, model.parent) == whole
    assert facts({"model": "model/step_9.pth"}, model.parent) != whole
    (model / "config.json").rename(model.parent / "elsewhere.json")
    assert facts({"model": "model", "config": "elsewhere.json"}, model.parent) == whole


def test_a_fact_holds_what_is_heard_and_no_path(model):
    config = model / "config.json"
    before = facts({"model": "model"}, model.parent)
    config.write_text(json.dumps({"power": 1.5, "output_path": "/home/b", "model": "vits"}))
    assert facts({"model": "model"}, model.parent) == before
    config.write_text(json.dumps({"power": 1.6, "output_path": "/home/b", "model": "vits"}))
    assert facts({"model": "model"}, model.parent) != before
    assert str(model) not in json.dumps(dict(before))


def test_a_speaker_table_is_heard(model):
    before = facts({"model": "model"}, model.parent)
    (model / "speaker_ids.json").write_text('{"ann": 0}')
    assert facts({"model": "model"}, model.parent) != before


def test_a_fingerprint_loads_nothing(model):
    facts({"model": "model"}, model.parent)
    assert not {"torch", "TTS", "torchaudio"} & set(sys.modules)
