"""What proofing finds: one thing wrong, where it is, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, TypeAlias

Code: TypeAlias = Literal[
    "word-missing",
    "word-repeated",
    "word-added",
    "pronunciation",
    "wrong-length",
    "click",
    "clipped",
    "level",
    "noise-floor",
    "gap",
    "mark",
    "bed",
    "doubt",
]

RETAKE: Final = frozenset({"word-missing", "word-repeated", "word-added", "wrong-length", "clipped"})
"""Codes of faults that lie in the take itself: another take mends them."""

NOTES: Final = frozenset({"doubt"})
"""Codes of what is no fault of the sound, but an editor's to decide."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong.

    line: the physical line in the chapter's file, 0 where it is of no line. start, end: seconds of the
    chapter. what: one sentence. do: what to type or look at.
    """

    code: Code
    line: int
    start: float
    end: float
    what: str
    do: str = ""

    def as_facts(self) -> dict[str, Any]:
        """The finding as JSON holds it."""
        return asdict(self)

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Finding:
        """The finding that `as_facts` gave."""
        return cls(**facts)
