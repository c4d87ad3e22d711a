"""What a rule of the front-end is, and what every rule sees of the words around a match."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from narrator.speech.reading.numbers import amount

Match: TypeAlias = re.Match[str]

NUMBER: Final = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
"""A quantity: 7, 1,204, 0.25, .5."""

START: Final = r"(?<![\w.,:/$£€¥#])"
"""Nothing stands before a number that makes it a part of something else."""

END: Final = r"(?![\w/]|[.,:]\d)"

RANGE: Final = rf"(?P<first>{NUMBER})(?:\s?(?:[-–—]|to)\s?(?P<last>{NUMBER}))?"
"""A quantity, or two: 5, 5-10, 5 to 10."""

_SENTENCE_ENDS: Final = re.compile(r"[\"”’')\]]*(?:$|\s+[\"“‘(\[]*[A-Z])")
_ARTICLE: Final = re.compile(r"\b(?:an?|per)\s+$", re.IGNORECASE)
_NOUN: Final = re.compile(r"\s[a-z]")


class Rule(NamedTuple):
    """A pattern, and how a match of it is said; None where it is something else after all."""

    pattern: re.Pattern[str]
    said: Callable[[Match], str | None]


def rule(pattern: str, said: Callable[[Match], str | None], flags: int = 0) -> Rule:
    """A rule whose pattern is written as text."""
    return Rule(re.compile(pattern, flags), said)


def ends_sentence(match: Match) -> bool:
    """Whether a sentence ends with the match, so that a full stop in it is needed."""
    return _SENTENCE_ENDS.match(match.string, match.end()) is not None


def before(match: Match) -> str:
    """The text before the match, a few words of it."""
    return match.string[max(0, match.start() - 40) : match.start()]


def describes(match: Match) -> bool:
    """Whether the quantity describes a thing: `a 5 km walk`, whose unit is said in the singular."""
    return bool(_ARTICLE.search(before(match)) and _NOUN.match(match.string, match.end()))


def span(match: Match) -> str:
    """One quantity, or two, of a pattern with RANGE's groups: `five to ten`."""
    first, last = match["first"], match["last"]
    return amount(first) if last is None else f"{amount(first)} to {amount(last)}"


def is_one(match: Match) -> bool:
    """Whether what is counted is said in the singular."""
    return match["last"] is None and match["first"] in ("1", "1.0")
