"""A speech server, called over HTTP and trusted in nothing: time-outs, retries, limits, one sentence for what
goes wrong."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import urllib3
from urllib3.exceptions import HTTPError

from narrator.errors import EngineError, MissingError

MOST: Final = 64 << 20
"""Bytes of an answer; two minutes of 48 kHz stereo in 32 bits are 46 million."""

CONNECT: Final = 5.0
"""Seconds to wait for a connection."""

BACKOFF: Final = 0.5
"""Seconds before the second retry, twice that before the third; a server may ask for up to 30."""

RETRIES: Final = 3
"""How often a line is asked for again."""

PAUSES: Final = 90.0
"""Seconds between all tries at most."""

LONGEST_ANSWER: Final = 4
"""How many time-outs a whole answer may take."""

NOTHING: Final = "nothing"
"""Where a server does not tell of a model."""

_REFUSED: Final = (401, 403)
_AGAIN: Final = (408, 429, 500, 502, 503, 504)
"""Statuses that say: try again."""

_FACTS: Final = ("id", "root", "owned_by", "version", "revision", "digest", "sha256")
"""What of a model's entry tells its sound. Times and permissions differ with every start of some servers."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer, read whole. kind: its content type, bare."""

    head: urllib3.BaseHTTPResponse
    status: int
    kind: str
    body: bytes


class Server:
    """An OpenAI-compatible server.

    url: up to and with /v1. key: "" for none. timeout: seconds of silence; a whole answer may take four times
    that. Redirects are not followed: they would take the key elsewhere.
    """

    def __init__(self, url: str, key: str, timeout: float) -> None:
        self._url, self._key, self._timeout = url, key, timeout
        self._pool = urllib3.PoolManager(timeout=urllib3.Timeout(connect=CONNECT, read=timeout))

    def __repr__(self) -> str:
        """Without the key."""
        return f"Server({self._url!r})"

    def says_of(self, model: str) -> str:
        """What the server says of a model, as one line of JSON; or that it says nothing.

        Raises MissingError where no server answers, EngineError where it wants another key.
        """
        try:
            answer = self._answer(
                "GET", "/models", None, urllib3.Retry(1, backoff_factor=BACKOFF, allowed_methods=None)
            )
        except HTTPError as error:
            raise MissingError(
                f"no speech server answers at {self._url} ({_reason(error)})",
                hint="Start it, or correct url in the voice's sheet.",
            ) from error
        if answer.status in _REFUSED:
            raise self._refused(answer.status)
        try:
            return _entry(json.loads(answer.body), model) if answer.status == 200 else NOTHING
        except ValueError:
            return NOTHING

    def speech(self, request: Mapping[str, str | float]) -> bytes:
        """The sound for a request. Raises EngineError, in one sentence, for every answer that is none."""
        # Saying a line twice does no harm: POST may be tried again.
        retries = urllib3.Retry(RETRIES, backoff_factor=BACKOFF, retry_after_max=30, allowed_methods=None)
        try:
            answer = self._answer("POST", "/audio/speech", request, retries)
        except HTTPError as error:
            raise EngineError(
                f"the speech server at {self._url} failed ({_reason(error)})", hint=_HINT
            ) from error
        if answer.status in _REFUSED:
            raise self._refused(answer.status)
        if answer.status != 200:
            raise EngineError(
                f"the speech server at {self._url} answered {answer.status}{self._said(answer)}", hint=_HINT
            )
        if answer.kind.startswith("text/") or "json" in answer.kind:
            raise EngineError(
                f"the speech server at {self._url} answered with {answer.kind} in place of sound", hint=_HINT
            )
        return answer.body

    def _answer(
        self, method: str, path: str, request: Mapping[str, str | float] | None, retries: urllib3.Retry
    ) -> _Answer:
        """An answer, asked for again where it broke off or its status says so. Raises HTTPError."""
        while True:
            try:
                answer = self._ask(method, path, request)
            except HTTPError as error:
                if not retries.total:
                    raise
                retries = retries.increment(method, path, error=error)
                retries.sleep()
                continue
            if answer.status not in _AGAIN or not retries.total:
                return answer
            retries = retries.increment(method, path, response=answer.head)
            retries.sleep(answer.head)

    def _ask(self, method: str, path: str, request: Mapping[str, str | float] | None) -> _Answer:
        """Ask once. Raises HTTPError, and EngineError for an answer without end."""
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        ends = time.monotonic() + LONGEST_ANSWER * self._timeout
        head = self._pool.request(
            method, self._url + path, json=request, headers=headers, retries=False, preload_content=False
        )
        body = bytearray()
        try:
            # Not `stream`, which waits for a whole block: a server that drips would hold us for hours.
            while part := head.read1(1 << 16):
                body += part
                if len(body) > MOST:
                    raise EngineError(
                        f"the speech server at {self._url} sends more than {MOST >> 20} MB", hint=_HINT
                    )
                if time.monotonic() > ends:
                    raise EngineError(
                        f"the speech server at {self._url} did not finish within "
                        f"{LONGEST_ANSWER * self._timeout:g} s",
                        hint="Raise timeout in the voice's sheet if it is only slow.",
                    )
        finally:
            head.close()
        kind = head.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return _Answer(head, head.status, kind, bytes(body))

    def _refused(self, status: int) -> EngineError:
        return EngineError(
            f"the speech server at {self._url} wants a key, or another one ({status})",
            hint="Name its variable: api_key_variable in the voice's sheet.",
        )

    def _said(self, answer: _Answer) -> str:
        """What the server says is wrong: short, on one line, and without the key."""
        if "json" not in answer.kind and answer.kind != "text/plain":
            return ""
        text = answer.body[:2_000].decode(errors="replace")
        text = "".join(letter if letter.isprintable() else " " for letter in text)
        text = " ".join(text.replace(self._key, "…").split() if self._key else text.split())
        return f": {text[:160]}"


_HINT: Final = "Look at the server's log; url, model and voice are in the voice's sheet."


def _reason(error: HTTPError) -> str:
    """In a few words, without the addresses of objects that urllib3 tells."""
    names = [kind.__name__ for kind in type(error).__mro__]
    return next((_REASONS[name] for name in names if name in _REASONS), names[0])


_REASONS: Final = {
    "ConnectTimeoutError": "no connection in time",
    "NameResolutionError": "there is no host of that name",
    "NewConnectionError": "the connection was refused",
    "ProtocolError": "the connection broke off",
    "ReadTimeoutError": "no answer in time",
    "SSLError": "its certificate is not trusted",
}


def _entry(listed: object, model: str) -> str:
    """The facts about a model in a list of models."""
    entries = listed.get("data") if isinstance(listed, dict) else None
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and entry.get("id") == model:
            facts = {name: entry[name] for name in _FACTS if isinstance(entry.get(name), str)}
            return json.dumps(facts, sort_keys=True, ensure_ascii=False)[:2_000]
    return NOTHING
