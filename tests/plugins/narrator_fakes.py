"""Engines for tests, found through the same door as real plug-ins: this folder is on the path as a package
that is installed, so spawned workers find them too.

tones: a sine a word, in no time. spikes: hard on an encoder. dies, broken, hollow, lacking: what can go wrong.
broken takes the setting `returns`: what it gives in place of sound; "killed" ends its process, "hangs" never
comes back, "pages" is an exception with a long message, "sound" is sound after all. stumbles has one fault of
choice, and the ears called reads know what it said. hums is a voice of any level. waits takes its time, as a GPU
would: it sleeps, and keeps a diary of what it said. copies does the same, at a pitch that stands in a file, which
nobody sees who works where NARRATOR_HIDES names its folder.
"""

import os
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from narrator.audio import Audio
from narrator.book import Voice
from narrator.errors import MissingError
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


@dataclass(frozen=True)
class Spike:
    """A tone with pulses in it: what a codec makes of them stands out over the ceiling."""

    name = "spikes"

    def speak(self, words: Sequence[Word], *, delivery: str, pace: float, seed: int) -> Audio:
        time = np.arange(RATE * len(spoken(words)) // 2) / RATE
        sound = 0.05 * np.sin(2 * np.pi * 330 * time)
        sound[:: RATE // 150] += 0.3
        return Audio(sound.astype(np.float32), RATE)


class Spikes(Tones):
    name = "spikes"

    def open(self, voice: Voice) -> Spike:
        return Spike()


class Broken(Tones):
    name = "broken"

    def open(self, voice: Voice) -> Wrong:
        return Wrong(str(voice.settings["returns"]), self.name)


class Dies(Broken):
    name = "dies"

    def open(self, voice: Voice) -> Wrong:
        return Wrong("the model fell over", self.name)


@dataclass(frozen=True)
class Hum:
    """Syllables of a harmonic voice, their RMS at `level` dBFS."""

    hertz: float
    level: float
    name = "hums"

    def speak(self, words: Sequence[Word], *, delivery: str, pace: float, seed: int) -> Audio:
        at = np.arange(round(0.4 * len(spoken(words)) / pace * RATE)) / RATE
        phase = 2 * np.pi * np.cumsum(self.hertz * (1 + 0.1 * np.sin(2 * np.pi * 0.7 * at))) / RATE
        voice = sum(np.cos(k * phase + 1.7 * k * k) / (1 + (k / 6) ** 2) for k in range(1, 16))
        voice = voice * np.clip(np.sin(2 * np.pi * 3.7 * at + 0.5) + 0.8, 0.02, None)
        voice *= 10 ** (self.level / 20) / np.sqrt(np.mean(voice**2))
        edge = np.zeros(RATE // 5)
        return Audio(np.concatenate([edge, voice, edge]).astype(np.float32), RATE)


class Hums(Tones):
    """Settings: hertz and level."""

    name = "hums"

    def open(self, voice: Voice) -> Hum:
        return Hum(float(voice.settings["hertz"]), float(voice.settings["level"]))


def written(text: str) -> np.ndarray:
    """A text as samples that nobody hears, for the fake ears to read."""
    return np.array([ord(c) for c in f"{text}\0"], np.float32) / np.float32(1 << 16)


@dataclass(frozen=True)
class Stumble:
    """One fault of choice, with the plain reading only or with every seed."""

    fault: str
    always: bool
    name = "stumbles"

    def speak(self, words: Sequence[Word], *, delivery: str, pace: float, seed: int) -> Audio:
        said = spoken(words)
        fault = self.fault if self.always or not seed else ""
        if fault == "stutters":
            said = said[:3] + said
        if fault == "truncates":
            said = said[: len(said) // 2]
        if fault == "invents":
            said += ["and", "thank", "you", "all", "for", "listening"][: 4 + seed % 3]
        if fault == "hangs":
            time.sleep(600)
        if fault == "crashes":
            os.kill(os.getpid(), signal.SIGKILL)
        sound = Tone(220).speak([Word(" ".join(said))], delivery=delivery, pace=pace, seed=seed).samples
        if fault == "clips":
            sound = np.clip(3 * sound, -0.4, 0.4)
        if fault == "nan":
            sound[-1] = np.nan
        return Audio(np.concatenate([written(" ".join(said)), sound]), RATE)


class Stumbles(Tones):
    """Settings: fault, and always = 1 where no seed helps."""

    name = "stumbles"

    def open(self, voice: Voice) -> Stumble:
        return Stumble(str(voice.settings.get("fault", "")), bool(voice.settings.get("always")))


class Wanders(Stumbles):
    """The same, but it says of itself that it should be listened to."""

    name = "wanders"

    def hallucinates(self, voice: Voice) -> bool:
        return True


@dataclass(frozen=True)
class Wait:
    """A tone after so many seconds. Its diary is a folder: a file for every time that it was asked. A line with
    "poison" in it ends its process."""

    hertz: float
    seconds: float
    diary: str
    name = "waits"

    def speak(self, words: Sequence[Word], *, delivery: str, pace: float, seed: int) -> Audio:
        text = " ".join(spoken(words))
        if self.diary:
            before = len(list(Path(self.diary).glob("*.txt")))
            where = os.environ.get("NARRATOR_NODE", "")
            entry = Path(self.diary) / f"{before:05}-{os.getpid()}-{time.monotonic_ns()}-{where}.txt"
            entry.write_text(text)
        time.sleep(self.seconds * float(os.environ.get("NARRATOR_SLOW", "1")))  # on a slow node
        if "poison" in text:
            os.kill(os.getpid(), signal.SIGKILL)
        return Tone(self.hertz).speak(words, delivery=delivery, pace=pace, seed=seed)


class Waits(Tones):
    """Settings: hertz and seconds. The diary is named by NARRATOR_DIARY."""

    name = "waits"
    unheard = ("seconds",)

    def open(self, voice: Voice) -> Wait:
        seconds = float(voice.settings.get("seconds", 0))
        return Wait(float(voice.settings.get("hertz", 220)), seconds, os.environ.get("NARRATOR_DIARY", ""))


class Copies(Waits):
    """Settings: model, a file with a number of hertz, and what waits takes."""

    name = "copies"
    files = ("model",)

    def fingerprint(self, voice: Voice) -> Mapping[str, str]:
        return {"model": self._said(voice)}

    def open(self, voice: Voice) -> Wait:
        return super().open(replace(voice, settings={**voice.settings, "hertz": float(self._said(voice))}))

    def _said(self, voice: Voice) -> str:
        name = str(voice.settings["model"])
        path, hidden = Path(voice.folder) / name, os.environ.get("NARRATOR_HIDES", "")
        if not path.is_file() or (hidden and path.is_relative_to(hidden)):
            raise MissingError(
                f"the model {name!r} of voice {voice.name!r} is not there", hint="Put it there."
            )
        return path.read_text().strip()


class Reads:
    """Ears that read what `Stumble` wrote into its sound."""

    name = "reads"
    installed = True

    def fingerprint(self) -> Mapping[str, str]:
        return {"model": "eyes"}

    def hear(self, takes: Sequence[Audio]) -> Sequence[str]:
        texts = (
            "".join(chr(round(x * (1 << 16))) for x in take.samples[:2_000].clip(0, 1)) for take in takes
        )
        return [text.partition("\0")[0] for text in texts]


class Deaf(Reads):
    name = "deaf"
    installed = False


class Hollow:
    """No engine at all."""
