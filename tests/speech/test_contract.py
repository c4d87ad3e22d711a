"""The contract for engines: ours keep it, and engines that break it are told apart."""

from __future__ import annotations

from collections.abc import Sequence

import narrator_fakes
import numpy as np
import pytest

from narrator.audio import Audio
from narrator.book import Voice
from narrator.casting import house_voices
from narrator.speech import Word, engine
from narrator.testing import EngineContract


class TestTones(EngineContract):
    engine = narrator_fakes.Tones()
    voice = Voice("low", "tones", {"hertz": 180.0})


class TestHibari(EngineContract):
    engine = engine("hibari")
    voice = house_voices()["hibari/thorn"]


class Odd(narrator_fakes.Tones):
    """Keeps the contract but for one fault."""

    def __init__(self, fault: str) -> None:
        self.fault = fault

    def fingerprint(self, voice: Voice) -> dict[str, str]:
        if self.fault == "hasty":
            import scipy  # noqa: F401  what a careless engine does
        return {} if self.fault == "no facts" else {"model": "1"}

    def open(self, voice: Voice) -> OddActor:
        return OddActor(self.fault)


class OddActor(narrator_fakes.Tone):
    def __init__(self, fault: str) -> None:
        super().__init__(220.0)
        object.__setattr__(self, "fault", fault)

    def speak(self, words: Sequence[Word], *, delivery: str, pace: float, seed: int) -> Audio:
        if self.fault == "drops":
            text = "".join(w.respelling or w.written for w in words)[:400]
            words = [Word(text)]
        if self.fault == "deaf":
            words = [Word(word.written) for word in words]
        if self.fault == "steady":
            pace = 1.0
        said = super().speak(words, delivery=delivery, pace=pace, seed=seed)
        if self.fault == "dice":
            return Audio(said.samples + np.float32(1e-3) * np.random.default_rng().random(), said.rate)
        if self.fault == "moody" and delivery:
            return Audio(said.samples * np.float32(0.5), said.rate)
        return said


@pytest.mark.parametrize(
    ("fault", "test"),
    [
        ("no facts", "test_its_fingerprint_is_facts"),
        ("hasty", "test_asking_for_it_is_cheap"),
        ("drops", "test_a_long_line_is_said_whole"),
        ("dice", "test_a_seed_gives_the_same_take_again"),
        ("steady", "test_pace_is_followed"),
        ("moody", "test_an_unknown_delivery_changes_nothing"),
        ("deaf", "test_a_respelling_is_said_in_place_of_the_word"),
    ],
)
def test_a_fault_is_found_by_its_test(fault: str, test: str) -> None:
    class Contract(EngineContract):
        engine = Odd(fault)
        voice = Voice("odd", "tones", {})

    with pytest.raises(AssertionError):
        getattr(Contract(), test)()


def test_without_a_fault_it_passes() -> None:
    class Contract(EngineContract):
        engine = Odd("")
        voice = Voice("odd", "tones", {})

    for name in dir(Contract):
        if name.startswith("test_") and "seed" not in name and "cheap" not in name:
            getattr(Contract(), name)()
