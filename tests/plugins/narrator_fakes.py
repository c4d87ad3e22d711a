"""Engines for tests, found through the same door as real plug-ins: this folder is on the path as a package
that is installed, so spawned workers find them too.

tones: a sine a word, in no time. dies, broken, hollow, lacking: what can go wrong. broken takes the setting
`returns`: what it gives in place of sound; "killed" ends its process, "hangs" never comes back, "pages" is an
exception with a long message, "sound" is sound after all.
"""

import os
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from narrator.audio import Audio
from narrator.book import Voice
from narrator.speech import Word

RATE = 24_000


def spoken(words: Sequence[Word]) -> list[str]:
    return "".join(word.phonemes or word.respelling or word.written for word in words).split()


@dataclass(frozen=True)
class Tone:
    hertz: float
    name = "tones"

    def speak(self, words: Sequence[Word], *, delivery: str, pace: float, seed: int) -> Audio:
        level = 0.05 if "whisper" in delivery else 0.2
        parts = [np.zeros(RATE // 20, np.float32)]
        for place, word in enumerate(spoken(words)):
            seconds = (0.08 + 0.05 * len(word)) / pace
            at = np.arange(round(seconds * RATE)) / RATE
            tone = np.sin(2 * np.pi * self.hertz * (1 + 0.02 * ((place + seed) % 5)) * at)
            fade = np.minimum(1, np.minimum(at, seconds - at) / 0.01)
            parts += [(level * tone * fade).astype(np.float32), np.zeros(RATE // 20, np.float32)]
        return Audio(np.concatenate(parts), RATE)


class Tones:
    name = "tones"

    def fingerprint(self, voice: Voice) -> Mapping[str, str]:
        return {"model": "sine", "revision": "1"}

    def open(self, voice: Voice) -> Tone:
        return Tone(float(voice.settings.get("hertz", 220)))


@dataclass(frozen=True)
class Wrong:
    """What `returns` names, instead of sound; or an exception."""

    returns: str
    name: str

    def speak(self, words: Sequence[Word], *, delivery: str, pace: float, seed: int) -> Audio:
        sound = Tone(220).speak(words, delivery=delivery, pace=pace, seed=seed).samples
        if self.returns == "nan":
            sound[len(sound) // 2] = np.nan
        answers: dict[str, object] = {
            "nan": Audio(sound, RATE),
            "silence": Audio(np.zeros_like(sound), RATE),
            "nothing": Audio(sound[:0], RATE),
            "none": None,
            "list": Audio([0.1, 0.2], RATE),
            "float64": Audio(sound.astype(np.float64), RATE),
            "stereo": Audio(np.stack([sound, sound]), RATE),
            "no rate": Audio(sound, 0),
            "too short": Audio(sound[RATE // 20 :][: RATE // 50], RATE),
            "too long": Audio(np.tile(sound, 200), RATE),
        }
        if self.returns == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.returns == "hangs":
            time.sleep(3600)
        if self.returns == "pages":
            raise ZeroDivisionError("first line\nsecond line\n" * 200)
        if self.returns == "sound":
            return Audio(sound, RATE)
        if self.returns not in answers:
            raise ZeroDivisionError(self.returns)
        return answers[self.returns]


class Broken(Tones):
    name = "broken"

    def open(self, voice: Voice) -> Wrong:
        return Wrong(str(voice.settings["returns"]), self.name)


class Dies(Broken):
    name = "dies"

    def open(self, voice: Voice) -> Wrong:
        return Wrong("the model fell over", self.name)


class Hollow:
    """No engine at all."""
