"""The contract for engines: ours keep it, and engines that break it are told apart."""

from __future__ import annotations

import narrator_fakes
import narrator_odd
import pytest

from narrator.book import Voice
from narrator.casting import house_voices
from narrator.speech import engine
from narrator.testing import EngineContract


class TestTones(EngineContract):
    engine = narrator_fakes.Tones()
    voice = Voice("low", "tones", {"hertz": 180.0})


class TestHibari(EngineContract):
    engine = engine("hibari")
    voice = house_voices()["hibari/thorn"]


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
        engine = narrator_odd.Odd(fault)
        voice = Voice("odd", "tones", {})

    with pytest.raises(AssertionError):
        getattr(Contract(), test)()


def test_without_a_fault_it_passes() -> None:
    class Contract(EngineContract):
        engine = narrator_odd.Odd("")
        voice = Voice("odd", "tones", {})

    for name in dir(Contract):
        if name.startswith("test_") and "seed" not in name and "cheap" not in name:
            getattr(Contract(), name)()
