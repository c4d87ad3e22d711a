"""The engine door: what an engine is, and how an installed one is found by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol, runtime_checkable

from narrator.audio import Audio
from narrator.book import Voice
from narrator.errors import EngineError
from narrator.plugins import plugin, plugin_names

GROUP = "narrator.engines"
"""The entry point group. An entry's name is the engine's name, its value a class called without arguments."""


@dataclass(frozen=True, slots=True)
class Word:
    """A stretch of what is said: plain words up to the next reading, or one reading.

    `written` is the book's, spaces and punctuation included: joined, they are the line. `respelling` is plain
    text to say instead (figures come as words in it); `phonemes` are IPA, without slashes. Where both are set
    they are one reading: an engine that takes phonemes takes them, any other the respelling.
    """

    written: str
    respelling: str | None = None
    phonemes: str | None = None


class Actor(Protocol):
    """One voice, ready to speak in this process."""

    def speak(self, words: Sequence[Word], *, delivery: str, pace: float, seed: int) -> Audio:
        """Say `words`: mono float32 at any rate, never silent, never empty.

        delivery: the script's parenthetical, free text; what an engine does not know is neutral. pace: a
        factor on the engine's own speed, the voice's pace included; 1.2 is a fifth faster. seed: 0 is the
        plain reading, another seed another take. The same arguments give the same samples in every process.
        """
        ...


@runtime_checkable
class Engine(Protocol):
    """A plug-in that gives voices.

    It may also have `files`, settings that name files (their content is its to tell in the fingerprint);
    `unheard`, settings that change nothing heard; both are left out of keys. `reshapes = True` where it
    does `pitch` and `formant` itself; elsewhere narrator does them, and the engine never sees these settings.
    `languages`, the tags of all that its front-end reads, where every voice is bound to them ("en").

    And methods. `licence(voice)`: the licence of the model behind a voice where it knows that, whatever a
    sheet says. `hallucinates(voice)`: whether its takes should be listened to, since it drops or invents
    words. `pronounced(voice, words)`: the phonemes that it says, as one text, so that proofing can hold them
    against the lexicon. `waits(voice)`: seconds for which it may wait for others at a take, before it says so
    itself. `carries(voice)`: by setting, the paths of all files that another machine needs for the voice,
    where these are more than the one that the setting names.
    """

    name: str

    def fingerprint(self, voice: Voice) -> Mapping[str, str]:
        """Every fact that changes the sound, except the voice's own settings. Cheap: no model is loaded.

        Raises CastError where the engine does not take the voice's settings.
        """
        ...

    def open(self, voice: Voice) -> Actor:
        """Load what the voice needs: once a voice and process. Raises CastError as `fingerprint` does."""
        ...


def engine_names() -> tuple[str, ...]:
    """The names of the installed engines, sorted."""
    return plugin_names(GROUP)


@cache
def engine(name: str) -> Engine:
    """The installed engine called `name`, one instance a process.

    Raises MissingError where none is called so or its plug-in lacks a module, EngineError where the plug-in
    is broken.
    """
    found = plugin(GROUP, name, "engine")
    if not isinstance(found, Engine):
        raise EngineError(f"{type(found)} is not an engine", hint="An engine has name, fingerprint, open.")
    return found
