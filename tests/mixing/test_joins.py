"""No join clicks, and no gap is longer or shorter than the timeline says."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from clicks import clicks
from narrator.audio import RATE, Audio, gain
from narrator.book import NARRATOR, Chapter, CharacterId, Cue, Line, ParagraphBreak, Piece, SceneBreak
from narrator.mixing import measure, mix, timeline
from narrator.mixing.edges import TRIM

BOY = CharacterId("boy")


def said(text, who=NARRATOR):
    return Line(who, (Piece(text),))


SCENE = Chapter(
    (
        Cue("bed", ("light-wind",), (("fade", "0.5"),)),
        said("It rained."),
        Cue("effect", ("bell",), (("wait", "0.2"),)),
        said("“Come in.”", BOY),
        ParagraphBreak(),
        Cue("bed", ("room",), (("fade", "0"), ("early", "0.4"))),
        Cue("space", ("hall",)),
        said("“Who is it?”", BOY),
        SceneBreak(),
        Cue("bed", ("none",), (("fade", "0.1"),)),
        said("Nobody answered."),
        said("Nobody at all."),
    )
)


@pytest.fixture(scope="module")
def mixed(take):
    takes = {n: take(1.3 + 0.2 * n, seed=n, level=-20 - n) for n, _ in SCENE.lines}
    plan = timeline(SCENE, {n: measure(t) for n, t in takes.items()}, levels={}, target=-18.0)
    blocks = list(mix(plan, takes.__getitem__))
    return plan, *(np.concatenate([getattr(b, stem) for b in blocks]) for stem in ("dialogue", "ambience"))


def plants(samples, random, many):
    """Copies of `samples` with one fault each, and where it is: a spike, a cut, a hole, a jump."""
    size = float(np.sqrt(np.mean(np.square(samples))))
    for number in range(many):
        faulty, at = samples.copy(), int(random.integers(RATE, len(samples) - RATE))
        if number % 4 == 0:
            faulty[at] += size
        elif number % 4 == 1:
            faulty[at:-150] = samples[at + 150 :]
        elif number % 4 == 2:
            faulty[at : at + 220] = 0
        else:
            faulty[at:] += size / 2 * np.exp(-np.arange(len(samples) - at) / 3000).astype(np.float32)
        yield faulty, at


def test_the_finder_finds_what_was_planted_and_nothing_else(take):
    speech = take(5.0, rate=RATE, lead=0, trail=0).samples
    edge = np.minimum(np.minimum(np.arange(len(speech)), np.arange(len(speech))[::-1]) / 4410, 1)
    assert clicks(speech * edge) == []
    found = [
        any(abs(place - at) < 300 for place in clicks(faulty))
        for faulty, at in plants(speech, np.random.default_rng(3), 80)
    ]
    assert np.mean(found) >= 0.95


def test_nothing_clicks_in_a_mix_with_everything_in_it(mixed):
    _, dialogue, ambience = mixed
    assert clicks(dialogue) == []
    assert [place / RATE for place in clicks(ambience)] == []
    assert clicks(dialogue + ambience) == []


def test_a_take_that_broke_off_would_be_found(mixed):
    """The fault that soft edges guard against."""
    plan, dialogue, _ = mixed
    clip = plan.clips[0]
    middle = clip.start + clip.length // 2
    at = middle + int(np.argmax(np.abs(dialogue[middle : middle + 2000])))
    broken = dialogue.copy()
    broken[at : clip.end] = 0
    assert any(abs(place - at) < 50 for place in clicks(broken))


def off(plan, stem):
    """By how many milliseconds each gap is beside the timeline, by the trimmer's own threshold."""
    edges = []
    for clip in plan.clips:
        magnitude = np.abs(stem[clip.start : clip.end])
        loud = np.flatnonzero(magnitude > magnitude.max() * gain(TRIM))
        edges.append((clip.start + loud[0], clip.start + loud[-1] + 1))
    for (before, after), ((_, end), (start, _)) in zip(pairwise(plan.clips), pairwise(edges), strict=True):
        yield 1000 * abs((start - end) - (after.start - before.end)) / RATE


@pytest.mark.parametrize("lead", [0.0, 0.2, 1.5])
def test_gaps_are_what_the_timeline_says_within_five_milliseconds(take, lead):
    """Whatever silence an engine leaves around its words, by the trimmer's own threshold."""
    lines = Chapter(
        (said("One came."), said("“Two,”", BOY), said("he said."), ParagraphBreak(), said("Three."))
    )
    takes = {n: take(1.0 + 0.3 * n, seed=n, lead=lead, trail=1.7 * lead) for n, _ in lines.lines}
    plan = timeline(lines, {n: measure(t) for n, t in takes.items()}, levels={}, target=-18.0)
    stem = np.concatenate([b.dialogue for b in mix(plan, takes.__getitem__, beds=False, room_tone=None)])
    assert max(off(plan, stem)) < 5


def dying_away(random, rate):
    """A voice whose last periods and first ones lie about the trimmer's threshold, a hair over or under it;
    every third begins abruptly, as a consonant does."""
    at = np.arange(rate) / rate
    pitch, phase = random.uniform(65, 220), random.uniform(0, 2 * np.pi)
    voice = np.sin(2 * np.pi * pitch * at + phase) + 0.4 * np.sin(14 * np.pi * pitch * at)
    plateau = gain(TRIM + random.uniform(-0.3, 0.3)) / 1.4
    rise = at[::-1] if random.random() < 1 / 3 else np.minimum(at, at[::-1])
    envelope = np.clip((rise - 0.1) / 0.05, plateau, 1)
    return Audio((voice * envelope * random.uniform(0.05, 0.6)).astype(np.float32), rate)


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 44_100, 48_000])
def test_gaps_hold_where_resampling_decides_whether_the_last_ripple_counts(rate):
    """Whatever an engine's rate, and wherever on the stem one looks. Placed by where their takes were cut, some
    of these lines leave gaps 100 ms off."""
    random = np.random.default_rng(rate)
    takes = {n: dying_away(random, rate) for n in range(1, 61)}
    chapter = Chapter(tuple(said("Hum.") for _ in takes))
    levels = {n: float(random.uniform(-9, 9)) for n in takes}
    plan = timeline(chapter, {n: measure(t) for n, t in takes.items()}, levels=levels, target=-18.0)
    stem = np.concatenate([b.dialogue for b in mix(plan, takes.__getitem__, room_tone=None)])
    assert max(off(plan, stem)) < 0.5
    for clip in plan.clips:
        peak = np.abs(stem[clip.start : clip.end]).max()
        beside = np.r_[clip.start - 4_410 : clip.start, clip.end : clip.end + 4_410]
        assert np.abs(stem[beside]).max() < peak * gain(TRIM + 0.01)


def test_what_is_placed_by_its_sound_sounds_as_before():
    """Where a line is heard moves it, and nothing else: its samples are those of its take, cut and faded."""
    random = np.random.default_rng(2)
    sound = dying_away(random, 24_000)
    facts = measure(sound)
    at_cut = replace(facts, late=0, early=0)
    chapter = Chapter((said("Hum."),))
    one, other = (
        next(iter(mix(timeline(chapter, {1: f}, levels={}, target=-18.0), lambda _: sound))).dialogue
        for f in (facts, at_cut)
    )
    assert np.array_equal(one[: -facts.late], other[facts.late :])


def test_a_slow_low_voice_keeps_its_gaps_too():
    """The hardest take for a soft edge: 70 Hz that swells out of nothing and dies away."""
    at = np.arange(24_000) / 24_000
    hum = (np.sin(2 * np.pi * 70 * at) * np.sin(np.pi * at) ** 4).astype(np.float32)
    sound = Audio(hum, 24_000)
    chapter = Chapter((said("Hum."), said("Hum.")))
    plan = timeline(chapter, dict.fromkeys((1, 2), measure(sound)), levels={}, target=-18.0)
    stem = np.concatenate([b.dialogue for b in mix(plan, lambda line: sound, room_tone=None)])
    first, second = plan.clips
    loud = np.abs(stem) > np.abs(stem).max() * gain(TRIM)
    end = np.flatnonzero(loud[: first.end])[-1] + 1
    start = second.start + np.flatnonzero(loud[second.start :])[0]
    assert (start - end) / RATE == pytest.approx(0.35, abs=0.005)
