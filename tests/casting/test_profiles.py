"""Voices in numbers: sounds whose pitch and colour are known, and the house's as they are shipped."""

import numpy as np
import pytest

from narrator import speech
from narrator.audio import Audio
from narrator.casting import TEXT, distance, house_voices, measure, shipped
from narrator.casting.profiles import SYLLABLES

RATE = 24_000


def vowel(hertz, *, formant=1.0, glide=0.0, seconds=6.0, level=0.3):
    """A buzz with two resonances, syllables of a quarter of a second; glide: semitones up and down."""
    time = np.arange(round(seconds * RATE)) / RATE
    pitch = hertz * 2 ** (glide * np.sin(2 * np.pi * 0.9 * time) / 12)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    sound = np.zeros_like(time)
    for k in range(1, int(5_000 / hertz)):
        at = k * hertz
        strength = sum(np.exp(-(((at - f * formant) / 150) ** 2)) for f in (600, 1_800)) + 0.01
        sound += strength * np.sin(k * phase)
    sound *= level / np.abs(sound).max() * (0.55 + 0.45 * np.sin(2 * np.pi * 4 * time))
    return Audio(sound.astype(np.float32), RATE)


@pytest.mark.parametrize("hertz", [82.0, 110.0, 175.0, 247.0])
def test_the_pitch_is_found(hertz):
    assert measure(vowel(hertz)).pitch == pytest.approx(hertz, rel=0.015)


def test_spread_is_the_melodys():
    flat, lively = measure(vowel(150)), measure(vowel(150, glide=4))
    assert flat.spread < 0.3
    assert lively.spread == pytest.approx(4 / 2**0.5, rel=0.15)


def test_level_and_rate_do_not_matter_and_the_throat_does():
    usual = measure(vowel(150))
    assert distance(usual, measure(vowel(150, level=0.02))) < 0.05
    assert distance(usual, measure(vowel(150, formant=1.2))) > 0.8
    assert distance(usual, measure(vowel(220))) > 2


def test_pace_leaves_pauses_out():
    sound = vowel(150, seconds=6).samples
    pause = np.zeros(RATE, np.float32)
    together = measure(Audio(sound, RATE)).pace
    apart = measure(
        Audio(np.concatenate([pause, sound[: 3 * RATE], pause, sound[3 * RATE :], pause]), RATE)
    ).pace
    assert together == pytest.approx(SYLLABLES / 6, rel=0.05)
    assert apart == pytest.approx(together, rel=0.05)


def test_noise_has_no_profile():
    noise = np.random.default_rng(1).standard_normal(3 * RATE).astype(np.float32) / 10
    assert measure(Audio(noise, RATE)) is None


def test_the_house_sounds_as_the_shipped_numbers_say():
    """Where this fails, a house voice was changed: run `python benchmarks/profiles.py --engine hibari`."""
    words = speech.words(TEXT, speech.Lexicon({}))
    for name, voice in house_voices().items():
        known = shipped(voice)
        assert known is not None, name
        assert known.quality is not None
        take = speech.record(speech.open_voice(voice), words, delivery="", pace=voice.pace, seed=0)
        assert distance(known, measure(take)) < 0.3, name


def test_men_and_women_of_the_house_are_further_apart_than_women_among_themselves():
    wren, ivy, alder = (shipped(house_voices()[f"hibari/{n}"]) for n in ("wren", "ivy", "alder"))
    assert distance(wren, alder) > 2 * distance(wren, ivy)
    assert distance(wren, wren) == 0
