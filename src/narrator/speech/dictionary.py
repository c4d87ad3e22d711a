"""Which words are read from a dictionary, and which are guessed: hibari's, which Kokoro reads too."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Final

from narrator.speech.engine import Word
from narrator.speech.engines.front import assets
from narrator.speech.engines.reading import SOUNDS

_WORD: Final = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*[’']?")
_ENDINGS: Final = (
    *(("’s", ""), ("’", ""), ("s", ""), ("es", ""), ("ies", "y"), ("d", ""), ("ed", "")),
    *(("ing", ""), ("ing", "e"), ("n’", "ng")),
)
"""What may be added to a word that the dictionary has: an ending, and what stands there without it."""

_DOUBLED: Final = re.compile(r"([bcdgklmnprstvxz])\1(?:ing|ed)$")

SPELT: Final = 4
"""A word of so many capitals at most is spelt, as USSR is."""


def unknown_words(words: Iterable[Word]) -> Iterator[str]:
    """The words without a reading that no dictionary has, as they are written; hyphens part words.

    An engine guesses at them: the lexicon is where they are decided.
    """
    for word in words:
        if word.respelling is None and word.phonemes is None:
            for written in _WORD.findall(word.written):
                unknown = _unknown(written)
                if unknown:
                    yield unknown


def _spelt(word: str) -> bool:
    return len(word) == 1 or (len(word) <= SPELT and word.isupper())


@lru_cache(100_000)
def _unknown(written: str) -> str:
    """The word to tell of; empty where it is known."""
    word = written.replace("'", "’")
    if _spelt(word) or _known(word.lower()):
        return ""
    return word.removesuffix("’").removesuffix("’s")


def _known(word: str) -> bool:
    entries = _entries()
    if word in entries or word in SOUNDS or f"’{word}" in SOUNDS:
        return True
    stems = (word.removesuffix(end) + instead for end, instead in _ENDINGS if word.endswith(end))
    doubled = _DOUBLED.sub(r"\1", word)
    return any(len(stem) > 1 and (stem in entries or stem in SOUNDS) for stem in (*stems, doubled))


@cache
def _entries() -> frozenset[str]:
    """Every word of the American dictionary, in lower case."""
    words: set[str] = set()
    for kind in ("gold", "silver"):
        table = json.loads(gzip.decompress((assets() / f"lexicon_us_{kind}.json.gz").read_bytes()))
        words.update(entry.lower().replace("'", "’") for entry in table)
    return frozenset(words)
