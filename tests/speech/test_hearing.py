"""What was heard of a take, held against its words."""

import numpy as np
import pytest

from narrator.audio import Audio
from narrator.speech import CLIPPED, Lexicon, clipped, fault, seeds, words

LINE = "The rope was older than the house, and nobody in it would say who had tied it there."


def wrong(heard, text=LINE, **entries):
    return fault(words(text, Lexicon(entries)), heard).what


@pytest.mark.parametrize(
    "heard",
    [
        LINE,
        "the rope was older than the house and nobody in it would say who had tied it there",
        "The rope was older than the house and no body in it would say who'd tied it there.",
        "The robe was older than a house, and nobody would say who had tied it there.",
        "A rope was older than the house, and nobody in it would say who it tied it, there!",
    ],
)
def test_ears_may_slip(heard):
    assert wrong(heard) == ""


@pytest.mark.parametrize(
    ("heard", "says"),
    [
        (
            "The rope was older than the house, and nobody in it",
            "words are missing: “would say who had tied it there”",
        ),
        (
            "The house, and nobody in it would say who had tied it there.",
            "missing: “rope was older than the”",
        ),
        (f"{LINE} Thank you for watching.", "words are added: “thank you for watching”"),
        (
            "The rope was older, the rope was older than the house, and nobody in it would say who had tied it there.",
            "repeated: “the rope was older”",
        ),
        ("", "missing"),
        (
            "Good evening, ladies and gentlemen, and welcome again tonight to all of our many friends from abroad.",
            "“",
        ),
    ],
)
def test_what_an_engine_drops_and_invents(heard, says):
    assert says in wrong(heard)


def test_figures_are_the_same_in_words_and_in_digits():
    assert wrong("In 1871, 3 of the 21 men paid $5.", "In 1871, 3 of the 21 men paid $5.") == ""
    assert (
        wrong(
            "In eighteen seventy-one three of the 21 men paid five dollars",
            "In 1871, 3 of the 21 men paid $5.",
        )
        == ""
    )


def test_nobody_knows_how_ears_spell_a_name():
    text = "Then Vlasov and Orrow went down to the mill again."
    assert (
        wrong("Then glass off and Oreo went down to the mill again.", text, Vlasov="VLAH-sof", Orrow="/ˈɔɹO/")
        == ""
    )
    assert "missing" in wrong("Then Vlasov and Orrow.", text, Vlasov="VLAH-sof", Orrow="/ˈɔɹO/")


def test_a_word_or_two_is_hard_to_hear_but_a_tail_is_not():
    assert wrong("Mm.", "No.") == ""
    assert "added" in wrong("No. Please subscribe to my channel.", "No.")


def test_the_better_of_two_takes_costs_less():
    said = words(LINE, Lexicon())
    assert fault(said, LINE).cost == 0
    assert 0 < fault(said, LINE[:60]).cost < fault(said, LINE[:30]).cost


def test_a_flat_top_is_clipped_and_a_wave_is_not():
    wave = (0.9 * np.sin(np.arange(24_000) * 0.02)).astype(np.float32)
    assert clipped(Audio(wave, 24_000)) == 0
    assert clipped(Audio(2 * wave, 24_000)) == 0  # above full scale, and yet whole
    assert clipped(Audio(np.clip(1.5 * wave, -1, 1), 24_000)) > 100 * CLIPPED
    assert clipped(Audio(np.zeros(0, np.float32), 24_000)) == 0


def test_seeds_follow_from_the_take_and_from_nothing_else():
    assert seeds("key", 1) == seeds("key", 1)
    assert seeds("key", 1)[0] == 0
    assert seeds("key", 4)[0] == 3
    assert set(seeds("key", 1)[1:]).isdisjoint(seeds("other", 1)[1:])
