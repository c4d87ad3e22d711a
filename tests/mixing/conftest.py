"""Computed takes: something like speech, in any length, level and rate."""

import numpy as np
import pytest

from narrator.audio import Audio, gain


def _take(seconds, *, seed=0, level=-24.0, rate=24_000, lead=0.2, trail=0.3):
    """Syllables of a harmonic voice between stretches of silence, its RMS at `level` dBFS."""
    at = np.arange(round(seconds * rate)) / rate
    phase = 2 * np.pi * np.cumsum(115 + 3 * seed + 12 * np.sin(2 * np.pi * 0.7 * at)) / rate
    voice = sum(np.cos(k * phase + 1.7 * k * k) / (1 + (k / 6) ** 2) for k in range(1, 16))
    voice = voice * np.clip(np.sin(2 * np.pi * 3.7 * at + 0.5) + 0.8, 0.02, None)
    voice *= gain(level) / np.sqrt(np.mean(voice**2))
    silence = np.zeros(round(lead * rate)), np.zeros(round(trail * rate))
    return Audio(np.concatenate([silence[0], voice, silence[1]]).astype(np.float32), rate)


@pytest.fixture(scope="session")
def take():
    return _take
