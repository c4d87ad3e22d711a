"""Any speech server that answers as OpenAI's `/v1/audio/speech` does.

Settings of a voice:

    url                   of the server: "http://localhost:8880"
    model, voice          as the server names them
    format                "wav" (without it), "flac", "mp3", "opus" or "pcm"
    rate                  of pcm, samples a second; 24000 without it
    instructions          how to speak, for servers that take them; a line's delivery is put behind
    api_key_variable      the environment variable that holds the key. The key itself is never kept
    timeout               seconds without an answer before giving up; 120 without it
    revision              your word for what the server has installed; then the server is not asked

The extra is `narrator[http]`: urllib3.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from narrator.audio import Audio
from narrator.errors import CastError, EngineError, MissingError
from narrator.speech.engine import Word
from narrator.speech.engines import settings
from narrator.speech.engines.chunks import chunks, joined, pause_after, plain

if TYPE_CHECKING:
    from narrator.book import Voice
    from narrator.speech.engines.server import Server

REVISION: Final = "1"
"""Raised when this adapter would say the same words differently."""

LONGEST: Final = 1_000
"""Characters to ask for at once; OpenAI takes 4,096, smaller models ramble long before."""

SPEEDS: Final = (0.25, 4.0)
"""What the interface allows."""

FORMATS: Final = ("wav", "flac", "mp3", "opus", "pcm")
RATES: Final = (8_000, 192_000)
TIMEOUTS: Final = (1.0, 3_600.0)

_SETTINGS: Final = (
    *("url", "model", "voice", "format", "rate", "instructions"),
    *("api_key_variable", "timeout", "revision"),
)
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


class HttpEngine:
    """Voices of a speech server."""

    name = "http"
    unheard = frozenset({"api_key_variable", "timeout"})

    def fingerprint(self, voice: Voice) -> Mapping[str, str]:
        """What the server says of the model; url, model and voice are settings already.

        With `revision` nobody is asked: finished takes then need no server. Raises MissingError where none
        answers.
        """
        asked = _Asked.of(voice)
        server = "as revision says" if asked.revision else asked.server().says_of(asked.model)
        return {"server": server, "adapter": REVISION}

    def waits(self, voice: Voice) -> float:
        """The server's time, with all its retries."""
        from narrator.speech.engines.server import LONGEST_ANSWER, PAUSES, RETRIES

        return (RETRIES + 1) * LONGEST_ANSWER * _Asked.of(voice).timeout + PAUSES

    def open(self, voice: Voice) -> HttpActor:
        """A voice of the server, which is asked for nothing yet."""
        asked = _Asked.of(voice)
        return HttpActor(asked, asked.server())


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a voice's sheet asks for. The key is read from the environment when the server is called."""

    voice_name: str
    url: str
    model: str
    voice: str
    format: str
    rate: int
    instructions: str
    key_variable: str = field(repr=False)
    timeout: float
    revision: str

    @classmethod
    def of(cls, voice: Voice) -> _Asked:
        """Raises CastError for a wrong setting."""
        settings.refuse_unknown(voice, _SETTINGS)
        return cls(
            voice.name,
            _base(settings.needed(voice, "url", '"http://localhost:8880"'), voice.name),
            settings.needed(voice, "model", '"…"'),
            settings.needed(voice, "voice", '"…"'),
            settings.one_of(voice, "format", "wav", FORMATS),
            round(settings.number(voice, "rate", 24_000, RATES)),
            settings.text(voice, "instructions"),
            _variable(settings.text(voice, "api_key_variable"), voice.name),
            settings.number(voice, "timeout", 120.0, TIMEOUTS),
            settings.text(voice, "revision"),
        )

    def server(self) -> Server:
        """The server, with the key. Raises MissingError without urllib3, or where the variable is not set."""
        if find_spec("urllib3") is None:
            raise MissingError(
                "the engine http needs the package urllib3", hint="Type pip install 'narrator[http]'."
            )
        from narrator.speech.engines.server import Server

        key = os.environ.get(self.key_variable, "") if self.key_variable else ""
        if self.key_variable and not key:
            raise MissingError(
                f"the environment variable {self.key_variable} is not set",
                where=self.voice_name,
                hint=f"Type export {self.key_variable}=… before narrator.",
            )
        return Server(self.url, key, self.timeout)


@dataclass(frozen=True)
class HttpActor:
    """A voice of a server."""

    asked: _Asked
    server: Server
    name = HttpEngine.name

    def speak(self, words: Sequence[Word], *, delivery: str, pace: float, seed: int) -> Audio:
        """Say the words; phonemes fall back to the respelling, or what is written.

        The interface knows no seed: the server decides what a second take sounds like, and whether the same
        request gives the same sound again. narrator asks once a take and keeps the answer.
        """
        text = plain("".join(word.respelling or word.written for word in words))
        pieces = list(chunks(text, LONGEST))
        said = [self._say(piece, delivery, pace) for piece in pieces]
        rates = {audio.rate for audio in said}
        if len(rates) != 1:
            raise EngineError(
                f"the speech server answered parts of one line at {len(rates)} rates",
                hint="Fix the rate there.",
            )
        pauses = [pause_after(piece) / pace for piece in pieces[:-1]]
        rate = rates.pop()
        return Audio(joined([audio.samples for audio in said], pauses, rate), rate)

    def _say(self, text: str, delivery: str, pace: float) -> Audio:
        from narrator.speech.engines.sounds import decoded

        asked = self.asked
        request: dict[str, str | float] = {
            "model": asked.model,
            "voice": asked.voice,
            "input": text,
            "response_format": asked.format,
        }
        if pace != 1:
            request["speed"] = min(max(pace, SPEEDS[0]), SPEEDS[1])
        if asked.instructions:
            request["instructions"] = f"{asked.instructions} {delivery}".strip()
        return decoded(self.server.speech(request), asked.rate if asked.format == "pcm" else None)


def _base(url: str, voice: str) -> str:
    """The url up to and with /v1. Raises CastError for one that is none, or that holds a password."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CastError("url is no address of a server", where=voice, hint='Write "http://localhost:8880".')
    if parts.username or parts.password or parts.query:
        raise CastError(
            "url holds a name, a password or a query, and would be kept with every take",
            where=voice,
            hint='Name a variable instead: api_key_variable = "MY_KEY".',
        )
    path = parts.path.rstrip("/").removesuffix("/audio/speech").removesuffix("/v1")
    return f"{parts.scheme}://{parts.netloc}{path}/v1"


def _variable(name: str, voice: str) -> str:
    """Raises CastError, which does not tell what stands there: it may be the key itself."""
    if name and (not _VARIABLE.fullmatch(name) or name.startswith("sk_")):
        raise CastError(
            "api_key_variable is no name of an environment variable",
            where=voice,
            hint='Write api_key_variable = "MY_KEY" and set MY_KEY; never the key itself.',
        )
    return name
