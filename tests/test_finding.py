"""Finding one's way in a release: the line at a time, a line's sound, what changed since another release."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from commands import Narrator


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, text
    path.write_text(text.replace(old, new))


def test_the_line_at_a_time_is_named(rendered: Path, narrator: Narrator) -> None:
    timeline = json.loads((rendered / "output" / "timeline.json").read_text())
    for line in timeline["lines"]:
        middle = (line["start"] + line["end"]) / 2
        minutes, seconds = divmod(middle, 60)
        told = narrator("-C", rendered, "locate", f"{minutes:.0f}:{seconds:05.2f}", "--json").document
        assert (told["chapter"], told["line"], told["text"]) == (line["chapter"], line["line"], line["text"])
        assert told["heard"] is True
    line = next(x for x in timeline["lines"] if x["text"] == "“Who goes there?”")
    assert (
        f"2:{line['line']}, in the pause after it (script/two.nar:"
        in narrator("-C", rendered, "locate", line["end"] + 0.05).out
    )
    assert "before the first line" in narrator("-C", rendered, "locate", "0").out


@pytest.mark.parametrize(
    ("time", "code"), [("9:00:00", 1), ("soon", 2), ("1:2:3:4", 2), ("-1", 2), ("1.", 2)]
)
def test_a_time_that_is_none(rendered: Path, narrator: Narrator, time: str, code: int) -> None:
    assert narrator("-C", rendered, "locate", time).code == code


def test_nothing_to_locate_before_a_render(rendered: Path, narrator: Narrator) -> None:
    shutil.rmtree(rendered / "output")
    said = narrator("-C", rendered, "locate", "0:01")
    assert said.code == 1
    assert f"narrator -C {rendered} render" in said.err


def test_a_line_is_played_by_the_player_that_is_there(
    rendered: Path, narrator: Narrator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    player = tmp_path / "player.py"
    player.write_text("import sys, shutil\nshutil.copy(sys.argv[2], sys.argv[1])\n")
    heard = tmp_path / "heard me.wav"
    monkeypatch.setenv("NARRATOR_PLAYER", f"{sys.executable} {player} '{heard}'")
    told = narrator("-C", rendered, "play", "1:3", "--json").document
    lines = json.loads((rendered / "output" / "timeline.json").read_text())["lines"]
    assert told["take"] == next(x["take"] for x in lines if (x["chapter"], x["line"]) == (1, 3))
    assert heard.read_bytes() == Path(told["file"]).read_bytes()
    monkeypatch.setenv("NARRATOR_PLAYER", f"{sys.executable} {tmp_path}/none.py")
    assert narrator("-C", rendered, "play", "1:3").code == 4
    ffplay = tmp_path / "ffplay"
    ffplay.write_text('#!/bin/sh\necho "$@"\n[ -n "$BROKEN" ] && echo "audio open failed" >&2\nexit 0\n')
    ffplay.chmod(0o755)
    monkeypatch.delenv("NARRATOR_PLAYER")
    monkeypatch.setattr("narrator.build.playing.PLAYERS", ((str(ffplay), "-loglevel", "error"),))
    assert "take" in narrator("-C", rendered, "play", "1:3", "--json").document
    monkeypatch.setenv("BROKEN", "1")
    said = narrator("-C", rendered, "play", "1:3")
    assert said.code == 4
    assert "could not play this (audio open failed)" in said.err
    monkeypatch.setenv("NARRATOR_PLAYER", "no-such-player")
    assert narrator("-C", rendered, "play", "1:3").code == 3
    edit(rendered / "script" / "one.nar", "older than the house", "older than the hills")
    said = narrator("-C", rendered, "play", "1:3")
    assert said.code == 1
    assert "script/one.nar:3: this line is not recorded yet" in said.err


@pytest.mark.parametrize("old", ["nothere", "nothere.m4b", "nothere/timeline.json", "script"])
def test_a_release_to_compare_that_is_not_there(rendered: Path, narrator: Narrator, old: str) -> None:
    said = narrator("-C", rendered, "diff", rendered / old)
    assert said.code == 1
    assert "older release" in said.err
    assert "narrator render" not in said.err


def test_nothing_changed_since_the_same_release(rendered: Path, narrator: Narrator) -> None:
    assert narrator("-C", rendered, "diff", rendered / "output").out == "Nothing changed.\n"
    assert narrator("-C", rendered, "diff", rendered / "output" / "The Well.m4b").out == "Nothing changed.\n"


def test_what_changed_since_a_release_is_listed(rendered: Path, narrator: Narrator, tmp_path: Path) -> None:
    old = tmp_path / "old"
    shutil.copytree(rendered / "output", old)
    edit(rendered / "script" / "one.nar", "older than the house", "older than all the hills")
    edit(rendered / "script" / "two.nar", "# Two", "# Second")
    edit(
        rendered / "script" / "book.toml",
        'author = "Nobody"\n',
        'author = "Nobody"\n[credits]\nclosing = ""\n',
    )
    assert narrator("-C", rendered, "render", "--format", "m4b").code == 0
    told = narrator("-C", rendered, "diff", old, "--json").document
    by_title = {chapter["title"]: chapter for chapter in told["chapters"]}
    assert {title: chapter["changes"] for title, chapter in by_title.items()} == {
        "One": ["changed"],
        "Second": ["renamed"],
        "Closing credits": ["removed"],
    }
    (span,) = by_title["One"]["spans"]
    assert span["lines"] == [3]
    lines = json.loads((rendered / "output" / "timeline.json").read_text())["lines"]
    line = next(x for x in lines if x["text"] == "The rope was older than all the hills.")
    assert (span["start"], span["end"]) == (line["start"], line["end"])
    assert told["changed_seconds"] == pytest.approx(line["end"] - line["start"], abs=0.01)
    said = narrator("-C", rendered, "diff", old).out
    assert "older than all the hills" in said
    assert "2 Second (was “Two”): renamed" in said
    told = narrator("-C", rendered, "diff", old / "The Well.m4b", "--json").document
    assert {c["title"]: c["changes"] for c in told["chapters"]} == {
        title: chapter["changes"] for title, chapter in by_title.items()
    }


def test_moved_and_remixed_chapters_are_told_apart(
    rendered: Path, narrator: Narrator, tmp_path: Path
) -> None:
    shutil.copytree(rendered / "output", tmp_path / "old")
    sheet = rendered / "script" / "book.toml"
    head, one, two = sheet.read_text().split("[[chapter]]")
    sheet.write_text("[[chapter]]".join([f"{head}bed_level = -20\n", f"{two}\n", one]))
    assert narrator("-C", rendered, "render", "--format", "m4b").code == 0
    told = narrator("-C", rendered, "diff", tmp_path / "old", "--json").document["chapters"]
    assert all("changed" in chapter["changes"] for chapter in told)
    assert sum("moved" in chapter["changes"] for chapter in told) == 1


@pytest.mark.parametrize("name", ["gone", "gone.m4b", "text.m4b", "text.json"])
def test_what_is_no_release(rendered: Path, narrator: Narrator, tmp_path: Path, name: str) -> None:
    if name.startswith("text"):
        (tmp_path / name).write_text("[]")
    said = narrator("-C", rendered, "diff", tmp_path / name)
    assert said.code == 1
    assert len(said.err.strip().splitlines()) == 1
