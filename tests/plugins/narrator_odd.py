"""An engine with one fault of choice, in a module of its own: workers must be able to import it."""

from __future__ import annotations

from collections.abc import Sequence

import narrator_fakes
import numpy as np

from narrator.audio import Audio
from narrator.book import Voice
from narrator.speech import Word


class Odd(narrator_fakes.Tones):
    """Keeps the contract but for one fault."""

    def __init__(self, fault: str) -> None:
        self.fault = fault

    def fingerprint(self, voice: Voice) -> dict[str, str]:
        if self.fault == "hasty":
            import scipy  # noqa: F401  what a careless engine does
        return {} if self.fault == "no facts" else {"model": "1"}

    def open(self, voice: Voice) -> OddActor:
        return OddActor(self.fault)


class OddActor(narrator_fakes.Tone):
    def __init__(self, fault: str) -> None:
        super().__init__(220.0)
        object.__setattr__(self, "fault", fault)

    def speak(self, words: Sequence[Word], *, delivery: str, pace: float, seed: int) -> Audio:
        if self.fault == "drops":
            text = "".join(w.respelling or w.written for w in words)[:1_200]
            words = [Word(text)]
        if self.fault == "deaf":
            words = [Word(word.written) for word in words]
        if self.fault == "steady":
            pace = 1.0
        said = super().speak(words, delivery=delivery, pace=pace, seed=seed)
        if self.fault == "dice":
            return Audio(said.samples + np.float32(1e-3) * np.random.default_rng().random(), said.rate)
        if self.fault == "moody" and delivery:
            return Audio(said.samples * np.float32(0.5), said.rate)
        return said
