"""The text that is read along: paragraphs from the script, times from the timeline, captions exact to the line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from narrator.build.readalong import HeardLine, read_along
from narrator.listen import Publication
from narrator.listen.captions import subrip, webvtt
from narrator.listen.feed import scene_marks
from narrator.script import parse

from .conftest import ATTACK, cues

SCRIPT = """\
# One
% furniture
The well was deep.
It was “old”\\
@boy: “and dry,”
he said.

@boy: “…”
---
Roses are red, /
violets blue.
"""


def heard(*lines: tuple[int, str, str]) -> list[HeardLine]:
    return [HeardLine(number, who, text, float(n), n + 0.5) for n, (number, who, text) in enumerate(lines)]


RELEASED = heard(
    (1, "narrator", "One"),
    (3, "narrator", "The well was deep."),
    (4, "narrator", "It was “old”"),
    (5, "boy", "“and dry,”"),
    (6, "narrator", "he said."),
    (10, "narrator", "Roses are red,"),
    (11, "narrator", "violets blue."),
)


def joins(lines) -> list[tuple[str, str]]:
    return [(line.join, line.text) for line in lines]


def test_the_script_says_how_lines_join() -> None:
    lines = read_along(parse(SCRIPT), RELEASED)
    assert joins(lines) == [
        ("paragraph", "One"),
        ("paragraph", "The well was deep."),
        ("space", "It was “old”"),
        ("glued", "“and dry,”"),
        ("space", "he said."),
        ("paragraph", "“…”"),
        ("scene", "Roses are red,"),
        ("verse", "violets blue."),
    ]
    assert lines[0].heading
    assert lines[5].start is None
    assert [line.start for line in lines if line.start is not None] == [one.start for one in RELEASED]


def test_what_was_recorded_is_published_whatever_the_script_says_now() -> None:
    now = SCRIPT.replace("The well was deep.", "The well was very deep.\n\nAnd a line that is new.")
    lines = read_along(parse(now), RELEASED)
    spoken = [line.text for line in lines if line.start is not None]
    assert spoken == [one.text for one in RELEASED]
    assert ("scene", "Roses are red,") in joins(lines)


def test_without_a_script_every_line_is_a_paragraph() -> None:
    assert {join for join, _ in joins(read_along(None, RELEASED))} == {"paragraph"}


def test_a_title_that_is_not_spoken() -> None:
    lines = read_along(parse(SCRIPT), RELEASED[1:])
    assert not any(line.heading for line in lines)
    assert lines[0].text == "The well was deep."


def test_captions_are_the_timelines_to_the_millisecond(home: Path, timeline: dict) -> None:
    for name in ("vtt", "srt"):
        text = (home / f"captions/book.{name}").read_text(encoding="utf-8")
        told = [(start, end) for start, end, _ in cues(text)]
        assert len(told) == len(timeline["lines"]) == 11
        assert told == [
            (pytest.approx(line["start"], abs=0.00051), pytest.approx(line["end"], abs=0.00051))
            for line in timeline["lines"]
        ]


def test_a_chapters_captions_start_with_the_chapter(home: Path, timeline: dict) -> None:
    (mark,) = [mark for mark in timeline["chapters"] if mark["name"] == "two.nar"]
    lines = [line for line in timeline["lines"] if line["chapter"] == mark["chapter"]]
    told = cues((home / "captions/two.vtt").read_text(encoding="utf-8"))
    assert [start for start, _, _ in told] == pytest.approx(
        [line["start"] - mark["start"] for line in lines], abs=0.00051
    )
    assert told[1][2] == "<v The boy>“Who goes there?”</v>"


def test_captions_hold_words_and_no_markup(hostile: Publication) -> None:
    vtt, srt = webvtt(hostile, hostile.chapters), subrip(hostile.chapters)
    assert len(cues(vtt)) == len(cues(srt)) == 8
    for _, _, words in cues(vtt):
        inside = words.removeprefix("<v ").removesuffix("</v>")
        assert inside.count(">") == 1
        assert "<" not in inside
        assert "-->" not in words
    for _, _, words in cues(srt):
        assert "-->" not in words
        assert "<s" not in words
        assert "{\\" not in words
        assert words.replace("\u2060", "") in (ATTACK, "—he “said”—", "שלום")


def test_scenes_are_podcast_chapters(hostile: Publication) -> None:
    marks = json.loads(scene_marks(hostile.chapters[0]))
    assert marks["version"] == "1.2.0"
    assert [mark["startTime"] for mark in marks["chapters"]] == [0, 3.0]
    assert marks["chapters"][1]["title"] == "שלום"
