"""Names and words with a reading of their own, that were said in another way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from narrator.audio import RATE
from narrator.proof.findings import Finding

if TYPE_CHECKING:
    from narrator.proof.layout import Spoken


def unread(line: Spoken, written: str, wanted: str) -> Finding:
    """The finding for a reading of the lexicon that the take was spoken without."""
    return _finding(line, f"“{written}” was spoken without its reading {wanted}", "Type narrator render.")


def misread(line: Spoken, written: str, wanted: str, said: str) -> Finding:
    """The finding for a reading that the engine was given and makes something else of. said: its phonemes of
    the line."""
    what = f"“{written}” should be {wanted}, and the engine says /{said}/"
    return _finding(line, what, "Give it a reading in phonemes in script/lexicon.toml.")


def _finding(line: Spoken, what: str, do: str) -> Finding:
    return Finding("pronunciation", line.line, line.start / RATE, line.end / RATE, what, do)
