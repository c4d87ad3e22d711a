"""Every bed: how fast it is made, and what another checker says of ten minutes of it.

    python benchmarks/beds.py [MINUTES] [BED ...]

Columns: times real time by processor seconds, mono and stereo; loudness over the long run (0 LUFS promised);
audio-bed-check's loop score (0.90 fails), largest sustained step, largest half-second transient and range in
dB; how far a voice stands over the bed at narrator's own level (20 LU is asked); the strongest correlation
of its finest detail with itself anywhere else, which is 1 where a stretch recurs.
"""

import sys
import time

import numpy as np
import soxr
from audio_bed_check import level_steps, loop_score, separation
from pyebur128 import MeasurementMode, R128State, get_loudness_global
from scipy import fft
from sound import speech

from narrator.audio import RATE, gain
from narrator.mixing import BED_LEVEL, BEDS
from narrator.mixing.beds import Bed

BLOCK = 73_728


def speed(name, side):
    """Times real time, after a second to warm up."""
    streams = [Bed(name, 7)] + ([Bed(name, 7, side=True)] if side else [])
    for stream in streams:
        stream.read(RATE)
    began = time.process_time()
    for _ in range(60):
        for stream in streams:
            stream.read(BLOCK)
    return 60 * BLOCK / RATE / (time.process_time() - began)


def loudness(samples, rate):
    state = R128State(1, rate, MeasurementMode.MODE_I)
    state.add_frames(np.ascontiguousarray(samples, np.float32), len(samples))
    return get_loudness_global(state)


def recurrence(samples, stretch=2**17):
    """The strongest correlation of the first three seconds' detail with any later place."""
    detail = np.diff(samples)
    size = 2**21
    first = np.conj(fft.rfft(detail[:stretch] / np.linalg.norm(detail[:stretch]), size))
    found = 0.0
    for start in range(RATE, len(detail) - size, size - stretch):
        part = detail[start : start + size]
        there = np.abs(fft.irfft(fft.rfft(part) * first, size)[: size - stretch])
        found = max(found, float(there.max()) / (np.std(part) * np.sqrt(stretch)))
    return found


def main():
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    print("| bed | × mono | × stereo | LUFS | loop | step dB | transient | range | separation LU | recurs |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    words = speech(4, 1, 48_000).samples
    words = words + np.roll(words, 6_500)  # nobody breathes for a tenth of a second after each syllable
    voice = np.concatenate([np.pad(words, (48_000, 96_000)) for _ in range(6)])
    voice *= gain(-18 - loudness(words, 48_000))
    for name in sys.argv[2:] or BEDS:
        made = Bed(name, 7).read(round(minutes * 60 * RATE))
        heard = soxr.resample(made * np.float32(0.05), RATE, 48_000)
        loop, step = loop_score(heard, 48_000), level_steps(heard, 48_000)
        bed = heard[: len(voice)] * (20 * gain(-18 + BED_LEVEL))
        apart = separation(voice, voice + bed, 48_000, min_lu=20.0, gate_dbfs=-60)
        print(
            f"| `{name}` | {speed(name, False):.0f} | {speed(name, True):.0f} | {loudness(made, RATE):+.1f} "
            f"| {loop.score:.2f}{'' if loop.passed else ' fails'} "
            f"| {step.step_db:.1f}{'' if step.passed else ' fails'} | {step.transient_db:.1f} "
            f"| {step.range_db:.1f} | {apart.separation_lu:.1f}{'' if apart.passed else ' fails'} "
            f"| {recurrence(made):.3f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
