"""Computed mixes: something like a chapter of speech at 44.1 kHz, on the grid and dry at its edges."""

import numpy as np
import pytest

from narrator.audio import DRY, GRID, RATE, gain


def _chapter(seconds, *, level=-20.0, seed=0, peaky=False):
    """Syllables of a harmonic voice with a pause every few seconds, its RMS at `level` dBFS."""
    count = -(-round(seconds * RATE) // GRID) * GRID
    at = np.arange(count) / RATE
    phase = 2 * np.pi * np.cumsum(118 + 14 * np.sin(2 * np.pi * 0.6 * at + seed)) / RATE
    spread = 0.0 if peaky else 1.7
    voice = sum(np.cos(k * phase + spread * k * k) / (1 + (k / 6) ** 2) for k in range(1, 24))
    voice *= np.clip(np.sin(2 * np.pi * 3.6 * at) + 0.7, 0, None)
    voice *= (np.sin(2 * np.pi * at / 4.7) > -0.9) * (0.7 + 0.3 * np.sin(2 * np.pi * at / 9))
    voice += 2e-4 * np.random.default_rng(seed).normal(size=count)
    voice[:DRY] = voice[-DRY:] = 0
    voice *= gain(level) / np.sqrt(np.mean(voice**2))
    return voice.astype(np.float32)


@pytest.fixture(scope="session")
def chapter():
    return _chapter


@pytest.fixture(scope="session")
def blocks():
    """Cut samples into blocks, as a mix comes."""

    def cut(samples, size=8 * GRID):
        return [samples[start : start + size] for start in range(0, len(samples), size)]

    return cut
