"""The MP3s: chapter marks, tags, and what the check refuses."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from mutagen.id3 import ID3
from mutagen.mp3 import MP3
from PIL import Image

from narrator.audio import DRY, GRID, RATE
from narrator.errors import RenderError
from narrator.release import EncodedChapter, Tags, chapter_mp3, check_mp3, join_mp3
from narrator.release.chapters import clean

from .conftest import TITLES, Studio, encode_mp3

TAGS = Tags(
    title="The Book 🎧",
    author="Zoë Author",
    narrator="N. Voice",
    date="2026-03-01",
    description="Two lines\nof it",
    publisher="House",
    language="de",
    series="Tales",
    part="2",
)


@pytest.fixture
def chapters(studio: Studio) -> tuple[EncodedChapter, ...]:
    return studio("mp3", [GRID * 2, GRID * 3, GRID * 5])


@pytest.fixture
def cover() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(file, "JPEG")
    return file.getvalue()


def test_the_book_is_its_frames_behind_one_tag(
    chapters: tuple[EncodedChapter, ...], cover: bytes, tmp_path: Path
) -> None:
    book = tmp_path / "book.mp3"
    join_mp3(chapters, TAGS, cover, book)
    check_mp3(book, chapters)
    tag = ID3(book, translate=False)
    frames = b"".join(chapter.path.read_bytes() for chapter in chapters)
    assert book.read_bytes()[tag.size :] == frames
    assert tag.version == (2, 3, 0)
    texts = {key: str(tag[key]) for key in ("TIT2", "TALB", "TPE1", "TPE2", "TCOM", "TCON", "TPUB", "TLAN")}
    assert texts == {
        "TIT2": TAGS.title,
        "TALB": TAGS.title,
        "TPE1": TAGS.author,
        "TPE2": TAGS.author,
        "TCOM": TAGS.narrator,
        "TCON": "Audiobook",
        "TPUB": "House",
        "TLAN": "deu",
    }
    assert str(tag["TYER"]) == "2026"
    assert str(tag["TXXX:SERIES-PART"]) == "2"
    assert tag["APIC:"].data == cover
    assert str(tag["COMM::deu"]) == TAGS.description
    assert MP3(book).info.length == pytest.approx(GRID * 10 / RATE, abs=0.02)


def test_a_chapter_names_its_place_in_the_book(
    chapters: tuple[EncodedChapter, ...], cover: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "02.mp3"
    chapter_mp3(chapters[1], TAGS, 2, 3, cover, file)
    tag = ID3(file)
    assert str(tag["TIT2"]) == "Chapter 2"
    assert str(tag["TALB"]) == TAGS.title
    assert str(tag["TRCK"]) == "2/3"
    assert tag.getall("CHAP") == []
    assert file.read_bytes().endswith(chapters[1].path.read_bytes())


def test_hostile_titles_come_out_as_text(studio: Studio, tmp_path: Path) -> None:
    chapters = studio("mp3", [GRID * 2] * len(TITLES), TITLES)
    book = tmp_path / "book.mp3"
    join_mp3(chapters, TAGS, b"", book)
    check_mp3(book, chapters)
    marks = sorted(ID3(book).getall("CHAP"), key=lambda mark: mark.start_time)
    assert [str(mark.sub_frames.get("TIT2", "")) for mark in marks] == [clean(title) for title in TITLES]


def test_three_hundred_chapters_take_a_table_of_tables(
    chapters: tuple[EncodedChapter, ...], tmp_path: Path
) -> None:
    many = [replace(chapters[0], title=f"№ {number}") for number in range(300)]
    book = tmp_path / "book.mp3"
    join_mp3(many, TAGS, b"", book)
    check_mp3(book, many)
    tag = ID3(book)
    assert len(tag.getall("CHAP")) == 300
    assert tag["CTOC:toc"].child_element_ids == ["toc1", "toc2"]
    assert [len(tag[f"CTOC:toc{i}"].child_element_ids) for i in (1, 2)] == [255, 45]


def test_the_same_book_is_the_same_file(
    chapters: tuple[EncodedChapter, ...], cover: bytes, tmp_path: Path
) -> None:
    for name in ("one.mp3", "two.mp3"):
        join_mp3(chapters, TAGS, cover, tmp_path / name)
    assert (tmp_path / "one.mp3").read_bytes() == (tmp_path / "two.mp3").read_bytes()


@pytest.mark.parametrize("write", ["book", "chapter"])
def test_a_spoilt_chapter_leaves_the_old_file_and_no_litter(
    chapters: tuple[EncodedChapter, ...], tmp_path: Path, write: str
) -> None:
    out = tmp_path / "output" / "out.mp3"

    def release() -> None:
        if write == "book":
            join_mp3(chapters, TAGS, b"", out)
        else:
            chapter_mp3(chapters[2], TAGS, 3, 3, b"", out)

    release()
    before = out.read_bytes()
    chapters[2].path.write_bytes(chapters[2].path.read_bytes()[:-7])
    with pytest.raises(RenderError, match="break off") as caught:
        release()
    assert caught.value.where == str(chapters[2].path)
    assert out.read_bytes() == before
    assert list(out.parent.iterdir()) == [out]


def test_a_chapter_whose_first_sound_was_dropped_is_refused(tmp_path: Path) -> None:
    noise = np.random.default_rng(2).uniform(-0.5, 0.5, GRID * 4).astype(np.float32)
    noise[:DRY] = noise[-DRY:] = 0
    for reservoir, path in ((False, tmp_path / "whole.mp3"), (True, tmp_path / "borrowing.mp3")):
        path.write_bytes(encode_mp3(noise, reservoir=reservoir))
    join_mp3([EncodedChapter("One", tmp_path / "whole.mp3", GRID * 4)], TAGS, b"", tmp_path / "book.mp3")
    with pytest.raises(RenderError, match="the frame that was dropped"):
        join_mp3([EncodedChapter("One", tmp_path / "borrowing.mp3", GRID * 4)], TAGS, b"", tmp_path / "b.mp3")


def test_chapters_of_different_settings_are_refused(
    chapters: tuple[EncodedChapter, ...], tmp_path: Path
) -> None:
    # The same frames, said to be twice as long and at another bit rate: 128 kbit/s (9) made 320 (14).
    first = chapters[0].path.read_bytes()[:4]
    other = bytes([*first[:2], 0xE0, first[3]]) + bytes(1_040)
    strange = replace(chapters[0], path=tmp_path / "strange.mp3")
    strange.path.write_bytes(other * (strange.samples // 1_152))
    with pytest.raises(RenderError, match="other settings"):
        join_mp3([*chapters, strange], TAGS, b"", tmp_path / "book.mp3")


def test_the_check_sees_what_is_off(chapters: tuple[EncodedChapter, ...], tmp_path: Path) -> None:
    book = tmp_path / "book.mp3"
    join_mp3(chapters, TAGS, b"", book)
    first, second, third = chapters
    with pytest.raises(RenderError, match="title 2"):
        check_mp3(book, [first, replace(second, title="Another"), third])
    with pytest.raises(RenderError, match="mark 2"):
        check_mp3(book, [replace(first, samples=GRID * 3), replace(second, samples=GRID * 2), third])
    with pytest.raises(RenderError, match="number of chapters"):
        check_mp3(book, [first, second])
    whole = book.read_bytes()
    book.write_bytes(whole + third.path.read_bytes())
    with pytest.raises(RenderError, match="MP3 frames"):
        check_mp3(book, chapters)
    book.write_bytes(whole[:-1])
    with pytest.raises(RenderError, match="break off"):
        check_mp3(book, chapters)
    book.write_bytes(whole[ID3(book).size :])
    with pytest.raises(RenderError, match="no ID3 tag"):
        check_mp3(book, chapters)
    book.write_bytes(b"no sound at all")
    with pytest.raises(RenderError, match="cannot be read back"):
        check_mp3(book, chapters)
    join_mp3(chapters, TAGS, b"", book)
    tag = ID3(book)
    tag.delall("CTOC")
    tag.save(book, v2_version=3)
    with pytest.raises(RenderError, match="table of contents"):
        check_mp3(book, chapters)
