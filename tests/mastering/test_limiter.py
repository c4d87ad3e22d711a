import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyebur128 import MeasurementMode, R128State, get_true_peak

from narrator.audio import RATE, decibels, gain
from narrator.mastering.limiter import HOP, LOOK, Limiter, PeakMeter


def limited(samples, ceiling, portions=65_536):
    limiter = Limiter(ceiling)
    out = [limiter.process(samples[at : at + portions]) for at in range(0, len(samples), portions)]
    return np.concatenate([*out, limiter.finish()]), limiter


def judged(samples):
    """True peak in dBTP by libebur128, another implementation than ours."""
    state = R128State(1, RATE, MeasurementMode.MODE_TRUE_PEAK)
    state.add_frames(samples, len(samples))
    return decibels(get_true_peak(state, 0))


@pytest.mark.parametrize("raised", [0.0, 6.0, 12.0])
def test_the_true_peak_stays_under_the_ceiling(chapter, raised):
    samples = chapter(8, level=-12, peaky=True) * np.float32(gain(raised))
    out, limiter = limited(samples, -2.0)
    assert judged(samples) > 0.0
    assert judged(out) <= -1.95
    assert limiter.true_peak == pytest.approx(judged(out), abs=0.15)
    assert limiter.deepest < -2.0


@pytest.mark.parametrize("hertz", [997, 5_512.5, 11_025, 14_700])
def test_peaks_between_samples_count(hertz):
    at = np.arange(RATE)
    swell = np.sin(np.pi * at / RATE) ** 2
    samples = (swell * np.sin(2 * np.pi * hertz * at / RATE + 0.785)).astype(np.float32)
    out, _ = limited(samples, -3.0)
    assert judged(out) == pytest.approx(-3.0, abs=0.15)


def test_what_is_under_the_ceiling_passes_untouched(chapter):
    samples = chapter(5, level=-30)
    out, limiter = limited(samples, -2.0)
    assert np.array_equal(out, samples)
    assert limiter.deepest == 0.0
    assert limiter.true_peak == pytest.approx(decibels(np.abs(samples).max()), abs=0.5)


@settings(max_examples=25, deadline=None)
@given(
    length=st.integers(0, 6_000),
    portion=st.integers(1, 5_000),
    at=st.integers(0, 5_999),
    height=st.floats(0.1, 20),
)
def test_nothing_is_lost_or_moved_and_portions_do_not_matter(length, portion, at, height):
    samples = np.full(length, 0.01, np.float32)
    samples[at : at + 1] = height
    out, _ = limited(samples, -2.0, portion)
    whole, _ = limited(samples, -2.0, max(length, 1))
    assert len(out) == length
    np.testing.assert_allclose(out, whole, rtol=1e-5, atol=1e-7)
    assert np.abs(out).max(initial=0) <= gain(-2.0) * 1.0001
    if length > at + 1:
        assert np.argmax(np.abs(out)) == at


def test_the_gain_falls_just_ahead_of_a_peak_and_is_back_soon():
    samples = np.full(RATE, 0.1, np.float32)
    samples[RATE // 2] = gain(4.0)
    out, limiter = limited(samples, -2.0)
    assert limiter.deepest == pytest.approx(-6.0, abs=0.3)
    touched = np.flatnonzero(np.abs(out - samples) > 1e-5)
    assert RATE // 2 - (2 * LOOK + 2) * HOP <= touched[0] < RATE // 2
    assert touched[-1] < RATE // 2 + 0.12 * RATE
    assert np.abs(np.diff(out[RATE // 2 + 1 :])).max() < 0.002


def test_the_meter_agrees_with_another_one(chapter):
    samples = chapter(6, level=-10, peaky=True)
    meter = PeakMeter(near=0.1)
    for at in range(0, len(samples), 10_000):
        meter.add(samples[at : at + 10_000])
    meter.finish()
    assert decibels(meter.peak) == pytest.approx(judged(samples), abs=0.1)
