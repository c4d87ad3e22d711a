import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrator.book import Voice
from narrator.errors import EngineError
from narrator.speech import Lexicon, Word, engine, words
from narrator.speech.engines.reading import LONGEST, cut, plain


@pytest.fixture(scope="module")
def reader():
    return engine("hibari").open(Voice("v", "hibari", {})).model.reader


def phonemes(reader, text, **entries):
    return " | ".join(chunk.phonemes for chunk in reader.chunks(words(text, Lexicon(entries))))


@pytest.mark.parametrize(
    ("marked", "bare"),
    [
        ("“Stay,” she said.", "Stay, she said."),
        ("‘Stay,’ she said.", "Stay, she said."),
        ("—he waved—", "he waved—"),
        ("Wait -- no", "Wait—no"),
        ("Wait . . . no", "Wait… no"),
        ("“…no?”", "no?"),
        ("It’s Ann’s", "It’s Ann’s"),
    ],
)
def test_marks_that_nobody_hears_change_nothing(marked, bare):
    assert plain(marked) == bare


def test_quotation_marks_leave_no_sign_in_the_phonemes(reader):
    assert phonemes(reader, "“‘Stay,’ she said.”") == phonemes(reader, "Stay, she said.")


def test_readings_are_said_as_given(reader):
    assert "kwˈɔɹʤo" in phonemes(reader, "Quarjo", Quarjo="/kwˈɔrdʒo/")
    assert phonemes(reader, "Vesna left.", Vesna="VEZ-nah").startswith("ˈvɛz")
    assert phonemes(reader, "Xq left.", Xq="Steven") == phonemes(reader, "Steven left.")


@pytest.mark.parametrize(("ends", "sound"), [("/kæt/", "kæts"), ("/mæks/", "mæksᵻz"), ("/ɛnə/", "ɛnəz")])
def test_an_owner_keeps_their_s(reader, ends, sound):
    assert sound in phonemes(reader, "Qx’s hat", Qx=ends)
    assert sound in phonemes(reader, "Qx's hat", Qx=ends)


def test_clipped_words_and_sounds(reader):
    assert phonemes(reader, "’Twas him, give ’em th’ oar") == phonemes(reader, "’twas him, give ’EM TH’ oar")
    assert "ʃ" in phonemes(reader, "Shh!")
    assert "A" not in phonemes(reader, "Shh!")


def test_a_reading_in_strange_signs_is_refused(reader):
    with pytest.raises(EngineError, match="no sound for ß ü"):
        phonemes(reader, "Qx", Qx="/ßü/")


def test_what_cannot_be_read_at_all_is_refused(reader):
    with pytest.raises(EngineError, match="cannot read '山'"):
        phonemes(reader, "山")


def test_several_sentences_are_all_said(reader):
    chunks = reader.chunks((Word("Go! Did he? “Yes.” Mr. Orr did."),))
    assert [chunk.ends_sentence for chunk in chunks] == [True] * 4


def test_a_long_sentence_is_cut_at_breaths_and_loses_nothing(reader):
    text = "the carts went down to the ford, and the drivers called to each other; " * 12
    chunks = reader.chunks((Word(text),))
    assert all(len(chunk.phonemes) <= LONGEST for chunk in chunks)
    assert all(chunk.phonemes[-1] in ",;" for chunk in chunks)
    assert "".join(chunk.phonemes for chunk in chunks).count("fˈɔɹd") == 12
    assert [chunk.ends_sentence for chunk in chunks] == [False] * (len(chunks) - 1) + [True]


@given(st.text(st.sampled_from("abcəˈ ,;—.…"), max_size=900))
def test_cutting_loses_only_white_space(text):
    parts = list(cut(text))
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(len(part) <= LONGEST for part in parts)


def test_packed_tables_read_like_hibaris_own(reader):
    from hibari.g2p import G2P

    own = G2P()
    for text in (
        "The wind did live up to its record; they live to record it, 3 times in 1871.",
        "He read the lead story, I have read it, and Zorblax objected at 7:30 pm on the 2nd of May.",
        "Close the close door; a tear in her eye, don’t tear it, wound around the wound.",
    ):
        assert reader._g2p(text) == own(text)


def test_strange_phonemes_fall_back_to_the_respelling(reader):
    both = reader.chunks((Word("Qx", respelling="Steven", phonemes="ßü"), Word(" left.")))
    assert both == reader.chunks((Word("Steven left."),))
    own = reader.chunks((Word("Qx", respelling="Steven", phonemes="kwˈɔrdʒo"), Word(" left.")))
    assert own[0].phonemes.startswith("kwˈɔɹʤo")


def test_figures_come_to_hibari_as_words(reader):
    assert phonemes(reader, "In 1905, at 7:05, 3/4 of 21 men.") == phonemes(
        reader, "In nineteen oh five, at seven oh five, three quarters of twenty one men."
    )
