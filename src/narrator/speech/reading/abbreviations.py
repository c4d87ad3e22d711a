"""Abbreviations and signs that stand for words.

`Mr.`, `Mrs.`, `Ms.` and `Dr.` are left: every engine knows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from narrator.speech.reading.dates import MONTHS
from narrator.speech.reading.rule import Match, Rule, before, ends_sentence, rule

_TITLES: Final = {
    "Capt": "Captain",
    "Col": "Colonel",
    "Gen": "General",
    "Lt": "Lieutenant",
    "Lieut": "Lieutenant",
    "Maj": "Major",
    "Sgt": "Sergeant",
    "Sergt": "Sergeant",
    "Cpl": "Corporal",
    "Pvt": "Private",
    "Adm": "Admiral",
    "Cmdr": "Commander",
    "Comdr": "Commander",
    "Gov": "Governor",
    "Sen": "Senator",
    "Rep": "Representative",
    "Pres": "President",
    "Prof": "Professor",
    "Rev": "Reverend",
    "Hon": "Honorable",
    "Supt": "Superintendent",
    "Insp": "Inspector",
    "Det": "Detective",
    "Messrs": "Messieurs",
    "Mme": "Madame",
    "Mlle": "Mademoiselle",
    "St": "Saint",
    "Ste": "Saint",
    "Mt": "Mount",
    "Ft": "Fort",
    "Wm": "William",
    "Geo": "George",
    "Chas": "Charles",
    "Jas": "James",
    "Thos": "Thomas",
    "Robt": "Robert",
}
"""Before a name."""

_AFTER_NAME: Final = {
    "St": "Street",
    "Ave": "Avenue",
    "Blvd": "Boulevard",
    "Rd": "Road",
    "Sq": "Square",
    "Ln": "Lane",
    "Jr": "Junior",
    "Sr": "Senior",
    "Esq": "Esquire",
    "Co": "Company",
    "Inc": "Incorporated",
    "Ltd": "Limited",
    "Corp": "Corporation",
    "Bros": "Brothers",
    "Mts": "Mountains",
}

_BEFORE_FIGURE: Final = {
    "No": "number",
    "Nos": "numbers",
    "no": "number",
    "nos": "numbers",
    "p": "page",
    "pp": "pages",
    "vol": "volume",
    "vols": "volumes",
    "ch": "chapter",
    "chap": "chapter",
    "fig": "figure",
    "figs": "figures",
    "art": "article",
    "sec": "section",
    "c": "circa",
    "ca": "circa",
    "Apt": "apartment",
}

_ANYWHERE: Final = {
    "etc": "et cetera",
    "e.g": "for example",
    "i.e": "that is",
    "viz": "namely",
    "vs": "versus",
    "cf": "compare",
    "approx": "approximately",
    "dept": "department",
    "Dept": "Department",
    "Govt": "Government",
    "govt": "government",
    "asst": "assistant",
    "Asst": "Assistant",
    "Xmas": "Christmas",
    "misc": "miscellaneous",
    "incl": "including",
}
_WITHOUT_DOT: Final = frozenset(("vs", "Xmas"))
_DAYS: Final = {
    "Mon": "Monday",
    "Tue": "Tuesday",
    "Tues": "Tuesday",
    "Wed": "Wednesday",
    "Thu": "Thursday",
    "Thurs": "Thursday",
    "Fri": "Friday",
}
_SHORT_MONTHS: Final = {
    "Jan": "January",
    "Feb": "February",
    "Apr": "April",
    "Aug": "August",
    "Sept": "September",
    "Sep": "September",
    "Oct": "October",
    "Nov": "November",
    "Dec": "December",
}

_NOT_NAMES: Final = frozenset(
    [
        "At",
        "In",
        "On",
        "To",
        "From",
        "The",
        "Near",
        "By",
        "Of",
        "And",
        "But",
        "For",
        "With",
        "Past",
        "Behind",
        "Beyond",
        "Is",
        "Was",
        "When",
        "If",
        "Then",
        "So",
    ]
)
_WORD_BEFORE: Final = re.compile(r"([^\W\d_][\w’'-]*),?\s+$")


def _title(match: Match) -> str | None:
    name = match[1]
    if name in ("St", "Ste") and _after_a_name(match):
        return None
    return _TITLES[name]


def _after_a_name(match: Match) -> bool:
    word = _WORD_BEFORE.search(before(match))
    return word is not None and word[1][0].isupper() and word[1] not in _NOT_NAMES


def _follower(match: Match) -> str | None:
    return _stopped(match, _AFTER_NAME[match[1]]) if _after_a_name(match) else None


def _figure(match: Match) -> str:
    return _BEFORE_FIGURE.get(match[1]) or _BEFORE_FIGURE[match[1].lower()]


def _anywhere(match: Match) -> str | None:
    name = match[1]
    if not match[2] and name not in _WITHOUT_DOT and name != "etc":
        return None
    return _stopped(match, _ANYWHERE.get(name) or _ANYWHERE[name.lower()])


def _day(match: Match) -> str:
    return _stopped(match, _DAYS[match[1]])


def _month(match: Match) -> str:
    return _stopped(match, _SHORT_MONTHS[match[1]])


def _stopped(match: Match, words: str) -> str:
    """The words, with the full stop of the abbreviation where a sentence ends with it."""
    return f"{words}." if match.group().endswith(".") and ends_sentence(match) else words


def _names() -> Iterator[str]:
    for table in (_TITLES, _AFTER_NAME, _BEFORE_FIGURE, _ANYWHERE, _DAYS, _SHORT_MONTHS):
        yield from table
        yield from (name.capitalize() for name in table)


KNOWN: Final = frozenset(_names())
"""Everything that is abbreviated with a full stop, without it."""


def _any(names: dict[str, str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


def _and(match: Match) -> str:
    return " and "


def _and_so_on(match: Match) -> str:
    return _stopped(match, "et cetera")


def _number(match: Match) -> str:
    return "section " if match[1] in "§" else "number "


RULES: Final[tuple[Rule, ...]] = (
    rule(rf"(?<![\w.])({_any(_BEFORE_FIGURE)}|Vol|Vols|Ch|Chap|Fig|Art|Sec|P|Pp)\.(?=\s?\d)", _figure),
    rule(r"(?<!\w)([#№§])\s?(?=\d)", _number),
    rule(rf"(?<![\w.])({_any(_TITLES)})\.(?=\s+(?:[A-Z]|“?[A-Z]))", _title),
    rule(rf"(?<![\w.])({_any(_AFTER_NAME)})\.", _follower),
    rule(rf"(?<![\w.])({_any(_ANYWHERE)}|Etc|Viz|Approx|Cf)(?!\w)(\.?)", _anywhere),
    rule(rf"(?<![\w.])({_any(_DAYS)})\.(?=,|\s+(?:{MONTHS})|$)", _day),
    rule(rf"(?<![\w.])({_any(_SHORT_MONTHS)})\.(?=\s|,|$)", _month),
    rule(r"&c\b\.?", _and_so_on),
    rule(r"\s?&\s?", _and),
)
