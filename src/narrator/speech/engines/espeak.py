"""eSpeak NG: a hundred languages, hundreds of times real time, for drafts.

Settings of a voice:

    voice    one of espeak's: "en-us", "en-gb-scotland", "de+f3" (without it, by the sheet's language)

It is GPL-3 and never part of narrator: either the package espeakng-loader (`narrator[espeak]`) or the program
espeak-ng is the user's to install. Both run as a process of their own, one a line: espeak keeps counting its
random numbers from one line to the next, and a new process begins anew, so a take is always the same.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from narrator.audio import Audio
from narrator.errors import CastError, EngineError, MissingError
from narrator.speech.engine import Word
from narrator.speech.engines import phonemes, settings
from narrator.speech.engines.chunks import plain
from narrator.speech.engines.reading import PRIVATE, STAND_IN

if TYPE_CHECKING:
    from narrator.book import Voice

REVISION: Final = "2"
"""Raised when this adapter would say the same words differently."""

WORDS_A_MINUTE: Final = 175
"""espeak's own speed, and the least and most that it takes."""
SLOWEST, FASTEST = 80, 450

MIDDLE: Final = 50
"""espeak's own pitch on its scale of 0 to 99, where 50 more is about twice as high."""

PATIENCE: Final = 60.0
"""Seconds to wait for a line."""

_PROGRAM: Final = Path(__file__).with_name("espeak_program.py")
_VOICES: Final = {"en": "en-us"}
"""espeak's voice by language, where that is not its own name."""


class EspeakEngine:
    """Voices of espeak."""

    name = "espeak"

    def fingerprint(self, voice: Voice) -> Mapping[str, str]:
        """espeak's version, which is its voices', and the voice where the sheet's language chose it."""
        return {"espeak": _program().version, "voice": _asked(voice), "adapter": REVISION}

    def open(self, voice: Voice) -> EspeakActor:
        """A voice of espeak. Raises CastError where espeak has none of that name."""
        actor = EspeakActor(_program(), _asked(voice))
        actor.check(voice.name)
        return actor


@dataclass(frozen=True, slots=True)
class _Program:
    """How espeak is called: a command that takes options and text, and writes a WAV to its output."""

    command: tuple[str, ...]
    version: str

    def say(self, text: str, voice: str, speed: int, pitch: int) -> subprocess.CompletedProcess[bytes]:
        options = ("-v", voice, "-s", str(speed), "-p", str(pitch), "-b", "1", "--stdin", "--stdout")
        return subprocess.run(  # noqa: S603
            [*self.command, *options], input=text.encode(), capture_output=True, timeout=PATIENCE, check=False
        )


@dataclass(frozen=True)
class EspeakActor:
    """One of espeak's voices."""

    program: _Program
    voice: str
    name = EspeakEngine.name

    def check(self, where: str) -> None:
        """Raises CastError where espeak has no such voice."""
        said = self.program.say("a", self.voice, WORDS_A_MINUTE, MIDDLE)
        if said.returncode:
            raise CastError(
                f"espeak has no voice {self.voice!r}",
                where=where,
                hint="Type espeak-ng --voices, or try en-gb.",
            )

    def speak(self, words: Sequence[Word], *, delivery: str, pace: float, seed: int) -> Audio:
        """Say the words: 22.05 kHz. Phonemes that are no English sounds fall back to the respelling.

        It knows no second take: a seed other than 0 moves pace and pitch a little.
        """
        import math

        import numpy as np

        from narrator.speech.engines.delivery import manner

        how = manner(delivery)
        pace_by, pitch_by = np.random.default_rng(seed).uniform(-1, 1, 2) * (0.05, 0.03) if seed else (0, 0)
        speed = round(WORDS_A_MINUTE * pace * how.pace * (1 + pace_by))
        pitch = round(MIDDLE + 50 * math.log2(how.pitch * (1 + pitch_by)))
        voice = f"{self.voice}+whisper" if how.whispered and "+" not in self.voice else self.voice
        text = _text(words)
        said = self.program.say(text, voice, min(max(speed, SLOWEST), FASTEST), min(max(pitch, 0), 99))
        if said.returncode or said.stdout[:4] != b"RIFF":
            reason = said.stderr.decode(errors="replace").strip().split("\n")[-1][:160]
            raise EngineError(f"espeak failed ({reason or 'it gave no sound'})", hint="Try another voice.")
        return _sound(said.stdout)


def _text(words: Sequence[Word]) -> str:
    """What espeak is to read, phonemes in its own brackets and alphabet."""
    # A private-use letter stands in for each reading while the marks around it are made plain.
    readings: list[str] = []
    text = ""
    for word in words:
        signs = phonemes.espeak(word.phonemes) if word.phonemes else None
        if signs is None:
            text += (word.respelling or word.written).replace("[[", "").replace("]]", "")
        else:
            text += chr(PRIVATE + len(readings))
            readings.append(f"[[{signs}]]")
    return STAND_IN.sub(lambda match: readings[ord(match.group()) - PRIVATE], plain(text))


def _sound(wav: bytes) -> Audio:
    """The samples of a WAV that was written to a pipe: its header says nothing of its length."""
    import numpy as np

    start = wav.index(b"data", 12) + 8
    rate = int.from_bytes(wav[24:28], "little")
    whole = wav[start : start + (len(wav) - start) // 2 * 2]
    return Audio(np.frombuffer(whole, "<i2").astype(np.float32) / np.float32(32_768), rate)


def _asked(voice: Voice) -> str:
    """The name of espeak's voice. Raises CastError for a setting that is wrong."""
    settings.refuse_unknown(voice, ("voice",))
    named = settings.text(voice, "voice") or _VOICES.get(voice.language.lower(), voice.language.lower())
    if not named.replace("-", "").replace("+", "").replace("_", "").isalnum():
        raise CastError(f"voice = {named!r} is no name of a voice", where=voice.name, hint='Write "en-us".')
    return named


@cache
def _program() -> _Program:
    """The espeak that is installed: the package before the program on the path. Raises MissingError."""
    if find_spec("espeakng_loader") is not None:
        command: tuple[str, ...] = (sys.executable, "-I", str(_PROGRAM), *_library())
    elif (found := shutil.which("espeak-ng")) is not None:
        command = (found,)
    else:
        raise MissingError(
            "espeak is not installed",
            hint="Type pip install 'narrator[espeak]', or apt install espeak-ng (brew install espeak-ng).",
        )
    told = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    words = told.stdout.split()
    version = next((word for word in words if word[0].isdigit()), "")
    if told.returncode or not version:
        raise MissingError(f"“{command[0]}” does not answer as espeak-ng does", hint="Install it again.")
    return _Program(command, version)


def _library() -> tuple[str, str]:
    import espeakng_loader

    return espeakng_loader.get_library_path(), espeakng_loader.get_data_path()
