import subprocess
import sys

import numpy as np
import pytest

from narrator.audio import DRY, RATE, Audio, gain
from narrator.book import NARRATOR, Chapter, CharacterId, Cue, Line, ParagraphBreak, Piece, SceneBreak
from narrator.errors import RenderError
from narrator.mixing import Measure, measure, mix, timeline
from narrator.mixing.edges import SOFT_EDGE

ANNA = CharacterId("anna")
WINDY = Chapter(
    (
        Cue("bed", ("gusts",), (("gust", "0"),)),
        Line(NARRATOR, (Piece("It snowed."),)),
        Line(ANNA, (Piece("“Hold on.”"),)),
        SceneBreak(),
        Cue("bed", ("draught",), (("gust", "0"),)),
        Line(NARRATOR, (Piece("Indoors it was warm."),)),
        ParagraphBreak(),
        Line(NARRATOR, (Piece("Nobody spoke."),)),
    )
)


@pytest.fixture(scope="module")
def takes(take):
    return {2: take(3.5, level=-30), 3: take(1.2, seed=1, level=-18), 6: take(4.0, rate=44_100), 8: take(6.0)}


@pytest.fixture(scope="module")
def plan(takes):
    return timeline(WINDY, {n: measure(t) for n, t in takes.items()}, levels={}, target=-18.0)


def whole(blocks):
    """The stems of a chapter in one piece each."""
    blocks = list(blocks)
    return (np.concatenate([getattr(block, stem) for block in blocks]) for stem in ("dialogue", "ambience"))


def level(samples):
    return 10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-12)


def test_stems_are_as_long_as_the_timeline_and_sum_to_the_mix(plan, takes):
    blocks = list(mix(plan, takes.__getitem__))
    assert sum(len(block.mix) for block in blocks) == plan.length
    for block in blocks:
        assert block.dialogue.dtype == block.ambience.dtype == np.float32
        assert np.array_equal(block.mix, block.dialogue + block.ambience)


def test_a_chapter_starts_and_ends_dry(plan, takes):
    for stem in whole(mix(plan, takes.__getitem__)):
        assert not stem[:DRY].any()
        assert not stem[-DRY:].any()


def test_the_same_mix_twice_is_the_same_samples(plan, takes):
    first, second = (np.concatenate(list(whole(mix(plan, takes.__getitem__)))) for _ in range(2))
    assert np.array_equal(first, second)


def test_takes_are_fetched_once_each_in_order(plan, takes):
    fetched = []
    for _ in mix(plan, lambda line: fetched.append(line) or takes[line], beds=False, room_tone=None):
        pass
    assert fetched == [2, 3, 6, 8]


def test_lines_lie_where_the_timeline_says_and_nowhere_else(plan, takes):
    dialogue, ambience = whole(mix(plan, takes.__getitem__, beds=False, room_tone=None))
    assert not ambience.any()
    spoken = np.zeros(plan.length, bool)
    for clip in plan.clips:
        spoken[clip.start - SOFT_EDGE : clip.end + SOFT_EDGE] = True
        inside = np.abs(dialogue[clip.start : clip.end])
        assert inside[: RATE // 20].max() > 0.01 * inside.max()
        assert inside[-RATE // 20 :].max() > 0.01 * inside.max()
    assert not dialogue[~spoken].any()


def test_voices_come_out_level(plan, takes):
    dialogue, _ = whole(mix(plan, takes.__getitem__, beds=False, room_tone=None))
    loudness = [measure(Audio(dialogue[c.start : c.end], RATE)).loudness for c in plan.clips]
    long = [value for value, clip in zip(loudness, plan.clips, strict=True) if clip.length >= 3 * RATE]
    assert long == pytest.approx([-18.0] * len(long), abs=0.2)
    assert loudness == pytest.approx([-18.0] * len(loudness), abs=2.0)


@pytest.mark.parametrize("rate", [16_000, 24_000, 44_100])
def test_no_join_clicks(rate):
    """The hardest join is a take cut in the middle of a low tone: it must neither jump nor bend sharply."""
    tone = np.sin(2 * np.pi * 60 * np.arange(rate) / rate + 1.2).astype(np.float32)
    cut = Measure(rate, 100, rate - 100, -20.0, -20.0, 1.0)
    chapter = Chapter(tuple(Line(NARRATOR, (Piece("Hum."),)) for _ in range(3)))
    plan = timeline(chapter, dict.fromkeys((1, 2, 3), cut), levels={}, target=-20.0)
    dialogue, _ = whole(mix(plan, lambda line: Audio(tone, rate), beds=False, room_tone=None))
    bends = np.abs(np.diff(dialogue, n=2))
    steepest = (2 * np.pi * 60 / RATE) ** 2 * np.abs(dialogue).max()
    assert bends.max() < 60 * steepest
    assert np.abs(np.diff(dialogue)).max() < 0.03


def test_a_bed_keeps_its_distance_and_comes_forward_in_pauses(plan, takes):
    dialogue, _ = whole(mix(plan, takes.__getitem__, beds=False, room_tone=None))
    _, ambience = whole(mix(plan, takes.__getitem__, room_tone=None))
    last, scene = plan.clips[3], plan.clips[1].end
    under = level(ambience[last.start + RATE : last.end - RATE])
    voice = level(dialogue[last.start : last.end])
    assert under - voice == pytest.approx(-28.0, abs=4.0)
    first = plan.clips[0]
    before = level(ambience[first.end - RATE : first.end])
    pause = level(ambience[scene + round(1.0 * RATE) : scene + round(1.8 * RATE)])
    assert 4.0 < pause - before < 11.0


def test_a_bed_has_stepped_back_when_the_first_word_comes(plan, takes):
    from narrator.mixing.ducking import Ducking

    ducking = Ducking(plan.clips)
    for clip in plan.clips:
        assert ducking.at(np.array([clip.start, clip.end - 1])) == pytest.approx([1.0, 1.0], abs=0.01)
    scene = plan.clips[2].start
    assert ducking.at(np.array([scene - round(0.1 * RATE)])) == pytest.approx(gain(8.0), rel=0.01)


def test_a_crossfade_holds_its_level(plan):
    from narrator.mixing.layers import fades

    before, after = plan.beds
    points = np.arange(after.start + 1, before.end, 64)
    power = np.square(fades(before, points)) + np.square(fades(after, points))
    assert power == pytest.approx(np.ones(len(points)), abs=1e-3)


def test_room_tone_lies_under_everything(plan, takes):
    _, ambience = whole(mix(plan, takes.__getitem__, beds=False, room_tone=-72.0))
    inside = ambience[RATE : -RATE // 2]
    assert level(inside) == pytest.approx(-72.0, abs=0.2)
    windows = inside[: len(inside) // 4410 * 4410].reshape(-1, 4410)
    assert max(level(w) for w in windows) < -68.0


@pytest.mark.parametrize(
    "wrong", [Audio(np.zeros(100, np.float32), 24_000), Audio(np.zeros(10**6, np.float32), 8_000)]
)
def test_a_take_that_was_not_the_one_measured_is_refused(plan, wrong):
    with pytest.raises(RenderError, match="line 2"):
        list(mix(plan, lambda line: wrong))


def test_stereo_is_the_mono_mix_with_something_beside_it(plan, takes):
    """Mono is always safe: the mean of the channels is what mono listeners get, and the voice is in the middle."""
    mono = np.concatenate([block.mix for block in mix(plan, takes.__getitem__)])
    blocks = list(mix(plan, takes.__getitem__, stereo=True))
    wide = np.concatenate([block.mix for block in blocks])
    assert wide.shape == (plan.length, 2)
    assert wide.mean(axis=1) == pytest.approx(mono, abs=1e-6)
    left, right = (np.concatenate([block.wide_dialogue for block in blocks])[:, n] for n in (0, 1))
    assert np.array_equal(left, right)
    beside = wide[:, 0] - wide[:, 1]
    assert not beside[:DRY].any()
    assert not beside[-DRY:].any()
    assert np.abs(beside).max() > 1e-3


def test_stereo_stems_sum_to_the_mix(plan, takes):
    for block in mix(plan, takes.__getitem__, stereo=True):
        assert block.wide_dialogue + block.wide_ambience == pytest.approx(block.mix, abs=1e-6)


LONG = """
import resource, sys, tempfile
from pathlib import Path
import numpy as np
from narrator.audio import Audio
from narrator.book import NARRATOR, Chapter, Cue, Line, Piece
from narrator.mastering import SPECS, master
from narrator.mixing import measure, mix, timeline

random = np.random.default_rng(0)
take = Audio((0.1 * random.normal(size=12 * 24_000)).astype(np.float32), 24_000)
count = int(sys.argv[1]) * 5
chapter = Chapter((Cue("bed", ("draught",)), *[Line(NARRATOR, (Piece("Hiss."),))] * count))
facts = measure(take)
plan = timeline(chapter, dict.fromkeys(range(2, count + 2), facts), levels={}, target=-18.0)
with tempfile.TemporaryDirectory() as folder:
    blocks = (block.mix for block in mix(plan, lambda line: take))
    master(blocks, SPECS["house"], outputs={}, scratch=Path(folder))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10))
"""


def test_memory_does_not_grow_with_the_chapter():
    def peak(minutes):
        run = [sys.executable, "-c", LONG, str(minutes)]
        return float(subprocess.run(run, capture_output=True, text=True, check=True).stdout)

    assert peak(20) < peak(3) + 8.0
