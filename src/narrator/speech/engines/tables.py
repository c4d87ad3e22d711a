"""hibari's tagger, packed: its weights as Python dicts are a good part of the front-end's 98 MB a worker.

(Its lexicons packed in the same way would save as much again, and cost every worker half a second.)
"""

from __future__ import annotations

import gzip
import json
from array import array
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

SCALE: Final = 10
"""The tagger's weights have one decimal."""


class PackedWeights:
    """Feature -> tag -> weight: stands in for the dict that hibari's own class reads."""

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


def read_tagger(path: Path) -> dict[str, Any]:
    """hibari's tagger model with its weights packed while they are read: they never are dicts."""
    packed = PackedWeights()

    def keep(pairs: list[tuple[str, Any]]) -> int | dict[str, Any]:
        return packed.pack(pairs) if pairs and isinstance(pairs[0][1], float) else dict(pairs)

    with gzip.open(path, "rt", encoding="utf-8") as file:
        model: dict[str, Any] = json.load(file, object_pairs_hook=keep)
    packed.name(model["weights"])
    return {**model, "weights": packed}
