"""Pitch and formants changed after the engine, measured on speech."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from narrator import speech
from narrator.audio import Audio
from narrator.book import Voice
from narrator.casting import house_voices
from narrator.speech.reshaping import Reshaping, reshaped

STEP = 0.01


def speak(
    voice: Voice, text: str = "We were away a year ago, and nobody on the lower road would own to it."
) -> Audio:
    words = speech.words(text, speech.Lexicon())
    return speech.record(speech.open_voice(voice), words, delivery="", pace=1.0, seed=0)


@pytest.fixture(scope="module", params=["hibari/wren", "hibari/alder"])
def said(request: pytest.FixtureRequest) -> Audio:
    return speak(house_voices()[request.param])


def pitches(audio: Audio, shift: float = 0.0) -> Iterator[float]:
    """Hz every STEP of the take, NaN where no voice is: the first high peak of the autocorrelation."""
    size = int(0.05 * audio.rate)
    window = np.hanning(size)
    fade = np.correlate(window, window, "full")[size - 1 :]
    for time in np.arange(0.1, audio.seconds - 0.1, STEP):
        start = int((time + shift) * audio.rate) - size // 2
        frame = audio.samples[start : start + size] * window
        alike = np.correlate(frame, frame, "full")[size - 1 :] / np.maximum(fade, 0.05 * fade[0])
        low, high = int(audio.rate / 600), int(audio.rate / 55)
        likely = max(alike[low:high])
        tops = (
            k
            for k in range(low + 1, high - 1)
            if alike[k] > 0.87 * likely and alike[k] == max(alike[k - 1 : k + 2])
        )
        top = next(tops, 0)
        if not top or np.sqrt(np.mean(frame**2)) < 0.02 or alike[top] < 0.6 * alike[0]:
            yield float("nan")
            continue
        before, at, after = alike[top - 1 : top + 2]
        yield audio.rate / (top + 0.5 * (before - after) / (before - 2 * at + after))


def envelope(audio: Audio) -> np.ndarray:
    """dB of the average spectrum every 20 Hz up to 5 kHz, harmonics smoothed away."""
    size = audio.rate // 20
    starts = range(0, len(audio.samples) - size, size // 2)
    power = sum(np.abs(np.fft.rfft(audio.samples[s : s + size] * np.hanning(size))) ** 2 for s in starts)
    smooth = np.convolve(power, np.hanning(25), "same")
    return 10 * np.log10(
        np.interp(np.arange(100, 5_000, 20), np.arange(len(smooth)) * audio.rate / size, smooth)
    )


def formant_ratio(one: Audio, other: Audio) -> float:
    """By how much the second's spectral envelope is the first's, stretched."""
    a, b = envelope(one), envelope(other)
    hertz = np.arange(100, 5_000, 20)
    reach = (hertz > 250) & (hertz < 3_200)

    def distance(ratio: float) -> float:
        return float(np.std((np.interp(hertz / ratio, hertz, a) - b)[reach]))

    return float(min(np.arange(0.65, 1.5, 0.01), key=distance))


@pytest.mark.parametrize(
    ("pitch", "formant"), [(0.8, 1.0), (1.25, 1.0), (0.7, 0.85), (1.4, 1.2), (1.0, 0.85)]
)
def test_pitch_is_right_within_three_percent_and_length_within_one(
    said: Audio, pitch: float, formant: float
) -> None:
    other = reshaped(said, Reshaping(pitch, formant))
    ratios = np.array(list(pitches(other))) / np.array(list(pitches(said)))
    assert np.isfinite(ratios).sum() > 80
    assert np.nanmedian(ratios) == pytest.approx(pitch, rel=0.03)
    assert other.seconds == pytest.approx(said.seconds, rel=0.01)
    assert other.samples.dtype == np.float32


@pytest.mark.parametrize(("pitch", "formant"), [(1.0, 0.85), (1.0, 1.15), (0.8, 1.0), (1.25, 1.0)])
def test_formants_move_by_their_own_factor(said: Audio, pitch: float, formant: float) -> None:
    assert formant_ratio(said, reshaped(said, Reshaping(pitch, formant))) == pytest.approx(formant, abs=0.05)


def test_words_stay_where_they_are(said: Audio) -> None:
    def steps(audio: Audio) -> np.ndarray:
        times = np.arange(0, audio.seconds, 0.002) * audio.rate
        loud = np.convolve(np.abs(audio.samples), np.ones(audio.rate // 50), "same")
        return np.interp(times, np.arange(len(loud)), loud)

    before, after = steps(said), steps(reshaped(said, Reshaping(1.3, 1.1)))
    lag = np.argmax(np.correlate(after, before, "full")) - (len(before) - 1)
    assert abs(lag * 0.002) <= 0.02


def test_an_engine_that_cannot_do_it_gets_it() -> None:
    plain, low = (speak(Voice("test", "piper", {"model": "joe", **more})) for more in ({}, {"pitch": 0.8}))
    ratios = np.array(list(pitches(low))) / np.array(list(pitches(plain)))
    assert np.nanmedian(ratios) == pytest.approx(0.8, rel=0.03)
    assert np.array_equal(low.samples, speak(Voice("test", "piper", {"model": "joe", "pitch": 0.8})).samples)
