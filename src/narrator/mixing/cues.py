"""Cues: what the script may ask the mix to do, and the beds that exist."""

from __future__ import annotations

import math
from dataclasses import dataclass

from narrator.book import Cue
from narrator.errors import ScriptError

BEDS = {
    "light-wind": "a soft breeze over open ground, hardly ever still",
    "gusts": "wind that rises, falls and leaves lulls between",
    "blizzard": "a storm: a roar with hissing snow and a howl in it",
    "draught": "wind outside a closed house, with a thin whistle at the door",
}
"""Every bed that narrator makes, with a line on how it sounds."""

NO_BED = "none"

LONGEST_PAUSE = 60.0
"""Seconds. More than a minute of silence is a slip of the keyboard."""


@dataclass(frozen=True, slots=True)
class _Option:
    low: float
    high: float
    unit: str


_BED_OPTIONS = {
    "level": _Option(-60.0, 0.0, "dB relative to the voice"),
    "gust": _Option(0.0, 1.0, "how much the wind rises and falls"),
    "fade": _Option(0.0, 30.0, "seconds"),
}


def check_cue(cue: Cue) -> None:
    """Raise ScriptError (without a place: the caller knows it) where the mix cannot do what `cue` asks."""
    if cue.name == "pause":
        pause_seconds(cue)
    elif cue.name == "bed":
        bed_name(cue)
        bed_options(cue)
    else:
        raise ScriptError(
            f"There is no cue named “{cue.name}”.", hint="Cues are [pause 1.5], [bed light-wind], [bed none]."
        )


def pause_seconds(cue: Cue) -> float:
    """The seconds of `[pause 1.5]`. Raises ScriptError where they are missing, no number, or out of range."""
    if len(cue.values) != 1 or cue.options:
        raise ScriptError("A pause takes one number of seconds.", hint="Type [pause 1.5].")
    return _number("The pause", cue.values[0], _Option(0.0, LONGEST_PAUSE, "seconds"))


def bed_name(cue: Cue) -> str:
    """The bed that `[bed NAME]` names, or "none". Raises ScriptError where there is no such bed."""
    if len(cue.values) != 1:
        raise ScriptError("A bed cue takes one name.", hint="Type [bed light-wind] or [bed none].")
    name = cue.values[0]
    if name != NO_BED and name not in BEDS:
        raise ScriptError(f"There is no bed named “{name}”.", hint=f"Beds are {', '.join(BEDS)}, and none.")
    return name


def bed_options(cue: Cue) -> dict[str, float]:
    """The options of a bed cue as numbers. Raises ScriptError for a bad one."""
    found: dict[str, float] = {}
    for key, value in cue.options:
        if key not in _BED_OPTIONS:
            raise ScriptError(
                f"A bed has no option “{key}”.", hint="Options are level=-26, gust=0.7 and fade=3."
            )
        if key in found:
            raise ScriptError(f"The option “{key}” stands twice in one cue.", hint="Delete one of them.")
        found[key] = _number(f"The bed's {key}", value, _BED_OPTIONS[key])
    return found


def _number(what: str, text: str, option: _Option) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not option.low <= number <= option.high:
        raise ScriptError(
            f"{what} is “{text}”.",
            hint=f"It is a number from {option.low:g} to {option.high:g} ({option.unit}).",
        )
    return number
