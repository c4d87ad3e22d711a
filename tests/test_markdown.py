"""Markdown: what is a word, what is a mark, and where it stands in the source."""

from pathlib import Path

import pytest

from narrator.book import Manuscript, Paragraph
from narrator.manuscript import read


@pytest.fixture
def reading(tmp_path: Path):
    def reads(text: str) -> Manuscript:
        path = tmp_path / "book.md"
        path.write_bytes(text.encode())
        return read(path)

    return reads


def only(manuscript: Manuscript) -> Paragraph:
    ((paragraph,),) = (chapter.paragraphs for chapter in manuscript.chapters)
    return paragraph


def leaned(paragraph: Paragraph) -> list[str]:
    return [paragraph.text[span.start : span.end] for span in paragraph.emphasis]


def test_title_chapters_scenes(reading):
    manuscript = reading(
        "# The Road\n\nby Ann Lee\n\n## Rain\n\nIt rained.\n\n***\n\nIt stopped.\n\n"
        "## Sun\n\n### Noon\n\nIt shone.\n"
    )
    assert (manuscript.title, manuscript.author) == ("The Road", "Ann Lee")
    assert [chapter.title for chapter in manuscript.chapters] == ["Rain", "Sun"]
    first, second = manuscript.chapters
    assert [(p.text, p.furniture, p.opens_scene) for p in first.paragraphs] == [
        ("The Road", True, False),
        ("by Ann Lee", True, False),
        ("It rained.", False, False),
        ("It stopped.", False, True),
    ]
    assert [p.text for p in second.paragraphs] == ["Noon", "It shone."]


def test_first_level_headings_are_chapters_where_there_are_several(reading):
    manuscript = reading("# Rain\n\nIt rained.\n\n# Sun\n\nIt shone.\n")
    assert [chapter.title for chapter in manuscript.chapters] == ["Rain", "Sun"]
    assert manuscript.title == ""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_emphasis_and_offsets(reading, end):
    source = f"It was *his*{end}own  **very own**{end}doing, _all_ of it."
    paragraph = only(reading(source))
    assert paragraph.text == "It was his own very own doing, all of it."
    assert leaned(paragraph) == ["his", "very own", "all"]
    for word in ("his", "own", "doing", "of it"):
        assert source[paragraph.source(paragraph.text.index(word)) :].startswith(word)


def test_escapes_and_entities_are_the_characters_they_stand_for(reading):
    source = r"Five \* six &mdash; seven &amp; eight."
    paragraph = only(reading(source))
    assert paragraph.text == "Five * six — seven & eight."
    assert source[paragraph.source(paragraph.text.index("—")) :].startswith("&mdash;")
    assert source[paragraph.source(paragraph.text.index("eight")) :].startswith("eight")


def test_html_and_images_are_no_words_and_links_are_their_text(reading):
    manuscript = reading(
        '<!-- not this -->\n\nSee <b>the</b> [long (road)](http://a.b/c(d)e "the road") now.\n\n'
        "![not this](rain.png)\n\n<div>\nnor this\n</div>\n"
    )
    assert only(manuscript).text == "See the long (road) now."


def test_a_links_address_is_not_mistaken_for_the_words_after_it(reading):
    source = "[the](the-road) the-road is long."
    paragraph = only(reading(source))
    assert paragraph.text == "the the-road is long."
    assert paragraph.source(paragraph.text.index("is")) == source.index("is long")


def test_what_other_markdown_takes_for_code_or_lists_is_prose_here(reading):
    manuscript = reading(
        "    Indented, it is prose.\n\n1984. It was cold.\n\nHe said `no` twice.\n\n[it]: was so\n"
    )
    assert [p.text for p in manuscript.chapters[0].paragraphs] == [
        "Indented, it is prose.",
        "1984. It was cold.",
        "He said `no` twice.",
        "[it]: was so",
    ]


def test_bullets_are_no_words(reading):
    manuscript = reading("- Rain\n- Sun\n\n> Quoted\n> twice\n")
    assert [p.text for p in manuscript.chapters[0].paragraphs] == ["Rain", "Sun", "Quoted twice"]


def test_a_rule_right_under_a_paragraph_is_a_break_and_no_heading(reading):
    manuscript = reading("It rained all day, and all night too.\n---\nThen it stopped.\n")
    assert [(p.text, p.opens_scene) for p in manuscript.chapters[0].paragraphs] == [
        ("It rained all day, and all night too.", False),
        ("Then it stopped.", True),
    ]


def test_front_matter_is_no_text_and_keeps_offsets(reading):
    source = "---\ntitle: The Road\nauthor: Ann Lee\n---\n\nIt rained.\n"
    paragraph = only(reading(source))
    assert paragraph.text == "It rained."
    assert paragraph.source(0) == source.index("It rained")


def test_verse_in_a_fence_keeps_its_lines(reading):
    manuscript = reading("```\nRain, rain,\ngo away\n```\n")
    assert [p.text for p in manuscript.chapters[0].paragraphs] == ["Rain, rain,", "go away"]


def test_numbers_that_markdown_takes_for_list_items_stay_in_their_place(reading):
    for source, texts in (
        ("1984. 1985. Both cold.", ["1984. 1985. Both cold."]),
        ("1984. .\n\nEnd", ["1984. .", "End"]),
        ("```\nnever closed", ["never closed"]),
    ):
        assert [p.text for p in reading(source).chapters[0].paragraphs] == texts
