"""The built-in ears: what they make of a good take, and of takes with planted faults."""

from __future__ import annotations

import numpy as np
import pytest

from narrator import speech
from narrator.audio import Audio
from narrator.book import Voice
from narrator.casting import house_voices
from narrator.ears.whisper import Whisper

LINES = (
    "The rope was older than the house, and nobody would say who had tied it there.",
    "In 1871 the mill burned down, and 3 of the 21 men went back for the horses.",
    "“Hold the bridge,” she said, “until the carts are over, and then run.”",
    "He counted the bells twice, and both times he came to eleven.",
    "The ferryman had seen the light as well, but he was not going to talk about it.",
    "We buried the letters under the third step, where the stone was loose.",
)


@pytest.fixture(scope="module")
def ears() -> Whisper:
    return Whisper()


@pytest.fixture(scope="module", params=["hibari/wren", "hibari/alder"])
def takes(request: pytest.FixtureRequest) -> list[Audio]:
    actor = speech.open_voice(house_voices()[request.param])
    said = (speech.words(line, speech.Lexicon()) for line in LINES)
    return [speech.record(actor, words, delivery="", pace=1.0, seed=0) for words in said]


def found(ears: Whisper, takes: list[Audio]) -> list[str]:
    heard = ears.hear(takes)
    return [
        speech.fault(speech.words(line, speech.Lexicon()), text).what
        for line, text in zip(LINES, heard, strict=True)
    ]


def cut(take: Audio, start: float, end: float) -> Audio:
    size = len(take.samples)
    return Audio(take.samples[int(start * size) : int(end * size)], take.rate)


def after(one: Audio, other: Audio) -> Audio:
    pause = np.zeros(one.rate // 4, np.float32)
    return Audio(np.concatenate([one.samples, pause, other.samples]), one.rate)


def test_good_takes_are_good(ears: Whisper, takes: list[Audio]) -> None:
    assert found(ears, takes) == [""] * len(LINES)


@pytest.mark.parametrize("kind", ["missing", "repeated", "added"])
def test_planted_faults_are_found(ears: Whisper, takes: list[Audio], kind: str) -> None:
    tail = takes[1:] + takes[:1]
    spoilt = {
        "missing": [cut(take, 0, 0.5) for take in takes],
        "repeated": [after(take, take) for take in takes],
        "added": [after(take, cut(other, 0, 0.6)) for take, other in zip(takes, tail, strict=True)],
    }[kind]
    told = found(ears, spoilt)
    assert all(told), told
    if kind == "missing":
        assert all("missing" in what or "other" in what for what in told), told


def test_the_same_take_is_heard_the_same_way_twice(ears: Whisper, takes: list[Audio]) -> None:
    assert ears.hear(takes[:2]) == Whisper().hear(takes[:2])


def test_a_voice_that_is_listened_to_is_spoken_by_way_of_its_ears() -> None:
    from narrator.book import NARRATOR, Line, Piece
    from narrator.build.plan import TakeRequest
    from narrator.build.recording.speaking import spoken

    voice = Voice("piper", "piper", {"model": "joe"}, listen=True)
    words = [speech.words(Line(NARRATOR, (Piece(text),)), speech.Lexicon()) for text in LINES]
    asked = [TakeRequest(f"key {n}", {}, voice, said, "", 1, f"line {n}") for n, said in enumerate(words)]
    kept = list(spoken(asked))
    assert sum(bool(take.finding) for _, take in kept) <= 1
