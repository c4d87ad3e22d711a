"""A render through the whole chain: what is made, what is reused, and what a listener gets."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from mutagen.id3 import ID3

from commands import Narrator
from narrator.audio import GRID, RATE


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, text
    path.write_text(text.replace(old, new))


def contents(root: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(root)): p.read_bytes()
        for p in sorted((root / "output").rglob("*"))
        if p.is_file() and p.name != "report.json"
    }


def decode(path: Path) -> np.ndarray:
    with av.open(path) as container:
        blocks = [frame.to_ndarray().mean(axis=0) for frame in container.decode(audio=0)]
    return np.concatenate(blocks)


def test_a_listener_gets_a_chaptered_book(rendered: Path) -> None:
    files = sorted(str(p.relative_to(rendered / "output")) for p in (rendered / "output").rglob("*.*"))
    assert files == [
        "The Well.m4b",
        "The Well.mp3",
        "chapters/00 Opening credits.mp3",
        "chapters/01 One.mp3",
        "chapters/02 Two.mp3",
        "chapters/03 Closing credits.mp3",
        "cover.jpg",
        "credits.txt",
        "report.json",
        "timeline.json",
    ]
    titles = ["Opening credits", "One", "Two", "Closing credits"]
    timeline = json.loads((rendered / "output" / "timeline.json").read_text())
    starts = [chapter["start"] for chapter in timeline["chapters"]]
    with av.open(rendered / "output" / "The Well.m4b") as book:
        marks = book.chapters()
        assert [m["metadata"]["title"] for m in marks] == titles
        assert [float(m["start"] * m["time_base"]) for m in marks] == pytest.approx(starts, abs=0.001)
    chaps = sorted(ID3(rendered / "output" / "The Well.mp3").getall("CHAP"), key=lambda c: c.start_time)
    assert [c.sub_frames["TIT2"].text[0] for c in chaps] == titles
    assert [c.start_time / 1000 for c in chaps] == pytest.approx(starts, abs=0.001)


def test_the_timeline_says_when_each_line_is_heard(rendered: Path) -> None:
    timeline = json.loads((rendered / "output" / "timeline.json").read_text())
    sound = decode(rendered / "output" / "The Well.m4b")
    lines = timeline["lines"]
    assert [line["text"] for line in lines if line["chapter"] == 1][:3] == [
        "One",
        "The rope was older than the house.",
        "“Who”",
    ]
    for before, line in pairwise(lines):
        assert before["end_sample"] <= line["start_sample"]
    for line in lines:
        start, end = line["start_sample"], line["end_sample"]
        assert line["start"] == pytest.approx(start / RATE, abs=1e-5)
        spoken = np.sqrt(np.mean(sound[start:end] ** 2))
        before = np.sqrt(np.mean(sound[start - 2205 : start - 441] ** 2))
        assert spoken > 8 * before, line
    for chapter in timeline["chapters"]:
        assert chapter["start_sample"] % GRID == 0
    assert timeline["chapters"][-1]["end_sample"] == pytest.approx(len(sound), abs=1024)


def test_a_second_render_makes_nothing(rendered: Path, narrator: Narrator) -> None:
    before = contents(rendered)
    told = narrator("-C", rendered, "render", "--json").document
    assert told["lines"] == {"total": 11, "recorded": 0, "reused": 11}
    assert told["chapters"] == {"total": 4, "mixed": 0, "encoded": 0, "reused": 4}
    assert told["written"] == []
    assert contents(rendered) == before


@pytest.mark.parametrize(
    ("file", "old", "new", "recorded", "mixed", "released"),
    [
        ("one.nar", "older than the house", "older than the hills", 1, 1, True),
        ("two.nar", "---\n", "---\n[pause 4]\n", 0, 1, True),
        ("one.nar", "[bed light-wind]", "[bed gusts level=-24]", 0, 1, True),
        ("one.nar", "# One\n", "# One\n// a note\n", 0, 0, False),
        ("two.nar", "# Two", "# Second", 0, 0, True),
        ("one.nar", "# One", "# First", 1, 1, True),
        ("cast.toml", 'name = "The boy"', 'name = "Tom"', 0, 0, False),
        ("book.toml", 'title = "The Well"', 'title = "The Deep Well"', 2, 2, True),
        ("book.toml", 'author = "Nobody"\n', 'author = "Nobody"\n[credits]\nclosing = ""\n', 0, 0, True),
    ],
)
def test_an_edit_makes_exactly_what_it_changed(
    rendered: Path,
    narrator: Narrator,
    file: str,
    old: str,
    new: str,
    recorded: int,
    mixed: int,
    released: bool,
) -> None:
    edit(rendered / "script" / file, old, new)
    told = narrator("-C", rendered, "render", "--json").document
    assert told["lines"]["recorded"] == recorded
    assert told["chapters"]["mixed"] == mixed
    # The credits file names the characters; no sound does.
    assert bool(set(told["written"]) - {"output/credits.txt"}) is released


def test_a_renamed_character_and_a_moved_chapter_cost_nothing(rendered: Path, narrator: Narrator) -> None:
    for path in (rendered / "script").iterdir():
        text = path.read_text().replace("@boy", "@tom").replace("[character.boy]", "[character.tom]")
        chapters = text.split("[[chapter]]")
        path.write_text("[[chapter]]".join([chapters[0], *reversed(chapters[1:])]))
    told = narrator("-C", rendered, "render", "--json").document
    assert told["lines"]["recorded"] == 0
    assert told["chapters"]["mixed"] == 0
    with av.open(rendered / "output" / "The Well.m4b") as book:
        titles = [m["metadata"]["title"] for m in book.chapters()]
    assert titles == ["Opening credits", "Two", "One", "Closing credits"]


def test_a_changed_voice_records_only_its_lines(rendered: Path, narrator: Narrator) -> None:
    edit(rendered / "voices" / "high.toml", "hertz = 330", "hertz = 300")
    assert narrator("-C", rendered, "render", "--json").document["lines"]["recorded"] == 3


def test_a_lexicon_entry_records_only_lines_that_hold_it(rendered: Path, narrator: Narrator) -> None:
    (rendered / "script" / "lexicon.toml").write_text('[words]\nrope = "ROHP"\n')
    assert narrator("-C", rendered, "render", "--json").document["lines"]["recorded"] == 1


def test_one_chapter_alone_is_not_yet_a_book(make: Callable[..., Path], narrator: Narrator) -> None:
    root = make()
    said = narrator("-C", root, "render", "--chapter", 2)
    assert said.code == 0
    assert "never rendered" in said.out
    files = {str(p.relative_to(root / "output")) for p in (root / "output").rglob("*.m*")}
    assert files == {"chapters/02 Two.mp3", "chapters/02 Two.m4b"}


def test_the_other_chapters_go_in_as_last_released(rendered: Path, narrator: Narrator) -> None:
    before = contents(rendered)
    edit(rendered / "script" / "one.nar", "older than the house", "older than all the hills")
    edit(rendered / "script" / "two.nar", "It was morning.", "It was a dull morning.")
    told = narrator("-C", rendered, "render", "--chapter", 2, "--json").document
    assert told["lines"]["recorded"] == 1
    assert told["chapters"]["mixed"] == 1
    after = contents(rendered)
    assert after["output/chapters/01 One.mp3"] == before["output/chapters/01 One.mp3"]
    assert after["output/chapters/02 Two.mp3"] != before["output/chapters/02 Two.mp3"]
    assert after["output/The Well.m4b"] != before["output/The Well.m4b"]
    lines = json.loads(after["output/timeline.json"])["lines"]
    texts = [line["text"] for line in lines]
    assert "The rope was older than the house." in texts
    assert "It was a dull morning." in texts
    told = narrator("-C", rendered, "render", "--json").document
    assert told["lines"]["recorded"] == 1


@pytest.mark.parametrize(
    ("change", "typed", "says"),
    [
        (
            "",
            ["--spec", "podcast"],
            ["for “house”", "for “podcast”", "narrator -C {root} render --spec podcast"],
        ),
        ("stereo = true", [], ["in mono", "in stereo", "`narrator -C {root} render`"]),
        (
            'spec = "mine"\n[specs.mine]\nloudness = -17.0',
            ["--format", "m4b"],
            ["for “house”", "for “mine”", "`narrator -C {root} render`"],
        ),
    ],
)
def test_one_chapter_of_another_spec_is_not_put_into_the_book(
    rendered: Path, narrator: Narrator, change: str, typed: list[str], says: list[str]
) -> None:
    sheet = rendered / "script" / "book.toml"
    sheet.write_text(sheet.read_text().replace('author = "Nobody"', f'author = "Nobody"\n{change}'))
    before = contents(rendered)
    said = narrator("-C", rendered, "render", "--chapter", 1, *typed)
    assert said.code == 2, said.err
    for words in says:
        assert words.replace("{root}", str(rendered)) in said.err
    assert contents(rendered) == before
    assert "recording" not in said.err


def test_a_book_released_for_another_spec_takes_its_single_chapters_for_that_spec(
    rendered: Path, narrator: Narrator
) -> None:
    assert narrator("-C", rendered, "render", "--spec", "podcast", "--format", "m4b").code == 0
    edit(rendered / "script" / "one.nar", "older than the house", "older than all the hills")
    before = contents(rendered)
    said = narrator("-C", rendered, "render", "--chapter", 1, "--format", "m4b")
    assert said.code == 2
    assert "script/two.nar" in said.err or "script/book.toml" in said.err
    assert contents(rendered) == before
    told = narrator(
        "-C", rendered, "render", "--chapter", 1, "--format", "m4b", "--spec", "podcast", "--json"
    )
    assert told.code == 0, told.err
    assert "output/The Well.m4b" in told.document["written"]


def test_one_worker_and_two_give_the_same_bytes(
    rendered: Path, make: Callable[..., Path], narrator: Narrator, tmp_path: Path
) -> None:
    before = contents(rendered)
    rendered.rename(tmp_path / "first")
    root = make()
    assert narrator("-C", root, "render", "--jobs", 1).code == 0
    assert contents(root) == before


def test_a_format_left_out_stays_as_it_was(rendered: Path, narrator: Narrator) -> None:
    before = contents(rendered)
    edit(rendered / "script" / "one.nar", "older than the house", "older than all the hills")
    assert narrator("-C", rendered, "render", "--format", "m4b").code == 0
    after = contents(rendered)
    assert after["output/The Well.mp3"] == before["output/The Well.mp3"]
    assert after["output/The Well.m4b"] != before["output/The Well.m4b"]
    told = narrator("-C", rendered, "render", "--json").document
    assert told["lines"]["recorded"] == 0
    assert "output/The Well.mp3" in told["written"]


def test_what_was_recorded_before_a_death_is_kept(make: Callable[..., Path], narrator: Narrator) -> None:
    dying = 'format = 1\nengine = "broken"\n[settings]\nreturns = "killed"\n'
    root = make(voices__high_dot_toml=dying)
    said = narrator("-C", root, "render", "--jobs", 1)
    assert said.code == 4
    assert "died" in said.err
    assert "script/" in said.err
    takes = len(list((root / ".narrator" / "takes").rglob("*.json")))
    assert not list((root / "output").rglob("*.m4b"))
    (root / "voices" / "high.toml").write_text(dying.replace("killed", "sound"))
    told = narrator("-C", root, "render", "--json").document
    assert told["lines"]["recorded"] == told["lines"]["total"] - takes
