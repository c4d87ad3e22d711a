import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrator.audio import Audio, gain
from narrator.errors import EngineError
from narrator.mixing import Measure, measure


def sine(seconds, level, rate=24_000, hertz=997):
    """A sine whose peak is at `level` dBFS."""
    at = np.arange(round(seconds * rate))
    return (gain(level) * np.sin(2 * np.pi * hertz * at / rate)).astype(np.float32)


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 44_100, 48_000])
def test_a_sine_of_997_hz_measures_what_bs_1770_says(rate):
    # The standard: a 0 dBFS sine of 997 Hz in one channel reads -3.01 LKFS.
    facts = measure(Audio(sine(4, -20, rate), rate))
    assert facts.loudness == pytest.approx(-23.01, abs=0.05)
    assert facts.level == pytest.approx(-23.01, abs=0.05)
    assert facts.peak == pytest.approx(gain(-20), rel=1e-3)


@given(lead=st.integers(0, 5000), trail=st.integers(0, 5000), level=st.floats(-60, 6))
def test_silence_at_the_ends_is_left_out_to_the_sample(lead, trail, level):
    tone = np.full(3000, gain(level), np.float32)
    samples = np.concatenate([np.zeros(lead, np.float32), tone, np.zeros(trail, np.float32)])
    facts = measure(Audio(samples, 24_000))
    assert (facts.start, facts.end) == (lead, lead + 3000)


@pytest.mark.parametrize(("below", "kept"), [(-49.0, True), (-51.0, False)])
def test_trimming_is_relative_to_the_line_s_own_peak(below, kept):
    tone = np.full(3000, gain(-30), np.float32)
    hiss = np.full(1000, gain(-30 + below), np.float32)
    facts = measure(Audio(np.concatenate([hiss, tone]), 24_000))
    assert (facts.start == 0) is kept


def test_pauses_inside_a_line_do_not_lower_its_level(take):
    speech = take(2.0, lead=0, trail=0)
    gap = np.zeros(24_000, np.float32)
    paused = Audio(np.concatenate([speech.samples, gap, speech.samples]), 24_000)
    assert measure(paused).level == pytest.approx(measure(speech).level, abs=0.2)


def test_a_word_too_short_for_loudness_still_has_a_level():
    facts = measure(Audio(sine(0.3, -20), 24_000))
    assert facts.loudness is None
    assert facts.level == pytest.approx(-23.01, abs=0.1)


def test_a_click_of_one_sample_is_measured():
    samples = np.zeros(100, np.float32)
    samples[40] = 0.5
    facts = measure(Audio(samples, 24_000))
    assert (facts.start, facts.end) == (40, 41)
    assert facts.level == pytest.approx(-6.02, abs=0.01)


@pytest.mark.parametrize("samples", [[], [0.0] * 50, [0.1, float("nan")], [0.1, float("inf")]])
def test_nothing_to_hear_is_refused(samples):
    with pytest.raises(EngineError):
        measure(Audio(np.array(samples, np.float32), 24_000))


def test_facts_survive_json(take):
    facts = measure(take(1.0))
    assert Measure.from_facts(json.loads(json.dumps(facts.as_facts()))) == facts
