import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrator.book import NARRATOR, Line, Piece
from narrator.speech import Lexicon, Word, has_something_to_say, words

NAMES = Lexicon(
    {"Ostrov": "OSS-trof", "Lake Ostrov": "/leɪk ˈɑstɹɑf/", "tarn": "/tɑɹn/", "O'Shea": "oh-SHAY"}
)


def said(text, lexicon=NAMES):
    return [
        word.respelling or word.phonemes for word in words(text, lexicon) if word.respelling or word.phonemes
    ]


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("Ostrov slept.", ["OSS-trof"]),
        ("“Ostrov’s?”", ["OSS-trof"]),
        ("Ostrovian", []),
        ("ostrov", []),
        ("OSTROV", []),
        ("by Lake Ostrov", ["leɪk ˈɑstɹɑf"]),
        ("by Lake\u00a0 Ostrov", ["leɪk ˈɑstɹɑf"]),
        ("Tarn, TARN, tarn-side", ["tɑɹn"] * 3),
        ("tarns", []),
        ("O’Shea and O'Shea", ["oh-SHAY"] * 2),
        ("Ostrov2", []),
    ],
)
def test_whole_words_longest_first_and_case(text, readings):
    assert said(text) == readings


def test_a_lines_own_readings_win_over_the_lexicon():
    line = Line(
        NARRATOR, (Piece("By the "), Piece("tarn", said="TURN"), Piece(" of Ostrov.", emphasised=True))
    )
    assert words(line, NAMES) == (
        Word("By the "),
        Word("tarn", respelling="TURN"),
        Word(" of "),
        Word("Ostrov", respelling="OSS-trof"),
        Word("."),
    )


@given(st.text(st.sampled_from("Ostrov 'Lake’“”….tarn\nX-")))
def test_no_word_is_lost(text):
    found = words(text, NAMES)
    assert "".join(word.written for word in found) == text
    assert all(word.written for word in found)


@pytest.mark.parametrize(
    ("text", "answer"), [("No.", True), ("7", True), ("Ω", True), ("“…”", False), ("—", False), ("", False)]
)
def test_something_to_say(text, answer):
    assert has_something_to_say(text) is answer
    assert has_something_to_say(Line(NARRATOR, (Piece(text or "…"),))) is answer
