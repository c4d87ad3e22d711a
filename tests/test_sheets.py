"""The TOML sheets: read strictly, written without touching what the editor wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from narrator.book import Character, CharacterId
from narrator.errors import SheetError
from narrator.sheets import (
    BookSheet,
    ChapterEntry,
    read_book,
    read_cast,
    read_lexicon,
    write_book,
    write_cast,
)

CAST = """\
format = 1

# the voice in the dark
[character.narrator]
name   = "Narrator"     # keep the spacing
voice = "hibari/heart"

[character."наташа"]
name = "Наташа"
"""


def test_a_book_sheet_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "book.toml"
    sheet = BookSheet(
        title="Über “Alles”",
        author="A",
        chapter=(ChapterEntry(file="a.nar"), ChapterEntry(file="b.nar", speak_title=False)),
    )
    write_book(path, sheet)
    assert read_book(path, where="book.toml") == sheet


def test_writing_a_book_keeps_comments_and_what_it_does_not_know_of(tmp_path: Path) -> None:
    path = tmp_path / "book.toml"
    path.write_text(
        'format = 1\ntitle = "A" # ours\n\n[pauses]\nscene = 3.0 # long\n\n[[chapter]]\nfile = "x.nar"\n'
    )
    write_book(path, read_book(path, where="").model_copy(update={"chapter": (ChapterEntry(file="y.nar"),)}))
    text = path.read_text()
    assert "# ours" in text
    assert "scene = 3.0 # long" in text
    assert [c.file for c in read_book(path, where="").chapter] == ["y.nar"]
    assert read_book(path, where="").pauses.scene == 3.0


def test_writing_a_cast_adds_and_sets_but_never_removes(tmp_path: Path) -> None:
    path = tmp_path / "cast.toml"
    path.write_text(CAST)
    boy = Character(CharacterId("boy"), "The boy", ("lad",), "male", "child", "wren")
    natasha = Character(CharacterId("наташа"), "Наташа", voice="lark")
    write_cast(path, [natasha, boy])
    text = path.read_text()
    assert "# the voice in the dark" in text
    assert 'name   = "Narrator"     # keep the spacing' in text
    cast = {c.id: c for c in read_cast(path, where="")}
    assert list(cast) == ["narrator", "наташа", "boy"]
    assert cast[boy.id] == boy
    assert cast[natasha.id].voice == "lark"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("title = Ridge", "not valid TOML"),
        ("format = 2\ntitle = 'A'", "format 2"),
        ("titel = 'A'", "is missing"),
        ("title = 'A'\ntitel = 'B'", "“titel” is not a key"),
        ("title = 'A'\nbed_level = 5", "“bed_level”"),
        ("title = 'A'\n[[chapter]]\nfile = 'a'\n[[chapter]]\n", "“chapter.2.file” is missing"),
        ("title = 'A'\n[pauses]\nscene = -1", "“pauses.scene”"),
    ],
)
def test_a_wrong_book_sheet_says_where_and_what(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "book.toml"
    path.write_text(text)
    with pytest.raises(SheetError, match=r"^script/book\.toml: ") as caught:
        read_book(path, where="script/book.toml")
    assert says in str(caught.value)


def test_sheets_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "lexicon.toml"
    with pytest.raises(SheetError, match="no such sheet"):
        read_lexicon(path, where="x")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SheetError, match="not UTF-8"):
        read_lexicon(path, where="x")
    path.unlink()
    path.mkdir()
    with pytest.raises(SheetError, match="cannot be read"):
        read_lexicon(path, where="x")
