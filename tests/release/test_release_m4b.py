"""The M4B: titles, tags, limits of the container, rebuilds and failures."""

import io
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from mutagen.mp4 import MP4
from PIL import Image

from narrator.audio import GRID, RATE
from narrator.errors import RenderError
from narrator.release import EncodedChapter, Tags, boxes, check_m4b, join_m4b
from narrator.release.chapters import clean, cut

from .conftest import TITLES, Studio

TAGS = Tags(
    title='The "Book"; of = # \\ all',
    author="Zoë Author",
    narrator="N. Voice",
    date="2026-03-01",
    description="Two lines\nof it 🎧",
    publisher="House",
    language="en-GB",
    series="Tales",
    part="2",
)


@pytest.fixture
def chapters(studio: Studio) -> tuple[EncodedChapter, ...]:
    return studio("aac", [GRID * 2, GRID * 3, GRID * 5])


@pytest.fixture
def cover() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(file, "JPEG")
    return file.getvalue()


def many(chapter: EncodedChapter, count: int) -> list[EncodedChapter]:
    return [replace(chapter, title=f"№ {number}") for number in range(1, count + 1)]


def test_tags_and_cover_are_where_audiobook_players_look(
    chapters: tuple[EncodedChapter, ...], cover: bytes, tmp_path: Path
) -> None:
    book = tmp_path / "book.m4b"
    join_m4b(chapters, TAGS, cover, book)
    tags = MP4(book).tags
    expected = {
        "©nam": TAGS.title,
        "©alb": TAGS.title,
        "©ART": TAGS.author,
        "aART": TAGS.author,
        "©wrt": TAGS.narrator,
        "©nrt": TAGS.narrator,
        "©gen": "Audiobook",
        "©day": TAGS.date,
        "©cmt": TAGS.description,
        "desc": TAGS.description,
        "ldes": TAGS.description,
        "stik": 2,
        "covr": cover,
        "----:com.apple.iTunes:SERIES": b"Tales",
        "----:com.apple.iTunes:SERIES-PART": b"2",
        "----:com.apple.iTunes:PUBLISHER": b"House",
    }
    assert {key: tags[key][0] for key in expected} == expected
    assert tags["pgap"] is True
    with av.open(book) as container:
        assert container.streams.audio[0].metadata["language"] == "eng"
        assert container.metadata["composer"] == TAGS.narrator
        assert container.streams.video[0].codec_context.name == "mjpeg"


def test_empty_fields_are_not_written(chapters: tuple[EncodedChapter, ...], tmp_path: Path) -> None:
    book = tmp_path / "book.m4b"
    join_m4b(chapters, Tags("Plain"), b"", book)
    assert set(MP4(book).tags) == {"©nam", "©alb", "©gen", "stik", "pgap"}


def test_the_header_stands_before_the_sound_and_says_audiobook(
    chapters: tuple[EncodedChapter, ...], tmp_path: Path
) -> None:
    book = tmp_path / "book.m4b"
    join_m4b(chapters, TAGS, b"", book)
    data = book.read_bytes()
    assert data[4:12] == b"ftypM4B "
    assert 0 < data.index(b"moov") < data.index(b"mdat")


def test_hostile_titles_come_out_as_text(studio: Studio, tmp_path: Path) -> None:
    chapters = studio("aac", [GRID * 2] * len(TITLES), TITLES)
    book = tmp_path / "book.m4b"
    join_m4b(chapters, TAGS, b"", book)
    check_m4b(book, chapters)
    with av.open(book) as container:
        assert [mark["metadata"].get("title", "") for mark in container.chapters()] == list(
            map(clean, TITLES)
        )
    nero = [mark.title for mark in MP4(book).chapters]
    assert nero == [cut(clean(title), 255).decode() for title in TITLES]
    assert nero[6] == "é" * 127


def test_nero_holds_255_chapters_and_stays_away_above(
    chapters: tuple[EncodedChapter, ...], tmp_path: Path
) -> None:
    for count, listed in ((255, 255), (256, 0), (300, 0)):
        book = tmp_path / f"{count}.m4b"
        join_m4b(many(chapters[0], count), TAGS, b"", book)
        check_m4b(book, many(chapters[0], count))
        assert len(MP4(book).chapters or ()) == listed
        with av.open(book) as container:
            assert len(container.chapters()) == count


def test_the_same_book_is_the_same_file(
    chapters: tuple[EncodedChapter, ...], cover: bytes, tmp_path: Path
) -> None:
    for name in ("one.m4b", "two.m4b"):
        join_m4b(chapters, TAGS, cover, tmp_path / name)
    assert (tmp_path / "one.m4b").read_bytes() == (tmp_path / "two.m4b").read_bytes()


def spoil_tail(data: bytes) -> bytes:
    return data[:-5]


def spoil_frame(data: bytes) -> bytes:
    return data + data[: int.from_bytes(data[3:6], "big") >> 5 & 0x1FFF]


def spoil_kind(data: bytes) -> bytes:
    return b"RIFF" + data


def spoil_middle(data: bytes) -> bytes:
    return data[:40] + bytes(8) + data[48:]


@pytest.mark.parametrize("spoil", [spoil_tail, spoil_frame, spoil_kind, spoil_middle])
def test_a_spoilt_chapter_leaves_the_old_book_and_no_litter(
    chapters: tuple[EncodedChapter, ...], tmp_path: Path, spoil
) -> None:
    book = tmp_path / "output" / "book.m4b"
    join_m4b(chapters, TAGS, b"", book)
    before = book.read_bytes()
    chapters[2].path.write_bytes(spoil(chapters[2].path.read_bytes()))
    with pytest.raises(RenderError) as caught:
        join_m4b(chapters, TAGS, b"", book)
    assert caught.value.where == str(chapters[2].path)
    assert book.read_bytes() == before
    assert list(book.parent.iterdir()) == [book]


def test_what_cannot_be_written_leaves_no_litter(
    chapters: tuple[EncodedChapter, ...], tmp_path: Path
) -> None:
    book = tmp_path / "output" / "book.m4b"
    book.mkdir(parents=True)
    with pytest.raises(RenderError, match="cannot be written"):
        join_m4b(chapters, TAGS, b"", book)
    assert list(book.parent.iterdir()) == [book]
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(RenderError, match="cannot be written"):
        join_m4b(chapters, TAGS, b"", tmp_path / "file" / "book.m4b")


def test_a_missing_chapter_and_an_empty_book_are_refused(
    chapters: tuple[EncodedChapter, ...], tmp_path: Path
) -> None:
    book = tmp_path / "book.m4b"
    with pytest.raises(RenderError, match="cannot be read"):
        join_m4b([replace(chapters[0], path=tmp_path / "none.aac")], TAGS, b"", book)
    with pytest.raises(RenderError, match="at least one chapter"):
        join_m4b([], TAGS, b"", book)
    with pytest.raises(RenderError, match="not a whole number of frames"):
        join_m4b([replace(chapters[0], samples=GRID + 1)], TAGS, b"", book)
    assert not book.exists()


def test_the_check_sees_what_is_off(chapters: tuple[EncodedChapter, ...], tmp_path: Path) -> None:
    book = tmp_path / "book.m4b"
    join_m4b(chapters, TAGS, b"", book)
    check_m4b(book, chapters)
    first, second, third = chapters
    with pytest.raises(RenderError, match="title 2 of the QuickTime chapters"):
        check_m4b(book, [first, replace(second, title="Another"), third])
    with pytest.raises(RenderError, match="mark 2 of the QuickTime chapters"):
        check_m4b(book, [replace(first, samples=GRID * 3), replace(second, samples=GRID * 2), third])
    with pytest.raises(RenderError, match="AAC frames"):
        check_m4b(book, [first, second])
    whole = book.read_bytes()
    for old, new, complaint in (
        (b"chpl", b"free", "number of Nero chapters: 0"),
        (b"text", b"skip", "QuickTime"),
        (b"elst", b"skip", "priming"),
    ):
        book.write_bytes(whole.replace(old, new))
        with pytest.raises(RenderError, match=complaint):
            check_m4b(book, chapters)
    book.write_bytes(whole[:-1])
    with pytest.raises(RenderError, match="cut short"):
        check_m4b(book, chapters)
    book.write_bytes(b"no movie at all")
    with pytest.raises(RenderError, match="cannot be read back"):
        check_m4b(book, chapters)


def test_a_book_of_twenty_eight_hours_and_more_than_two_gigabytes(tmp_path: Path) -> None:
    """Times and offsets beyond 32 bits, on a file that is a hole but for its header and titles."""
    hours = GRID * (RATE * 3_600 // GRID)
    chapters = [EncodedChapter(f"Hour {hour}", tmp_path / "none", hours) for hour in range(1, 29)]
    movie = boxes.Movie(
        titles=tuple(chapter.title for chapter in chapters),
        lengths=tuple(chapter.samples for chapter in chapters),
        sizes=np.full(28 * hours // 1_024 + 1, 500),
        channels=1,
        language="und",
    )
    assert movie.samples > 1 << 32
    brand, opening = boxes.ftyp(), boxes.mdat(movie)
    header = boxes.moov(movie, len(brand) + len(opening) + len(boxes.moov(movie, 0)))
    book = tmp_path / "book.m4b"
    with book.open("wb") as file:
        file.write(brand + header + opening + b"".join(movie.texts))
        file.truncate(len(brand + header + opening) + movie.bytes)
    check_m4b(book, chapters)
