"""What is stale, why, and what it would cost: told without making anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from commands import Narrator


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, text
    path.write_text(text.replace(old, new))


def test_nothing_is_stale_after_a_render(rendered: Path, narrator: Narrator) -> None:
    before = {p: p.read_bytes() for p in rendered.rglob("*") if p.is_file()}
    assert narrator("-C", rendered, "status", "--why").out == "Nothing is stale.\n"
    told = narrator("-C", rendered, "status", "--json").document
    assert told["lines"] == {"total": 11, "to_record": 0}
    assert told["chapters"] == {"total": 4, "to_mix": 0}
    assert told["files"] == []
    assert told["minutes"] == 0
    assert {p: p.read_bytes() for p in rendered.rglob("*") if p.is_file()} == before


def test_a_new_production_is_all_to_do(make: Callable[..., Path], narrator: Narrator) -> None:
    told = narrator("-C", make(), "status", "--json").document
    assert told["lines"] == {"total": 11, "to_record": 11}
    assert told["chapters"] == {"total": 4, "to_mix": 4}
    assert {tuple(chapter["why"]) for chapter in told["stale"]} == {("never rendered",)}
    assert told["minutes"] > 0


@pytest.mark.parametrize(
    ("file", "old", "new", "why"),
    [
        ("script/one.nar", "older than the house", "older than the hills", {1: ["line 3: text"]}),
        ("script/one.nar", "The rope was", "It began.\nThe rope was", {1: ["1 line more"]}),
        ("script/one.nar", "(softly)", "(shouting)", {1: ["line 5: delivery"]}),
        ("script/one.nar", "[bed light-wind]", "[bed gusts]", {1: ["[bed light-wind]", "[bed gusts]"]}),
        ("script/two.nar", "---\n", "---\n[pause 4]\n", {2: ["[pause 4]"]}),
        ("script/two.nar", "---\n", "", {2: ["scene break"]}),
        (
            "voices/high.toml",
            "hertz = 330",
            "hertz = 300",
            {1: ["2 lines: voice high: hertz"], 2: ["line 4: voice high: hertz"]},
        ),
        ("script/lexicon.toml", "rope = 'x'", 'rope = "ROHP"', {1: ["line 3: lexicon rope"]}),
        ("script/book.toml", "author =", "bed_level = -20\nauthor =", {n: ["bed_level"] for n in range(4)}),
        ("script/one.nar", "# One\n", "# One\n// a note\n", {}),
        ("script/cast.toml", 'name = "The boy"', 'name = "Tom"', {}),
    ],
)
def test_the_facts_that_differ_are_named(
    rendered: Path, narrator: Narrator, file: str, old: str, new: str, why: dict[int, list[str]]
) -> None:
    if file.endswith("lexicon.toml"):
        (rendered / file).write_text(f"[words]\n{old}\n")
    edit(rendered / file, old, new)
    told = narrator("-C", rendered, "status", "--why", "--json").document
    assert {chapter["chapter"]: chapter["why"] for chapter in told["stale"]} == why
    said = narrator("-C", rendered, "status", "--why").out
    for number, reasons in why.items():
        assert any(line.startswith(f"ch. {number} ") and reasons[0] in line for line in said.splitlines())


def test_a_chosen_take_and_another_spec_are_named(rendered: Path, narrator: Narrator) -> None:
    narrator("-C", rendered, "retake", "1:3", "--takes", 2)
    narrator("-C", rendered, "retake", "1:3", "--keep", 2)
    (stale,) = narrator("-C", rendered, "status", "--json").document["stale"]
    assert stale["why"] == ["line 3: take 2 was chosen"]
    told = narrator("-C", rendered, "status", "--json", "--spec", "podcast").document
    assert told["chapters"]["to_mix"] == 4
    assert any(reason.startswith("spec: ") for reason in told["stale"][2]["why"])


def test_files_sort_as_they_play_however_many_chapters_there_are(
    make: Callable[..., Path], narrator: Narrator
) -> None:
    entries = "".join(f'[[chapter]]\nfile = "c{n}.nar"\n' for n in range(1, 100))
    root = make(script__book_dot_toml=f'title = "The Well"\n{entries}')
    for number in range(1, 100):
        (root / "script" / f"c{number}.nar").write_text(f"# Part {number}\nNobody answered.\n")
    files = [f for f in narrator("-C", root, "status", "--json").document["files"] if "/chapters/" in f]
    assert len(files) == 101
    assert files == sorted(files)
    assert files[0].startswith("output/chapters/000 ")


def test_a_rooms_new_revision_is_said(
    rendered: Path, narrator: Narrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("narrator.mixing.REVISION", 99)
    told = narrator("-C", rendered, "status", "--json").document
    assert told["lines"]["to_record"] == 0
    assert len(told["stale"]) == 4
    for chapter in told["stale"]:
        (why,) = chapter["why"]
        assert why.startswith("mixing's revision ")
        assert why.endswith(" became 99")


def test_a_newer_narrator_makes_nothing_stale(
    rendered: Path, narrator: Narrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("narrator.__version__", "99.0")
    assert narrator("-C", rendered, "status").out == "Nothing is stale.\n"


def test_what_a_render_cost_foretells_the_next(rendered: Path, narrator: Narrator) -> None:
    store = rendered / ".narrator"
    (store / "speeds.json").write_text(json.dumps({"record": 10.0, "finish": 10.0, "release": 0.0}))
    edit(rendered / "script" / "one.nar", "older than the house", "older than the hills")
    told = narrator("-C", rendered, "status", "--json").document
    (store / "speeds.json").write_text("not JSON")
    usual = narrator("-C", rendered, "status", "--json").document
    assert told["minutes"] > 1 > usual["minutes"] > 0
    assert ": less than a minute." in narrator("-C", rendered, "status").out


@pytest.mark.parametrize(
    ("file", "old", "new", "why"),
    [
        ("script/book.toml", 'author = "Nobody"', 'author = "Nobody"\ndate = "1871"', ["date"]),
        ("script/book.toml", 'author = "Nobody"', 'author = "Nobody"\ncover = "mine.jpg"', ["cover"]),
        ("script/two.nar", "# Two", "# Second", ["chapter title “Second”"]),
        ("script/cast.toml", 'name = "The boy"', 'name = "Tom"', ["credits"]),
        ("script/book.toml", "\n[[chapter]]", '\n[credits]\nclosing = ""\n[[chapter]]', ["1 chapter fewer"]),
    ],
)
def test_what_makes_the_release_alone_stale_is_named(
    rendered: Path, narrator: Narrator, file: str, old: str, new: str, why: list[str]
) -> None:
    path = rendered / file
    (rendered / "mine.jpg").write_bytes((rendered / "output" / "cover.jpg").read_bytes())
    path.write_text(path.read_text().replace(old, new, 1))
    told = narrator("-C", rendered, "status", "--json").document
    assert told["stale"] == []
    assert told["files"]
    assert told["release"] == why
    assert f"release: {why[0]}\n" in narrator("-C", rendered, "status", "--why").out
    assert narrator("-C", rendered, "render").code == 0
    assert narrator("-C", rendered, "status", "--why").out == "Nothing is stale.\n"


def test_another_order_and_files_that_are_gone_are_named(rendered: Path, narrator: Narrator) -> None:
    sheet = rendered / "script" / "book.toml"
    head, one, two = sheet.read_text().split("\n[[chapter]]\n")
    sheet.write_text("\n[[chapter]]\n".join((head, two, one)))
    (rendered / "output" / "The Well.m4b").unlink()
    with (rendered / "output" / "credits.txt").open("a") as credits_:
        credits_.write("and the cat\n")
    said = narrator("-C", rendered, "status", "--why").out
    told = "release: chapter order; credits; credits.txt is not as it was left; The Well.m4b is missing\n"
    assert told in said or told.replace("credits; credits", "credits") in said


def test_a_new_title_and_a_stale_chapter_have_each_their_own_reasons(
    rendered: Path, narrator: Narrator
) -> None:
    edit(rendered / "script" / "book.toml", 'title = "The Well"', 'title = "The Deep Well"')
    edit(rendered / "script" / "one.nar", "older than the house", "older than the hills")
    told = narrator("-C", rendered, "status", "--why", "--json").document
    assert [chapter["chapter"] for chapter in told["stale"]] == [0, 1, 3]
    assert told["release"] == ["title", "cover"]
