"""What is released: as the sheet says, as the command line says, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import pytest

from commands import Narrator
from conftest import BOOK, TWO

ALL = BOOK.replace('author = "Nobody"\n', 'author = "Nobody"\nformats = ["opus", "flac"]\n')


def released(root: Path) -> dict[str, bytes]:
    books = (
        path for path in (root / "output").iterdir() if path.suffix in (".m4b", ".mp3", ".opus", ".flac")
    )
    return {path.suffix[1:]: path.read_bytes() for path in books}


def test_the_sheet_says_what_is_released(make: Callable[..., Path], narrator: Narrator) -> None:
    root = make(script__book_dot_toml=ALL)
    said = narrator("-C", root, "render", "--json")
    assert said.code == 0, said.err
    first = released(root)
    assert set(first) == {"opus", "flac"}
    assert not (root / "output" / "chapters").exists()
    for kind in first:
        with av.open(root / "output" / f"The Well.{kind}") as book:
            titles = [mark["metadata"]["title"] for mark in book.chapters()]
        assert titles == ["Opening credits", "One", "Two", "Closing credits"]
    again = narrator("-C", root, "render", "--format", "flac", "--format", "opus", "--json").document
    assert (again["written"], again["chapters"]["mixed"]) == ([], 0)
    (root / "script" / "two.nar").write_text(TWO + "He went home.\n", encoding="utf-8")
    edited = narrator("-C", root, "render", "--json").document
    assert (edited["lines"]["recorded"], edited["chapters"]["encoded"]) == (1, 1)
    (root / "script" / "two.nar").write_text(TWO, encoding="utf-8")
    assert narrator("-C", root, "render", "--json").document["chapters"]["encoded"] == 0
    assert released(root) == first


def test_nothing_said_is_m4b_and_mp3_and_more_changes_neither(rendered: Path, narrator: Narrator) -> None:
    first = released(rendered)
    assert set(first) == {"m4b", "mp3"}
    said = narrator("-C", rendered, "render", "--format", "opus", "--json").document
    assert [Path(path).name for path in said["written"]] == ["The Well.opus"]
    assert {kind: data for kind, data in released(rendered).items() if kind != "opus"} == first
    assert narrator("-C", rendered, "render", "--json").document["written"] == []


def test_one_chapter_of_a_book_never_rendered_is_a_file_of_its_own(
    make: Callable[..., Path], narrator: Narrator
) -> None:
    root = make(script__book_dot_toml=ALL)
    said = narrator("-C", root, "render", "--chapter", 2, "--json")
    assert said.code == 0, said.err
    assert sorted(path.name for path in (root / "output" / "chapters").iterdir()) == [
        "02 Two.flac",
        "02 Two.opus",
    ]
    with av.open(root / "output" / "chapters" / "02 Two.flac") as single:
        assert single.chapters() == []


@pytest.mark.parametrize("formats", ['["wav"]', "[]", '"m4b"'])
def test_a_format_that_there_is_not_is_a_mistake_of_the_sheet(
    make: Callable[..., Path], narrator: Narrator, formats: str
) -> None:
    said = narrator("-C", make(script__book_dot_toml=f"formats = {formats}\n" + BOOK), "check")
    assert said.code == 1
    assert "formats" in said.out + said.err
