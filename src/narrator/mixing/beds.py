"""Beds as sound: a noise that moves like the weather, and the small sounds in it. See `noise`, `grains`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from narrator.audio import gain
from narrator.mixing.ambiences import MADE
from narrator.mixing.grains import Grains
from narrator.mixing.motion import HOP
from narrator.mixing.noise import BATCH, Noise

if TYPE_CHECKING:
    from narrator.audio import Samples


class Bed:
    """An endless bed. Its loudness over the long run is 0 LUFS; scale it with `gain`.

    The same name, seed and settings give the same samples, in whatever portions they are read.
    """

    def __init__(
        self,
        name: str,
        seed: int,
        *,
        gust: float | None = None,
        busy: float | None = None,
        side: bool = False,
    ) -> None:
        """`name` is one of BEDS. gust: 0 to 1, how far it rises and falls; busy: how much happens in it; the
        bed's own where None. side: the half of stereo that mono does not hear, (left - right) / 2."""
        weather = MADE[name]
        self._noise = Noise(weather, seed, weather.gust if gust is None else gust, side=side)
        self._grains = [
            Grains(grain, weather, seed, layer, 1.0 if busy is None else busy, side=side)
            for layer, grain in enumerate(weather.grains)
        ]
        self._trim = np.float32(gain(weather.trim))
        self._segment = 0
        self._ready = np.zeros(0, np.float32)

    def read(self, count: int) -> Samples:
        """The next `count` samples."""
        parts = [self._ready]
        have = len(self._ready)
        while have < count:
            parts.append(self._make())
            have += len(parts[-1])
        samples = np.concatenate(parts)
        self._ready = samples[count:].copy()
        return samples[:count]

    def _make(self) -> Samples:
        made = self._noise.make()
        for grains in self._grains:
            made += grains.make(self._segment, BATCH * HOP)
        if self._grains:
            made *= self._trim
        self._segment += 1
        return made
