"""Trains a small network so that a softmax over the candidates of each speech finds the right one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from narrator.markup.ranker import Matrix, Network, Steps, compress

_STEPS = 5
_SPEECHES = 192
_DECAY = 1e-2
_CONSTANT = 0.02
"""Spread under which a column says nothing."""


def steps(rows: Matrix) -> Steps:
    """Thresholds of every column at its quantiles, between values that occur."""
    squeezed = compress(rows)
    spread = squeezed.std(axis=0)
    scale = np.where(spread > _CONSTANT, 1 / np.maximum(spread, _CONSTANT), 0.0)
    column: list[int] = []
    above: list[float] = []
    for number in range(rows.shape[1]):
        values, counts = np.unique(rows[:, number], return_counts=True)
        if len(values) < 3:
            continue
        share = np.cumsum(counts) / len(rows)
        cuts = sorted({int(np.searchsorted(share, q)) for q in np.linspace(0.06, 0.94, _STEPS)})
        for cut in cuts:
            if cut + 1 < len(values):
                column.append(number)
                above.append(float(values[cut] + values[cut + 1]) / 2)
    return Steps(
        squeezed.mean(axis=0).astype(np.float32), scale.astype(np.float32),
        np.array(column, dtype=np.int64), np.array(above, dtype=np.float32),
    )  # fmt: skip


def train(
    rows: Matrix, right: NDArray[np.bool_], group: NDArray[np.int64], *, seed: int,
    hidden: Sequence[int] = (48, 24), epochs: int = 6, rate: float = 2e-3, drop: float = 0.1,
) -> Network:  # fmt: skip
    """A network from candidate rows, sorted by `group` (the speech), in each of which some row is right."""
    rng = np.random.default_rng(seed)
    made = steps(rows)
    inputs = made.inputs(rows)
    sizes = [inputs.shape[1], *hidden, 1]
    weights = [
        rng.normal(0, np.sqrt(2 / a) * (0.1 if b == 1 else 1), (a, b)).astype(np.float32)
        for a, b in pairwise(sizes)
    ]
    biases = [np.zeros(b, dtype=np.float32) for b in sizes[1:]]
    values = [*weights, *biases]
    first = [np.zeros_like(v) for v in values]
    second = [np.zeros_like(v) for v in values]
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    ends = np.r_[starts[1:], len(group)]
    batches = max(1, len(starts) // _SPEECHES)
    step = 0
    for _ in range(epochs):
        order = rng.permutation(len(starts))
        for batch in np.array_split(order, batches):
            index = np.concatenate([np.arange(starts[g], ends[g]) for g in batch])
            lengths = (ends - starts)[batch]
            gradients = _gradients(inputs[index], right[index], lengths, weights, biases, drop, rng)
            step += 1
            now = rate * min(1.0, step / 100) * 0.5 * (1 + np.cos(np.pi * step / (epochs * batches + 1)))
            for number, gradient in enumerate(gradients):
                first[number] += 0.1 * (gradient - first[number])
                second[number] += 0.001 * (gradient**2 - second[number])
                move = (first[number] / (1 - 0.9**step)) / (
                    np.sqrt(second[number] / (1 - 0.999**step)) + 1e-8
                )
                keep = _DECAY if number < len(weights) else 0.0
                values[number] -= (now * (move + keep * values[number])).astype(np.float32)
    return Network(made, tuple(weights), tuple(biases))


def _gradients(
    inputs: Matrix, right: NDArray[np.bool_], lengths: NDArray[np.int64], weights: list[Matrix],
    biases: list[Matrix], drop: float, rng: np.random.Generator,
) -> list[Matrix]:  # fmt: skip
    """Of the mean over speeches of the surprise at the right candidates, weights first."""
    layers = [inputs]
    masks: list[Matrix] = []
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        value = np.maximum(layers[-1] @ weight + bias, 0)
        mask = (rng.random(value.shape, dtype=np.float32) >= drop).astype(np.float32) / np.float32(1 - drop)
        masks.append(mask)
        layers.append(value * mask)
    scores = (layers[-1] @ weights[-1] + biases[-1])[:, 0]
    starts = np.r_[0, np.cumsum(lengths)[:-1]]
    chances = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), lengths))
    chances /= np.repeat(np.add.reduceat(chances, starts), lengths)
    ours = chances * right
    target = ours / np.repeat(np.maximum(np.add.reduceat(ours, starts), 1e-9), lengths)
    error = ((chances - target) / len(lengths)).astype(np.float32)[:, None]
    found_weights: list[Matrix] = []
    found_biases: list[Matrix] = []
    for number in range(len(weights) - 1, -1, -1):
        found_weights.insert(0, layers[number].T @ error)
        found_biases.insert(0, error.sum(axis=0))
        if number:
            error = (error @ weights[number].T) * masks[number - 1] * (layers[number] > 0)
    return [*found_weights, *found_biases]
