"""Plain text: what is refused; paragraphs, headings, titles and scenes; the chapters that are proposed."""

from pathlib import Path

import pytest

from narrator.book import Manuscript
from narrator.errors import ManuscriptError
from narrator.manuscript import read

SHARED = Path(__file__).resolve().parents[1] / ".." / "shared"


@pytest.fixture
def reading(tmp_path: Path):
    def reads(text: str | bytes, name: str = "book.txt") -> Manuscript:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read(path)

    return reads


def texts(manuscript: Manuscript) -> list[list[str]]:
    return [[paragraph.text for paragraph in chapter.paragraphs] for chapter in manuscript.chapters]


# ── what is refused ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("data", "name", "what", "hint"),
    [
        (b"", "book.txt", "empty", "text in it"),
        (b" \n\n\t*** \n", "book.txt", "empty", "text in it"),
        (b"text", "book.pages", ".pages", ".txt"),
        (b"text", "book", "without a suffix", ".md"),
        ("Élan".encode("cp1252"), "book.txt", "WINDOWS-1252", "iconv -f WINDOWS-1252 -t UTF-8"),
        ("Good morning.".encode("utf-16"), "book.txt", "UTF-16", "iconv -f UTF-16 -t UTF-8"),
        ("Good morning.".encode("utf-16-be"), "book.txt", "UTF-16BE", "iconv -f UTF-16BE"),
        ("Good morning.".encode("utf-16-le"), "book.txt", "UTF-16LE", "iconv -f UTF-16LE"),
        ("Good morning.".encode("utf-32"), "book.txt", "UTF-32", "iconv -f UTF-32"),
        (bytes(range(256)) * 4, "book.txt", "binary", "Export"),
        (b"\x1f\x8b\x08\x01\x02\x03\x04\x05\x06" * 20, "book.md", "binary", "Export"),
        (b"caf\xe9 \x81 text", "book.txt", "binary", "Export"),
    ],
)
def test_refuses_what_it_cannot_read(reading, data, name, what, hint):
    with pytest.raises(ManuscriptError) as caught:
        reading(data, name)
    assert what in caught.value.what
    assert hint in caught.value.hint
    assert caught.value.where.endswith(name)


def test_the_conversion_it_proposes_survives_spaces_in_the_path(reading):
    with pytest.raises(ManuscriptError, match=r"'.*my book\.txt' > '.*my book-utf8\.txt'"):
        reading("Élan".encode("cp1252"), "my book.txt")


def test_refuses_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ManuscriptError, match="cannot be opened"):
        read(tmp_path / "absent.txt")


def test_a_byte_order_mark_is_not_part_of_the_source(reading):
    manuscript = reading(b"\xef\xbb\xbfThe end.")
    assert manuscript.source == "The end."
    assert texts(manuscript) == [["The end."]]


# ── paragraphs ──────────────────────────────────────────────────────────────────────────────────────


def test_blank_lines_part_wrapped_paragraphs(reading):
    manuscript = reading(
        "The lamp was out and the\nroom was cold.\n\nNobody came up the\nstairs that night.\n"
    )
    assert texts(manuscript) == [
        ["The lamp was out and the room was cold.", "Nobody came up the stairs that night."]
    ]


def test_every_line_is_a_paragraph_where_lines_end_as_sentences_do(reading):
    manuscript = reading("The lamp was out.\n“Who is there?”\n\nNobody answered.\nNobody at all.\n")
    assert texts(manuscript) == [
        ["The lamp was out.", "“Who is there?”", "Nobody answered.", "Nobody at all."]
    ]


def test_indentation_parts_paragraphs_where_there_are_no_blank_lines(reading):
    text = "".join(
        f"  The lamp of house {n} was out and the\nroom behind it was cold and\ndark again.\n"
        for n in range(5)
    )
    assert len(texts(reading(text))[0]) == 5


def test_short_lines_end_paragraphs_where_there_is_nothing_else(reading):
    one = "The lamp in the window of the house on the hill was out and\nthe room was cold.\n"
    assert len(texts(reading(one * 30))[0]) == 30


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_offsets_hold_for_every_line_end(reading, end):
    source = end.join(["One  lamp", "in\tthe dark and", "", "Two of them."])
    manuscript = reading(source)
    assert manuscript.source == source
    first, second = manuscript.chapters[0].paragraphs
    assert first.text == "One lamp in the dark and"
    assert source[first.source(first.text.index("dark")) :].startswith("dark")
    assert source[second.source(0) :].startswith("Two")
    assert second.source(len(second.text)) == len(source)


def test_unicode_line_separators_are_white_space_and_no_paragraph(reading):
    assert texts(reading("One\u2028two\u2029three\x85four\u00a0five.")) == [["One two three four five."]]


def test_underscores_are_emphasis(reading):
    paragraph = reading("It was _his own_ doing, snake_case and ____ aside.").chapters[0].paragraphs[0]
    assert paragraph.text == "It was his own doing, snake_case and ____ aside."
    assert [paragraph.text[span.start : span.end] for span in paragraph.emphasis] == ["his own"]


@pytest.mark.parametrize("mark", ["***", "* * *", "---", "#", "⁂", "~", "— — —"])
def test_a_mark_between_scenes_is_no_word(reading, mark):
    paragraphs = reading(f"One lamp.\n\n{mark}\n\nTwo lamps.\n\nThree lamps.").chapters[0].paragraphs
    assert [paragraph.text for paragraph in paragraphs] == ["One lamp.", "Two lamps.", "Three lamps."]
    assert [paragraph.opens_scene for paragraph in paragraphs] == [False, True, False]


# ── headings ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "heading",
    [
        "CHAPTER I",
        "CHAPTER I.",
        "Chapter 12",
        "Chapter One: The Ridge",
        "Chapter Twenty-Two",
        "CHAPTER THE LAST",
        "Chapter 3 – A Letter from Home",
        "Chapter IV The Long Way Down",
        "PART TWO",
        "Book the Second: Home",
        "Prologue",
        "EPILOGUE",
    ],
)
def test_headings(reading, heading):
    manuscript = reading(f"{heading}\n\nThe lamp was out.\n\nIt stayed out.\n")
    chapter = manuscript.chapters[0]
    assert chapter.title == heading
    assert chapter.heading is not None
    assert chapter.heading.text == heading
    assert texts(manuscript) == [["The lamp was out.", "It stayed out."]]


@pytest.mark.parametrize(
    "prose",
    [
        "Chapter two was the hardest to write.",
        "Part of him wanted to stay.",
        "I.",
        "Book a room for me, she said.",
        "Introduction to her family was what he feared.",
        "Chapter One: he said it aloud,",
        "1984 was cold.",
    ],
)
def test_no_headings(reading, prose):
    manuscript = reading(f"The lamp was out, and so was the fire.\n\n{prose}\n\nIt stayed out.\n")
    assert len(manuscript.chapters) == 1
    assert manuscript.chapters[0].heading is None


def test_numbers_alone_are_headings_where_they_count(reading):
    manuscript = reading("I.\n\nThe lamp was out.\n\nII.\n\nIt stayed out.\n\nIII.\n\nIt was on again.\n")
    assert [chapter.title for chapter in manuscript.chapters] == ["I.", "II.", "III."]


def test_a_part_and_its_first_chapter_are_one_heading_and_a_subtitle_belongs_to_it(reading):
    text = "PART ONE\n\nCHAPTER I\n\nThe Long Road\n\nIt rained.\n\nCHAPTER II\nHome\n\nIt did not.\n"
    manuscript = reading(text)
    assert [chapter.title for chapter in manuscript.chapters] == [
        "PART ONE CHAPTER I The Long Road",
        "CHAPTER II Home",
    ]
    heading = manuscript.chapters[0].heading
    assert heading is not None
    assert text[heading.source(heading.text.index("Long")) :].startswith("Long Road")


def test_a_table_of_contents_is_furniture(reading):
    text = "CONTENTS\n\nChapter 1\n\nChapter 2\n\nChapter 1\n\nIt rained.\n\nChapter 2\n\nIt did not.\n"
    manuscript = reading(text)
    assert [chapter.title for chapter in manuscript.chapters] == ["Chapter 1", "Chapter 2"]
    assert [p.text for p in manuscript.chapters[0].paragraphs if p.furniture] == [
        "CONTENTS",
        "Chapter 1",
        "Chapter 2",
    ]


# ── title and author ────────────────────────────────────────────────────────────────────────────────


def test_title_and_author_are_known_and_stay_as_furniture(reading):
    manuscript = reading("The Long Road\n\nBy Ann Lee\n\nIt rained all day.\n\nIt rained all night.\n")
    assert (manuscript.title, manuscript.author) == ("The Long Road", "Ann Lee")
    paragraphs = manuscript.chapters[0].paragraphs
    assert [(p.text, p.furniture) for p in paragraphs[:3]] == [
        ("The Long Road", True),
        ("By Ann Lee", True),
        ("It rained all day.", False),
    ]


def test_a_title_in_quotation_marks_is_a_title(reading):
    manuscript = reading("“The Long Road: A Story of Rain”\nIt rained all day.\nIt rained all night.\n")
    assert manuscript.title == "The Long Road: A Story of Rain"
    assert manuscript.chapters[0].paragraphs[0].furniture


@pytest.mark.parametrize(
    "first", ["“Come Home!”", "It rained all day.", "“Run,” said Ann.", "The Road Was Long."]
)
def test_a_first_sentence_is_no_title(reading, first):
    manuscript = reading(f"{first}\n\nIt rained all night.\n\nThen it stopped.\n")
    assert manuscript.title == ""
    assert not manuscript.chapters[0].paragraphs[0].furniture


def test_a_title_page_goes_to_the_first_chapter_as_furniture(reading):
    manuscript = reading("THE ROAD\n\nby Ann Lee\n\n(1811)\n\nCHAPTER I\n\nIt rained.\n\nAnd rained.\n")
    assert (manuscript.title, manuscript.author) == ("THE ROAD", "Ann Lee")
    assert [chapter.title for chapter in manuscript.chapters] == ["CHAPTER I"]
    assert [p.text for p in manuscript.chapters[0].paragraphs if p.furniture] == [
        "THE ROAD",
        "by Ann Lee",
        "(1811)",
    ]


# ── proposed chapters ───────────────────────────────────────────────────────────────────────────────

FILLER = "\n".join(
    f"The river ran on past house number {n} and nobody looked at it for long." for n in range(25)
)


def test_chapters_are_proposed_where_time_and_place_shift(reading):
    openings = [
        "That night, the rain began.",
        "Weeks passed.",
        "By morning the road was gone.",
        "Years later, she came back.",
    ]
    manuscript = reading("\n".join([FILLER, *(f"{opening}\n{FILLER}" for opening in openings)]))
    assert [chapter.title for chapter in manuscript.chapters] == [
        "The river ran on past house…",
        "That night, the rain began",
        "Weeks passed",
        "By morning the road was gone",
        "Years later, she came back",
    ]
    assert all(chapter.heading is None for chapter in manuscript.chapters)


def test_a_short_text_stays_one_chapter_named_by_its_title(reading):
    manuscript = reading("The Long Road\n\nIt rained all day.\n\nThat night, it stopped.\n\nWeeks passed.\n")
    assert [chapter.title for chapter in manuscript.chapters] == ["The Long Road"]


def test_proposed_chapters_are_not_tiny(reading):
    manuscript = reading(
        "\n".join(
            [
                FILLER,
                "That night, it rained.",
                "Weeks passed.",
                "Years later, it rained.",
                FILLER,
                FILLER,
                FILLER,
            ]
        )
    )
    assert len(manuscript.chapters) == 2
    assert all(sum(len(p.text.split()) for p in c.paragraphs) >= 220 for c in manuscript.chapters)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the manuscripts are not beside this repository (../shared)")
def test_the_real_manuscript_gets_a_handful_of_chapters():
    manuscript = read(SHARED / "manuscripts" / "vanished-general.txt")
    assert 4 <= len(manuscript.chapters) <= 9
    assert manuscript.chapters[0].paragraphs[0].furniture
    sizes = [sum(len(p.text.split()) for p in c.paragraphs) for c in manuscript.chapters]
    assert min(sizes) >= 220
    assert max(sizes) <= 1000
