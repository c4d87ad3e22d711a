"""Actions that the author puts in brackets into a speech (“No (with a bow) I never did.”): told, not said."""

from __future__ import annotations

import re
from typing import Final

_ASIDE: Final = re.compile(r"\s*(?:--|—|–)?\s*[(\[](?P<inside>[^()\[\]\"“”]{3,120})[)\]]\s*(?:--|—|–)?\s*")
_ACTION: Final = re.compile(
    r"(?:with|in|to|aside|after|half|here|still|and|for|as|while|holding|[a-z]+ing|[a-z]+ly)\b|(?:he|she|his|her)\b",
    re.ASCII,
)
_PERSONAL: Final = re.compile(
    r"\b(?:I|me|my|you|your|we|our|is|are|am|will|has|have|do|does|can|may|shall|must)\b|[’'](?:m|ve|ll|re)\b"
)


def without(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """What is left of the speech `text[start:end]`, marks included, without the actions in brackets."""
    if not any(text.find(mark, start, end) >= 0 for mark in "(["):
        return [(start, end)]
    parts: list[tuple[int, int]] = []
    at = start
    for found in _ASIDE.finditer(text, start, end):
        inside = found["inside"]
        if not _ACTION.match(inside) or _PERSONAL.search(inside):
            continue
        if found.start() - at > 1 and end - found.end() > 1:
            parts.append((at, found.start()))
            at = found.end()
    parts.append((at, end))
    return parts
