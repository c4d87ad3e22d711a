"""How texts mark speech: dashes, letters, thoughts, actions in brackets, and what a producer says about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from commands import Narrator
from narrator.book import Line
from narrator.manuscript import read
from narrator.markup import TYPOGRAPHIES, mark_up
from narrator.markup.typography import style
from narrator.sheets import BookSheet

Told = Callable[..., list[tuple[str, str]]]


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """(words, kind) of every quotation in a text."""

    def tells(text: str, typography: str = "") -> list[tuple[str, str]]:
        path = tmp_path / "book.txt"
        path.write_text(text, encoding="utf-8")
        manuscript = read(path)
        marked = mark_up(manuscript, typography=typography)
        return [(manuscript.source[q.span.start : q.span.end], q.kind) for q in marked.quotations]

    return tells


DASHED = """\
Mara put the lamp on the sill and waited for the boat.

—You came back, she said.

—I said I would, Tom answered, shaking the rain from his coat. Is there bread?

—There is. He looked at the table and was ashamed. —No, said Mara, there was. Sit down.

—Thanks, said Tom.
"""


def test_dash_dialogue_ends_where_the_narration_begins(told: Told) -> None:
    found = [words for words, kind in told(DASHED) if kind == "speech"]
    assert found[:4] == ["You came back,", "I said I would,", "Is there bread?", "There is."]
    assert found[-1] == "Thanks,"
    assert "she said." not in " ".join(found)


def test_a_dash_in_a_text_of_quotation_marks_is_only_a_dash(told: Told) -> None:
    text = "“Come,” said Ada.\n\n—or so the letter ended.\n\n“Why?” said Tom.\n\n“Because,” said Ada."
    assert [kind for _, kind in told(text)] == ["speech"] * 3


def test_dialogue_in_corner_brackets(told: Told) -> None:
    text = "\n\n".join(["「Come in,」 said Ada.", "「No,」 said Tom."] * 3)
    assert told(text)[:2] == [("Come in,", "speech"), ("No,", "speech")]


def test_a_producer_can_say_what_the_marks_are(told: Told) -> None:
    text = "—Come in, said Ada.\n\nTom wiped his boots on the mat."
    assert told(text) == []
    assert told(text, "dash") == [("Come in,", "speech")]


def test_every_typography_that_book_toml_takes_is_known() -> None:
    for name in TYPOGRAPHIES:
        assert BookSheet.model_validate({"title": "x", "typography": name}).typography == name
        assert style([], name).opens


def test_a_letter_is_written_not_said(told: Told) -> None:
    text = (
        "Ada opened the letter at the window:\n\n“The Mill, Friday.”\n\n“My dear Ada,”\n\n"
        "“The ice has gone and so have I. Keep the dog.”\n\n“Yours affectionately,”\n\n“Tom.”\n\n“Well,” said Ada."
    )
    assert [kind for _, kind in told(text)] == ["letter"] * 5 + ["speech"]


def test_an_address_in_a_dialogue_is_no_letter(told: Told) -> None:
    assert told("“My dear Tom,” said Ada. “You are late.”\n\n“I am,” said Tom.") == [
        ("My dear Tom,", "speech"),
        ("You are late.", "speech"),
        ("I am,", "speech"),
    ]


def test_a_thought_is_told_from_speech_and_said_softly(told: Told, tmp_path: Path) -> None:
    text = "“He knows,” thought Ada. “He has always known.”\n\n“Is it late?” said Tom."
    assert [kind for _, kind in told(text)] == ["thought", "thought", "speech"]
    marked = mark_up(read(tmp_path / "book.txt"))
    lines = [e for chapter in marked.chapters for e in chapter.elements if isinstance(e, Line)]
    assert [line.delivery for line in lines if line.written.startswith("“")] == [
        "thinking, softly",
        "thinking, softly",
        "",
    ]


def test_an_action_in_brackets_is_not_said(told: Told) -> None:
    found = told("“I never (with a bow) meant it, sir (if I may).” said Tom.")
    assert found == [("I never", "speech"), ("meant it, sir (if I may).", "speech")]


@pytest.mark.parametrize(
    ("tag", "delivery"),
    [
        ("snapped Ada", "snapping"),
        ("panted Ada", "gasping"),
        ("said Ada in a whisper", "whispering"),
        ("said Ada under her breath", "whispering"),
        ("said Ada wearily", "wearily"),
        ("said Ada", ""),
    ],
)
def test_the_tag_tells_how_it_is_said(tmp_path: Path, tag: str, delivery: str) -> None:
    path = tmp_path / "book.txt"
    path.write_text(f"Ada came in.\n\n“The boat is gone,” {tag}.", encoding="utf-8")
    chapter = mark_up(read(path)).chapters[0]
    assert [e.delivery for e in chapter.elements if isinstance(e, Line) and e.character != "narrator"] == [
        delivery
    ]


def test_an_import_keeps_the_typography_it_was_told(narrator: Narrator, tmp_path: Path) -> None:
    (tmp_path / "novel.txt").write_text("—Come in, said Ada.\n\nTom wiped his boots.", encoding="utf-8")
    narrator("init", tmp_path / "book")
    told = narrator("-C", tmp_path / "book", "import", tmp_path / "novel.txt", "--typography", "dash")
    assert told.code == 0
    assert 'typography = "dash"' in (tmp_path / "book" / "script" / "book.toml").read_text()
    assert narrator("-C", tmp_path / "book", "import", tmp_path / "novel.txt").code == 0
    script = next((tmp_path / "book" / "script").glob("*.nar")).read_text()
    assert "@ada: —Come in," in script
