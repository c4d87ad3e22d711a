"""Spaces are heard through meters: level, colour, echoes, and who is placed in them."""

import numpy as np
import pytest

from narrator.audio import DRY, RATE, Audio
from narrator.book import NARRATOR, Chapter, CharacterId, Cue, Line, Piece
from narrator.mixing import SPACES, measure, mix, timeline
from narrator.mixing.placing import Placing
from narrator.mixing.spaces import SPACES as MADE
from narrator.mixing.spaces import heard_in

ANNA = CharacterId("anna")


@pytest.fixture(scope="module")
def voice():
    """A voice with all pitches in it: noise in syllables."""
    at = np.arange(3 * RATE) / RATE
    noise = np.random.default_rng(4).normal(size=len(at))
    return (0.05 * noise * np.clip(np.sin(2 * np.pi * 3.7 * at) + 0.7, 0, None)).astype(np.float32)


def share(samples, low, high):
    """How much of the power lies between two pitches, in dB."""
    power = np.square(np.abs(np.fft.rfft(samples)))
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE)
    return 10 * np.log10(power[(hertz >= low) & (hertz < high)].sum() / power.sum())


def loudness(samples):
    return measure(Audio(samples, RATE)).loudness


def test_every_space_is_made_and_says_how_it_sounds():
    assert MADE.keys() == SPACES.keys()
    assert all(SPACES.values())


@pytest.mark.parametrize("name", sorted(SPACES))
def test_a_space_changes_loudness_only_by_what_it_says(voice, name):
    heard = heard_in(name, voice)
    assert loudness(heard[: len(voice)]) - loudness(voice) == pytest.approx(MADE[name].level, abs=1.0)
    assert np.isfinite(heard).all()
    assert len(heard) >= len(voice)


@pytest.mark.parametrize("name", sorted(SPACES))
def test_nothing_is_heard_before_the_voice(voice, name):
    silence = np.zeros(RATE // 2, np.float32)
    heard = heard_in(name, np.concatenate([silence, voice]))
    assert np.abs(heard[: len(silence)]).max() < 1e-4 * np.abs(heard).max()


def test_the_telephone_carries_300_to_3400_hertz(voice):
    heard = heard_in("telephone", voice)
    assert share(heard, 300, 3400) > -0.8
    assert share(heard, 0, 150) < -25
    assert share(heard, 5000, 22050) < -20


def test_far_is_duller_than_near(voice):
    assert share(heard_in("far", voice), 5000, 22050) < share(heard_in("near", voice), 5000, 22050) - 6


def test_a_hall_rings_on_and_a_room_outdoors_does_not(voice):
    def after(name):
        heard = heard_in(name, voice)
        tail = heard[len(voice) + RATE // 2 : len(voice) + RATE]
        return 10 * np.log10(np.mean(np.square(tail, dtype=np.float64)) + 1e-15) if len(tail) else -150.0

    assert after("hall") > -75
    assert after("outdoors") < -120


def placing(*cues):
    result = Placing()
    for cue in cues:
        result.follow(cue)
    return result


def test_a_space_holds_for_everybody_but_the_narrator():
    assert placing(Cue("space", ("hall",))).of(ANNA) == "hall"
    assert placing(Cue("space", ("hall",))).of(NARRATOR) == ""
    assert placing(Cue("space", ("radio",), (("who", "narrator"),))).of(NARRATOR) == "radio"


def test_one_character_s_space_goes_before_everybody_s():
    hall, call = Cue("space", ("hall",)), Cue("space", ("telephone",), (("who", "anna"),))
    assert placing(hall, call).of(ANNA) == "telephone"
    assert placing(call, hall).of(ANNA) == "telephone"
    assert placing(hall, call).of(CharacterId("boris")) == "hall"
    assert placing(hall, call, Cue("space", ("none",))).of(ANNA) == ""
    assert placing(hall, Cue("space", ("none",), (("who", "anna"),))).of(ANNA) == ""


def test_echoes_ring_into_the_pause_and_end_before_the_chapter_does(take):
    chapter = Chapter((Cue("space", ("hall",)), Line(ANNA, (Piece("“Hello!”"),)), Cue("pause", ("0.5",))))
    plan = timeline(chapter, {2: measure(take(1.0))}, levels={}, target=-18.0)
    stem = np.concatenate([b.dialogue for b in mix(plan, lambda line: take(1.0), room_tone=None)])
    (clip,) = plan.clips
    assert clip.space == "hall"
    assert np.abs(stem[clip.end + 1000 : -DRY - 3000]).max() > 1e-3
    assert not stem[-DRY:].any()
    assert np.abs(stem[-DRY - 100 : -DRY]).max() < 2e-3


def test_a_voice_in_no_space_is_left_as_it_is(take):
    plain = Chapter((Line(ANNA, (Piece("“Hello!”"),)),))
    other = Chapter((Line(ANNA, (Piece("“Hello!”"),)), Cue("space", ("hall",))))
    facts = {1: measure(take(1.0))}
    stems = [
        np.concatenate(
            [b.mono for b in mix(timeline(c, facts, levels={}, target=-18.0), lambda line: take(1.0))]
        )
        for c in (plain, other)
    ]
    assert np.array_equal(*stems)
