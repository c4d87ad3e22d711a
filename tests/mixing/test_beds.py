"""Beds are heard through meters here: level, colour, movement, and that nothing comes round again."""

from itertools import pairwise

import numpy as np
import pytest
import soxr
from audio_bed_check import level_steps, loop_score, separation
from hypothesis import given, settings
from hypothesis import strategies as st
from pyebur128 import MeasurementMode, R128State, get_loudness_global

from narrator.audio import RATE
from narrator.mixing import BEDS
from narrator.mixing.beds import Bed
from narrator.mixing.catalogue import BUSY_BEDS
from narrator.mixing.noise import room_tone

MINUTE = 60 * RATE

STEADY = frozenset({"light-wind", "rain", "rain-on-roof", "stream", "night", "room", "crowd", "fire"})
"""Beds that pass for one sound. The others rise and fall, and docs/sound.md says how far."""


@pytest.fixture(scope="module")
def minutes():
    """A minute of every bed."""
    return {name: Bed(name, 7).read(MINUTE) for name in BEDS}


def decibels(power):
    return 10 * np.log10(np.maximum(power, 1e-12))


def audible(samples):
    """A bed at the level and rate at which a checker reads files."""
    return soxr.resample(0.05 * samples, RATE, 48_000)


def seconds_of(samples):
    """Level of each second in dB."""
    return decibels(np.mean(np.square(samples.reshape(-1, RATE)), axis=1))


def colour(samples, size=16_384):
    """Level in 20 bands from 40 Hz to 8 kHz, the loudest at 0 dB."""
    windows = samples[: len(samples) // size * size].reshape(-1, size) * np.hanning(size).astype(np.float32)
    power = np.square(np.abs(np.fft.rfft(windows))).mean(axis=0)
    edges = np.geomspace(40, 8000, 21) * size / RATE
    bands = [power[int(low) : int(high) + 1].sum() for low, high in pairwise(edges)]
    return np.maximum(decibels(np.array(bands) / max(bands)), -60)


@settings(max_examples=10, deadline=None)
@given(name=st.sampled_from(sorted(BEDS)), portions=st.lists(st.integers(1, 90_000), min_size=1, max_size=6))
def test_a_bed_does_not_depend_on_the_portions_it_is_read_in(name, portions):
    wind, whole = Bed(name, 11), Bed(name, 11).read(sum(portions))
    assert np.array_equal(np.concatenate([wind.read(count) for count in portions]), whole)


def test_seeds_and_gusts_change_the_wind():
    first = Bed("gusts", 1).read(RATE)
    assert not np.allclose(first, Bed("gusts", 2).read(RATE))
    assert not np.allclose(first, Bed("gusts", 1, gust=0.2).read(RATE))


@pytest.mark.parametrize("name", sorted(BEDS))
def test_a_bed_is_as_loud_as_it_says(minutes, name):
    state = R128State(1, RATE, MeasurementMode.MODE_I)
    state.add_frames(minutes[name], len(minutes[name]))
    assert get_loudness_global(state) == pytest.approx(0.0, abs=2.5)


@pytest.mark.parametrize("name", sorted(BEDS))
def test_a_bed_never_steps(minutes, name):
    """Weather changes over seconds; a join would change within one."""
    level = seconds_of(minutes[name])
    assert np.abs(level[2:] - level[:-2]).max() < (13.0 if name == "distant-guns" else 9.0)


@pytest.mark.parametrize("name", sorted(BEDS))
def test_a_bed_does_not_come_round_again(minutes, name):
    """The finest detail of a bed correlates with itself nowhere but in place."""
    samples = minutes[name][: 2**20]
    detail = np.diff(samples)
    spectrum = np.fft.rfft(detail, 2 * len(detail))
    correlation = np.fft.irfft(np.square(np.abs(spectrum)))[: len(detail) // 2]
    assert np.abs(correlation[RATE:]).max() < 0.05 * correlation[0]


def character(samples):
    """What tells a bed from another: how far its level moves, and how far its moments stand out (dB)."""
    detail = np.abs(np.diff(samples))
    return np.ptp(seconds_of(samples)), 20 * np.log10(np.percentile(detail, 99.9) / detail.mean())


@pytest.fixture(scope="module")
def portraits(minutes):
    return {name: (colour(samples), character(samples)) for name, samples in minutes.items()}


@pytest.mark.parametrize("one", sorted(BEDS))
def test_the_beds_differ(portraits, one):
    coloured, moved = portraits[one]
    for other in BEDS:
        if other != one:
            colours, (swing, moments) = portraits[other]
            apart = abs(moved[0] - swing) / 4 + abs(moved[1] - moments) / 2
            assert np.abs(coloured - colours).mean() + apart > 2.5, other


def test_gust_is_how_far_the_wind_rises_and_falls():
    spread = [np.ptp(seconds_of(Bed("gusts", 7, gust=gust).read(MINUTE))) for gust in (0.0, 0.4, 1.0)]
    assert spread[0] < 5.0 < spread[1] < spread[2]
    assert spread[2] > 10.0


def test_room_tone_is_steady_and_its_loop_has_no_seam():
    tone = room_tone(1)
    assert np.sqrt(np.mean(np.square(tone))) == pytest.approx(1.0, abs=1e-3)
    assert np.ptp(seconds_of(tone)) < 1.5
    steps = np.abs(np.diff(np.concatenate([tone, tone[:1]])))
    assert steps[-1] < 6 * steps.mean()


@pytest.mark.parametrize("name", sorted(STEADY))
def test_a_steady_bed_passes_the_gates_of_another_checker(minutes, name):
    """audio-bed-check: no loop, no step. `benchmarks/beds.py` runs it over ten minutes of every bed."""
    heard = audible(minutes[name])
    assert loop_score(heard, 48_000).passed
    assert level_steps(heard, 48_000).passed


def test_a_voice_stands_clear_of_the_bed_under_it(minutes, take):
    """The third gate: 20 LU of the voice over the bed beside it, as WCAG G56 asks, at narrator's own levels."""
    words = [
        np.pad(take(4.0, lead=0, trail=0, rate=48_000, seed=n).samples, (48_000, 96_000)) for n in range(4)
    ]
    voice = np.concatenate(words) * 10 ** (-0.9 / 20) * 10 ** ((24 - 18) / 20)
    for name in sorted(STEADY):
        bed = soxr.resample(minutes[name], RATE, 48_000)[: len(voice)] * 10 ** ((-18 - 28) / 20)
        assert separation(voice, voice + bed, 48_000, min_lu=20.0, gate_dbfs=-60).passed, name


@pytest.mark.parametrize("name", sorted(BUSY_BEDS))
def test_busy_is_how_much_happens(name):
    still, full = (Bed(name, 5, busy=busy).read(12 * RATE) for busy in (0.0, 2.0))
    assert np.mean(np.square(np.diff(full))) > np.mean(np.square(np.diff(still)))
    assert np.array_equal(still, Bed(name, 5, busy=0).read(12 * RATE))


@pytest.mark.parametrize("name", ["rain", "gusts", "crowd"])
def test_the_side_of_a_bed_is_another_sound_under_the_same_gusts(name):
    middle, side = Bed(name, 7).read(20 * RATE), Bed(name, 7, side=True).read(20 * RATE)
    again = Bed(name, 7).read(20 * RATE)
    assert np.array_equal(middle, again)
    assert abs(np.corrcoef(middle, side)[0, 1]) < 0.1
    assert np.mean(np.square(side)) < 0.7 * np.mean(np.square(middle))
