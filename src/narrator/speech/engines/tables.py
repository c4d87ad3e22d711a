"""hibari's reading tables, packed: its lexicons and tagger weights as Python dicts are 98 MB a worker.

Each stands in for the dict that hibari's own classes read: `get` gives the same values.
"""

from __future__ import annotations

import gzip
import json
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final
from zlib import crc32

SCALE: Final = 10
"""The tagger's weights have one decimal."""


class PackedLexicon:
    """Word -> phonemes, or a few words' phonemes by part of speech."""

    def __init__(self, entries: Iterable[tuple[str, Any]]) -> None:
        self._by_tag: dict[str, dict[str, str]] = {}
        rows: list[tuple[int, bytes]] = []
        for word, reading in entries:
            if isinstance(reading, str):
                rows.append((crc32(word.encode()), f"{word}\t{reading}".encode()))
            else:
                self._by_tag[word] = reading
        rows.sort()
        self._hashes = array("I", (row[0] for row in rows))
        self._ends = array("I", [0])
        for _, row in rows:
            self._ends.append(self._ends[-1] + len(row))
        self._rows = b"".join(row for _, row in rows)

    def get(self, word: str) -> str | dict[str, str] | None:
        """The entry, as the dict would give it."""
        if word in self._by_tag:
            return self._by_tag[word]
        key = word.encode()
        wanted = crc32(key)
        at = bisect_left(self._hashes, wanted)
        while at < len(self._hashes) and self._hashes[at] == wanted:
            row = self._rows[self._ends[at] : self._ends[at + 1]]
            if row.startswith(key + b"\t"):
                return row[len(key) + 1 :].decode()
            at += 1
        return None


class PackedWeights:
    """Feature -> tag -> weight."""

    def __init__(self) -> None:
        self._tags: list[str] = []
        self._numbers: dict[str, int] = {}
        self._places: dict[str, int] = {}
        self._tag_of = bytearray()
        self._weights = array("h")
        self._ends = array("I", [0])

    def pack(self, weights: Iterable[tuple[str, float]]) -> int:
        """Keep a feature's weights; the number that stands for them."""
        for tag, weight in weights:
            if tag not in self._numbers:
                self._numbers[tag] = len(self._tags)
                self._tags.append(tag)
            self._tag_of.append(self._numbers[tag])
            self._weights.append(round(weight * SCALE))
        self._ends.append(len(self._weights))
        return len(self._ends) - 2

    def name(self, places: dict[str, int]) -> None:
        """Which feature each number stands for."""
        self._places = places

    def get(self, feature: str) -> dict[str, float] | None:
        """The feature's weights, as the dict would give them."""
        place = self._places.get(feature)
        if place is None:
            return None
        start, end = self._ends[place], self._ends[place + 1]
        return {self._tags[self._tag_of[i]]: self._weights[i] / SCALE for i in range(start, end)}


def read_lexicon(path: Path) -> PackedLexicon:
    """A lexicon of hibari, packed."""
    return PackedLexicon(_read(path).items())


def read_tagger(path: Path) -> dict[str, Any]:
    """hibari's tagger model with its weights packed while they are read: they never are dicts."""
    packed = PackedWeights()

    def keep(pairs: list[tuple[str, Any]]) -> int | dict[str, Any]:
        return packed.pack(pairs) if pairs and isinstance(pairs[0][1], float) else dict(pairs)

    with gzip.open(path, "rt", encoding="utf-8") as file:
        model: dict[str, Any] = json.load(file, object_pairs_hook=keep)
    packed.name(model["weights"])
    return {**model, "weights": packed}


def _read(path: Path) -> dict[str, Any]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        found: dict[str, Any] = json.load(file)
    return found
