"""Ears: what hears a take and writes down its words. Found by entry point, as engines are.

The built-in ones are `whisper`, with the extra `narrator[proof]`: a small English model from a package.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, Protocol, runtime_checkable

from narrator.audio import Audio
from narrator.errors import EngineError
from narrator.plugins import plugin

GROUP: Final = "narrator.ears"
"""The entry point group. An entry's name is the ears' name, its value a class called without arguments."""

BUILT_IN: Final = "whisper"

LONGEST: Final = 30.0
"""Seconds of a take that ears hear whole at once, at least."""


@runtime_checkable
class Ears(Protocol):
    """A plug-in that transcribes English speech."""

    name: str

    @property
    def installed(self) -> bool:
        """Whether everything is there that `hear` needs. Cheap: nothing is loaded."""
        ...

    def fingerprint(self) -> Mapping[str, str]:
        """Every fact that changes what is heard. Raises MissingError where it is not installed."""
        ...

    def hear(self, takes: Sequence[Audio]) -> Sequence[str]:
        """What is said in each take; empty where nothing is. The same takes give the same words.

        The model is loaded with the first call. Raises MissingError where it is not installed.
        """
        ...


@cache
def ears(name: str = BUILT_IN) -> Ears:
    """The ears called `name`, one instance a process. Raises MissingError where there are none of that name,
    EngineError where the plug-in is broken."""
    found = plugin(GROUP, name, "listener")
    if not isinstance(found, Ears):
        raise EngineError(f"{type(found)} has no ears", hint="They have name, installed, fingerprint, hear.")
    return found
