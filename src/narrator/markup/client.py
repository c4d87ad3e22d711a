"""A language model's server, called over HTTP and trusted in nothing: time-outs, limits, no redirects."""

from __future__ import annotations

import json
import time
from contextlib import closing
from dataclasses import dataclass
from typing import Final

import urllib3
from urllib3.exceptions import HTTPError

from narrator.errors import MissingError, NarratorError

_MOST: Final = 1 << 20
"""Bytes of an answer that are read: eight names are a hundred."""
_CONNECT: Final = 5.0
"""Seconds to wait for a connection."""
_REFUSED: Final = (401, 403)


class UnansweredError(Exception):
    """A question that got no answer; `error` is what to tell the user where none gets one."""

    def __init__(self, error: NarratorError) -> None:
        super().__init__(error.what)
        self.error = error


@dataclass(frozen=True, slots=True)
class Client:
    """An OpenAI-compatible server. url: up to and with /v1. key: empty for none. timeout: seconds a whole
    answer may take."""

    url: str
    model: str
    key: str
    timeout: float

    def __repr__(self) -> str:
        """Without the key."""
        return f"Client({self.url!r}, {self.model!r})"

    def ask(self, task: str, words: str) -> str:
        """The model's answer.

        Raises UnansweredError where there is none of use, MissingError where the server refuses the key.
        """
        request = {
            "model": self.model,
            "temperature": 0,
            "messages": [{"role": "system", "content": task}, {"role": "user", "content": words}],
        }
        status, body = self._answer(json.dumps(request).encode())
        if status in _REFUSED:
            raise MissingError(
                f"the language model at {self.url} refuses the key ({status}).",
                hint="Correct the environment variable that [attribution] names in book.toml.",
            )
        if status != 200:
            raise self._unanswered(f"it answered {status}")
        try:
            content = json.loads(body)["choices"][0]["message"]["content"]
        except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
            raise self._unanswered("its answer is no chat completion") from error
        if not isinstance(content, str):
            raise self._unanswered("its answer holds no text")
        return content

    def _answer(self, request: bytes) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json", "User-Agent": "narrator"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        until = time.monotonic() + self.timeout
        pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=_CONNECT, read=self.timeout), retries=False
        )
        try:
            response = pool.request(
                "POST",
                f"{self.url}/chat/completions",
                body=request,
                headers=headers,
                redirect=False,
                preload_content=False,
            )
            with closing(response):
                return response.status, self._read(response, until)
        except HTTPError as error:
            raise self._unanswered(type(error).__name__) from error
        finally:
            pool.clear()

    def _read(self, response: urllib3.BaseHTTPResponse, until: float) -> bytes:
        body = b""
        for piece in response.stream(1 << 14):
            body += piece
            if len(body) > _MOST:
                raise self._unanswered("its answer has no end")
            if time.monotonic() > until:
                raise self._unanswered("its answer takes too long")
        return body

    def _unanswered(self, why: str) -> UnansweredError:
        return UnansweredError(
            MissingError(
                f"no language model answers at {self.url} ({why}).",
                hint="Start it, or correct [attribution] in script/book.toml.",
            )
        )
