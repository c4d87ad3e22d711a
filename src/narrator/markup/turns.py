"""The second look: how the first opinions about the neighbouring speeches bear on each candidate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from narrator.markup.evidence import Candidates, Matrix
from narrator.markup.tags import Speech

_STEPS = (-1, -2, -3, -4, -5, -6, 1, 2, 3, 4, 5)
_WINDOW = (-12, 8)
Floats = NDArray[np.float64]


def softmax(scores: Floats, speech: NDArray[np.int64], count: int) -> Floats:
    """Scores of candidates as probabilities within each speech."""
    top = np.full(count, -np.inf)
    np.maximum.at(top, speech, scores)
    weights: Floats = np.exp(scores - top[speech])
    total = np.bincount(speech, weights, count)
    return weights / total[speech]


def best(chances: Floats, speech: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """The row of the likeliest candidate of each speech, -1 where it has none."""
    order = np.lexsort((-np.arange(len(chances)), chances, speech))
    found = np.full(count, -1, dtype=np.int64)
    found[speech[order]] = order
    return found


def second_look(found: Candidates, chances: Floats, speeches: Sequence[Speech], lean: Floats) -> Matrix:
    """Columns about the neighbours of each candidate's speech, given `chances` from the look before."""
    look = _Look(found, chances, speeches, lean)
    return np.column_stack(look.columns()).astype(np.float32)


class _Look:
    def __init__(self, found: Candidates, chances: Floats, speeches: Sequence[Speech], lean: Floats) -> None:
        self.found = found
        self.chances = chances
        self.count = len(speeches)
        self.width = len(lean) + 1
        self.keys = found.speech * self.width + found.person
        order = np.argsort(self.keys, kind="stable")
        self.sorted, self.order = self.keys[order], order
        self.winner = best(chances, found.speech, self.count)
        self.who = np.where(self.winner >= 0, found.person[self.winner], -1)
        self.sure = np.where(self.winner >= 0, chances[self.winner], 0.0)
        self.gap = np.array([min(speech.gap, 9) for speech in speeches], dtype=np.float64)
        self.lean = lean

    def of(self, speech: NDArray[np.int64], person: NDArray[np.int64]) -> Floats:
        """The chance of a person in a speech: 0 where no candidate there, -1 where there is no speech."""
        inside = (speech >= 0) & (speech < self.count)
        keys = speech * self.width + person
        at = np.minimum(np.searchsorted(self.sorted, keys), len(self.sorted) - 1)
        row = self.order[at]
        hit = inside & (self.keys[row] == keys)
        return np.where(inside, np.where(hit, self.chances[row], 0.0), -1.0)

    def columns(self) -> list[Floats]:
        speech, person = self.found.speech, self.found.person
        top = self.sure[speech]
        columns: list[Floats] = [self.chances, top, self.chances - top, np.log(self.chances + 1e-6)]
        second = np.zeros(self.count)
        others = self.winner[speech] != np.arange(len(speech))
        np.maximum.at(second, speech[others], self.chances[others])
        columns.append(np.where(others, self.chances - top, self.chances - second[speech]))
        near = {step: self.of(speech + step, person) for step in _STEPS}
        columns += near.values()
        for step in (-1, -2, -3, 1, 2, 3):
            at = speech + step
            inside = (at >= 0) & (at < self.count)
            who = np.where(inside, self.who[np.clip(at, 0, self.count - 1)], -1)
            columns.append((who == person).astype(np.float64))
        columns += self._window(person, speech)
        columns += self._turns(near, speech)
        return columns

    def _window(self, person: NDArray[np.int64], speech: NDArray[np.int64]) -> list[Floats]:
        """How much of the talk around is this person's, alone and among those of the pronoun's gender."""
        mass = np.zeros(len(speech))
        weighted = np.zeros(len(speech))
        gaps = np.concatenate(([0.0], np.cumsum(np.minimum(self.gap, 4) + 1)))
        for step in range(_WINDOW[0], _WINDOW[1] + 1):
            if step == 0:
                continue
            chance = np.maximum(self.of(speech + step, person), 0.0)
            mass += chance
            at = np.clip(speech + step, 0, self.count - 1)
            weighted += chance * np.exp(-np.abs(gaps[at + 1] - gaps[speech + 1]) / 6.0)
        lean = self.lean[person]
        sign = self.found.pronoun[speech]
        fits = np.where(sign == 0, 1.0, np.clip(0.5 + lean * sign, 0.0, 1.0))
        return [
            mass,
            weighted,
            self._rank(weighted, speech),
            self._rank(weighted * fits, speech),
            self._share(weighted * fits, speech),
            self._share(weighted, speech),
            self._share(self.chances * fits, speech),
        ]

    def _rank(self, values: Floats, speech: NDArray[np.int64]) -> Floats:
        order = np.lexsort((-values, speech))
        first = np.searchsorted(speech, speech)
        rank = np.empty(len(values))
        rank[order] = np.arange(len(values)) - first
        return rank

    def _share(self, values: Floats, speech: NDArray[np.int64]) -> Floats:
        total = np.bincount(speech, values, self.count)
        return values / (total[speech] + 1e-6)

    def _turns(self, near: dict[int, Floats], speech: NDArray[np.int64]) -> list[Floats]:
        """Alternation: who spoke last but one, and whether the two before did take turns."""
        last, before = self._at(self.who, speech - 1), self._at(self.who, speech - 2)
        third, fourth = self._at(self.who, speech - 3), self._at(self.who, speech - 4)
        following = self._at(self.who, speech + 1)
        turns = ((last == third) & (before == fourth) & (last != before)).astype(np.float64)
        touch = (self._at(self.gap, speech) == 0).astype(np.float64)
        touches = touch * (self._at(self.gap, speech - 1) == 0)
        ahead = (self._at(self.gap, speech + 1) == 0).astype(np.float64)
        return [
            turns,
            (last == before).astype(np.float64),
            (last == following).astype(np.float64),
            touch,
            near[-1] * touch,
            near[-2] * touches,
            near[-2] * touches * (1 - near[-1]),
            near[1] * ahead,
            near[2] * ahead * (self._at(self.gap, speech + 2) == 0),
            self._at(self.sure, speech - 1),
            self._at(self.sure, speech - 2),
            self._at(self.sure, speech + 1),
        ]

    def _at(self, values: NDArray[np.generic], speech: NDArray[np.int64]) -> Floats:
        inside = (speech >= 0) & (speech < self.count)
        return np.where(inside, values[np.clip(speech, 0, self.count - 1)].astype(np.float64), -1.0)
