import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrator.audio import DRY, GRID, RATE
from narrator.book import (
    NARRATOR,
    Chapter,
    CharacterId,
    Cue,
    Heading,
    Line,
    Note,
    ParagraphBreak,
    Piece,
    SceneBreak,
    Unspoken,
)
from narrator.errors import RenderError, ScriptError
from narrator.mixing import Measure, Pauses, timeline

ANNA, BORIS = CharacterId("anna"), CharacterId("boris")
PARAGRAPH, SCENE, BEAT = ParagraphBreak(), SceneBreak(), Line(ANNA, (Piece("“…”"),))


def said(text, who=NARRATOR, **marks):
    return Line(who, (Piece(text),), **marks)


def measured(seconds=1.0, *, rate=24_000, loudness=-20.0, level=-21.0):
    return Measure(rate, 100, 100 + round(seconds * rate), loudness, level, 0.5)


def lay(*elements, measures=None, **options):
    chapter = Chapter(elements)
    if measures is None:
        measures = {n: measured() for n, line in chapter.lines if any(map(str.isalnum, line.written))}
    return timeline(chapter, measures, levels=options.pop("levels", {}), target=-18.0, **options)


def gaps(plan):
    """Seconds between each clip and the next."""
    return [
        (after.start - before.end) / RATE for before, after in zip(plan.clips, plan.clips[1:], strict=False)
    ]


# What may stand between two lines, and the seconds it asks for.
BETWEEN = st.sampled_from(
    [
        ((), 0.0),
        ((Note("flat, please"), Unspoken("12")), 0.0),
        ((PARAGRAPH,), 0.75),
        ((PARAGRAPH, PARAGRAPH), 0.75),
        ((SCENE,), 2.0),
        ((PARAGRAPH, SCENE, PARAGRAPH), 2.0),
        ((BEAT,), 1.0),
        ((Cue("bed", ("gusts",)),), 0.0),
    ]
)
JOIN = st.tuples(
    BETWEEN,
    st.one_of(st.none(), st.floats(0, 10)),
    st.booleans(),
    st.booleans(),
    st.floats(0.05, 30),
    st.sampled_from([16_000, 22_050, 24_000, 44_100]),
)


@given(st.lists(JOIN, min_size=1, max_size=12))
def test_every_gap_is_what_the_rule_says(joins):
    elements, measures, wanted = [], {}, []
    who = NARRATOR
    for (between, seconds), pause, ends, changes, length, rate in joins:
        elements.append(said("It snowed." if ends else "It snowed,", who))
        measures[len(elements)] = measured(length, rate=rate)
        elements += between
        if pause is not None:
            elements.append(Cue("pause", (repr(pause),)))
        who = {NARRATOR: ANNA, ANNA: NARRATOR}[who] if changes else who
        neighbours = 0.12 if not ends else 0.45 if changes else 0.35
        wanted.append(max(neighbours, seconds) if pause is None else pause)
    elements.append(said("Then it stopped.", who))
    measures[len(elements)] = measured()

    plan = lay(*elements, measures=measures)

    assert gaps(plan) == pytest.approx(wanted, abs=1 / RATE)
    assert [clip.line for clip in plan.clips] == sorted(measures)
    assert plan.length % GRID == 0
    assert plan.clips[0].start == round(0.75 * RATE)
    assert 3.0 <= (plan.length - plan.clips[-1].end) / RATE < 3.0 + GRID / RATE + 0.001
    for clip in plan.clips:
        take = measures[clip.line]
        kept = (take.end - take.start) * RATE
        assert (clip.length - 1) * take.rate < kept <= clip.length * take.rate
    for bed in plan.beds:
        assert DRY <= bed.start < bed.end <= plan.length - DRY
        assert 0 <= bed.fade_in <= bed.end - bed.start
        assert 0 <= bed.fade_out <= bed.end - bed.start


@pytest.mark.parametrize(
    ("first", "second", "seconds"),
    [
        (said("“Wait,”", ANNA), said("said Anna,"), 0.12),
        (said("said Anna,"), said("“it is thin ice.”", ANNA), 0.12),
        (said("“Who is there?”", ANNA), said("she asked."), 0.12),
        (said("“Hold them”", ANNA, glued=True), said("—he turned—", glued=True), 0.12),
        (said("—he turned—", glued=True), said("“Till dawn.”", ANNA), 0.12),
        (said("“But I—”", ANNA), said("The door shut."), 0.45),
        (said("“Go.”", ANNA), said("“No.”", BORIS), 0.45),
        (said("Anna looked up:"), said("“Go.”", ANNA), 0.45),
        (said("It snowed."), said("It froze."), 0.35),
        (said("It snowed…"), said("It froze."), 0.35),
        (said("The wind is up", verse=True), said("The lamps are low"), 0.35),
    ],
)
def test_a_line_that_interrupts_a_sentence_hardly_pauses(first, second, seconds):
    assert gaps(lay(first, second)) == [pytest.approx(seconds, abs=1e-4)]


def test_a_spoken_heading_is_a_clip_with_its_own_pause():
    elements = Heading("The Ice"), PARAGRAPH, said("It froze.")
    plan = lay(*elements, measures={1: measured(), 3: measured()})
    assert [clip.line for clip in plan.clips] == [1, 3]
    assert gaps(plan) == [pytest.approx(1.3, abs=1e-4)]


def test_a_heading_that_is_not_spoken_takes_no_time():
    plan = lay(Heading("The Ice"), PARAGRAPH, said("It froze."), measures={3: measured()})
    assert plan.clips[0].start == round(0.75 * RATE)


def test_pauses_can_be_set_and_the_ends_can_be_cued():
    quick = Pauses(sentence=0.2, head=0.5, tail=1.0)
    plan = lay(said("It froze."), said("It held."), pauses=quick)
    assert gaps(plan) == [pytest.approx(0.2, abs=1e-4)]
    assert plan.clips[0].start == RATE // 2
    cued = lay(Cue("pause", ("0",)), said("It froze."), Cue("pause", ("0",)))
    assert DRY <= cued.clips[0].start < 0.1 * RATE
    assert cued.clips[-1].end <= cued.length - DRY


def test_a_chapter_without_a_word_is_silence_on_the_grid():
    plan = lay(Heading("Interlude"), Cue("bed", ("blizzard",)))
    assert plan.clips == ()
    assert plan.length % GRID == 0
    assert plan.length >= 3 * RATE
    assert [bed.name for bed in plan.beds] == ["blizzard"]


def test_a_line_with_words_and_no_take_is_an_error_and_not_a_silence():
    with pytest.raises(RenderError, match="Line 2"):
        lay(said("It froze."), said("It held."), measures={1: measured()})


def test_a_sign_that_is_read_as_a_word_needs_its_take():
    read_out = Line(NARRATOR, (Piece("∞", "infinity"),))
    assert len(lay(read_out, measures={1: measured()}).clips) == 1
    with pytest.raises(RenderError):
        lay(read_out, measures={})


def test_a_mistaken_cue_is_a_script_error():
    with pytest.raises(ScriptError, match="hurricane"):
        lay(said("It froze."), Cue("bed", ("hurricane",)))


# ── levels ──────────────────────────────────────────────────────────────────────────────────────────


@given(
    loudness=st.floats(-45, -8), apart=st.floats(-3, 3), seconds=st.floats(0.05, 20), offset=st.floats(-9, 9)
)
def test_long_lines_meet_their_target_by_loudness_short_ones_by_level(loudness, apart, seconds, offset):
    take = measured(seconds, loudness=loudness if seconds >= 0.4 else None, level=loudness + apart)
    plan = lay(said("It froze."), measures={1: take}, levels={1: offset})
    raised = plan.clips[0].gain - offset
    if take.seconds >= 3.0:
        assert loudness + raised == pytest.approx(-18.0, abs=0.01)
    else:
        assert loudness + apart + raised == pytest.approx(-18.0, abs=2.0)


def test_a_broken_take_is_not_raised_without_end():
    plan = lay(said("It froze."), measures={1: measured(5, loudness=-68.0, level=-69.0)})
    assert plan.clips[0].gain == 30.0


# ── beds ────────────────────────────────────────────────────────────────────────────────────────────


def bed(name, **options):
    return Cue("bed", (name,), tuple((key, str(value)) for key, value in options.items()))


def test_a_bed_lies_from_its_cue_to_the_dry_edge():
    plan = lay(bed("blizzard", level=-26, gust=0.7), said("It froze."))
    (span,) = plan.beds
    assert (span.name, span.level, span.gust) == ("blizzard", -26.0, 0.7)
    assert (span.start, span.end) == (DRY, plan.length - DRY)
    assert span.end - span.fade_out >= plan.clips[-1].end - DRY


def test_no_bed_fades_the_bed_out_where_it_stands():
    plan = lay(bed("gusts"), said("It froze."), bed("none"), SCENE, said("Indoors."), said("By the fire."))
    (span,) = plan.beds
    assert span.end - span.fade_out == plan.clips[0].end
    assert span.fade_out == 3 * RATE


def test_one_bed_gives_way_to_another_at_once_and_for_the_same_time():
    plan = lay(
        bed("gusts"), said("It froze."), SCENE, bed("draught", fade=1.5), said("Indoors."), said("Warm.")
    )
    before, after = plan.beds
    assert before.end - before.fade_out == after.start == plan.clips[0].end
    assert before.fade_out == after.fade_in == round(1.5 * RATE)


def test_a_bed_s_seed_is_its_name_and_how_many_th_it_is():
    seeds = [
        span.seed for span in lay(bed("gusts"), said("A."), bed("draught"), said("B."), bed("gusts")).beds
    ]
    alone = [span.seed for span in lay(bed("gusts"), said("A."), said("B."), bed("gusts")).beds]
    assert len(set(seeds)) == 3
    assert alone == [seeds[0], seeds[2]]


def test_a_bed_may_end_or_begin_under_the_last_words():
    plan = lay(
        Cue("bed", ("gusts",)),
        said("It froze."),
        Cue("bed", ("rain",), (("early", "0.4"),)),
        said("It thawed."),
        Cue("bed", ("none",), (("early", "0.5"), ("fade", "0.5"))),
        said("It was dry."),
    )
    gusts, rain = plan.beds
    assert rain.start == gusts.end - gusts.fade_out == plan.clips[0].end - round(0.4 * RATE)
    assert rain.end == plan.clips[1].end


def test_a_bed_goes_on_through_a_scene_break():
    plan = lay(Cue("bed", ("gusts",)), said("It froze."), SCENE, said("It froze still."))
    (span,) = plan.beds
    assert span.end > plan.clips[1].end


def test_a_change_never_comes_before_the_one_before_it():
    plan = lay(
        said("A."), Cue("bed", ("gusts",)), said("B."), Cue("bed", ("rain",), (("early", "30"),)), said("C.")
    )
    assert [span.name for span in plan.beds] == ["rain"]
    assert plan.beds[0].start == plan.clips[0].end


def test_a_cut_takes_twenty_milliseconds_at_least():
    plan = lay(Cue("bed", ("gusts",), (("fade", "0"),)), said("A."), bed("none"), said("B."))
    assert plan.beds[0].fade_in == round(0.02 * RATE)


def test_of_two_beds_in_one_place_the_last_counts():
    plan = lay(said("A."), bed("gusts"), bed("draught"), said("B."))
    assert [span.name for span in plan.beds] == ["draught"]


def test_the_timeline_is_json():
    plan = lay(bed("gusts"), said("It froze."))
    facts = json.loads(json.dumps(plan.as_facts()))
    assert facts["length"] == plan.length
    assert facts["clips"][0]["start"] == plan.clips[0].start
    assert facts["beds"][0]["name"] == "gusts"
