"""Cues: what the script may ask the mix to do, checked and read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from narrator.book import Cue
from narrator.errors import ScriptError
from narrator.mixing.catalogue import BEDS, BUSY_BEDS, EFFECTS, NONE, SPACES

LONGEST_PAUSE = 60.0
"""Seconds. More than a minute of silence is a slip of the keyboard."""


@dataclass(frozen=True, slots=True)
class _Option:
    low: float
    high: float
    unit: str


_EARLY = _Option(0.0, 30.0, "seconds before the last words end")
_SECONDS = _Option(0.1, 600.0, "seconds of it to play")
_WAIT = _Option(0.0, LONGEST_PAUSE, "seconds from its end to the next line")
_FADE = _Option(0.0, 30.0, "seconds")
_OPTIONS: Mapping[str, Mapping[str, _Option]] = {
    "bed": {
        "level": _Option(-60.0, 0.0, "dB relative to the voice"),
        "gust": _Option(0.0, 1.0, "how much the wind rises and falls"),
        "busy": _Option(0.0, 3.0, "how much happens in it; 1 is the usual"),
        "fade": _FADE,
        "early": _EARLY,
    },
    "effect": {
        "level": _Option(-60.0, 6.0, "dB relative to the voice"),
        "seconds": _SECONDS,
        "wait": _WAIT,
        "early": _EARLY,
    },
    "music": {
        "level": _Option(-60.0, 6.0, "dB relative to the voice"),
        "seconds": _SECONDS,
        "fade": _FADE,
        "wait": _WAIT,
        "early": _EARLY,
    },
}
_NAMES = {"bed": (*BEDS, NONE), "effect": tuple(EFFECTS), "music": (), "space": (*SPACES, NONE)}
_EXAMPLES = {
    "bed": "[bed light-wind], [bed rain.ogg] or [bed none]",
    "effect": "[effect knock] or [effect door.wav]",
    "music": "[music theme.ogg]",
    "space": "[space hall], [space telephone who=anna] or [space none]",
}
_OPTION_EXAMPLES = {
    "bed": "level=-26, gust=0.7, busy=2, fade=3 and early=1",
    "effect": "level=-10, seconds=4, wait=0.5 and early=1",
    "music": "level=-10, seconds=12, fade=3, wait=1 and early=1",
}


def check_cue(cue: Cue) -> None:
    """Raise ScriptError (without a place: the caller knows it) where the mix cannot do what `cue` asks.

    Whether a file that it names is there, and whether anybody is called `who`, others have to look.
    """
    if cue.name == "pause":
        pause_seconds(cue)
    elif cue.name == "space":
        cue_name(cue)
        space_who(cue)
    elif cue.name in _OPTIONS:
        cue_name(cue)
        cue_options(cue)
    else:
        raise ScriptError(
            f"There is no cue named “{cue.name}”.",
            hint="Cues are [pause 1.5], [bed light-wind], [bed none], [effect knock], [music theme.ogg] and "
            "[space hall].",
        )


def pause_seconds(cue: Cue) -> float:
    """The seconds of `[pause 1.5]`. Raises ScriptError where they are missing, no number, or out of range."""
    if len(cue.values) != 1 or cue.options:
        raise ScriptError("A pause takes one number of seconds.", hint="Type [pause 1.5].")
    return _number("The pause", cue.values[0], _Option(0.0, LONGEST_PAUSE, "seconds"))


def cue_name(cue: Cue) -> str:
    """What a bed, effect, music or space cue names: one of narrator's, or a file. Else ScriptError."""
    kind, known = cue.name, _NAMES[cue.name]
    article = "An" if kind == "effect" else "A"
    if len(cue.values) != 1:
        what = "one file" if kind == "music" else "one name"
        raise ScriptError(f"{article} {kind} cue takes {what}.", hint=f"Type {_meant(cue)}.")
    name = cue.values[0]
    if name in known or (kind != "space" and is_file(name)):
        return name
    if kind == "music":
        raise ScriptError(f"“{name}” is no sound file.", hint=f"Type {_EXAMPLES[kind]}.")
    small = name.lower()
    raise ScriptError(
        f"There is no {kind} named “{name}”.",
        hint=f"Type {_typed(cue, small)}."
        if small in known
        else f"{kind.capitalize()}s are {', '.join(known)}.",
    )


def _meant(cue: Cue) -> str:
    """What somebody may have meant who typed a name in several words: a file whose name has spaces, or one of
    narrator's, whose names have hyphens. Else examples."""
    spaced, hyphened = " ".join(cue.values), "-".join(cue.values).lower()
    if cue.name != "space" and len(cue.values) > 1 and is_file(spaced):
        return _typed(cue, f'"{spaced}"')
    return _typed(cue, hyphened) if hyphened in _NAMES[cue.name] else _EXAMPLES[cue.name]


def _typed(cue: Cue, name: str) -> str:
    options = (f"{key}={value}" for key, value in cue.options)
    return f"[{' '.join((cue.name, name, *options))}]"


def is_file(name: str) -> bool:
    """Whether a bed, effect or piece of music is a producer's file: only their names have a dot."""
    return "." in name


def cue_file(cue: Cue) -> str | None:
    """The file in sounds/ that a cue plays, None where it plays none."""
    named = cue.name in _OPTIONS and len(cue.values) == 1 and is_file(cue.values[0])
    return cue.values[0] if named else None


def cue_options(cue: Cue) -> dict[str, float]:
    """The options of a bed, effect or music cue as numbers. Raises ScriptError for a bad one."""
    kind, name = cue.name, cue.values[0]
    article = "An" if kind == "effect" else "A"
    found: dict[str, float] = {}
    for key, value in cue.options:
        if key not in _OPTIONS[kind]:
            raise ScriptError(
                f"{article} {kind} has no option “{key}”.", hint=f"Options are {_OPTION_EXAMPLES[kind]}."
            )
        if key in found:
            raise ScriptError(f"The option “{key}” stands twice in one cue.", hint="Delete one of them.")
        found[key] = _number(f"The {kind}'s {key}", value, _OPTIONS[kind][key])
    if "busy" in found and name not in BUSY_BEDS:
        raise ScriptError(
            f"Nothing happens in “{name}” that could be busy.",
            hint=f"Delete it; it goes with {', '.join(sorted(BUSY_BEDS))}.",
        )
    if "gust" in found and is_file(name):
        raise ScriptError(f"“{name}” has no gusts that narrator could change.", hint="Delete gust=…")
    return found


def space_who(cue: Cue) -> str:
    """The character id of `[space telephone who=anna]`, empty where all who speak are meant.

    Raises ScriptError for any other option.
    """
    for key, _ in cue.options:
        if key != "who":
            raise ScriptError(f"A space has no option “{key}”.", hint=f"Type {_EXAMPLES['space']}.")
    return dict(cue.options).get("who", "")


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
