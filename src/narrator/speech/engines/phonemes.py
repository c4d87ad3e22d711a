"""Phonemes of the lexicon in other alphabets: the IPA, and espeak's own letters for English sounds."""

from __future__ import annotations

import re
from typing import Final

_IPA: Final = {
    "A": "eɪ",
    "I": "aɪ",
    "O": "oʊ",
    "Q": "əʊ",
    "W": "aʊ",
    "Y": "ɔɪ",
    "ʤ": "dʒ",
    "ʧ": "tʃ",
    "ʦ": "ts",
    "ʣ": "dz",
    "ᵻ": "ɪ",
    "ᵊ": "ə",
    "T": "ɾ",
    "'": "ˈ",
    "g": "ɡ",
}
"""hibari's one letter a diphthong or affricate, which the lexicon may use too, and the usual slips."""

_ESPEAK: Final = {
    "iː": "i:",
    "i": "i",
    "ɪ": "I",
    "eɪ": "eI",
    "ɛ": "E",
    "e": "E",
    "æ": "a",
    "a": "a",
    "ɑː": "A:",
    "ɑ": "A:",
    "ɒ": "0",
    "ɔː": "O:",
    "ɔ": "O:",
    "oʊ": "oU",
    "əʊ": "oU",
    "ʊ": "U",
    "uː": "u:",
    "u": "u:",
    "ʌ": "V",
    "ə": "@",
    "ɐ": "@",
    "ɜː": "3:",
    "ɜɹ": "3:",
    "ɜ": "3:",
    "ɝ": "3:",
    "ɚ": "3",
    "əɹ": "3",
    "aɪ": "aI",
    "aʊ": "aU",
    "ɔɪ": "OI",
    "ɪə": "i@",
    "eə": "e@",
    **{sound: sound for sound in "pbtdkfvszhmnljwx"},
    "ɡ": "g",
    "θ": "T",
    "ð": "D",
    "ʃ": "S",
    "ʒ": "Z",
    "ŋ": "N",
    "ɫ": "l",
    "ɹ": "r",
    "r": "r",
    "ɾ": "t",
    "tʃ": "tS",
    "dʒ": "dZ",
    "ʔ": "?",
    "ˈ": "'",
    "ˌ": ",",
    "ː": "",
    ".": "",
    "͡": "",
    " ": " ",
}
"""espeak-ng's mnemonics for English (its docs/phonemes.md)."""

_SIGNS: Final = re.compile("|".join(sorted(map(re.escape, _ESPEAK), key=len, reverse=True)))


def ipa(phonemes: str) -> str:
    """The lexicon's phonemes as plain IPA."""
    return "".join(_IPA.get(sign, sign) for sign in phonemes)


def espeak(phonemes: str) -> str | None:
    """The phonemes as espeak writes English ones; None where one is no English sound."""
    plain = ipa(phonemes)
    signs = _SIGNS.findall(plain)
    return "".join(_ESPEAK[sign] for sign in signs) if "".join(signs) == plain else None
