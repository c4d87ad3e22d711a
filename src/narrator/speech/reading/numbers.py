"""English number words, without hyphens or commas: engines read them as they read any words."""

from __future__ import annotations

from typing import Final

_ONES: Final = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS: Final = ["-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_THOUSANDS: Final = ("", *["thousand", "million", "billion", "trillion", "quadrillion"])
_ORDINALS: Final = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}

MOST_DIGITS: Final = 15
"""A number of more digits is read digit by digit."""


def cardinal(number: int) -> str:
    """`one thousand two hundred and four`; 0 to 999 quadrillion."""
    if number < 100:
        tens, ones = divmod(number, 10)
        if number < 20:
            return _ONES[number]
        return f"{_TENS[tens]} {_ONES[ones]}" if ones else _TENS[tens]
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        return f"{_ONES[hundreds]} hundred{f' and {cardinal(rest)}' if rest else ''}"
    parts, power = [], 0
    rest = number
    while rest:
        rest, group = divmod(rest, 1000)
        if group:
            name = f" {_THOUSANDS[power]}" if power else ""
            lonely = not power and group < 100
            parts.append(f"{'and ' if lonely else ''}{cardinal(group)}{name}")
        power += 1
    return " ".join(reversed(parts))


def ordinal(number: int) -> str:
    """`one hundred and twenty first`."""
    head, _, last = cardinal(number).rpartition(" ")
    last = _ORDINALS.get(last) or (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")
    return f"{head} {last}".strip()


def year(number: int) -> str:
    """A year of four digits: `eighteen seventy one`, `nineteen oh five`, `two thousand and three`."""
    century, rest = divmod(number, 100)
    if century % 10 == 0 and rest < 10:
        return cardinal(number)
    if not rest:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def hundreds(number: int) -> str:
    """A count from 1,100 to 1,999 as it is told: `twelve hundred and fifty`."""
    century, rest = divmod(number, 100)
    return f"{cardinal(century)} hundred{f' and {cardinal(rest)}' if rest else ''}"


def digits(figures: str, *, zero: str = "oh") -> str:
    """Digit by digit: `five oh two`."""
    return " ".join(zero if figure == "0" else _ONES[int(figure)] for figure in figures if figure.isdecimal())


def code(figures: str) -> str:
    """The number of a room or a road: `two twenty one`, `one oh one`, `fourteen oh eight`, `sixty six`."""
    if figures[0] == "0" or len(figures) > 4:
        return digits(figures)
    if len(figures) == 4:
        return year(int(figures))
    if len(figures) == 3 and figures[1:] != "00":
        return f"{_ONES[int(figures[0])]} {'oh ' if figures[1] == '0' else ''}{cardinal(int(figures[1:]))}"
    return cardinal(int(figures))


def amount(figures: str) -> str:
    """A quantity as it is written: `1,204` `0.25` `.5`. 1100 to 1999 without a comma are told in hundreds."""
    if len(figures) == 4 and "1100" <= figures < "2000" and figures.isdecimal():
        return hundreds(int(figures))
    whole, _, rest = figures.replace(",", "").partition(".")
    if len(whole) > MOST_DIGITS:
        return digits(figures, zero="zero")
    point = f" point {digits(rest, zero='zero')}" if rest else ""
    return (cardinal(int(whole)) if whole else "") + point if whole else point.strip()


def plural(words: str) -> str:
    """`twenties`, `sixes`, `fives`."""
    if words.endswith("y"):
        return f"{words[:-1]}ies"
    return f"{words}es" if words.endswith("x") else f"{words}s"
