"""Pitch and formant, which narrator does for engines that cannot: what reaches whom (tests_engines/ measures the sound)."""

from __future__ import annotations

import numpy as np
import pytest
from narrator_fakes import Tones

from narrator import speech
from narrator.audio import Audio
from narrator.book import Voice
from narrator.casting import house_voices
from narrator.errors import CastError, EngineError, MissingError
from narrator.speech import opening, reshaping
from narrator.speech.reshaping import Reshaping


def speak(voice: Voice) -> Audio:
    words = speech.words("Nobody would say who.", speech.Lexicon())
    return speech.record(speech.open_voice(voice), words, delivery="", pace=1.0, seed=0)


def tone(**settings: str | float) -> Voice:
    return Voice("test", "tones", settings)


@pytest.fixture
def halved(monkeypatch: pytest.MonkeyPatch) -> list[Reshaping]:
    """Reshaping that only halves the level, and what was asked of it."""
    asked: list[Reshaping] = []

    def halve(audio: Audio, how: Reshaping) -> Audio:
        asked.append(how)
        return Audio(audio.samples / 2, audio.rate)

    monkeypatch.setattr(opening, "reshaped", halve)
    monkeypatch.setattr(opening, "require", lambda: None)
    return asked


def test_takes_are_reshaped_after_any_engine(halved: list[Reshaping]) -> None:
    plain = speak(tone(hertz=220.0))
    assert halved == []
    assert np.array_equal(speak(tone(hertz=220.0, pitch=0.8)).samples, plain.samples / 2)
    speak(tone(formant=1.1))
    assert halved == [Reshaping(0.8, 1.0), Reshaping(1.0, 1.1)]


def test_they_are_part_of_the_key_only_where_they_change_something() -> None:
    assert "reshaping" not in speech.voice_facts(tone(pitch=1.0))
    assert "reshaping" in speech.voice_facts(tone(formant=0.9))
    assert speech.heard_settings(tone(formant=0.9)) == {"formant": 0.9}


def test_an_engine_that_does_it_itself_is_left_alone() -> None:
    voice = house_voices()["hibari/alder"]
    assert {"pitch", "formant"} <= set(voice.settings)
    assert speech.voice_facts(voice) == speech.engine("hibari").fingerprint(voice)
    assert type(speech.open_voice(voice)).__name__ == "HibariActor"


def test_the_engine_never_sees_them(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, object]] = []
    fingerprint = Tones.fingerprint
    monkeypatch.setattr(
        Tones,
        "fingerprint",
        lambda self, voice: seen.append(dict(voice.settings)) or fingerprint(self, voice),
    )
    speech.voice_facts(tone(hertz=200.0, pitch=1.2))
    assert seen == [{"hertz": 200.0}]


@pytest.mark.parametrize(
    ("name", "value"), [("pitch", 0.2), ("pitch", "low"), ("formant", 3.0), ("formant", float("nan"))]
)
def test_a_wrong_number_is_one_sentence(name: str, value: str | float) -> None:
    for ask in (speech.voice_facts, speech.open_voice):
        with pytest.raises(CastError, match=rf"^test: {name} = .* is not a number from 0\.[57] to"):
            ask(tone(**{name: value}))


def test_a_missing_library_is_told_before_anything_is_spoken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reshaping, "find_spec", lambda name: None)
    with pytest.raises(MissingError, match=r"pip install 'narrator\[pitch\]'"):
        speech.open_voice(tone(pitch=0.9))
    speech.open_voice(tone())


def test_an_engine_that_gives_no_sound_is_blamed_itself(halved: list[Reshaping]) -> None:
    with pytest.raises(EngineError, match=r"^the engine 'broken' returned NoneType"):
        speak(Voice("test", "broken", {"returns": "none", "pitch": 0.9}))
    assert halved == []
