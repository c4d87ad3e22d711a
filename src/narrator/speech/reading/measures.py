"""Quantities with a unit: `5 km`, `60 mph`, `98.6 °F`, `5′10″`, `50-60 %`, `45° 30′ N`."""

from __future__ import annotations

import re
from typing import Final

from narrator.speech.reading.numbers import amount, cardinal
from narrator.speech.reading.rule import (
    RANGE,
    START,
    Match,
    Rule,
    describes,
    ends_sentence,
    is_one,
    rule,
    span,
)

_UNITS: Final = {
    "km": ("kilometer", "kilometers"),
    "m": ("meter", "meters"),
    "cm": ("centimeter", "centimeters"),
    "mm": ("millimeter", "millimeters"),
    "kg": ("kilogram", "kilograms"),
    "g": ("gram", "grams"),
    "mg": ("milligram", "milligrams"),
    "l": ("liter", "liters"),
    "ml": ("milliliter", "milliliters"),
    "lb": ("pound", "pounds"),
    "lbs": ("pound", "pounds"),
    "oz": ("ounce", "ounces"),
    "ft": ("foot", "feet"),
    "yd": ("yard", "yards"),
    "yds": ("yard", "yards"),
    "mi": ("mile", "miles"),
    "sq mi": ("square mile", "square miles"),
    "sq ft": ("square foot", "square feet"),
    "mph": ("mile an hour", "miles an hour"),
    "km/h": ("kilometer an hour", "kilometers an hour"),
    "kph": ("kilometer an hour", "kilometers an hour"),
    "hr": ("hour", "hours"),
    "hrs": ("hour", "hours"),
    "min": ("minute", "minutes"),
    "mins": ("minute", "minutes"),
    "sec": ("second", "seconds"),
    "secs": ("second", "seconds"),
    "ms": ("millisecond", "milliseconds"),
    "kW": ("kilowatt", "kilowatts"),
    "kWh": ("kilowatt hour", "kilowatt hours"),
    "Hz": ("hertz", "hertz"),
    "kHz": ("kilohertz", "kilohertz"),
    "MHz": ("megahertz", "megahertz"),
    "KB": ("kilobyte", "kilobytes"),
    "MB": ("megabyte", "megabytes"),
    "GB": ("gigabyte", "gigabytes"),
    "gal": ("gallon", "gallons"),
    "qt": ("quart", "quarts"),
    "pt": ("pint", "pints"),
    "hp": ("horsepower", "horsepower"),
    "m.p.h": ("mile an hour", "miles an hour"),
}
_DOTTED: Final = frozenset(
    [
        "lb",
        "lbs",
        "oz",
        "ft",
        "yd",
        "yds",
        "mi",
        "hr",
        "hrs",
        "min",
        "mins",
        "sec",
        "secs",
        "gal",
        "qt",
        "pt",
        "m.p.h",
        "sq mi",
        "sq ft",
    ]
)
"""Units that are also written with a full stop."""

_NAMES: Final = "|".join(
    re.escape(name).replace(r"\ ", r"\.?\s") for name in sorted(_UNITS, key=len, reverse=True)
)
_WINDS: Final = {"N": "north", "S": "south", "E": "east", "W": "west"}
_SCALES: Final = {"C": "Celsius", "F": "Fahrenheit", "K": "Kelvin"}


def _measure(match: Match) -> str | None:
    name = re.sub(r"\.?\s", " ", match["unit"])
    if match["dot"] and name not in _DOTTED and not ends_sentence(match):
        return None
    one, many = _UNITS[name]
    alone = match["hyphen"] == "-" or describes(match) or is_one(match)
    stop = "." if match["dot"] and ends_sentence(match) else ""
    return f"{'minus ' if match['minus'] else ''}{span(match)} {one if alone else many}{stop}"


def _percent(match: Match) -> str:
    return f"{'minus ' if match['minus'] else ''}{span(match)} percent"


def _degrees(match: Match) -> str:
    degrees = f"{span(match)} {'degree' if is_one(match) else 'degrees'}"
    if match["minute"]:
        degrees += f" {amount(match['minute'])} minutes"
    scale = _SCALES.get(match["of"] or "") or _WINDS.get(match["of"] or "")
    return f"{'minus ' if match['minus'] else ''}{degrees}{f' {scale}' if scale else ''}"


def _tall(match: Match) -> str:
    return f"{amount(match[1])} foot {amount(match[2])}"


def _feet(match: Match) -> str:
    return f"{amount(match[1])} {'foot' if match[1] == '1' else 'feet'}"


def _inches(match: Match) -> str:
    return f"{amount(match[1])} {'inch' if match[1] == '1' else 'inches'}"


def _by(match: Match) -> str:
    return " by ".join(amount(figures) for figures in re.split(r"\s?[x×]\s?", match.group()))


_CALIBRES: Final = {"357": "three fifty seven", "303": "three oh three", "30-06": "thirty aught six"}


def _calibre(match: Match) -> str:
    return _CALIBRES.get(match[1]) or cardinal(int(match[1]))


_MINUS: Final = r"(?P<minus>(?<![\w)])[-−])?"

RULES: Final[tuple[Rule, ...]] = (
    rule(
        rf"{_MINUS}{START}{RANGE}\s?°(?:\s?(?P<minute>\d{{1,2}})\s?[′'’])?(?:\s?(?P<of>[CFKNSEW])\b)?",
        _degrees,
    ),
    rule(rf"{START}([3-8])\s?['’′]\s?(\d{{1,2}})(?:\s?[\"”″]|['’′]{{2}})", _tall),
    rule(rf"{START}(\d{{1,3}})\s?′", _feet),
    rule(rf"{START}(\d{{1,3}})\s?″", _inches),
    rule(rf"{_MINUS}{START}{RANGE}\s?(?:%|per cent\b)", _percent),
    rule(rf"{_MINUS}{START}{RANGE}(?P<hyphen>[\s-]?)(?P<unit>{_NAMES})(?![\w’'/-])(?P<dot>\.?)", _measure),
    rule(rf"{START}\d{{1,4}}(?:\s?[x×]\s?\d{{1,4}})+(?!\w)", _by),
    rule(
        r"(?<![\w.])\.(22|25|30-06|303|32|357|38|40|44|45|50)"
        r"(?= ?cal|[ -][a-z]|[,.;!?]\s|[,.;!?]?[\"”’]|[.!?]?$)",
        _calibre,
    ),
)
