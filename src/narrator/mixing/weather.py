"""The winds: what each bed is made of. Numbers only; `beds` makes sound of them.

The model is the one sound designers use for wind: noise whose level and brightness follow a slow, irregular
gust, and a few resonances (edges, wires, a gap under a door) that sing as it rises, their pitch going with
it. The figures were set by meters: spectra, envelopes, and how far the beds are from one another.
"""

from __future__ import annotations

from dataclasses import dataclass

from narrator.mixing.grains import Grain
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


WINDS = {
    "light-wind": Weather(
        lull=((40, -34), (110, -12), (220, -2), (350, 0), (800, -9), (2000, -22), (4500, -27), (8000, -46)),
        full=((40, -30), (110, -10), (240, 0), (450, 0), (1000, -7), (2200, -17), (5000, -22), (8500, -40)),
        waves=((13.7, 0.45), (5.3, 0.35), (1.9, 0.2)),
        gust=0.3,
        bias=1.0,
        flutter=1.0,
        whistles=(Whistle(520, 0.35, -9, 12, 0.15, 3.1),),
    ),
    "gusts": Weather(
        lull=((30, -16), (55, -2), (100, 0), (260, -10), (700, -22), (2000, -42), (6000, -66)),
        full=((30, -14), (60, -2), (140, 0), (350, -2), (700, -5), (1400, -13), (3000, -27), (6500, -48)),
        waves=((19.3, 0.34), (7.1, 0.46), (2.9, 0.14), (1.1, 0.06)),
        gust=0.7,
        bias=1.5,
        flutter=3.0,
        whistles=(Whistle(430, 0.11, 2, 18, 0.22, 4.3), Whistle(790, 0.08, -4, 22, 0.25, 2.9)),
    ),
    "blizzard": Weather(
        lull=((30, -16), (60, -3), (120, 0), (400, -3), (1000, -10), (2500, -19), (5000, -25), (8000, -40)),
        full=((30, -14), (60, -4), (150, 0), (500, -1), (1100, -5), (2500, -12), (5500, -17), (8500, -34)),
        waves=((11.3, 0.35), (4.1, 0.3), (1.3, 0.25), (0.45, 0.1)),
        gust=0.45,
        bias=0.8,
        flutter=4.0,
        whistles=(
            Whistle(310, 0.1, 3, 9, 0.2, 3.7),
            Whistle(560, 0.06, 2, 12, 0.25, 2.6),
            Whistle(930, 0.05, -4, 14, 0.2, 1.9),
        ),
    ),
    "wind-in-trees": Weather(
        lull=((60, -26), (150, -12), (400, -6), (1000, -4), (2500, 0), (5000, -5), (9000, -16), (13000, -36)),
        full=((60, -24), (150, -12), (400, -6), (1000, -1), (2500, 0), (5000, -1), (9000, -9), (13000, -28)),
        waves=((11.9, 0.4), (4.7, 0.35), (1.7, 0.25)),
        gust=0.5,
        bias=1.1,
        flutter=2.0,
    ),
    "ridge-wind": Weather(
        lull=((30, -10), (70, 0), (160, -4), (400, -14), (1100, -27), (3000, -42), (7000, -64)),
        full=((30, -9), (70, 0), (180, -2), (450, -8), (1200, -19), (3500, -33), (8000, -54)),
        waves=((16.7, 0.4), (6.1, 0.35), (2.3, 0.25)),
        gust=0.5,
        bias=1.0,
        flutter=2.5,
        whistles=(Whistle(235, 0.14, 7, 13, 0.3, 5.1), Whistle(365, 0.09, 5, 16, 0.3, 3.7)),
    ),
    "draught": Weather(
        lull=((30, -14), (55, 0), (100, -1), (180, -9), (350, -22), (900, -42), (2500, -64)),
        full=((30, -12), (55, 0), (110, 0), (220, -6), (450, -17), (1000, -34), (3000, -58)),
        waves=((15.1, 0.45), (5.9, 0.35), (2.1, 0.2)),
        gust=0.5,
        bias=1.3,
        flutter=1.5,
        whistles=(Whistle(690, 0.022, 1, 26, 0.13, 3.3), Whistle(1130, 0.018, -7, 30, 0.1, 2.7)),
    ),
    "window-wind": Weather(
        lull=((60, -14), (110, -3), (190, 0), (300, -8), (600, -20), (1200, -24), (2500, -36), (6000, -60)),
        full=((60, -16), (120, -4), (210, 0), (350, -4), (700, -13), (1400, -13), (2800, -24), (6500, -50)),
        waves=((9.7, 0.4), (3.7, 0.35), (1.2, 0.25)),
        gust=0.4,
        bias=1.1,
        flutter=3.5,
        whistles=(Whistle(1480, 0.03, 4, 24, 0.16, 2.1), Whistle(2210, 0.025, -4, 26, 0.12, 1.7)),
    ),
}
"""The winds that narrator makes."""
