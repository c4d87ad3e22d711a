"""`narrator render --all`: many productions, one crew, one summary."""

from __future__ import annotations

import json
import shutil
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from commands import Narrator
from narrator.build import catalogue
from narrator.build.catalogue import OPEN, Catalogue, Done, Outcome, join
from narrator.build.crew.workers import Task, Workers
from narrator.build.rendering import Order
from narrator.errors import RenderError
from narrator.production import productions
from narrator.report import Silent


def test_each_is_made_as_if_alone_and_a_failure_stops_nobody(
    rendered: Path, narrator: Narrator, tmp_path: Path
) -> None:
    folder = tmp_path / "titles"
    fresh = shutil.ignore_patterns("output", ".narrator")
    for name in ("first", "second"):
        shutil.copytree(rendered, folder / name, ignore=fresh)
    shutil.copytree(rendered, folder / "done")
    shutil.copytree(rendered, folder / "wrong", ignore=fresh)
    (folder / "wrong" / "script" / "two.nar").write_text("no heading")
    said = narrator("render", "--all", folder, "--jobs", 2, "--json")
    assert said.code == 1, said.err
    told = said.document
    assert {name: what["state"] for name, what in told["productions"].items()} == {
        "done": "current",
        "first": "made",
        "second": "made",
        "wrong": "failed",
    }
    assert (told["made"], told["current"], told["failed"], told["waiting"]) == (2, 1, 1, 0)
    assert "script/two.nar" in told["productions"]["wrong"]["error"]["where"]
    assert json.loads((folder / "catalogue.json").read_text()) == told
    book = "output/The Well.m4b"
    assert {(folder / name / book).read_bytes() for name in ("first", "second", "done")} == {
        (rendered / book).read_bytes()
    }
    shutil.rmtree(folder / "wrong")
    again = narrator("render", "--all", folder, "--jobs", 2)
    assert again.code == 0, again.err
    assert again.out.count("current") == 3


def test_voices_of_two_books_that_share_a_name_are_two_voices(
    rendered: Path, narrator: Narrator, tmp_path: Path
) -> None:
    folder = tmp_path / "titles"
    for name, hertz in {"first": 150, "second": 200}.items():
        shutil.copytree(rendered, folder / name, ignore=shutil.ignore_patterns("output", ".narrator"))
        sheet = folder / name / "voices" / "low.toml"
        sheet.write_text(sheet.read_text().replace("150", str(hertz)))
    alone = tmp_path / "alone"
    shutil.copytree(folder / "second", alone)
    assert narrator("-C", alone, "render", "--jobs", 1).code == 0
    assert narrator("render", "--all", folder, "--jobs", 1).code == 0
    book = "output/The Well.m4b"
    assert (folder / "second" / book).read_bytes() == (alone / book).read_bytes()


def join_when_the_other_is_heard(done: Done, order: Order) -> Outcome:
    """The first book is joined only once all chapters of the second were made."""
    root = done.book.production.root
    if root.name == "first":
        deadline = time.monotonic() + 30
        while len(list((root.parent / "second" / ".narrator" / "chapters").rglob("*.json"))) < 4:
            if time.monotonic() > deadline:
                raise RenderError("nobody went on while this book was joined")
            time.sleep(0.02)
    return join(done, order)


def test_others_go_on_while_a_book_is_joined_and_a_failed_join_is_its_own(
    make: Callable[..., Path], narrator: Narrator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "join", join_when_the_other_is_heard)
    folder = tmp_path / "titles"
    lines = "".join(f"Step {n} was wet.\n" for n in range(40))
    for name, text in {"first": "", "second": lines, "third": ""}.items():
        shutil.copytree(make(script__two_dot_nar=f"# Two\n{text}Nobody.\n"), folder / name)
    (folder / "third" / "output").write_text("in the way")
    said = narrator("render", "--all", folder, "--jobs", 1, "--json", "--format", "mp3")
    assert said.code == 4, said.err
    told = said.document["productions"]
    assert {name: what["state"] for name, what in told.items()} == {
        "first": "made",
        "second": "made",
        "third": "failed",
    }
    assert "output" in told["third"]["error"]["where"]
    assert (folder / "third" / "output").read_text() == "in the way"
    assert said.document["rates"]["takes_per_second"] > 0
    assert not list(folder.rglob("holder.json"))


def test_a_folder_without_productions_is_refused(narrator: Narrator, tmp_path: Path) -> None:
    said = narrator("render", "--all", tmp_path)
    assert said.code == 2
    assert "no production lies in this folder" in said.err


def test_options_that_belong_to_one_book_are_refused(narrator: Narrator, tmp_path: Path) -> None:
    said = narrator("render", "--all", tmp_path, "--chapter", 1)
    assert said.code == 2
    assert "--all renders whole books" in said.err


class Notebook:
    """Workers that never do anything: they write down who gave them what."""

    busy = False

    def __init__(self, most: int) -> None:
        self.given: list[str] = []
        self.most = most

    @property
    def hungry(self) -> bool:
        return len(self.given) < self.most

    def give(self, task: Task) -> None:
        self.given.append(task.book)


def test_productions_take_turns(make: Callable[..., Path], tmp_path: Path) -> None:
    lines = "".join(
        f"{word} came in.\n" for word in ("Ann", "Bob", "Cat", "Dan", "Eve", "Fay", "Gus", "Hal") * 20
    )
    source = make(
        script__two_dot_nar="# Two\n"
        + "".join(f"{n}: {line}" for n, line in enumerate(lines.splitlines(True)))
    )
    for number in range(OPEN + 2):
        shutil.copytree(source, tmp_path / "titles" / f"{number:02}")
    all_of_them = Catalogue(productions(tmp_path / "titles"), Order(frozenset(), ("m4b",), 1), Silent())
    notes = Notebook(5 * OPEN)
    workers = cast(Workers, notes)
    all_of_them._feed(workers)  # they are opened one by one, and the first have a start
    assert len(set(notes.given)) <= OPEN
    for _ in range(2 * OPEN):  # from now on, a worker is free now and then
        notes.most += 1
        all_of_them._feed(workers)
    all_of_them._let_go()
    assert sorted(Counter(notes.given[-2 * OPEN :]).values()) == [2] * OPEN
