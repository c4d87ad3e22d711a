"""What the script may ask for by name, in a producer's words: beds, effects and spaces."""

from __future__ import annotations

from typing import Final

BEDS: Final = {
    "light-wind": "a soft breeze over open ground, hardly ever still",
    "gusts": "wind that rises, falls and leaves lulls between",
    "blizzard": "a storm: a roar with hissing snow and a howl in it",
    "wind-in-trees": "leaves hissing as the wind goes through them",
    "ridge-wind": "a deep roar over bare rock, with a low howl",
    "draught": "wind outside a closed house, with a thin whistle at the door",
    "window-wind": "wind shaking a window, whistling in its frame",
    "rain": "steady rain in the open, with drops nearby",
    "rain-on-roof": "rain drumming on the roof, heard from inside",
    "stream": "a brook over stones",
    "sea": "waves that come in and draw back",
    "fire": "an open fire that crackles and spits",
    "night": "a still summer night with crickets",
    "distant-guns": "artillery far off, in volleys",
    "crowd": "many people talking, no word to be made out",
    "room": "the air of a quiet room",
}
"""Every bed that narrator makes, with a line on how it sounds."""

BUSY_BEDS: Final = frozenset({"rain", "rain-on-roof", "stream", "fire", "night", "distant-guns", "crowd"})
"""The beds in which something happens, more or less of it as `busy` says."""

EFFECTS: Final = {
    "knock": "three knocks on a wooden door",
    "bell": "one stroke of a church bell",
    "clock": "a clock ticking for four seconds",
    "thunder": "thunder rolling away",
    "shot": "a gunshot in the open",
}
"""Every effect that narrator makes, with a line on how it sounds."""

SPACES: Final = {
    "near": "close to the ear, warm and dry",
    "far": "some way off: softer and duller",
    "outdoors": "in the open, with a faint echo from far away",
    "telephone": "down a telephone line",
    "radio": "from a small loudspeaker",
    "hall": "in a large stone hall",
}
"""Every space that a voice can be placed in, with a line on how it sounds."""

NONE: Final = "none"
"""The name that ends a bed or a space."""
