"""Whom a text knows: aliases and namesakes, a first-person narrator's name, a list that was given."""

import json
from pathlib import Path

import pytest

from narrator.book import Character, CharacterId
from narrator.build.given import read_characters
from narrator.errors import SheetError
from narrator.manuscript import read
from narrator.markup import mark_up
from narrator.markup.calling import Evidence
from narrator.markup.namesakes import Gathering, without_groups


@pytest.fixture
def marked(tmp_path: Path):
    """The mark-up of a text."""

    def marks(text: str, given: tuple[Character, ...] = ()):
        path = tmp_path / "book.txt"
        path.write_text(text, encoding="utf-8")
        return mark_up(read(path), given=given)

    return marks


def told(*paragraphs: int) -> Evidence:
    return Evidence(count=len(paragraphs), told=set(paragraphs))


def persons(kept: dict[str, Evidence]) -> list[set[str]]:
    return [set(person.aliases) for person in Gathering(without_groups(kept), 400).people()]


def test_one_who_is_called_by_two_names_at_different_places_is_one():
    kept = {
        "Paul Weir": told(1),
        "Paul": told(*range(0, 100, 5)),
        "Mr. Weir": told(*range(101, 200, 5)),
    }
    assert persons(kept) == [{"Paul Weir", "Paul", "Mr. Weir"}]


def test_a_father_and_his_son_stand_side_by_side_and_are_two():
    kept = {"Paul Weir": told(1), "Paul": told(*range(0, 100, 5)), "Mr. Weir": told(*range(0, 100, 5))}
    assert persons(kept) == [{"Paul Weir", "Paul"}, {"Mr. Weir"}]


def test_the_wife_of_a_house_is_not_its_daughter():
    kept = {"Ann Weir": told(1), "Ann": told(*range(0, 100, 5)), "Mrs. Weir": told(103, 208, 301)}
    assert persons(kept) == [{"Ann Weir", "Ann"}, {"Mrs. Weir"}]


def test_miss_with_a_surname_is_the_eldest_sister():
    kept = {
        "Ann Weir": told(1, 2),
        "Ruth Weir": told(3, 4),
        "Miss Weir": told(5, 6, 7),
        "Miss Ruth": told(8, 9),
        "Ruth": told(*range(10, 30)),
    }
    assert persons(kept) == [{"Ann Weir", "Miss Weir"}, {"Ruth Weir", "Ruth", "Miss Ruth"}]


def test_a_bare_surname_is_the_man_of_the_house():
    kept = {"Mrs. Weir": told(*range(0, 90, 3)), "Weir": told(*range(1, 60, 3)), "Mr. Weir": told(2, 5)}
    assert {"Mr. Weir", "Weir"} in persons(kept)


def test_a_family_is_nobody_and_capitals_are_the_same_person():
    kept = {"Miss Weir": told(1, 2), "Miss Weirs": told(3), "Ann": told(4), "ANN": told(5)}
    assert set(without_groups(kept)) == {"Miss Weir", "Ann"}


FIRST_PERSON = "\n\n".join(
    f"I came in and sat by the fire, and I looked at Ann. It was night {number}, and I was cold.\n\n"
    "“Is it you, Tom?” said Ann.\n\n“It is,” I said. I took off my coat.\n\n“Sit down, Tom,” she said."
    for number in range(6)
)


def test_a_narrator_has_the_name_that_others_call_him(marked):
    found = marked(FIRST_PERSON)
    narrator = found.characters[0]
    assert narrator.id == "narrator"
    assert "Tom" in narrator.aliases
    assert narrator.gender == "male"
    assert [c.id for c in found.characters] == ["narrator", "ann"]


def test_her_father_is_the_mister_of_her_name(marked):
    text = (
        "Miss Ann Weir and Mr. Weir sat in the garden. Mr. Weir was reading.\n\n"
        "“It is late,” said Ann Weir.\n\n“Not yet,” said her father.\n\n“I am cold,” said Ann Weir.\n"
    )
    speakers = [quotation.speaker for quotation in marked(text).quotations]
    assert speakers == ["ann-weir", "mr-weir", "ann-weir"] or speakers[1] == "mr-weir"


GIVEN = (
    Character(CharacterId("1"), "Ann Weir", ("Ann",), "female"),
    Character(CharacterId("2"), "The Cabman", (), "male"),
)


def test_with_a_list_nobody_else_speaks(marked):
    text = (
        "Ann and Paul stood by the cab.\n\n“Where to?” said the cabman.\n\n“Home,” said Ann.\n\n"
        "“Not yet,” said Paul.\n\n“Home,” said Ann again.\n"
    )
    found = marked(text, GIVEN)
    assert {c.name for c in found.characters} <= {"Narrator", "Ann Weir", "The Cabman"}
    assert [q.speaker for q in found.quotations][:2] == ["cabman", "ann"]


def listed(*names: str) -> tuple[Character, ...]:
    return tuple(Character(CharacterId(str(n)), name, (), None) for n, name in enumerate(names))


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("“Tickets,” said the ferryman.", "The Ferryman"),
        ("“Tickets,” said the man with the lamp.", "Paul"),
        ("“Tickets,” said the old man.", "The Old Man"),
        ("“Tickets,” said Ruth.", "My Dear Ruth"),
    ],
)
def test_what_a_list_describes_is_no_name(marked, text, speaker):
    given = listed("Paul", "The Ferryman", "The Old Man", "A Man In The Crowd", "My Dear Ruth")
    found = marked(f"Paul and Ruth waited by the river. Paul looked at his watch.\n\n{text}\n", given)
    names = {character.id: character.name for character in found.characters}
    assert [names[q.speaker] for q in found.quotations] == [speaker]


def test_confidence_is_a_chance(marked):
    sure = [q.confidence for q in marked(FIRST_PERSON).quotations]
    assert all(0 <= one <= 1 for one in sure)
    assert max(sure) > 0.8


# ── the list ────────────────────────────────────────────────────────────────────────────────────────


def test_a_list_of_characters_in_three_forms(tmp_path):
    listed = [{"name": "Ann Weir", "aliases": ["Ann"], "gender": "F"}]
    plain, document, sheet = tmp_path / "a.json", tmp_path / "b.json", tmp_path / "cast.toml"
    plain.write_text(json.dumps(listed))
    document.write_text(json.dumps({"characters": listed, "quotes": []}))
    sheet.write_text('[character.ann]\nname = "Ann Weir"\naliases = ["Ann"]\ngender = "female"\n')
    for path in (plain, document, sheet):
        (found,) = read_characters(path)
        assert (found.name, found.aliases, found.gender) == ("Ann Weir", ("Ann",), "female")


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "[1]", '[{"aliases": ["Ann"]}]', '[{"name": " "}]', "[" * 9999]
)
def test_what_is_no_list_is_refused_in_a_sentence(tmp_path, text):
    path = tmp_path / "people.json"
    path.write_text(text)
    with pytest.raises(SheetError, match="people"):
        read_characters(path)


def test_a_list_that_is_not_there(tmp_path):
    with pytest.raises(SheetError, match="no such file"):
        read_characters(tmp_path / "people.json")
