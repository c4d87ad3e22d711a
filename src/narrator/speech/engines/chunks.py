"""Cutting a line for an engine that takes only so much at once, and joining what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from narrator.audio import Samples

_CUTS: Final = tuple(map(re.compile, (r"(?<=[.!?…])[\"”’')\]]*\s+", r"(?<=[,;:—–])\s+", r"\s+")))
"""Where to cut, the best first: after a sentence, after a clause, between words."""

_MARKS: Final = (
    (re.compile(r"[“”„‟\"«»‹›]|(?<!\w)[‘']|['’](?!\w)"), ""),
    (re.compile(r"’"), "'"),
    (re.compile(r"\s*(?:—|―|--+)\s*|\s+–\s+"), ", "),
    (re.compile(r"\s*…"), "..."),
    (re.compile(r"^(?:[\s,.;:!?]|-(?!\d))+"), ""),
    (re.compile(r",\s*(?=[,.;:!?])"), ""),
)

CRUMB: Final = 20
"""Characters that are too few for a stretch of their own: engines stumble over a word or two."""

_ENDS_SENTENCE: Final = re.compile(r"[.!?…][\"”’')\]]*$")

SENTENCE_PAUSE, CLAUSE_PAUSE, WORD_PAUSE = 0.35, 0.12, 0.04
"""Seconds between what a model says in one go: after a sentence and a clause as between lines (DESIGN
section 5), where a clause had to be cut hardly any."""

EDGE_DB: Final = -50.0
"""Below this (dB of the stretch's peak) is silence, as in the mix's trimming."""


def plain(text: str) -> str:
    """Text without marks that a general front-end reads aloud or stumbles over: quotation marks go, dashes
    become commas."""
    for pattern, instead in _MARKS:
        text = pattern.sub(instead, text)
    return " ".join(text.split())


def chunks(text: str, most: int) -> Iterator[str]:
    """`text` in stretches of at most `most` characters; joined by spaces they are `text`.

    A single word longer than that is cut where it must be.
    """
    text = text.strip()
    while len(text) > most:
        end = next(filter(None, (_last_cut(pattern, text, most) for pattern in _CUTS)), most)
        yield text[:end].strip()
        text = text[end:].strip()
    if text:
        yield text


def _last_cut(pattern: re.Pattern[str], text: str, most: int) -> int:
    """Where the last match within reach begins; 0 where there is none, or it would leave a crumb."""
    reach = min(most, len(text) - CRUMB)
    ends = [match.start() for match in pattern.finditer(text, 0, most + 1) if match.start() <= reach]
    return ends[-1] if ends and ends[-1] > most // 4 else 0


def pause_after(text: str) -> float:
    """Seconds to pause after a stretch of a line that goes on: what the mix makes between lines."""
    if _ENDS_SENTENCE.search(text):
        return SENTENCE_PAUSE
    return WORD_PAUSE if text[-1:].isalnum() else CLAUSE_PAUSE


def joined(said: Sequence[Samples], pauses: Sequence[float], rate: int) -> Samples:
    """Stretches end to end, with pauses (seconds, one a join) in place of the silence that the engine put."""
    import numpy as np

    parts: list[Samples] = []
    for number, samples in enumerate(said):
        loud = np.flatnonzero(np.abs(samples) > np.abs(samples).max(initial=0.0) * 10 ** (EDGE_DB / 20))
        start = int(loud[0]) if number and len(loud) else 0
        end = int(loud[-1]) + 1 if number + 1 < len(said) and len(loud) else len(samples)
        parts.append(samples[start:end])
        if number + 1 < len(said):
            parts.append(np.zeros(round(pauses[number] * rate), np.float32))
    return np.concatenate(parts)
