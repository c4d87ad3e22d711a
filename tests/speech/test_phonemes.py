"""The lexicon's phonemes in the alphabets of other engines."""

import pytest

from narrator.speech import Lexicon, Word, words
from narrator.speech.engines.espeak import _text
from narrator.speech.engines.phonemes import espeak, ipa


@pytest.mark.parametrize(
    ("phonemes", "plain", "letters"),
    [
        ("vlˈɑsəf", "vlˈɑsəf", "vl'A:s@f"),
        ("ˈɔɹO", "ˈɔɹoʊ", "'O:roU"),
        ("ʤˈʌʤ", "dʒˈʌdʒ", "dZ'VdZ"),
        ("ˈɜːθwɜːm", "ˈɜːθwɜːm", "'3:Tw3:m"),
        ("kiː", "kiː", "ki:"),
        ("ɡA bI", "ɡeɪ baɪ", "geI baI"),
        ("çy", "çy", None),
    ],
)
def test_alphabets(phonemes, plain, letters):
    assert ipa(phonemes) == plain
    assert espeak(phonemes) == letters


def test_espeak_reads_phonemes_and_marks_around_them_are_made_plain():
    said = words("‘Orrow’—he said.", Lexicon({"Orrow": "/ˈɔɹO/"}))
    assert _text(said) == "[['O:roU]], he said."


def test_espeak_falls_back_to_the_respelling():
    assert _text([Word("Bücher", respelling="BEE-sher", phonemes="ˈbyçɐ"), Word(" [[x]]")]) == "BEE-sher x"
