"""Importing: from a text to a production that renders, and again after the text changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands import Narrator
from narrator.build.importing import excerpts

NOVEL = """\
The Lock

CHAPTER I

The wind was on the river when Ada came down to the lock.

“You’re late,” said the keeper.

“I know,” Ada said. “The road was ice.”

CHAPTER II

He laughed. “Then the gate will be, too,” said the keeper.
"""


@pytest.fixture
def production(narrator: Narrator, tmp_path: Path) -> Path:
    (tmp_path / "novel.txt").write_text(NOVEL, encoding="utf-8")
    assert narrator("init", tmp_path / "lock").code == 0
    assert narrator("-C", tmp_path / "lock", "import", tmp_path / "novel.txt").code == 0
    return tmp_path / "lock"


def script(root: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in (root / "script").glob("*.nar")}


def test_a_new_production_has_voices_and_sheets(narrator: Narrator, tmp_path: Path) -> None:
    assert narrator("init", tmp_path / "a").code == 0
    assert len(list((tmp_path / "a" / "voices").glob("*.toml"))) >= 7
    again = narrator("init", tmp_path / "a")
    assert again.code == 1
    assert "stands here already" in again.err


def test_a_text_becomes_a_script(production: Path) -> None:
    chapters = script(production)
    assert set(chapters) == {"chapter-i.nar", "chapter-ii.nar"}
    assert "@keeper: “You’re late,”\nsaid the keeper." in chapters["chapter-i.nar"]
    assert "@ada: “I know,”\nAda said.\n@ada: “The road was ice.”" in chapters["chapter-i.nar"]
    assert 'title = "The Lock"' in (production / "script" / "book.toml").read_text()


def test_importing_again_keeps_hand_edits(production: Path, narrator: Narrator) -> None:
    first = production / "script" / "chapter-i.nar"
    edited = first.read_text().replace(
        "@keeper: “You’re late,”", "// slowly\n@keeper (softly): “You’re late,”"
    )
    first.write_text(edited)
    cast = production / "script" / "cast.toml"
    cast.write_text(cast.read_text().replace('name = "Ada"', 'name = "Ada Reed"  # hers'))
    novel = production.parent / "novel.txt"
    novel.write_text(NOVEL.replace("The road was ice.", "The road was all ice."), encoding="utf-8")
    told = narrator("-C", production, "import", novel, "--json").document
    assert told["paragraphs"] == {"kept": 4, "new": 1}
    assert told["changed"] == [
        {
            "where": "script/chapter-i.nar",
            "was": "“I know,” Ada said. “The road was ice.”",
            "now": "“I know,” Ada said. “The road was all ice.”",
        }
    ]
    assert told["dropped"] == []
    now = first.read_text()
    assert "// slowly\n@keeper (softly): “You’re late,”" in now
    assert "all ice" in now
    assert 'name = "Ada Reed"  # hers' in cast.read_text()


def test_importing_the_same_again_changes_no_byte(production: Path, narrator: Narrator) -> None:
    before = {path: path.read_bytes() for path in (production / "script").iterdir()}
    assert narrator("-C", production, "import", production.parent / "novel.txt").code == 0
    assert {path: path.read_bytes() for path in (production / "script").iterdir()} == before


def test_a_chapter_that_is_gone_is_named_and_left(production: Path, narrator: Narrator) -> None:
    novel = production.parent / "novel.txt"
    novel.write_text(NOVEL.split("CHAPTER II")[0], encoding="utf-8")
    told = narrator("-C", production, "import", novel, "--json").document
    assert told["chapters"] == ["script/chapter-i.nar"]
    assert told["no_longer_listed"] == ["script/chapter-ii.nar"]
    assert (production / "script" / "chapter-ii.nar").exists()


def test_casting_gives_everybody_a_voice_and_keeps_what_is_set(production: Path, narrator: Narrator) -> None:
    cast = production / "script" / "cast.toml"
    cast.write_text(cast.read_text().replace('name = "Ada"', 'name = "Ada"\nvoice = "hazel"'))
    told = narrator("-C", production, "cast", "--auto", "--json").document["cast"]
    voices = {member["id"]: member["voice"] for member in told}
    assert voices["ada"] == "hazel"
    assert all(voices.values())
    assert len(set(voices.values())) == len(voices)
    assert narrator("-C", production, "check").code == 0


def test_a_changed_paragraph_keeps_the_lines_that_stayed(production: Path, narrator: Narrator) -> None:
    first = production / "script" / "chapter-i.nar"
    first.write_text(
        first.read_text().replace("@ada: “I know,”", "// tired\n[pause 2]\n@ada (wearily): “I know,”")
    )
    novel = production.parent / "novel.txt"
    novel.write_text(NOVEL.replace("The road was ice.", "The road was all ice."), encoding="utf-8")
    assert narrator("-C", production, "import", novel).code == 0
    assert (
        "// tired\n[pause 2]\n@ada (wearily): “I know,”\nAda said.\n@ada: “The road was all ice.”"
        in first.read_text()
    )


def unheaded(paragraphs: int, *, opening: str = "") -> str:
    """A text without headings that is long enough for narrator to propose chapters."""
    parts = [
        f"{opening}The river was low and the boats lay on the mud, waiting, all {n} of them. " * 4
        for n in range(9)
    ]
    parts += ["Three weeks later the water came back over the wall and into the yard. " * 5]
    parts += [
        f"Nobody had thought to count the sacks, and now there were {n} too few. " * 4 for n in range(9)
    ]
    return "\n\n".join(part.strip() for part in parts[:paragraphs])


@pytest.fixture
def river(narrator: Narrator, tmp_path: Path) -> Path:
    """A production of two chapters that narrator proposed; the editor has moved three paragraphs over."""
    (tmp_path / "river.txt").write_text(unheaded(19), encoding="utf-8")
    narrator("init", tmp_path / "river")
    told = narrator("-C", tmp_path / "river", "import", tmp_path / "river.txt", "--json").document
    first, second = (tmp_path / "river" / name for name in told["chapters"])
    head, body = second.read_text().split("\n", 1)
    paragraphs = body.strip().split("\n\n")
    first.write_text(first.read_text() + "\n" + "\n\n".join(paragraphs[:3]) + "\n")
    second.write_text(head.replace("# ", "# After: ") + "\n" + "\n\n".join(paragraphs[3:]) + "\n")
    return tmp_path / "river"


def test_a_chapter_boundary_that_the_editor_moved_stays(river: Path, narrator: Narrator) -> None:
    before = script(river)
    assert len(before) == 2
    told = narrator("-C", river, "import", river.parent / "river.txt", "--json").document
    assert told["paragraphs"]["new"] == 0
    assert script(river) == before
    changed = unheaded(19).replace("all 4 of them", "all four of them")
    (river.parent / "river.txt").write_text(changed, encoding="utf-8")
    told = narrator("-C", river, "import", river.parent / "river.txt", "--json").document
    assert told["paragraphs"] == {"kept": 18, "new": 1}
    now = script(river)
    assert [text.count("\n\n") for text in now.values()] == [text.count("\n\n") for text in before.values()]
    assert any(text.startswith("# After: ") for text in now.values())


def test_chapters_made_one_by_the_editor_stay_one(river: Path, narrator: Narrator) -> None:
    book = river / "script" / "book.toml"
    first, second = (
        river / "script" / line.split('"')[1] for line in book.read_text().split("\n") if "file =" in line
    )
    first.write_text(first.read_text() + "\n" + second.read_text().split("\n", 1)[1])
    second.unlink()
    book.write_text(
        book.read_text().replace(f'[[chapter]]\nfile = "{second.name}"\nspeak_title = false\n', "")
    )
    whole = first.read_text()
    told = narrator("-C", river, "import", river.parent / "river.txt", "--json").document
    assert told["chapters"] == [f"script/{first.name}"]
    assert first.read_text() == whole


def test_a_new_part_becomes_a_chapter_of_its_own(river: Path, narrator: Narrator) -> None:
    part = "Two months later the sacks were found behind the mill, wet and green. " * 8
    more = "\n\n".join(f"{part}{n}" for n in range(5))
    (river.parent / "river.txt").write_text(f"{unheaded(19)}\n\n{more}", encoding="utf-8")
    told = narrator("-C", river, "import", river.parent / "river.txt", "--json").document
    assert len(told["chapters"]) == 3
    assert told["paragraphs"] == {"kept": 19, "new": 5}


# ── a character under another name ──────────────────────────────────────────────────────────────────


def test_renaming_a_character_everywhere(production: Path, narrator: Narrator) -> None:
    extra = production / "script" / "cast-hq.toml"
    extra.write_text("# the good one\n" + (production / "script" / "cast.toml").read_text())
    chapter = production / "script" / "chapter-i.nar"
    chapter.write_text(chapter.read_text().replace("@keeper:", "@ keeper ? (low) :", 1))
    told = narrator("-C", production, "rename", "keeper", "lock-keeper", "--json").document
    assert told["merged"] is False
    assert "@ lock-keeper ? (low) : “You’re late,”" in chapter.read_text()
    assert "@keeper" not in "".join(script(production).values())
    for sheet in (production / "script" / "cast.toml", extra):
        assert "[character.lock-keeper]" in sheet.read_text()
        assert "[character.keeper]" not in sheet.read_text()
    assert extra.read_text().startswith("# the good one\n")


def test_an_import_finds_the_renamed_again(production: Path, narrator: Narrator) -> None:
    narrator("-C", production, "rename", "keeper", "lock-keeper")
    novel = production.parent / "novel.txt"
    novel.write_text(NOVEL + "\n“Go home,” said the keeper.\n", encoding="utf-8")
    told = narrator("-C", production, "import", novel, "--json").document
    assert "@lock-keeper: “Go home,”" in script(production)["chapter-ii.nar"]
    assert "keeper" not in told["characters"]


def test_two_characters_made_one(production: Path, narrator: Narrator) -> None:
    refused = narrator("-C", production, "rename", "keeper", "ada")
    assert refused.code == 2
    assert f"narrator -C {production} rename keeper ada --merge" in refused.err
    told = narrator("-C", production, "rename", "@keeper", "@ada", "--merge", "--json").document
    assert told["merged"] is True
    assert "@keeper" not in "".join(script(production).values())
    cast = (production / "script" / "cast.toml").read_text()
    assert "[character.keeper]" not in cast
    assert '"keeper"' in cast
    novel = production.parent / "novel.txt"
    novel.write_text(NOVEL + "\n“Go home,” said the keeper.\n", encoding="utf-8")
    narrator("-C", production, "import", novel)
    assert "@ada: “Go home,”" in script(production)["chapter-ii.nar"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nobody", "else"), "nobody is called @nobody"),
        (("keeper", "a b"), "cannot name a character"),
        (("keeper", "keeper"), "is @keeper already"),
        (("narrator", "ada"), "the narrator keeps that id"),
        (("keeper", "else", "--merge"), "nobody is called @else"),
    ],
)
def test_renames_that_cannot_be(
    production: Path, narrator: Narrator, arguments: tuple[str, ...], says: str
) -> None:
    before = script(production)
    told = narrator("-C", production, "rename", *arguments)
    assert told.code in (1, 2)
    assert says in told.err
    assert script(production) == before


def test_what_changed_is_shown_where_it_changed() -> None:
    same = "The river had been rising since the morning, and nobody in the house had said a word of it"
    was, now = excerpts(f"{same} to her.", f"{same} to him, not even Ada, who knew.")
    assert (was, now) == (
        "…said a word of it to her.",
        "…said a word of it to him, not even Ada, who knew.",
    )
    assert excerpts("A short one.", "A shorter one.") == ("A short one.", "A shorter one.")
    assert excerpts("x" * 200, "x" * 200 + "y")[1].endswith("xy")
    assert excerpts("", "New.") == ("", "New.")
