from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrator.book import NARRATOR, Chapter, Character, CharacterId, Heading, Line, Piece, SceneBreak
from narrator.casting import Company, house_voices
from narrator.casting import cast_auto as cast_company
from narrator.errors import CastError

VOICES = tuple(house_voices().values())
BY_NAME = house_voices()
TELLER = Character(NARRATOR, "Narrator")


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
    men = [person(f"m{i}", "male") for i in range(9)]
    cast = cast_auto([chapter([m.id for m in men])], [TELLER, *men], VOICES)
    voices = [BY_NAME[cast[m.id]] for m in men]
    assert all(v.gender == "male" and v.age != "child" for v in voices)
    assert len({v.name for v in voices}) == 6


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
