"""Figures, dates, money and abbreviations: what is written, and the words that a reader says."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrator.book import NARRATOR, Line, Piece
from narrator.speech import Lexicon, Word, words
from narrator.speech.reading import read, said

CASES = [
    tuple(line.split("\t"))
    for line in Path(__file__).with_name("reading.tsv").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize(("written", "spoken"), CASES, ids=[written for written, _ in CASES])
def test_a_reader_says(written, spoken):
    assert said(written) == spoken


def test_there_are_enough_cases():
    assert len(CASES) > 270


@pytest.mark.parametrize(
    ("title", "spoken"),
    [
        ("IV", "four"),
        ("I", "one"),
        ("XII.", "twelve."),
        ("II. The Ridge", "two. The Ridge"),
        ("III — Snow", "three — Snow"),
        ("Chapter 7", "Chapter seven"),
        ("I Was Late", "I Was Late"),
        ("1871", "eighteen seventy one"),
    ],
)
def test_a_heading_may_be_a_numeral(title, spoken):
    assert said(title, heading=True) == spoken


def test_a_line_that_is_a_letter_is_no_numeral():
    assert words(Line(NARRATOR, (Piece("V."),)), Lexicon()) == (Word("V."),)


def test_what_is_read_reaches_engines_as_a_respelling():
    line = Line(NARRATOR, (Piece("In 1871 the "), Piece("tarn", said="TURN"), Piece(" froze 3 times.")))
    assert words(line, Lexicon()) == (
        Word("In "),
        Word("1871", respelling="eighteen seventy one"),
        Word(" the "),
        Word("tarn", respelling="TURN"),
        Word(" froze "),
        Word("3", respelling="three"),
        Word(" times."),
    )


def test_the_lexicon_comes_first():
    assert words("Room 101.", Lexicon({"101": "ten one"}))[1] == Word("101", respelling="ten one")


def test_other_languages_are_left_to_their_engines():
    assert words("Am 3. Mai 1871", Lexicon(), language="de") == (Word("Am 3. Mai 1871"),)
    assert said("Am 3. Mai 1871") != "Am 3. Mai 1871"


@given(st.text(st.sampled_from("0123456789.,:/-–$£%°′½ IVXabm&'’stndrhp"), max_size=40))
def test_nothing_written_is_lost_and_no_figure_is_left_empty(text):
    parts = list(read(text, heading=True))
    assert "".join(written for written, _ in parts) == text
    assert all(written for written, _ in parts)
    assert all(reading is None or reading.strip() for _, reading in parts)


@given(st.integers(0, 10**15 - 1))
def test_every_count_is_words(number):
    spoken = said(f"{number:,} of them")
    assert spoken.endswith(" of them")
    assert not any(character.isdigit() for character in spoken)
    assert "-" not in spoken
