from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrator.book import (
    NARRATOR,
    Chapter,
    Character,
    CharacterId,
    Heading,
    Line,
    Piece,
    SceneBreak,
    Voice,
)
from narrator.casting import Company, house_voices, least_apart, likely, shipped, shortlist
from narrator.casting import cast_auto as cast_company
from narrator.casting.profiles import Profile
from narrator.casting.solving import Problem, solve
from narrator.errors import CastError

VOICES = tuple(house_voices().values())
BY_NAME = house_voices()
TELLER = Character(NARRATOR, "Narrator")
WOMEN, MEN = (
    {v.name for v in VOICES if v.gender == gender and v.age != "child"} for gender in ("female", "male")
)


def cast_auto(chapters, people, voices):
    return cast_company(chapters, people, Company(voices))


def line(who, text="Well."):
    return Line(CharacterId(who), (Piece(text),))


def chapter(*scenes):
    elements = [Heading("One")]
    for place, scene in enumerate(scenes):
        elements += [SceneBreak()] if place else []
        elements += [line(NARRATOR), *(line(who) for who in scene)]
    return Chapter(tuple(elements))


def person(name, gender=None, age=None, voice=""):
    return Character(CharacterId(name), name.title(), gender=gender, age=age, voice=voice)


def test_gender_and_age_fit_and_the_narrator_is_alone():
    people = [
        TELLER,
        person("ada", "female", "old"),
        person("ben", "male", "child"),
        person("cy", "male", "old"),
        person("di", "female", "child"),
        person("ed", "male", "young"),
        person("flo", "female"),
    ]
    cast = cast_auto([chapter([p.id for p in people[1:]])], people, VOICES)
    assert cast[NARRATOR] == "hibari/wren"
    assert len(set(cast.values())) == len(people)
    for p in people[1:]:
        assert BY_NAME[cast[p.id]].gender == p.gender
        assert BY_NAME[cast[p.id]].age == (p.age or "adult")


def test_who_has_a_voice_keeps_it_and_others_avoid_it():
    people = [TELLER, person("ada", "female"), person("bea", "female", voice="hibari/sable")]
    cast = cast_auto([chapter(["ada", "bea"])], people, VOICES)
    assert cast["bea"] == "hibari/sable"
    assert cast["ada"] not in ("hibari/sable", cast[NARRATOR])


def test_a_voice_that_no_sheet_describes_is_kept_too():
    cast = cast_auto([chapter(["ada"])], [TELLER, person("ada", voice="voices/ada.toml")], VOICES)
    assert cast["ada"] == "voices/ada.toml"


def test_those_who_say_most_choose_first():
    people = [TELLER, person("short", "male"), person("long", "male")]
    told = Chapter((line("short"), line("long", "A very long speech, this one, by far.")))
    first = next(v.name for v in VOICES if v.gender == "male" and v.age == "adult")
    assert cast_auto([told], people, VOICES)["long"] == first


def test_a_man_gets_a_mans_voice_even_where_it_must_be_shared():
    men = [person(f"m{i}", "male") for i in range(len(MEN) + 3)]
    cast = cast_auto([chapter([m.id for m in men])], [TELLER, *men], VOICES)
    voices = [BY_NAME[cast[m.id]] for m in men]
    assert all(v.gender == "male" and v.age != "child" for v in voices)
    assert {v.name for v in voices} == MEN - {cast[NARRATOR]}


def test_somebody_moves_where_that_makes_room():
    two = [v for v in VOICES if v.gender == "male" and v.age == "adult"][:2]
    men = [person(name, "male") for name in ("a", "b", "c", "d")]
    # a path a–b–c–d: two voices are enough whatever the order in which they choose
    scenes = [["a", "b"], ["b", "c"], ["c", "d"]]
    for order in ([0, 3, 1, 2], [0, 3, 2, 1], [1, 3, 0, 2]):
        cast = cast_auto([chapter(*scenes)], [men[i] for i in order], two)
        assert all(cast[x] != cast[y] for x, y in scenes)


def test_no_voices_is_refused():
    with pytest.raises(CastError, match="no voice to cast"):
        cast_auto([], [TELLER], [])


names = st.sampled_from([f"p{i}" for i in range(8)])
people = st.lists(
    st.builds(
        person,
        names,
        st.sampled_from([None, "male", "female"]),
        st.sampled_from([None, "child", "young", "adult", "old"]),
    ),
    unique_by=lambda c: c.id,
    max_size=8,
)


@settings(deadline=None)
@given(people, st.lists(st.lists(names, max_size=6), min_size=1, max_size=5))
def test_nobody_sounds_like_anybody_in_their_scene_while_voices_last(characters, scenes):
    known = {c.id for c in characters}
    scenes = [[who for who in scene if who in known] for scene in scenes]
    cast = cast_auto([chapter(*scenes)], [TELLER, *characters], VOICES)
    assert cast == cast_auto([chapter(*scenes)], [TELLER, *characters], VOICES)
    assert set(cast) == {NARRATOR, *known}
    for c in characters:
        assert BY_NAME[cast[c.id]].gender == (c.gender or BY_NAME[cast[c.id]].gender)
        assert c.age == "child" or BY_NAME[cast[c.id]].age != "child"
        assert cast[c.id] != cast[NARRATOR]
    # Women's voices without the narrator's and the girl's are the scarcest: four.
    grown = [c for c in characters if c.gender == "female" or c.gender is None]
    if len(grown) <= 4:
        for scene in scenes:
            assert all(
                cast[a] != cast[b]
                for a, b in combinations(sorted(set(scene)), 2)
                if {a, b} <= {g.id for g in grown}
            )


def test_the_more_two_talk_the_further_apart_they_sound():
    """Two voices near each other, one far away; ada and ben talk all the time, with cy each once."""
    at = {"near": 100.0, "nearer": 104.0, "far": 160.0}
    voices = [Voice(name, "x", {}, gender="male", age="adult") for name in at]
    known = {name: Profile(hertz, 2.0, 5.0, (0.0,) * 12, 3.0) for name, hertz in at.items()}
    men = [person(name, "male") for name in ("ada", "ben", "cy")]
    scene = Chapter((*(line(who) for _ in range(9) for who in ("ada", "ben")), line("cy"), line("ada")))
    company = Company(voices, profiles=known)
    cast = cast_company([scene], men, company)
    assert "far" in (cast["ada"], cast["ben"])
    steps, one, other = least_apart([scene], {c.id: BY[cast[c.id]] for c in men}, company)
    assert "cy" in (one, other)
    assert steps == pytest.approx(12 * np.log2(1.04) / 3, abs=0.01)


BY = {name: Voice(name, "x", {}, gender="male", age="adult") for name in ("near", "nearer", "far")}


def test_the_most_natural_voices_go_to_the_main_cast():
    voices = [Voice(name, "x", {}, gender="male", age="adult") for name in ("dull", "fine")]
    known = {n: Profile(120.0, 2.0, 5.0, (0.0,) * 12, q) for n, q in (("dull", 2.5), ("fine", 3.5))}
    told = Chapter((line("short"), line("long", "A very long speech, this one, by far.")))
    cast = cast_company([told], [person("short"), person("long")], Company(voices, profiles=known))
    assert (cast["long"], cast["short"]) == ("fine", "dull")


def test_an_accent_that_is_asked_for_is_preferred():
    voices = [
        Voice(n, "x", {}, gender="male", age="adult", accent=n) for n in ("American", "Scots", "British")
    ]
    scot = Character(CharacterId("mac"), "Mac", gender="male", accent="scots")
    plain = person("tom", "male")
    cast = cast_company([chapter(["mac", "tom"])], [scot, plain], Company(voices, accent="British"))
    assert cast == {"mac": "Scots", "tom": "British"}


@pytest.mark.parametrize(
    ("name", "gender", "because"),
    [
        ("his chief of staff", "male", "chief"),
        ("the captain", "male", "captain"),
        ("the captain’s wife", "female", "wife"),
        ("the widow's son", "male", "son"),
        ("Mrs. Captain Hale", "female", "mrs"),
        ("the nurse", "female", "nurse"),
        ("the stranger", None, ""),
        ("Robin", None, ""),
        ("the doctor", None, ""),
    ],
)
def test_what_a_name_makes_likely(name, gender, because):
    guess = likely(Character(CharacterId("x"), name))
    assert (guess.gender, guess.because) == (gender, because)


def test_aliases_count_and_a_woman_among_them_is_a_woman():
    verrin = Character(CharacterId("verrin"), "Verrin", aliases=("the captain", "the lady"))
    assert likely(verrin).gender == "female"


def test_who_is_neither_gets_a_voice_from_between():
    known = {v.name: shipped(v) for v in VOICES}
    cast = cast_company([chapter(["robin"])], [TELLER, person("robin")], Company(VOICES, profiles=known))
    assert 125 < known[cast["robin"]].pitch < 200


def test_the_shortlist_begins_with_what_would_be_cast():
    people = [TELLER, person("ada", "female"), person("ben", "male"), person("cy", "male")]
    told = [chapter(["ada", "ben", "cy"])]
    known = {v.name: shipped(v) for v in VOICES}
    company = Company(VOICES, profiles=known)
    cast = cast_company(told, people, company)
    names = shortlist(told, people, company, CharacterId("ben"), 5)
    assert names[0] == cast["ben"]
    assert len(set(names)) == 5
    assert all(BY_NAME[name].gender == "male" for name in names)
    assert cast[NARRATOR] not in names


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 7), st.integers(1, 5))
def test_no_move_and_no_swap_makes_a_solution_better(seed, people, voices):
    rng = np.random.default_rng(seed)

    def square(size):
        half = rng.uniform(0, 5, (size, size))
        return half + half.T

    talk, forbidden = square(people), square(people)
    np.fill_diagonal(talk, 0)
    np.fill_diagonal(forbidden, 0)
    fixed = np.where(rng.random(people) < 0.2, rng.integers(0, voices, people), -1)
    fit, alike = rng.uniform(0, 9, (people, voices)), square(voices)
    problem = Problem(fit, talk, alike, forbidden, fixed, tuple(range(people)))

    def cost(chosen):
        pairs = combinations(range(people), 2)
        between = sum(
            talk[a, b] * alike[chosen[a], chosen[b]] + forbidden[a, b] * (chosen[a] == chosen[b])
            for a, b in pairs
        )
        return fit[range(people), chosen].sum() + between

    chosen = solve(problem)
    assert (chosen[fixed >= 0] == fixed[fixed >= 0]).all()
    assert (chosen == solve(problem)).all()
    least = cost(chosen)
    for one in np.flatnonzero(fixed < 0):
        for voice in range(voices):
            moved = chosen.copy()
            moved[one] = voice
            assert cost(moved) > least - 1e-4
        for other in np.flatnonzero(fixed < 0):
            swapped = chosen.copy()
            swapped[[one, other]] = chosen[[other, one]]
            assert cost(swapped) > least - 1e-4


def test_the_narrator_leaves_a_voice_to_whoever_has_it():
    people = [TELLER, person("ada", "female", voice="hibari/wren")]
    assert cast_auto([chapter(["ada"])], people, VOICES)[NARRATOR] != "hibari/wren"


def test_a_shortlist_holds_nobody_who_cannot_be_meant():
    people = [TELLER, person("ada", "female"), person("ben", "male")]
    company = Company(VOICES, profiles={v.name: shipped(v) for v in VOICES})
    names = shortlist([chapter(["ada", "ben"])], people, company, CharacterId("ada"), len(VOICES))
    assert set(names) == WOMEN - {"hibari/wren"}


def test_a_voice_that_nobody_measured_is_not_preferred_for_that():
    known = {v.name: shipped(v) for v in VOICES if v.name != "hibari/rowan"}
    cast = cast_company([chapter(["ben"])], [TELLER, person("ben", "male")], Company(VOICES, profiles=known))
    assert cast["ben"] != "hibari/rowan"
