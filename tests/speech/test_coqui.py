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


@pytest.fixture
def xtts(tmp_path, monkeypatch):
    monkeypatch.delenv("COQUI_TOS_AGREED", raising=False)
    monkeypatch.setenv("TTS_HOME", str(tmp_path / "home"))
    folder = tmp_path / "xtts"
    folder.mkdir()
    (folder / "config.json").write_text('{"model": "xtts"}')
    (folder / "model.pth").write_bytes(b"weights")
    return folder


NAMED = "tts_models/multilingual/multi-dataset/xtts_v2"


def test_the_licence_of_xtts_is_asked_before_anything_is_loaded(xtts, monkeypatch):
    for model in (NAMED, xtts.name):
        with pytest.raises(MissingError, match=r"nobody has accepted that here.*COQUI_TOS_AGREED=1 yourself"):
            facts({"model": model}, xtts.parent)
    monkeypatch.setenv("COQUI_TOS_AGREED", "1")
    assert facts({"model": NAMED})
    assert "torch" not in sys.modules


def test_what_coqui_was_told_counts_too(xtts):
    for folder in (xtts, xtts.parent / "home" / "tts" / NAMED.replace("/", "--")):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "tos_agreed.txt").write_text("yes")
    assert facts({"model": NAMED})
    assert facts({"model": xtts.name}, xtts.parent)


def test_the_model_knows_its_licence_better_than_a_sheet(xtts, model):
    def licence(name):
        return engine("coqui").licence(Voice("marta", "coqui", {"model": name}, folder=str(xtts.parent)))

    assert licence(NAMED) == licence(xtts.name) == "CPML"
    assert licence(model.name) == ""


def test_coquis_own_list_of_licences_is_read(tmp_path, monkeypatch):
    package = tmp_path / "TTS"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / ".models.json").write_text(
        json.dumps({"tts_models": {"en": {"hall": {"vits": {"license": "CC BY-NC 4.0"}, "bare": {}}}}})
    )
    monkeypatch.syspath_prepend(str(tmp_path))

    def licence(name):
        return engine("coqui").licence(Voice("marta", "coqui", {"model": name}))

    assert licence("tts_models/en/hall/vits") == "CC BY-NC 4.0"
    assert licence("tts_models/en/hall/bare") == ""
    assert licence("tts_models/en/attic/vits") == ""
    (package / ".models.json").write_text("[]")
    assert licence("tts_models/en/hall/vits") == ""
