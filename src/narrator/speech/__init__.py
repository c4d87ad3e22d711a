"""Speech: words after the lexicon go to an engine's actor and come back as a checked take.

    words(line, lexicon) -> open_voice(voice) -> record(actor, words, …) -> Audio

Importing this room loads no engine and no numerical library.
"""

from __future__ import annotations

from narrator.speech.dictionary import unknown_words
from narrator.speech.engine import Actor, Engine, Word, engine, engine_names
from narrator.speech.hearing import GOOD, Fault, fault
from narrator.speech.lexicon import Lexicon, has_something_to_say, words
from narrator.speech.listening import hallucinates, listener, listening_facts, seeds, waits
from narrator.speech.opening import (
    file_settings,
    heard_settings,
    model_licence,
    open_voice,
    voice_facts,
    voice_files,
)
from narrator.speech.pls import read_pls
from narrator.speech.pronouncing import misread
from narrator.speech.recording import CLIPPED, UnsoundError, clipped, record

REVISION = 1
"""Raised when the same line, lexicon and engine would be said differently: every take is then stale."""

__all__ = [
    "CLIPPED",
    "GOOD",
    "REVISION",
    "Actor",
    "Engine",
    "Fault",
    "Lexicon",
    "UnsoundError",
    "Word",
    "clipped",
    "engine",
    "engine_names",
    "fault",
    "file_settings",
    "hallucinates",
    "has_something_to_say",
    "heard_settings",
    "listener",
    "listening_facts",
    "misread",
    "model_licence",
    "open_voice",
    "read_pls",
    "record",
    "seeds",
    "unknown_words",
    "voice_facts",
    "voice_files",
    "waits",
    "words",
]
