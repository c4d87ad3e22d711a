import hashlib
import subprocess
import sys

import numpy as np
import pytest

from narrator.book import Voice
from narrator.errors import CastError
from narrator.speech import Lexicon, engine, record, words
from narrator.speech.engines.delivery import NEUTRAL, manner
from narrator.speech.engines.shaping import Frames, Shape, shaped

TEXT = "Nobody had told the ferryman about the second bell."
MAN = {"pitch": 0.55, "formant": 0.87}
GIRL = {"pitch": 1.27, "formant": 1.14}


def take(text=TEXT, delivery="", pace=1.0, seed=0, **settings):
    actor = engine("hibari").open(Voice("v", "hibari", settings))
    return record(actor, words(text, Lexicon()), delivery=delivery, pace=pace, seed=seed)


def pitch(audio):
    """The median of the strongest lag of the autocorrelation, over loud frames of 40 ms."""
    samples, size, found = audio.samples, audio.rate // 25, []
    for start in range(0, len(samples) - size, size):
        frame = samples[start : start + size]
        power = np.correlate(frame, frame, "full")[size - 1 :]
        lags = slice(audio.rate // 400, audio.rate // 60)
        if power[0] > 0.02 * size / 24 and power[lags].max() > 0.5 * power[0]:
            found.append(audio.rate / (lags.start + int(power[lags].argmax())))
    return float(np.median(found))


def loudness(audio):
    return float(np.sqrt(np.mean(audio.samples**2)))


def test_a_take_is_24_khz_and_of_speech_length():
    audio = take()
    assert audio.rate == 24_000
    assert audio.samples.dtype == np.float32
    assert 2.0 < audio.seconds < 5.0


def test_a_man_is_lower_than_the_model_and_a_girl_higher():
    assert pitch(take(**MAN)) < 0.75 * pitch(take()) < 0.75 * pitch(take(**GIRL))


@pytest.mark.parametrize("formant", [0.85, 1.15])
def test_a_longer_throat_moves_the_resonances_and_leaves_the_pitch(formant):
    hill = -np.abs(np.arange(601, dtype=np.float32) - 200)[:, None].repeat(8, axis=1) / 10
    frames = Frames(hill, hill, hill, hill, hill, np.full(8, 190, np.float32))
    moved = shaped(frames, Shape(formant=formant), np.random.default_rng(0))
    for spectrum in (moved.pulses, moved.noise, moved.residual):
        assert np.abs(spectrum.argmax(axis=0) - 200 * formant).max() <= 1
    assert np.allclose(moved.pitch, 190)


def test_the_same_arguments_give_the_same_bytes_here_and_in_another_process():
    here = [hashlib.sha256(take(seed=seed, tremor=0.4).samples.tobytes()).hexdigest() for seed in (0, 0, 3)]
    assert here[0] == here[1] != here[2]
    code = (
        "import hashlib; from narrator.book import Voice; from narrator.speech import *;"
        "a = engine('hibari').open(Voice('v', 'hibari', {'tremor': 0.4}));"
        f"s = record(a, words({TEXT!r}, Lexicon()), delivery='', pace=1.0, seed=3).samples;"
        "print(hashlib.sha256(s.tobytes()).hexdigest())"
    )
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here[2]


def test_voices_share_one_model_and_do_not_disturb_each_other():
    first, second = (engine("hibari").open(Voice("v", "hibari", settings)) for settings in ({}, MAN))
    assert first.model is second.model
    alone = take().samples.tobytes()
    take(**MAN, text="A different sentence, in between.")
    assert take().samples.tobytes() == alone


def test_a_faster_pace_is_shorter():
    assert take(pace=1.25).seconds < 0.9 * take().seconds < 0.9 * take(pace=0.8).seconds


def test_a_whisper_has_no_pitch_and_is_softer():
    def periodic(audio):
        size, found = audio.rate // 25, []
        for start in range(0, len(audio.samples) - size, size):
            frame = audio.samples[start : start + size]
            power = np.correlate(frame, frame, "full")[size - 1 :]
            if power[0] > 0.05:
                found.append(power[audio.rate // 400 : audio.rate // 60].max() / power[0])
        return float(np.median(found))

    whisper = take(delivery="whispering")
    assert periodic(whisper) < 0.6 * periodic(take())
    assert loudness(whisper) < 0.7 * loudness(take())


def test_deliveries_change_the_take_and_unknown_ones_do_not():
    plain = take().samples.tobytes()
    assert take(delivery="in French").samples.tobytes() == plain
    assert take(delivery="shouting").samples.tobytes() != plain
    assert pitch(take(delivery="shouting")) > pitch(take())
    assert manner("over the rooftops") == NEUTRAL
    assert manner("Slowly").pace < 1 < manner("hurried").pace
    assert manner("quietly, tired").pace < manner("quietly").pace


@pytest.mark.parametrize("text", ["No.", "Oh!", "I?", "Shh.", "7"])
def test_very_short_lines_are_said(text):
    audio = take(text)
    assert 0.2 < audio.seconds < 2.0
    assert float(np.abs(audio.samples).max()) > 0.02


def test_a_line_of_two_sentences_has_one_ordinary_pause():
    both, first, second = take("Go down. Take the lamp."), take("Go down."), take("Take the lamp.")
    assert both.seconds < first.seconds + second.seconds
    quiet = np.abs(both.samples) < 0.001
    edges = np.flatnonzero(np.diff(np.concatenate(([0], quiet.astype(int), [0]))))
    inner = max(b - a for a, b in zip(edges[::2], edges[1::2], strict=True) if a > 0 and b < len(quiet))
    assert 0.3 < inner / both.rate < 0.5


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"pitch": 9.0}, "pitch = 9.0 is not a number from 0.4 to 2"),
        ({"pitch": "low"}, "pitch = 'low'"),
        ({"ptch": 1.0}, "no setting 'ptch'"),
        ({"whispered": 1.0}, "no setting 'whispered'"),
        ({"formant": float("nan")}, "formant = nan"),
    ],
)
def test_settings_are_checked_before_a_model_is_loaded(settings, sentence):
    voice = Voice("voices/vera.toml", "hibari", settings)
    for check in (engine("hibari").fingerprint, engine("hibari").open):
        with pytest.raises(CastError, match=rf"^voices/vera\.toml: .*{sentence}"):
            check(voice)


def test_the_fingerprint_names_what_changes_the_sound_and_nothing_else():
    facts = engine("hibari").fingerprint(Voice("v", "hibari", {}))
    assert set(facts) == {"model", "sound", "front", "threads", "adapter", "shaping"}
    assert facts["threads"] == "1"
    assert facts == engine("hibari").fingerprint(Voice("w", "hibari", MAN))
