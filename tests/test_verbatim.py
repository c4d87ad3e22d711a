"""No word of the book is lost, added or changed: on made texts and, where at hand, on real novels."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from narrator.book import (
    Chapter,
    Cue,
    Heading,
    Line,
    Manuscript,
    MarkedUp,
    Paragraph,
    ParagraphBreak,
    SceneBreak,
    Unspoken,
)
from narrator.errors import ManuscriptError
from narrator.manuscript import read
from narrator.markup import mark_up
from narrator.script import parse, write

SHARED = Path(__file__).resolve().parents[1] / ".." / "shared"
NOVELS = sorted([*SHARED.glob("attribution/*/*.txt"), *SHARED.glob("manuscripts/*.txt")])


def joined(paragraph: list[Line | Unspoken]) -> str:
    text = ""
    for element in paragraph:
        if isinstance(element, Unspoken):
            text += element.text
        else:
            text += element.written + ("" if element.glued else " ")
    return text.removesuffix(" ")


def script_paragraphs(chapter: Chapter) -> list[str]:
    found: list[list[Line | Unspoken]] = [[]]
    for element in chapter.elements[1:]:
        if isinstance(element, ParagraphBreak):
            found.append([])
        elif isinstance(element, Line | Unspoken):
            found[-1].append(element)
        else:
            assert isinstance(element, Cue | SceneBreak)
    return [joined(paragraph) for paragraph in found if paragraph]


def check_source(source: str, paragraph: Paragraph, entities: bool = False) -> None:
    """Each run stands in the source one to one."""
    for run in paragraph.runs:
        there = source[run.start : run.start + len(run.text)]
        if not entities:
            assert re.sub(r"\s", " ", there) == run.text
    text = paragraph.text
    assert text
    assert text == " ".join(text.split())
    assert all(a <= b for a, b in pairwise(paragraph.source(i) for i in range(len(text) + 1)))
    assert all(0 <= span.start < span.end <= len(text) for span in paragraph.emphasis)
    assert all(a.end < b.start for a, b in pairwise(paragraph.emphasis))


def check_markup(manuscript: Manuscript, marked: MarkedUp) -> None:
    assert len(marked.chapters) == len(manuscript.chapters)
    ids = [character.id for character in marked.characters]
    assert ids[0] == "narrator"
    assert len(set(ids)) == len(ids)
    for chapter, script in zip(manuscript.chapters, marked.chapters, strict=True):
        first = script.elements[0]
        assert isinstance(first, Heading)
        assert first.title == (chapter.heading.text if chapter.heading else chapter.title)
        assert script_paragraphs(script) == [paragraph.text for paragraph in chapter.paragraphs]
        for _, line in script.lines:
            assert line.written == line.written.strip()
            assert all(piece.written for piece in line.pieces)
            assert not any(not a.emphasised and not b.emphasised for a, b in pairwise(line.pieces))
            assert line.character in ids
        assert parse(write(script)) == script
    for a, b in pairwise(marked.quotations):
        assert a.span.end <= b.span.start
    for quotation in marked.quotations:
        assert 0 <= quotation.span.start < quotation.span.end <= len(manuscript.source)
        assert (quotation.speech is None) == (quotation.kind in ("quoted", "letter"))
        assert 0 <= quotation.confidence <= 1


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.replace("_", " "))


def kept(manuscript: Manuscript) -> list[str]:
    paragraphs = [
        paragraph
        for chapter in manuscript.chapters
        for paragraph in (*([chapter.heading] if chapter.heading else []), *chapter.paragraphs)
    ]
    paragraphs.sort(key=lambda paragraph: paragraph.runs[0].start)
    return words(" ".join(paragraph.text for paragraph in paragraphs))


MADE_OF = (
    "“|”|\"|‘|’|'|«|»|„|.|,|!|?|…|...|—|--| |  |\n|\n\n|\r\n|\t|\u2028|\u00a0|Mr. |J. |Anna|he|she|said|asked"
    "|The old man|a runner|someone|I|no|Weeks passed|That night|CHAPTER I|II.|***|---|# |*|_|&amp;|<b>|[a](b)"
    "|\\|`|1984. |> |снег|é|漢|🙂|word|By Ann Lee|@|[|%|//|<!-- x -->|- |![b](c)|<http://a.b>"
)
PARTS = st.sampled_from(MADE_OF.split("|"))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PARTS, min_size=1, max_size=60).map("".join))
def test_made_texts_lose_nothing(tmp_path_factory: pytest.TempPathFactory, text: str):
    path = tmp_path_factory.mktemp("made") / "made.txt"
    path.write_text(text, encoding="utf-8", newline="")
    if not any(map(str.isalnum, text)):
        with pytest.raises(ManuscriptError):
            read(path)
        return
    manuscript = read(path)
    assert manuscript.source == text
    assert kept(manuscript) == words(text)
    for chapter in manuscript.chapters:
        for paragraph in chapter.paragraphs:
            check_source(text, paragraph)
    check_markup(manuscript, mark_up(manuscript))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PARTS, min_size=1, max_size=60).map("".join))
def test_made_markdown_marks_up_without_loss(tmp_path_factory: pytest.TempPathFactory, text: str):
    path = tmp_path_factory.mktemp("made") / "made.md"
    path.write_text(text + "\n\nEnd", encoding="utf-8", newline="")
    manuscript = read(path)
    text = manuscript.source
    entities = "&amp;" in text
    if not set(text) & set("<[&#>*_\\-!`"):
        assert kept(manuscript) == words(text)
    for chapter in manuscript.chapters:
        for paragraph in chapter.paragraphs:
            check_source(text, paragraph, entities)
    check_markup(manuscript, mark_up(manuscript))


@pytest.mark.skipif(not NOVELS, reason="the annotated novels are not beside this repository (../shared)")
def test_real_novels_lose_nothing():
    for path in NOVELS:
        manuscript = read(path)
        with path.open(encoding="utf-8", newline="") as file:
            assert manuscript.source == file.read(), path.name
        assert kept(manuscript) == words(manuscript.source), path.name
        for chapter in manuscript.chapters:
            for paragraph in chapter.paragraphs:
                for run in paragraph.runs:
                    there = manuscript.source[run.start : run.start + len(run.text)]
                    assert re.sub(r"\s", " ", there) == run.text, path.name
        check_markup(manuscript, mark_up(manuscript))
