"""Importing: from a text to a production that renders, and again after the text changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands import Narrator

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
    assert told["dropped"] == ["“I know,” Ada said. “The road was ice.”"]
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
