"""Cutting long lines and joining what was said."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrator.speech.engines.chunks import CRUMB, chunks, joined, plain


@given(st.text(st.sampled_from("ab .,;!?—”"), max_size=400), st.integers(30, 90))
def test_no_word_is_lost_and_no_stretch_is_too_long(text, most):
    parts = list(chunks(text, most))
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(0 < len(part) <= most for part in parts)


def test_sentences_are_cut_before_clauses_and_clauses_before_words():
    text = "The mill stood, and the water rose. Nobody slept, and nobody spoke of it at all."
    assert list(chunks(text, 60)) == [text[:35], text[36:]]
    assert list(chunks(text[36:], 30)) == ["Nobody slept,", "and nobody spoke of it at all."]
    assert list(chunks("the mill stood and the water rose by another hand", 30)) == [
        "the mill stood and the water",
        "rose by another hand",
    ]


def test_no_crumb_is_left_at_the_end():
    text = "The mill stood and the water rose all night long. It was gone, then."
    first, last = chunks(text, 55)
    assert len(last) >= CRUMB - 1
    assert f"{first} {last}" == text


def test_stretches_are_joined_with_the_pauses_that_are_asked_for():
    sound = np.concatenate([np.zeros(50), np.ones(100), np.zeros(50)]).astype(np.float32)
    whole = joined([sound, sound, sound], [0.3, 0.1], 1000)
    assert len(whole) == 50 + 100 + 300 + 100 + 100 + 100 + 50
    assert len(joined([sound, sound], [0.2], 1000)) == 50 + 100 + 200 + 100 + 50


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("“Hold,” he said—“hold!”", "Hold, he said, hold!"),
        ("…and then the sailors’ boat", "and then the sailors boat"),
        ("-5 degrees", "-5 degrees"),
        ("- Five degrees", "Five degrees"),
    ],
)
def test_marks_are_made_plain(text, said):
    assert plain(text) == said
