"""The trained part: plain arrays that turn the evidence for a candidate into a score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

_FAR = np.float32(4)
"""Deviations beyond which a value is no more unusual: novels unlike those of the training stay in bounds."""
_CHUNK = 8192
"""Rows that are scored at once, to bound memory."""


@dataclass(frozen=True, slots=True)
class Steps:
    """How raw columns become the network's inputs: their compressed value, and whether they pass thresholds.

    `column[i]` and `above[i]` make one threshold; `mean` and `scale` are of the compressed values.
    """

    mean: Matrix
    scale: Matrix
    column: NDArray[np.int64]
    above: Matrix

    def inputs(self, rows: Matrix) -> Matrix:
        """What the network sees of these rows."""
        squeezed = np.clip((compress(rows) - self.mean) * self.scale, -_FAR, _FAR)
        passed = (rows[:, self.column] > self.above).astype(np.float32) - np.float32(0.5)
        return np.hstack([squeezed, passed])


def compress(rows: Matrix) -> Matrix:
    """Large values closer together: the logarithm, with the sign kept."""
    return np.sign(rows) * np.log1p(np.abs(rows))


@dataclass(frozen=True, slots=True)
class Network:
    """A small feed-forward network: hidden layers of rectified units, and one score."""

    steps: Steps
    weights: tuple[Matrix, ...]
    biases: tuple[Matrix, ...]

    def scores(self, rows: Matrix) -> NDArray[np.float64]:
        """One score for each row; what they mean is decided by a softmax over the candidates of a speech."""
        found = np.empty(len(rows))
        for start in range(0, len(rows), _CHUNK):
            values = self.steps.inputs(rows[start : start + _CHUNK])
            for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
                values = np.maximum(values @ weight + bias, 0)
            found[start : start + _CHUNK] = (values @ self.weights[-1] + self.biases[-1])[:, 0]
        return found


def score(panel: Sequence[Network], rows: Matrix) -> NDArray[np.float64]:
    """The mean of the networks' scores."""
    found: NDArray[np.float64] = np.mean([network.scores(rows) for network in panel], axis=0)
    return found


def arrays_of(panel: Sequence[Network], name: str) -> dict[str, NDArray[Any]]:
    """Networks that share their steps as arrays for a file, read back by `panel_from`."""
    steps = panel[0].steps
    found: dict[str, NDArray[Any]] = {
        f"{name}.mean": steps.mean,
        f"{name}.scale": steps.scale,
        f"{name}.column": steps.column,
        f"{name}.above": steps.above,
    }
    for number, network in enumerate(panel):
        for layer, (weight, bias) in enumerate(zip(network.weights, network.biases, strict=True)):
            found[f"{name}.{number}.{layer}.weight"] = weight
            found[f"{name}.{number}.{layer}.bias"] = bias
    return found


def panel_from(arrays: Mapping[str, NDArray[Any]], name: str) -> tuple[Network, ...]:
    """The networks that `arrays_of` laid down under `name`."""
    steps = Steps(*(arrays[f"{name}.{part}"] for part in ("mean", "scale", "column", "above")))
    found: list[Network] = []
    while f"{name}.{len(found)}.0.weight" in arrays:
        number = f"{name}.{len(found)}"
        layers = range(sum(key.startswith(f"{number}.") for key in arrays) // 2)
        found.append(
            Network(
                steps,
                tuple(arrays[f"{number}.{layer}.weight"] for layer in layers),
                tuple(arrays[f"{number}.{layer}.bias"] for layer in layers),
            )
        )
    return tuple(found)
