"""Plain figures: counts, years, ordinals, decades, fractions, ranges, telephone numbers, rooms and codes."""

from __future__ import annotations

import re
from typing import Final

from narrator.speech.reading.numbers import (
    amount,
    cardinal,
    code,
    digits,
    ordinal,
    plural,
    year,
)
from narrator.speech.reading.rule import END, NUMBER, START, Match, Rule, before, rule

_HALVES: Final = {2: ("half", "halves"), 4: ("quarter", "quarters")}
_SIGNS: Final = {
    "½": (1, 2),
    "¼": (1, 4),
    "¾": (3, 4),
    "⅓": (1, 3),
    "⅔": (2, 3),
    "⅛": (1, 8),
    "⅜": (3, 8),
    "⅝": (5, 8),
    "⅞": (7, 8),
    "⅕": (1, 5),
    "⅖": (2, 5),
    "⅗": (3, 5),
    "⅘": (4, 5),
    "⅙": (1, 6),
    "⅚": (5, 6),
}
_SIGN: Final = f"[{''.join(_SIGNS)}]"

_COUNTED: Final = re.compile(
    r" (?:men|women|people|children|souls|soldiers|troops|horse|horses|ships|guns|miles|feet|yards|tons|"
    r"acres|pounds|dollars|francs|crowns|rubles|years|days|hours|times|pages|words|copies|votes|sheep|head)\b"
)
_LABELLED: Final = re.compile(
    r"\b(?:room|flight|highway|route|interstate|cell|apartment|apt\.?|suite|gate|channel|locker|studio|unit|bus)\s$",
    re.IGNORECASE,
)


def is_year(figures: str) -> bool:
    """Whether four figures are said as a year unless something else is known."""
    return len(figures) == 4 and 1000 <= int(figures) <= 2099


def plain(figures: str) -> str:
    """A number by itself: a year where it can be one, else a count; long ones digit by digit."""
    if not figures.isdecimal():
        return amount(figures)
    if figures[0] == "0" and len(figures) > 1:
        return digits(figures)
    if is_year(figures):
        return year(int(figures))
    if len(figures) > 4 and not figures.endswith("00"):
        return digits(figures)
    return amount(figures)


def _number(match: Match) -> str:
    figures = match["number"]
    if _LABELLED.search(before(match)) and figures.isdecimal():
        return code(figures)
    if figures.isdecimal() and is_year(figures) and _COUNTED.match(match.string, match.end()):
        return amount(figures)
    minus = "minus " if match["minus"] else ""
    return f"{minus}{plain(figures)}"


def _ordinal(match: Match) -> str:
    told = ordinal(int(match[1].replace(",", "")))
    return told.removeprefix("one ") if before(match).lower().endswith("the ") else told


def _decade(match: Match) -> str | None:
    figures = match["decade"]
    if len(figures) == 4:
        century, rest = divmod(int(figures), 100)
        if not rest:
            return f"{cardinal(century)} hundreds" if century % 10 else f"{cardinal(century // 10)} thousands"
        return f"{cardinal(century)} {plural(cardinal(rest))}" if rest % 10 == 0 else None
    return plural(code(figures))


def _short_year(match: Match) -> str:
    return f"{'oh ' if match[1][0] == '0' else ''}{cardinal(int(match[1]))}"


def _era(match: Match) -> str:
    figures = match[1].replace(",", "")
    told = year(int(figures)) if is_year(figures) and int(figures) >= 1100 else amount(figures)
    return f"{told} "


def _domini(match: Match) -> str:
    return f"{match[1]} {plain(match[2])}"


def _parts(top: int, bottom: int) -> str | None:
    if not top > 0 or bottom < 2:
        return None
    one, many = _HALVES.get(bottom) or (ordinal(bottom), f"{ordinal(bottom)}s")
    if top == 1 and one.startswith("one "):
        return one
    return f"{cardinal(top)} {one if top == 1 else many}"


def _whole_and(whole: str, top: int, bottom: int) -> str | None:
    parts = _parts(top, bottom)
    if parts is None:
        return None
    if top == 1:
        parts = "a half" if bottom == 2 else f"a {parts.removeprefix('one ')}"
    return f"{amount(whole)} and {parts}"


def _sign(match: Match) -> str | None:
    top, bottom = _SIGNS[match["sign"]]
    if match["whole"]:
        return _whole_and(match["whole"], top, bottom)
    if bottom == 2 and _PIECE_OF.match(match.string, match.end()):
        return "half"
    return _parts(top, bottom)


_PIECE_OF: Final = re.compile(r" (?:an?|the|his|her|my|our|their|your)\b")
_SAID: Final = {("24", "7"): "twenty four seven", ("9", "11"): "nine eleven", ("50", "50"): "fifty fifty"}


def _fraction(match: Match) -> str | None:
    whole, top, bottom = match["whole"], match["top"], match["bottom"]
    if not whole and (top, bottom) in _SAID:
        return _SAID[top, bottom]
    if int(top) >= int(bottom):
        return None
    return _whole_and(whole, int(top), int(bottom)) if whole else _parts(int(top), int(bottom))


def _range(match: Match) -> str | None:
    first, last = match["first"], match["last"]
    if is_year(first) and len(last) == 2 and int(first[2:]) < int(last):
        return f"{year(int(first))} to {cardinal(int(last))}"
    return f"{plain(first)} to {plain(last)}"


def _ratio(match: Match) -> str:
    return f"{plain(match[1])} to {plain(match[2])}"


def _version(match: Match) -> str:
    return " point ".join(cardinal(int(part)) for part in match.group().split("."))


def _phone(match: Match) -> str:
    groups = re.findall(r"\d+", match.group())
    told = [("eight hundred" if group == "800" else digits(group)) for group in groups]
    return ("plus " if match.group().startswith("+") else "") + ", ".join(told)


def _mixed(match: Match) -> str | None:
    """Letters and digits in one: `221B`, `MI5`, `R2D2`."""
    return " ".join(
        code(part) if part.isdecimal() else part for part in re.findall(r"\d+|[^\W\d_]+", match.group())
    )


def _sum(match: Match) -> str:
    return {"+": " plus ", "=": " equals ", "×": " times ", "÷": " divided by "}[match[1]]


RULES: Final[tuple[Rule, ...]] = (
    rule(
        r"(?<![\w.-])(?:\+\d{1,3} (?:\d{2,4}[ -]){1,3}\d{3,4}|(?:1-)?(?:\(\d{3}\) |\d{3}-)?\d{3}-\d{4})"
        r"(?![\w-])",
        _phone,
    ),
    rule(rf"{START}(?:(?P<whole>\d{{1,4}})\s?)?(?P<sign>{_SIGN})", _sign),
    rule(
        rf"{START}(?:(?P<whole>\d{{1,3}})[\s-])?(?P<top>\d{{1,2}})\s?[/⁄]\s?(?P<bottom>\d{{1,4}}){END}",
        _fraction,
    ),
    rule(rf"{START}(\d{{1,3}}(?:,\d{{3}})+|\d{{1,9}})(?:st|nd|rd|th)\b", _ordinal, re.IGNORECASE),
    rule(r"(?<![\w.,])['’‘]?(?P<decade>\d{1,4})['’]?s\b", _decade),
    rule(r"(?<!\w)['’‘](\d\d)(?![\w'’])", _short_year),
    rule(rf"{START}(\d{{1,3}}(?:,\d{{3}})+|\d{{1,4}})\s(?=(?:B\.?C|A\.?D)\b)", _era),
    rule(r"\b(A\.?D\.?) (\d{1,4})\b", _domini),
    rule(rf"{START}(?P<first>\d{{1,4}})\s?[-–]\s?(?P<last>\d{{1,4}})(?![\w-]|[.,:]\d)", _range),
    rule(rf"{START}(\d{{1,3}}):(\d{{1,3}}(?:,\d{{3}})*)(?![\w:])", _ratio),
    rule(r"(?<=\d)\s?([+=×÷])\s?(?=\d)", _sum),
    rule(r"(?<![\w])(?=[^\W_]{0,11}\d)(?=[^\W_]{0,11}[^\W\d_])[^\W_]{2,12}(?![\w])", _mixed),
    rule(r"(?<![\w.,])\d{1,3}(?:\.\d{1,3}){2,4}(?![\w]|\.\d)", _version),
    rule(rf"(?P<minus>(?<![\w)])[-−])?(?<![\w/$£€¥])(?<!\d[.,:])(?P<number>{NUMBER})(?!\w)", _number),
)
