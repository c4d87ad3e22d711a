import numpy as np
import pytest

from narrator.audio import RATE, gain
from narrator.mastering.chapter import static_gain
from narrator.mastering.hearing import Adjustment
from narrator.mastering.limiter import Limiter
from narrator.mastering.meter import Forecast, Meter
from narrator.mastering.specs import HEADROOM, SPECS


def measured(samples):
    meter, forecast = Meter(), Forecast()
    for at in range(0, len(samples), 50_000):
        meter.add(samples[at : at + 50_000])
        forecast.add(samples[at : at + 50_000])
    return meter, forecast


def test_the_standard_s_sine():
    sine = (gain(-23) * np.sin(2 * np.pi * 997 * np.arange(20 * RATE) / RATE)).astype(np.float32)
    meter, _ = measured(sine)
    assert meter.loudness == pytest.approx(-26.01, abs=0.02)
    assert meter.rms == pytest.approx(-26.01, abs=0.02)
    assert meter.seconds == 20


def test_silence_has_no_loudness_and_gets_no_gain():
    meter, forecast = measured(np.zeros(30 * RATE, np.float32))
    assert meter.loudness is None
    assert static_gain(meter, forecast, SPECS["house"], Adjustment()) == 0.0


@pytest.mark.parametrize("raised", [0.0, 3.0, 5.0])
def test_the_forecast_tells_what_the_limiter_takes(chapter, raised):
    samples = chapter(25, level=-17)
    meter, forecast = measured(samples)
    limiter = Limiter(-2.0)
    out = np.concatenate([limiter.process(samples * np.float32(gain(raised))), limiter.finish()])
    after, _ = measured(out)
    assert forecast.loss(raised, -2.0) == pytest.approx(after.rms - meter.rms - raised, abs=0.12)


@pytest.mark.parametrize("spec", sorted(SPECS))
@pytest.mark.parametrize("level", [-32.0, -20.0, -14.0])
def test_the_gain_brings_a_chapter_to_its_spec(chapter, spec, level):
    meter, forecast = measured(chapter(22, level=level))
    change = static_gain(meter, forecast, SPECS[spec], Adjustment())
    loss = forecast.loss(change, SPECS[spec].ceiling - HEADROOM)
    if SPECS[spec].rms is None:
        assert meter.loudness + change + loss == pytest.approx(SPECS[spec].loudness, abs=0.1)
    else:
        low, high = SPECS[spec].rms
        assert low < meter.rms + change + loss < high


def test_a_short_chapter_keeps_its_level(chapter):
    meter, forecast = measured(chapter(8, level=-24))
    assert static_gain(meter, forecast, SPECS["house"], Adjustment()) == 0.0


def test_a_short_chapter_still_meets_a_store_s_rms(chapter):
    meter, forecast = measured(chapter(8, level=-27))
    assert meter.rms + static_gain(meter, forecast, SPECS["acx"], Adjustment()) == pytest.approx(
        -22.5, abs=0.05
    )
