"""Sounds that are heard once: effects and music. Where they lie, and for how long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal
from zlib import crc32

from narrator.audio import RATE
from narrator.book import Cue
from narrator.errors import RenderError
from narrator.mixing.cues import cue_name, cue_options, is_file
from narrator.mixing.envelope import STEP

EFFECT_LEVEL, MUSIC_LEVEL = -8.0, -6.0
"""dB relative to the voice, by loudness, while nobody speaks: there, and not in the way."""

EFFECT_DUCK, MUSIC_DUCK = 8.0, 16.0
"""dB that they step back while somebody speaks. Music under words distracts more than a noise does."""

MUSIC_FADE_IN, MUSIC_FADE_OUT = 0.05, 3.0
"""Seconds over which music comes and goes."""

SOFT_END: Final = round(0.01 * RATE)
"""Samples over which an effect is faded at its end, against clicks."""

SECONDS: Final = {"knock": 1.2, "bell": 5.0, "clock": 4.0, "thunder": 7.0, "shot": 2.2}
"""How long narrator's own effects are."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One effect or piece of music, at 44.1 kHz, from its first sample to one past its last.

    name: one of EFFECTS, or a file in sounds/. level: dB relative to the voice; duck: dB that it steps back
    while somebody speaks. fade_in, fade_out: samples.
    """

    kind: Literal["effect", "music"]
    name: str
    seed: int
    level: float
    duck: float
    start: int
    length: int
    fade_in: int
    fade_out: int

    @property
    def end(self) -> int:
        """One past its last sample."""
        return self.start + self.length


@dataclass(slots=True)
class Shots:
    """Lays effects and music one after another. lengths: samples of each file that the chapter plays."""

    lengths: Mapping[str, int]
    laid: list[Shot] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)

    def lay(self, cue: Cue, place: int, earliest: int) -> int:
        """Lay what `cue` asks for at `place`; give the sample from which the next line may be heard.

        `earliest`: nothing may begin before it. Raises ScriptError for a cue it does not understand,
        RenderError for a file whose length nobody knows.
        """
        name, options = cue_name(cue), cue_options(cue)
        self._counts[name] += 1
        whole = self._length(name)
        length = _on_grid(min(whole, _samples(options.get("seconds", whole / RATE))))
        music = cue.name == "music"
        start = _on_grid(max(place - _samples(options.get("early", 0.0)), earliest))
        fade_out = _samples(options.get("fade", MUSIC_FADE_OUT)) if music else SOFT_END
        shot = Shot(
            kind="music" if music else "effect",
            name=name,
            seed=crc32(f"{name} {self._counts[name]}".encode()),
            level=options.get("level", MUSIC_LEVEL if music else EFFECT_LEVEL),
            duck=MUSIC_DUCK if music else EFFECT_DUCK,
            start=start,
            length=length,
            fade_in=min(_samples(MUSIC_FADE_IN) if music else 0, length),
            fade_out=min(fade_out, length),
        )
        self.laid.append(shot)
        if "wait" in options:
            return shot.end + _samples(options["wait"])
        return shot.end - shot.fade_out if music else place

    def _length(self, name: str) -> int:
        if not is_file(name):
            return _samples(SECONDS[name])
        if name not in self.lengths:
            raise RenderError(f"Nobody brought sounds/{name}.", hint="Type narrator render.")
        return self.lengths[name]


def _on_grid(samples: int) -> int:
    """The next point of the envelopes: only there can a sound begin or end without a click."""
    return -(-samples // STEP) * STEP


def _samples(seconds: float) -> int:
    return round(seconds * RATE)
