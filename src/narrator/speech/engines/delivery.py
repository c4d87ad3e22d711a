"""How a line is said, as far as the model can: a parenthetical becomes small changes of shape and pace."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from narrator.speech.engines.shaping import Shape


@dataclass(frozen=True, slots=True)
class Manner:
    """Factors on pace, pitch and excursion; dB of tilt, breath and body; semitones of tremor."""

    pace: float = 1.0
    pitch: float = 1.0
    excursion: float = 1.0
    tilt: float = 0.0
    breath: float = 0.0
    tremor: float = 0.0
    whispered: bool = False


NEUTRAL: Final = Manner()

_MANNERS: Final = tuple(
    (re.compile(rf"\b(?:{pattern})", re.IGNORECASE), how)
    for pattern, how in (
        (r"whisper|hiss|breath\b", Manner(pace=0.95, excursion=0.8, whispered=True)),
        (
            r"shout|yell|scream|bellow|roar|holler|loud|bark|thunder",
            Manner(pace=0.97, pitch=1.15, excursion=1.25, tilt=2.5),
        ),
        (r"cr(?:y|ie)|call(?:s|ed|ing)?\b|exclaim", Manner(pitch=1.08, excursion=1.2, tilt=1.2)),
        (
            r"soft|quiet|gentl|murmur|mutter|low\b|tender|hush",
            Manner(pace=0.95, excursion=0.85, tilt=-1.2, breath=3.0),
        ),
        (r"tight|tense|strain|clipped|curt", Manner(pace=1.04, pitch=1.03, excursion=0.75, tilt=0.8)),
        (
            r"ang(?:er|r)|fur(?:y|i)|rag(?:e|ing)|snap|harsh|fierce",
            Manner(pace=1.05, excursion=1.2, tilt=1.5),
        ),
        (
            r"sad|weary|wearily|tired|exhaust|sorrow|grie[fv]|grave|sigh",
            Manner(pace=0.9, pitch=0.97, excursion=0.75, tilt=-0.8),
        ),
        (r"cold|flat|monoton|dr(?:y|ily)\b|toneless", Manner(excursion=0.55)),
        (
            r"excit|cheer|happ[iy]|laugh|bright|glad|joy|delight",
            Manner(pace=1.04, pitch=1.05, excursion=1.25, tilt=0.6),
        ),
        (
            r"trembl|shak|afraid|fright|fear|scared|nervous|quaver|sob|weep|tearful",
            Manner(pace=0.98, pitch=1.04, tremor=0.45),
        ),
        (r"slow|careful|thoughtful|hesitant", Manner(pace=0.85)),
        (r"fast|quick|hurr|urgent|rush|breathless", Manner(pace=1.14)),
    )
)
"""Beginnings of words, and the manner of each. Where several are said they add up."""


def manner(delivery: str) -> Manner:
    """What a parenthetical asks of the voice; neutral where it says nothing that the model can do."""
    total = NEUTRAL
    for how in (how for pattern, how in _MANNERS if pattern.search(delivery)):
        total = Manner(
            pace=total.pace * how.pace,
            pitch=total.pitch * how.pitch,
            excursion=total.excursion * how.excursion,
            tilt=total.tilt + how.tilt,
            breath=total.breath + how.breath,
            tremor=max(total.tremor, how.tremor),
            whispered=total.whispered or how.whispered,
        )
    return total


def said_so(shape: Shape, how: Manner) -> Shape:
    """The shape of a voice that speaks in a manner."""
    return replace(
        shape,
        pitch=shape.pitch * how.pitch,
        excursion=shape.excursion * how.excursion,
        tilt=shape.tilt + how.tilt,
        breath=shape.breath + how.breath,
        tremor=max(shape.tremor, how.tremor),
        whispered=how.whispered,
    )
