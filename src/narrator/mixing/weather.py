"""What a bed is made of: a spectrum that follows the gusts, resonances that sing with them, and small sounds.

The model is the one sound designers use for wind: noise whose level and brightness follow a slow, irregular
gust, and a few resonances (edges, wires, a gap under a door) that sing as it rises, their pitch going with
it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from narrator.mixing.spectrum import Curve

SWING = 16.0
"""dB between lull and full gust at gust=1. The beds' own gusts then stay under 6 dB within two seconds, which
sounds like weather; more sounds like a cut."""


@dataclass(frozen=True, slots=True)
class Whistle:
    """A resonance that sings with the gust.

    pitch: Hz in mid-gust. width: its half-power bandwidth as a share of the pitch. level: dB at full gust
    relative to the loudest part of the spectrum. drop: dB that it is lower in a lull. wander: how far the
    pitch goes either way, as a share. pace: seconds between turns.
    """

    pitch: float
    width: float
    level: float
    drop: float
    wander: float
    pace: float


Kind: TypeAlias = Literal["ring", "burst", "chirp", "syllable"]


@dataclass(frozen=True, slots=True)
class Grain:
    """One kind of small sound in a bed.

    kind: how it is made. rate: how many begin in a second. level: dB of a usual one, at its loudest, beside
    the bed's noise; spread: its standard deviation. pitch: Hz, from and to. decay: seconds in which it falls
    by 8.7 dB, from and to. attack: seconds in which it rises. bend: how far its pitch rises meanwhile, as a
    share. crowding: 0 to 1, how much they come with the gusts. even: they keep a beat, as insects do.
    """

    kind: Kind
    rate: float
    level: float
    spread: float
    pitch: tuple[float, float]
    decay: tuple[float, float]
    attack: float = 0.0007
    bend: float = 0.0
    crowding: float = 0.0
    even: bool = False


@dataclass(frozen=True, slots=True)
class Weather:
    """A bed. lull, full: its spectrum at both ends of the gust. waves: (seconds, weight) of the gust's parts.

    gust: 0 to 1, how much it rises and falls where the script does not say. bias: above 1, lulls are longer
    than gusts. flutter: dB of fast turbulence at full gust.
    """

    lull: Curve
    full: Curve
    waves: tuple[tuple[float, float], ...]
    gust: float
    bias: float
    flutter: float
    whistles: tuple[Whistle, ...] = ()
    grains: tuple[Grain, ...] = ()
    trim: float = 0.0
    width: float = 0.7
    swing: float = SWING
