"""Roman numerals: `Chapter IV`, `Henry VIII`, `World War II`, and a heading that is nothing else."""

from __future__ import annotations

import re
from typing import Final

from narrator.speech.reading.numbers import cardinal, ordinal
from narrator.speech.reading.rule import Match, Rule, rule

_VALUES: Final = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_NUMERAL: Final = r"(?:(?=[IVXLC]{2})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})|[IVX])"
"""1 to 99: chapters, kings and wars have no more. `L` and `C` alone are letters."""

_COUNTED: Final = (
    "chapter part book act scene volume section article canto appendix lesson letter stave stage phase tome"
).replace(" ", "|")
_REIGNED: Final = (
    "Henry Louis Edward George William Charles James Richard Elizabeth Napoleon Pius Benedict Leo Paul John "
    "Frederick Philip Alexander Nicholas Peter Catherine Ivan Victor Gustav Christian Ferdinand Francis "
    "Rameses Ramses Ptolemy Innocent Gregory Clement Urban Boniface Otto Rudolf Leopold Wilhelm Mary "
    "Margaret Robert David Harald Olaf Sigismund Ladislas Casimir Mehmed Murad Darius Xerxes Antiochus"
).replace(" ", "|")
_TITLES: Final = "King|Queen|Pope|Tsar|Czar|Emperor|Empress|Kaiser|Sultan|Prince|Duke|Earl|Baron"
_INITIAL: Final = r"(?!\w)(?!(?<=\s[IVX])\. [A-Z])"
"""What follows a single letter is no name: `James V. Orr` has an initial."""


def value(numeral: str) -> int:
    """What a Roman numeral is worth."""
    worth = [_VALUES[letter] for letter in numeral]
    return sum(-here if here < after else here for here, after in zip(worth, [*worth[1:], 0], strict=True))


def _counted(match: Match) -> str | None:
    label, numeral = match[1], match[2]
    if not re.fullmatch(_NUMERAL, numeral.upper()) or (numeral == "I" and label[0].islower()):
        return None  # `the book I read`
    return f"{label} {cardinal(value(numeral.upper()))}"


def _reigned(match: Match) -> str:
    return f"{match[1]} the {ordinal(value(match[2]))}"


def _alone(match: Match) -> str:
    return cardinal(value(match[1]))


RULES: Final[tuple[Rule, ...]] = (
    rule(rf"\b((?i:{_COUNTED}|world war)) ({_NUMERAL}|[ivxl]{{2,7}})(?![\w’'])", _counted),
    rule(rf"\b((?:{_TITLES}) [A-Z][a-zé]+) ({_NUMERAL})(?!\w)", _reigned),
    rule(rf"\b({_REIGNED}) (?!I\b)({_NUMERAL}){_INITIAL}", _reigned),
    rule(rf"(?<![\w.&’'-])(?<!\ban )(?!XX\b|XXX\b)(?=[IVX]{{2}})({_NUMERAL})(?![\w&-]|\.\w)", _alone),
)
"""`an IV` is no four, `XXX` no thirty."""

HEADING: Final = rule(rf"^({_NUMERAL})(?=[.:]?$|[.:—–]\s| [—–-])", _alone)
"""A heading that is a numeral, or that begins with one."""
