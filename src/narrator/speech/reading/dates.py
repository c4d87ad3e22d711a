"""Dates and times: `May 3, 1871`, `3 May`, `1999-12-31`, `7:05 p.m.`, `0600 hours`, `John 3:16`."""

from __future__ import annotations

from typing import Final

from narrator.speech.reading.numbers import cardinal, code, digits, ordinal, year
from narrator.speech.reading.rule import START, Match, Rule, before, rule

_NAMES: Final = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_SHORT: Final = {name[:3]: name for name in _NAMES} | {"Sept": "September"}
MONTHS: Final = "|".join(sorted((*_NAMES, *_SHORT), key=len, reverse=True))
"""Every month and its abbreviations, as a pattern."""

_ORDINAL: Final = "(?:st|nd|rd|th)?"
_YEAR: Final = r"(?:(?P<comma>,?) (?P<year>1\d{3}|20\d\d))?"
_COUNTED: Final = r"(?! (?:miles|men|hours|minutes|days|o['’]clock))"

_BOOKS: Final = (
    "Genesis Exodus Leviticus Numbers Deuteronomy Joshua Judges Ruth Samuel Kings Job Psalms? Proverbs "
    "Ecclesiastes Isaiah Jeremiah Ezekiel Daniel Hosea Amos Jonah Micah Matthew Mark Luke John Acts Romans "
    "Corinthians Galatians Ephesians Philippians Colossians Thessalonians Timothy Titus Hebrews James Peter "
    "Revelation"
).replace(" ", "|")


def _month(name: str) -> str:
    return _SHORT.get(name[:3], name)


def _day(figures: str) -> str | None:
    return ordinal(int(figures)) if 1 <= int(figures) <= 31 else None


def _told_year(match: Match) -> str:
    return f", {year(int(match['year']))}" if match["year"] else ""


def _month_first(match: Match) -> str | None:
    first, last = _day(match["day"]), match["last"]
    if first is None:
        return None
    until = f" to {ordinal(int(last))}" if last else ""
    return f"{_month(match['month'])} {first}{until}{_told_year(match)}"


def _day_first(match: Match) -> str | None:
    day = _day(match["day"])
    if day is None:
        return None
    article = "" if before(match).lower().endswith(("the ", "this ", "that ")) else "the "
    return f"{article}{day} of {_month(match['month'])}{_told_year(match)}"


def _figures(match: Match) -> str | None:
    a, b = int(match["a"]), int(match["b"])
    month, day = (a, b) if a <= 12 else (b, a)
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    written = match["year"]
    told = (
        year(int(written))
        if len(written) == 4
        else digits(written)
        if written[0] == "0"
        else cardinal(int(written))
    )
    return f"{_NAMES[month - 1]} {ordinal(day)}, {told}"


def _clock(match: Match) -> str | None:
    hour, minute, second = int(match["h"]), int(match["m"]), match["s"]
    half = _half(match)
    if hour > 24 or minute > 59 or (half and hour > 12):
        return None
    if not minute and not second:
        if half or match.string[match.end() :].lstrip().startswith(("o'clock", "o’clock")):
            return f"{cardinal(hour)}{half}"
        return (
            f"{cardinal(hour)} o’clock"
            if 1 <= hour <= 12
            else f"{cardinal(hour)} hundred"
            if hour
            else "midnight"
        )
    told = f"{cardinal(hour)} {'oh ' if minute < 10 else ''}{cardinal(minute)}"
    seconds = f" and {cardinal(int(second))} second{'' if int(second) == 1 else 's'}" if second else ""
    return f"{told}{seconds}{half}"


def _half(match: Match) -> str:
    half = match["half"]
    return f" {half.lower()}.m." if half else ""


def _hour(match: Match) -> str | None:
    return f"{cardinal(int(match['h']))}{_half(match)}" if 1 <= int(match["h"]) <= 12 else None


def _military(match: Match) -> str | None:
    hour, minute = match["h"], match["m"]
    if int(hour) > 24 or int(minute) > 59:
        return None
    told = f"{'oh ' if hour[0] == '0' else ''}{cardinal(int(hour))}"
    return f"{told} {'hundred' if minute == '00' else code(minute)}"


def _verse(match: Match) -> str:
    chapter, verse, last = match["chapter"], match["verse"], match["last"]
    return f"{match['book']} {cardinal(int(chapter))} {cardinal(int(verse))}" + (
        f" to {cardinal(int(last))}" if last else ""
    )


_HALF: Final = r"(?:\s?(?P<half>[AaPp])(?:\.\s?[Mm]\.|[Mm]\b))"

RULES: Final[tuple[Rule, ...]] = (
    rule(
        rf"\b(?P<book>{_BOOKS}) (?P<chapter>\d{{1,3}}):(?P<verse>\d{{1,3}})(?:[-–](?P<last>\d{{1,3}}))?\b",
        _verse,
    ),
    rule(
        rf"\b(?P<month>{MONTHS})\.? (?P<day>\d{{1,2}}){_ORDINAL}(?:[-–](?P<last>\d{{1,2}}))?\b(?![\d:%°]|,\d)"
        rf"{_COUNTED}{_YEAR}(?!\w)",
        _month_first,
    ),
    rule(
        rf"{START}(?P<day>\d{{1,2}}){_ORDINAL},? (?:of )?(?P<month>{MONTHS})\b\.?{_YEAR}(?![\w])",
        _day_first,
    ),
    rule(rf"{START}(?P<year>\d{{4}})-(?P<a>\d\d)-(?P<b>\d\d)(?![\w-])", _figures),
    rule(rf"{START}(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}})/(?P<year>\d{{4}}|\d\d)(?![\w/])", _figures),
    rule(rf"{START}(?P<h>\d{{1,2}}):(?P<m>\d\d)(?::(?P<s>\d\d))?{_HALF}?(?![\w:])", _clock),
    rule(rf"{START}(?P<h>\d{{1,2}})\.(?P<m>\d\d)(?P<s>){_HALF}", _clock),
    rule(rf"{START}(?P<h>\d{{1,2}}){_HALF}", _hour),
    rule(rf"{START}(?P<h>\d\d)(?P<m>\d\d)(?= (?:hours|hrs)\b)", _military),
)
