"""Engines for tests, found through the same door as every other: a tone a word, and one that breaks."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence

import numpy as np

from narrator.audio import Audio
from narrator.book import Voice
from narrator.speech import Word

RATE = 24_000


def tones(words: Sequence[Word], *, pitch: float, pace: float, seed: int) -> Audio:
    """0.25 s of a tone for each word, a little apart, between 0.1 s of silence: real sound, at no cost."""
    said = " ".join(w.phonemes or w.respelling or w.written for w in words).split()
    time = np.arange(int(0.25 * RATE / pace)) / RATE
    shape = np.sin(np.pi * np.arange(len(time)) / len(time))
    sung = [
        np.sin(2 * np.pi * (pitch + 10 * (sum(map(ord, word)) % 13) + seed) * time) * shape * 0.2
        for word in said
    ]
    edge = np.zeros(int(0.1 * RATE))
    return Audio(np.concatenate([edge, *sung, edge]).astype(np.float32), RATE)


class Tones:
    name = "tones"

    def fingerprint(self, voice: Voice) -> Mapping[str, str]:
        return {"model": "tones-1"}

    def open(self, voice: Voice) -> TonesActor:
        return TonesActor(float(voice.settings.get("pitch", 220)))


class TonesActor:
    name = "tones"

    def __init__(self, pitch: float) -> None:
        self.pitch = pitch

    def speak(self, words: Sequence[Word], *, delivery: str, pace: float, seed: int) -> Audio:
        return tones(words, pitch=self.pitch, pace=pace, seed=seed)


class Broken:
    """Speaks like tones, but for the setting `fault`."""

    name = "broken"

    def fingerprint(self, voice: Voice) -> Mapping[str, str]:
        return {"model": "broken-1"}

    def open(self, voice: Voice) -> BrokenActor:
        return BrokenActor(str(voice.settings["fault"]))


class BrokenActor:
    name = "broken"

    def __init__(self, fault: str) -> None:
        self.fault = fault

    def speak(self, words: Sequence[Word], *, delivery: str, pace: float, seed: int) -> Audio:
        audio = tones(words, pitch=220, pace=pace, seed=seed)
        match self.fault:
            case "raises":
                raise RuntimeError("out of tune")
            case "silence":
                return Audio(audio.samples * 0, RATE)
            case "nan":
                return Audio(audio.samples * np.float32("nan"), RATE)
            case "nothing":
                return Audio(audio.samples[:0], RATE)
            case "killed":
                os.kill(os.getpid(), signal.SIGKILL)
        return audio
