"""Words as letters that script and transcript have in common: lower case, no accents, numbers spelt out."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen"),
    *("sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = ((1_000_000, "million"), (1_000, "thousand"), (100, "hundred"))
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+")
_SAID = frozenset("&%@#*/\\§¶†‡")
_LARGEST = 999_999_999


def words(text: str) -> list[str]:
    """The words of a text, each as its letters alone; numbers as English words."""
    found: list[str] = []
    for token in _TOKEN.findall(text):
        if token.isdigit():
            found += _spelt(int(token)) if int(token) <= _LARGEST else [_UNITS[int(d)] for d in token]
        else:
            found.append(plain(token))
    return [word for word in found if word]


def plain(token: str) -> str:
    """A word's letters: lower case, without accents, apostrophes or marks."""
    decomposed = unicodedata.normalize("NFKD", token.lower())
    return "".join(c for c in decomposed if c.isalpha())


def letters(text: str) -> int:
    """How many letters a text has when it is read out."""
    return sum(map(len, words(text)))


def signs(text: str) -> int:
    """How many signs a text has that some readers say and others do not: "&", "§", "€", a smile."""
    return sum(c in _SAID or unicodedata.category(c)[0] == "S" for c in text)


def capitals(text: str) -> int:
    """How many letters stand in words of capitals alone."""
    return sum(len(token) for token in _TOKEN.findall(text) if len(token) > 1 and token.isupper())


@cache
def _spelt_out(number: int) -> str:
    for scale, name in _SCALES:
        if number >= scale:
            rest = number % scale
            return f"{_spelt_out(number // scale)} {name}" + (f" {_spelt_out(rest)}" if rest else "")
    if number < 20:
        return _UNITS[number]
    return _TENS[number // 10] + (f" {_UNITS[number % 10]}" if number % 10 else "")


def _spelt(number: int) -> list[str]:
    return _spelt_out(number).split()
