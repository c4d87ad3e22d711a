"""Which old paragraph a new one stands for, and in which of the editor's chapters it belongs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from itertools import groupby, pairwise
from typing import Final

_ALIKE: Final = 0.5
"""Share of words in common from which a paragraph is the old one changed."""
_WINDOW: Final = 40
"""Paragraphs of one gap that are compared with each other; a longer gap is new text."""
_STRAY: Final = 0.3
"""Share of its file below which a stretch of paragraphs was moved into another chapter by the author."""


def changed_pairs(old: Sequence[str], new: Sequence[str], match: Mapping[int, int]) -> dict[int, int]:
    """For each unmatched new paragraph the old one that it stands for: in the same gap, and alike."""
    used = set(match.values())
    anchors = [(-1, -1)]
    for n, o in sorted(match.items()):
        if o > anchors[-1][1]:
            anchors.append((n, o))
    anchors.append((len(new), len(old)))
    pairs: dict[int, int] = {}
    for (n_before, o_before), (n_after, o_after) in pairwise(anchors):
        left = [o for o in range(o_before + 1, o_after) if o not in used and old[o]]
        fresh = [n for n in range(n_before + 1, n_after) if n not in match and new[n]]
        if len(left) > _WINDOW or len(fresh) > _WINDOW:
            continue
        for n in fresh:
            scored = [(_alike(old[o], new[n]), -o) for o in left]
            best, negative = max(scored, default=(0.0, 0))
            if best >= _ALIKE:
                pairs[n] = -negative
                left.remove(-negative)
    return pairs


def _alike(old: str, new: str) -> float:
    return SequenceMatcher(None, old.split(), new.split(), autojunk=False).ratio()


def divided(proposed: Sequence[int], files: Sequence[str | None]) -> list[int]:
    """The editor's chapter of each new paragraph, counted from 0.

    proposed[n]: the chapter that narrator proposes for it; files[n]: the file that holds it already, None for
    a new paragraph. New ones go with the paragraph before; a proposed chapter that is new as a whole stays
    one.
    """
    known = {chapter for chapter, file in zip(proposed, files, strict=True) if file is not None}
    labels: list[object] = []
    for chapter, file in zip(proposed, files, strict=True):
        labels.append(chapter if chapter not in known else file)
    labels = _absorbed(_filled(labels), set(files))
    runs = [(label, len(list(group))) for label, group in groupby(labels)]
    size: dict[object, int] = {}
    for label, length in runs:
        size[label] = size.get(label, 0) + length
    longest = {label: max(length for other, length in runs if other == label) for label in size}
    owners: list[int] = []
    current, started = -1, set[object]()
    for label, length in runs:
        whole = length == longest[label] and length >= _STRAY * size[label]
        if current < 0 or (whole and label not in started):
            current += 1
            started.add(label)
        owners += [current] * length
    return owners


def _filled(labels: Sequence[object]) -> list[object]:
    """The labels with each None made the one before it, or, at the start, the first."""
    current = next((label for label in labels if label is not None), None)
    filled = []
    for label in labels:
        current = label if label is not None else current
        filled.append(current)
    return filled


def _absorbed(labels: Sequence[object], files: set[str | None]) -> list[object]:
    """The labels with a new chapter that stands in the middle of an old one made part of it."""
    runs = [(label, len(list(group))) for label, group in groupby(labels)]
    names = [label for label, _ in runs]
    for at in range(1, len(runs) - 1):
        if names[at] not in files and names[at - 1] == names[at + 1]:
            names[at] = names[at - 1]
    return [name for name, (_, length) in zip(names, runs, strict=True) for _ in range(length)]
