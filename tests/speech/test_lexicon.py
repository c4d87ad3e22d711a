import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrator.book import NARRATOR, Line, Piece, Reading
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
        ("Ostrovs", []),
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


def test_a_character_may_say_a_word_in_their_own_way():
    lexicon = Lexicon({"tarn": "TARN", "Ostrov": "OSS-trof"}, {"boy": {"tarn": "TAAN"}})

    def says(who):
        return [w.respelling for w in words(Line(who, (Piece("Ostrov tarn"),)), lexicon) if w.respelling]

    assert says("boy") == ["OSS-trof", "TAAN"]
    assert says("girl") == says(NARRATOR) == ["OSS-trof", "TARN"]
    assert list(lexicon.used("a tarn", "boy")) == [("boy", "tarn")]
    assert list(lexicon.used("a tarn", "girl")) == [(None, "tarn")]
    assert set(lexicon.all()) == {(None, "tarn"), (None, "Ostrov"), ("boy", "tarn")}


@pytest.mark.parametrize(
    ("reading", "text", "times"),
    [
        (Reading("x", case=True), "tarn Tarn TARN", 1),
        (Reading("x", case=False), "tarn Tarn TARN", 3),
        (Reading("x"), "tarns untarned tarn", 1),
        (Reading("x", whole=False), "tarns untarned tarn", 3),
    ],
)
def test_case_and_whole_words(reading, text, times):
    assert len(said(text, Lexicon({"tarn": reading}))) == times


def test_capitals_may_be_told_to_fit_any_case():
    assert said("ostrov OSTROV", Lexicon({"Ostrov": Reading("x", case=False)})) == ["x", "x"]


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("OSS-trof", Word("X", respelling="OSS-trof")),
        ("/ɑstɹ/", Word("X", phonemes="ɑstɹ")),
        ("OSS-trof /ɑstɹ/", Word("X", respelling="OSS-trof", phonemes="ɑstɹ")),
        ("this and/or that", Word("X", respelling="this and/or that")),
        ("//", Word("X", respelling="//")),
    ],
)
def test_a_reading_as_it_is_typed(typed, word):
    assert words("X", Lexicon({"X": typed})) == (word,)
    assert words(Line(NARRATOR, (Piece("X", said=typed),)), Lexicon()) == (word,)


def test_a_lexicon_may_hold_thousands():
    many = Lexicon({f"Word{n}": f"w{n}" for n in range(20_000)} | {"Lake Ostrov": "x"})
    assert said("Word19999 and word by Lake Ostrov", many) == ["w19999", "x"]
