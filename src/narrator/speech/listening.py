"""Which voices are listened to, and which seeds a line is tried with."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from narrator.book import Voice
from narrator.ears import BUILT_IN, Ears, ears
from narrator.errors import CastError, MissingError
from narrator.speech.engine import engine

REVISION: Final = 1
"""Raised when another of a line's takes would be kept: those of voices listened to are then stale."""

TRIES: Final = 3
"""Takes of a line at most. An engine that stumbles at one in ten does so thrice at one line in 1,000."""


def seeds(key: str, take: int) -> tuple[int, ...]:
    """The seeds of a line's tries: the take's own first (0 is the plain reading), further ones by its key."""
    further = (int(sha256(f"{key} {n}".encode()).hexdigest()[:8], 16) for n in range(1, TRIES))
    return (take - 1, *further)


def hallucinates(voice: Voice) -> bool:
    """Whether the voice's engine is one that drops and invents words."""
    asked = getattr(engine(voice.engine), "hallucinates", None)
    return bool(asked(voice)) if callable(asked) else False


def waits(voice: Voice) -> float:
    """Seconds for which the voice's engine may wait for others at a take: it has a time-out of its own."""
    asked = getattr(engine(voice.engine), "waits", None)
    return float(asked(voice)) if callable(asked) else 0.0


def listener(voice: Voice) -> Ears | None:
    """What listens to the voice's takes: what its sheet asks for; or, where its engine hallucinates, the
    built-in ears if they are installed.

    Raises MissingError where the sheet asks for ears that are not there, CastError where it asks for ears and
    the voice speaks no English.
    """
    english = voice.language.lower().split("-")[0] == "en"
    if voice.listen is None:
        found = ears() if english and hallucinates(voice) else None
        return found if found and found.installed else None
    if voice.listen is False:
        return None
    if not english:
        raise CastError(
            f"listen is for English, and the voice speaks {voice.language!r}",
            where=voice.name,
            hint="Write listen = false.",
        )
    found = ears(BUILT_IN if voice.listen is True else voice.listen)
    if not found.installed:
        raise MissingError(
            f"the voice {voice.name!r} is to be listened to, and nothing here can",
            hint="Type pip install 'narrator[proof]', or write listen = false in its sheet.",
        )
    return found


def listening_facts(voice: Voice) -> Mapping[str, str]:
    """What becomes part of a take's key: which of a line's takes is kept hangs on who listens. Empty where
    nobody does."""
    found = listener(voice)
    return {"ears": found.name, **found.fingerprint(), "hearing": str(REVISION)} if found else {}
