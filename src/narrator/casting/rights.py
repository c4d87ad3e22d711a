"""What a voice's licence allows: known names, SPDX identifiers and plain words."""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

from narrator.book import Use

Stance: TypeAlias = Literal["any", "noncommercial", "unknown"]
"""Any use; none that earns money; narrator does not know this licence."""

_BEST: Final[tuple[Stance, ...]] = ("any", "unknown", "noncommercial")

_NONCOMMERCIAL: Final = re.compile(
    r"\bnc\b"  # CC-BY-NC-4.0 and its kin
    r"|\bcpml\b|coqui public model"
    r"|\bnon ?commercial|\bno(?:t(?: for)?)? commercial|\bpersonal use\b"
    r"|\b(?:research|academic|evaluation) (?:use )?(?:only|purposes)"
)
_ANY: Final = re.compile(
    r"(?:apache|mit|bsd|isc|mpl|gpl|lgpl|agpl|cc0|cc by(?: sa)?|unlicen[cs]e|zlib|boost|0bsd|ofl|wtfpl|eupl"
    r"|public domain|openrail(?:\+\+)?(?: m)?)"
    r"(?: (?:licen[cs]e|software|version|v?\d\S*|clause|simplified|new|revised|only|or later"
    r"|universal|deed|international|unported))*"
)


def stance(licence: str) -> Stance:
    """What a licence allows, as far as its name says.

    `A OR B` allows what either does, `A AND B` what both do. Words that forbid earning money count wherever
    they stand; a licence for any use must be named plainly.
    """
    choices = [_of_all(part) for part in re.split(r"\s+OR\s+", licence)]
    # Where one choice is free, the other's terms need not be taken; an unknown one may be free.
    return next((best for best in _BEST if best in choices), "unknown")


def _of_all(licence: str) -> Stance:
    parts = [_of_one(part) for part in re.split(r"\s+(?:AND|WITH)\s+", licence)]
    if "noncommercial" in parts:
        return "noncommercial"
    return "unknown" if "unknown" in parts else "any"


def _of_one(licence: str) -> Stance:
    plain = " ".join(re.sub(r"[-_/,;:()\s]+", " ", licence.casefold()).split())
    if _NONCOMMERCIAL.search(plain):
        return "noncommercial"
    return "any" if _ANY.fullmatch(plain.removeprefix("the ").removeprefix("gnu ")) else "unknown"


def forbids(licence: str, use: Use) -> bool:
    """Whether the licence is known to forbid that use."""
    return use == "commercial" and stance(licence) == "noncommercial"
