"""The beds that are not wind: rain, water, fire, night, guns, people, a room. Numbers only."""

from __future__ import annotations

from narrator.mixing.weather import Grain, Weather, Whistle
from narrator.mixing.winds import WINDS

_STEADY = ((17.0, 0.5), (6.3, 0.3), (2.1, 0.2))


def _even(
    spectrum: tuple[tuple[float, float], ...], *grains: Grain, gust: float = 0.1, trim: float = 0.0
) -> Weather:
    """A bed whose colour stays as it is."""
    return Weather(spectrum, spectrum, _STEADY, gust=gust, bias=1.0, flutter=0.5, grains=grains, trim=trim)


AMBIENCES = {
    "rain": _even(
        ((80, -28), (200, -22), (500, -13), (1000, -6), (2500, -1), (5000, 0), (9000, -3), (15000, -18)),
        Grain("ring", 45, -6, 5, (1500, 7000), (0.0015, 0.005)),
        gust=0.15,
        trim=-0.3,
    ),
    "rain-on-roof": _even(
        ((60, -10), (120, -3), (250, 0), (500, -1), (1000, -6), (2000, -12), (4000, -20), (8000, -38)),
        Grain("burst", 30, 2, 5, (250, 1400), (0.006, 0.02)),
        gust=0.15,
        trim=-0.6,
    ),
    "stream": _even(
        ((100, -24), (250, -12), (500, -2), (900, 0), (2000, -6), (4000, -13), (8000, -24), (12000, -40)),
        Grain("ring", 26, -2, 5, (380, 1500), (0.008, 0.028), attack=0.003, bend=0.05),
        trim=-0.5,
    ),
    "sea": Weather(
        lull=((30, -4), (80, 0), (200, -3), (500, -9), (1200, -16), (3000, -26), (7000, -44)),
        full=((30, -8), (80, -2), (200, 0), (500, 0), (1200, -2), (3000, -6), (7000, -15), (11000, -32)),
        waves=((8.7, 0.6), (5.1, 0.25), (2.3, 0.15)),
        gust=0.6,
        bias=1.2,
        flutter=1.5,
    ),
    "fire": Weather(
        lull=((40, -6), (90, 0), (200, -4), (500, -11), (1200, -16), (3000, -19), (7000, -26), (10000, -42)),
        full=((40, -4), (90, 0), (200, -2), (500, -9), (1200, -15), (3000, -18), (7000, -25), (10000, -42)),
        waves=((3.1, 0.4), (1.3, 0.35), (0.6, 0.25)),
        gust=0.2,
        bias=1.0,
        flutter=2.0,
        grains=(
            Grain("burst", 9, 7, 6, (900, 5000), (0.0008, 0.005), crowding=0.8),
            Grain("burst", 0.5, 13, 4, (350, 1600), (0.005, 0.018), crowding=0.5),
        ),
        trim=-0.4,
    ),
    "night": _even(
        ((60, -8), (150, 0), (400, -4), (1000, -9), (3000, -16), (8000, -28), (11000, -44)),
        Grain("chirp", 2.05, -2, 1, (4180, 4220), (0.02, 0.03), even=True),
        Grain("chirp", 1.63, -8, 1, (4650, 4700), (0.02, 0.03), even=True),
        Grain("chirp", 2.37, -13, 1, (3880, 3910), (0.02, 0.03), even=True),
        trim=-0.3,
    ),
    "distant-guns": Weather(
        lull=((30, -2), (60, 0), (130, -8), (300, -18), (800, -30), (2000, -46)),
        full=((30, 0), (60, 0), (130, -6), (300, -16), (800, -28), (2000, -44)),
        waves=((13.0, 0.5), (5.0, 0.5)),
        gust=0.2,
        bias=1.3,
        flutter=1.0,
        grains=(
            Grain("burst", 0.25, 22, 3, (55, 120), (0.18, 0.5), attack=0.015, crowding=0.9),
            Grain("burst", 0.5, 15, 4, (35, 80), (0.25, 0.6), attack=0.06, crowding=0.6),
        ),
        trim=-3.5,
    ),
    "crowd": Weather(
        lull=((100, -14), (180, -3), (300, 0), (550, 0), (900, -6), (1600, -11), (3000, -18), (8000, -40)),
        full=((100, -14), (180, -3), (300, 0), (550, 1), (900, -4), (1600, -9), (3000, -16), (8000, -38)),
        waves=((7.0, 0.3), (1.7, 0.35), (0.45, 0.35)),
        gust=0.25,
        bias=1.0,
        flutter=1.5,
        whistles=(
            Whistle(520, 0.3, 4, 3, 0.35, 0.37),
            Whistle(1200, 0.22, -2, 3, 0.35, 0.29),
            Whistle(2500, 0.16, -8, 3, 0.25, 0.33),
        ),
        grains=(Grain("syllable", 16, 3, 5, (95, 240), (0.1, 0.2)),),
        trim=-2.3,
    ),
    "room": _even(
        ((40, -10), (70, 0), (110, -1), (220, -9), (500, -19), (1500, -30), (4000, -44), (9000, -64)),
        gust=0.05,
    ),
}
"""The other beds that narrator makes."""

MADE = WINDS | AMBIENCES
"""Every bed that narrator makes, by name."""
