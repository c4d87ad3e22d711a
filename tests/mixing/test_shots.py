"""Effects and music: where they lie, how loud they are, and what waits for them."""

import numpy as np
import pytest

from narrator.audio import DRY, GRID, RATE
from narrator.book import NARRATOR, Chapter, Cue, Line, Piece
from narrator.errors import RenderError
from narrator.mixing import EFFECTS, Measure, measure, mix, timeline
from narrator.mixing.effects import made_effect
from narrator.mixing.envelope import STEP
from narrator.mixing.shots import SECONDS

LINE = Line(NARRATOR, (Piece("It rang."),))
FACTS = Measure(24_000, 0, 24_000, -20.0, -21.0, 0.5)
FILES = {"theme.ogg": 20 * RATE}


def cue(name, *values, **options):
    return Cue(name, values, tuple((k, str(v)) for k, v in options.items()))


def lay(*elements):
    chapter = Chapter(elements)
    facts = {n: FACTS for n, _ in chapter.lines}
    return timeline(chapter, facts, levels={}, target=-18.0, sounds=FILES)


def seconds(samples):
    return samples / RATE


def test_an_effect_starts_where_the_line_before_ends_and_nobody_waits():
    plan = lay(LINE, cue("effect", "bell"), LINE)
    (shot,) = plan.shots
    first, second = plan.clips
    assert 0 <= shot.start - first.end < STEP
    assert seconds(second.start - first.end) == pytest.approx(0.35, abs=1e-3)


def test_the_next_line_waits_where_the_script_says_so():
    plan = lay(LINE, cue("effect", "knock", wait=0.5), LINE)
    assert seconds(plan.clips[1].start - plan.shots[0].end) == pytest.approx(0.5, abs=1e-3)


def test_effects_that_are_waited_for_follow_one_another():
    plan = lay(LINE, cue("effect", "knock", wait=0.2), cue("effect", "bell"), LINE)
    knock, bell = plan.shots
    assert seconds(bell.start - knock.end) == pytest.approx(0.2, abs=0.004)


def test_early_lies_under_the_last_words():
    plan = lay(LINE, cue("effect", "thunder", early=0.6), LINE)
    assert seconds(plan.clips[0].end - plan.shots[0].start) == pytest.approx(0.6, abs=0.004)


def test_music_opens_a_chapter_and_fades_under_the_first_words():
    plan = lay(cue("music", "theme.ogg", seconds=8, fade=2), LINE)
    (shot,) = plan.shots
    assert shot.start >= DRY
    assert seconds(shot.length) == pytest.approx(8, abs=0.004)
    assert plan.clips[0].start == shot.end - shot.fade_out
    assert seconds(shot.fade_out) == pytest.approx(2)


def test_a_chapter_lasts_until_its_last_sound_is_over():
    plan = lay(LINE, cue("music", "theme.ogg"))
    assert plan.length >= plan.shots[0].end + DRY
    assert plan.length % GRID == 0


def test_a_file_that_nobody_brought_is_refused():
    with pytest.raises(RenderError, match=r"drum\.wav"):
        lay(LINE, cue("effect", "drum.wav"))


def test_every_effect_is_made():
    assert SECONDS.keys() == EFFECTS.keys()
    assert all(EFFECTS.values())


@pytest.mark.parametrize("name", sorted(EFFECTS))
def test_an_effect_begins_and_ends_in_silence_and_two_are_never_alike(name):
    one, other, again = made_effect(name, 1), made_effect(name, 2), made_effect(name, 1)
    assert len(one) == round(SECONDS[name] * RATE)
    assert np.abs(one).max() == pytest.approx(1.0)
    assert abs(one[0]) < 1e-3
    assert np.abs(one[-20:]).max() < 1e-2
    assert np.array_equal(one, again)
    assert not np.allclose(one, other)


def test_an_effect_stands_at_its_level_and_steps_back_under_words(take):
    sound = take(4.0)
    facts = {1: measure(sound), 3: measure(sound)}

    def ambience(*between):
        chapter = Chapter((LINE, *between, LINE))
        plan = timeline(chapter, facts, levels={}, target=-18.0)
        return plan, np.concatenate([b.ambience for b in mix(plan, lambda line: sound, room_tone=None)])

    def level(samples):
        return 10 * np.log10(np.mean(np.square(samples)))

    alone, clear = ambience(cue("effect", "clock", wait=0, level=-8))
    under, ducked = ambience(cue("effect", "clock", level=-8))
    span = slice(2 * RATE, 4 * RATE)
    there = [s[p.shots[0].start : p.shots[0].end][span] for p, s in ((alone, clear), (under, ducked))]
    assert level(there[0]) - level(there[1]) == pytest.approx(8.0, abs=0.2)
    assert level(there[0]) < -18.0
