"""Stereo through the whole chain of mastering: the same gain on both sides, and every file in two channels."""

import av
import numpy as np
import pytest

from narrator.audio import DRY, GRID, RATE, gain
from narrator.errors import MasterError
from narrator.mastering import SPECS, check, encoder_facts, master
from narrator.mastering.limiter import Limiter
from narrator.mastering.meter import Meter
from narrator.mastering.specs import aac_rate, mp3_rate

HOUSE = SPECS["house"]


@pytest.fixture(scope="module")
def wide():
    """Thirty-six seconds, longer than one AAC segment: a voice in the middle, a noise about it."""
    count = 173 * GRID
    at = np.arange(count) / RATE
    voice = (
        0.1 * np.clip(np.sin(2 * np.pi * 3.1 * at), 0, None) * np.sin(2 * np.pi * 180 * at + np.sin(5 * at))
    )
    voice += 0.3 * np.clip(np.sin(2 * np.pi * 0.7 * at), 0.8, 1) * np.sin(2 * np.pi * 410 * at)
    noise = 0.004 * np.random.default_rng(2).normal(size=(count, 2))
    sound = (voice[:, None] + noise).astype(np.float32)
    sound[:DRY] = sound[-DRY:] = 0
    return sound


@pytest.fixture(scope="module")
def mastered(wide, tmp_path_factory):
    folder = tmp_path_factory.mktemp("stereo")
    outputs = {kind: folder / f"chapter.{kind}" for kind in ("aac", "mp3")}
    blocks = (wide[n : n + 8 * GRID] for n in range(0, len(wide), 8 * GRID))
    return master(blocks, HOUSE, outputs=outputs, scratch=folder, channels=2), outputs


@pytest.mark.parametrize("kind", ["aac", "mp3"])
def test_an_encoded_chapter_has_two_channels_and_meets_its_spec(mastered, wide, kind):
    _, outputs = mastered
    facts = check(outputs[kind], kind, HOUSE, len(wide), 2)
    assert facts["loudness"] == pytest.approx(HOUSE.loudness, abs=0.5)
    assert facts["true_peak"] <= HOUSE.ceiling
    with av.open(str(outputs[kind])) as container:
        assert container.streams.audio[0].codec_context.layout.name == "stereo"


def test_a_chapter_in_one_channel_is_not_taken_for_two(mastered, wide):
    _, outputs = mastered
    with pytest.raises(MasterError, match="2 channels where 1"):
        check(outputs["mp3"], "mp3", HOUSE, len(wide), 1)


def test_the_sides_stay_apart_and_the_middle_in_the_middle(mastered, wide):
    _, outputs = mastered
    with av.open(str(outputs["mp3"])) as container:
        sound = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)
    middle, side = (sound[0] + sound[1]) / 2, (sound[0] - sound[1]) / 2
    before = wide.mean(axis=1), (wide[:, 0] - wide[:, 1]) / 2
    change = [
        np.sqrt(np.mean(np.square(a)) / np.mean(np.square(b)))
        for a, b in zip((middle, side), before, strict=True)
    ]
    assert 20 * np.log10(change[0] / change[1]) == pytest.approx(0, abs=1.5)


def test_both_sides_are_limited_as_one():
    left = np.zeros(RATE, np.float32)
    left[RATE // 2] = 2.0
    right = np.full(RATE, 0.1, np.float32)
    limiter = Limiter(-3.0, 2)
    out = np.concatenate([limiter.process(np.stack([left, right], axis=1)), limiter.finish()])
    assert out.shape == (RATE, 2)
    assert np.abs(out).max() <= gain(-3.0) * 1.001
    assert out[RATE // 2, 1] < 0.05
    assert out[1000, 1] == pytest.approx(0.1)


def test_one_channel_in_a_limiter_of_two_comes_out_as_in_a_limiter_of_one():
    sound = (0.9 * np.sin(np.arange(RATE) / 9)).astype(np.float32)
    one, two = Limiter(-6.0), Limiter(-6.0, 2)
    mono = np.concatenate([one.process(sound), one.finish()])
    both = np.concatenate([two.process(np.stack([sound, sound], axis=1)), two.finish()])
    assert np.array_equal(both[:, 0], mono)
    assert np.array_equal(both[:, 1], mono)


def test_the_same_in_both_channels_is_three_decibels_louder():
    sound = (0.1 * np.sin(2 * np.pi * 997 * np.arange(5 * RATE) / RATE)).astype(np.float32)
    one, two = Meter(), Meter(2)
    one.add(sound)
    two.add(np.stack([sound, sound], axis=1))
    assert two.loudness - one.loudness == pytest.approx(3.01, abs=0.01)
    assert two.rms == pytest.approx(one.rms, abs=1e-6)


@pytest.mark.parametrize("kind", ["aac", "mp3"])
def test_mono_keeps_the_facts_it_had(kind):
    assert encoder_facts(kind, HOUSE) == encoder_facts(kind, HOUSE, 1)
    assert "mono" in encoder_facts(kind, HOUSE)["arguments"]
    assert "stereo" in encoder_facts(kind, HOUSE, 2)["arguments"]


@pytest.mark.parametrize("name", sorted(SPECS))
def test_stereo_has_half_as_many_bits_again_at_a_rate_that_mp3_has(name):
    spec = SPECS[name]
    assert mp3_rate(spec, 1) == spec.mp3_rate
    assert mp3_rate(spec, 2) == {128_000: 192_000, 192_000: 320_000}[spec.mp3_rate]
    assert aac_rate(spec, 2) == 1.5 * aac_rate(spec, 1)
