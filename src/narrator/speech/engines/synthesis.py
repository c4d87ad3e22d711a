"""From the network's frames to samples: hibari's own synthesis, without the noise that nobody hears.

    S = pulses · e^(iπ tanh θ) · STFT(glottal pulses) + noise · Z + residual · e^(iφ)

In an ordinary voice the noise is 40 dB below the sound and takes half of the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from hibari import dsp

if TYPE_CHECKING:
    from narrator.audio import Samples
    from narrator.speech.engines.shaping import Frames

FAINTEST: Final = -3.0
"""Bins whose noise never reaches this (log amplitude, where a voice's harmonics reach 3) stay without."""


def synthesised(frames: Frames, rng: np.random.Generator) -> Samples:
    """Samples at 24 kHz, 300 a frame."""
    spectrum = dsp.stft(dsp.pulses(frames.pitch), frames.pulses.shape[1])
    turn = np.empty(frames.pulses.shape, np.complex64)
    _polar(frames.pulses, np.tanh(frames.pulses_phase) * np.float32(np.pi), turn)
    spectrum *= turn
    bins = np.flatnonzero(frames.noise.max(axis=1) > FAINTEST)
    if len(bins):
        shape = (len(bins), 2 * frames.noise.shape[1])
        noise = rng.standard_normal(shape, dtype=np.float32).view(np.complex64)
        noise *= dsp.ex(frames.noise[bins])
        spectrum[bins] += noise
    _polar(frames.residual, frames.residual_phase, turn)
    spectrum += turn
    samples: Samples = dsp.ola(spectrum)
    return samples


def _polar(log_amplitude: np.ndarray, phase: np.ndarray, into: np.ndarray) -> None:
    np.cos(phase, out=into.real)
    np.sin(phase, out=into.imag)
    into *= dsp.ex(log_amplitude)
