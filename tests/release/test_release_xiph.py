"""Opus and FLAC: joined without encoding again, every mark where its chapter begins, tags and cover."""

import base64
import io
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from mutagen.flac import FLAC, Picture
from mutagen.oggopus import OggOpus
from PIL import Image

from narrator.audio import GRID, RATE
from narrator.errors import RenderError
from narrator.mastering import flac, opus
from narrator.release import EncodedChapter, Tags, check_flac, check_opus, join_flac, join_opus, read_marks
from narrator.release.chapters import clean
from narrator.release.flac import renumbered
from narrator.release.opus import OPUS_RATE, opus_marks

from .conftest import MARKER, MARKER_AT, TITLES, Studio, sound

JOIN = {"opus": join_opus, "flac": join_flac}
CHECK = {"opus": check_opus, "flac": check_flac}
TAGS = Tags(
    "Ночь; a = b # c \\ d",
    author="A. Author",
    narrator="R. Reader",
    date="2023",
    description="One.\nTwo = three; four.",
    publisher="P. House",
    language="en",
    series="The Wells",
    part="2",
    translator="T. Ranslator",
    isbn="9780000000002",
)
LENGTHS = [GRID * int(n) for n in np.random.default_rng(3).integers(9, 31, len(TITLES))]


def seconds(book: Path) -> list[float]:
    with av.open(book) as container:
        return [float(mark["start"] * mark["time_base"]) for mark in container.chapters()]


def heard(book: Path) -> tuple[np.ndarray, int]:
    with av.open(book) as container:
        rate = container.streams.audio[0].rate
        frames = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
    return np.concatenate(frames), rate


@pytest.fixture
def cover() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(file, "JPEG")
    return file.getvalue()


@pytest.mark.parametrize("kind", JOIN)
def test_titles_marks_tags_and_cover_read_back(
    kind: str, studio: Studio, tmp_path: Path, cover: bytes
) -> None:
    chapters, book = studio(kind, LENGTHS, TITLES), tmp_path / f"book.{kind}"
    JOIN[kind](chapters, TAGS, cover, book)
    CHECK[kind](book, chapters)
    tags = {"opus": OggOpus, "flac": FLAC}[kind](book)
    assert {name: tags[name][0] for name in ("TITLE", "ARTIST", "COMPOSER", "DATE", "DESCRIPTION")} == {
        "TITLE": TAGS.title,
        "ARTIST": "A. Author",
        "COMPOSER": "R. Reader",
        "DATE": "2023",
        "DESCRIPTION": TAGS.description,
    }
    more = ("PUBLISHER", "LANGUAGE", "SERIES", "SERIES-PART", "TRANSLATOR", "ISBN")
    wanted = ["P. House", "en", "The Wells", "2", "T. Ranslator", "9780000000002"]
    assert [tags[name][0] for name in more] == wanted
    picture = (
        tags.pictures[0] if kind == "flac" else Picture(base64.b64decode(tags["metadata_block_picture"][0]))
    )
    assert (picture.data, picture.type, picture.width, picture.height) == (cover, 3, 40, 30)
    with av.open(book) as container:
        seen = {**container.metadata, **container.streams.audio[0].metadata}
        assert {name.lower(): text for name, text in seen.items()}["series-part"] == "2"
    assert [title for title, _ in read_marks(book)["Vorbis"]] == [*map(clean, TITLES)]


@pytest.mark.parametrize("kind", JOIN)
def test_a_mark_points_at_its_chapter(kind: str, studio: Studio, tmp_path: Path) -> None:
    """Marks count in milliseconds. What is found again is the noise that begins each chapter."""
    chapters, book = studio(kind, LENGTHS), tmp_path / f"book.{kind}"
    JOIN[kind](chapters, TAGS, b"", book)
    samples, rate = heard(book)
    marker = MARKER if rate == RATE else _at_opus_rate(MARKER)
    after, spare = round(MARKER_AT * rate / RATE), rate // 50
    for mark in seconds(book):
        begin = round(mark * rate) + after - spare
        window = samples[begin : begin + len(marker) + 2 * spare]
        late = int(np.argmax(np.correlate(window, marker, "valid"))) - spare
        assert abs(late) / rate <= 0.0006
    exact = np.cumsum([0, *LENGTHS[:-1]]) / RATE
    # An Opus chapter begins at a multiple of 2.5 ms, and nothing adds up.
    assert seconds(book) == pytest.approx(exact, abs=0.0018 if kind == "opus" else 0.0006)
    assert len(samples) == (opus_marks(chapters)[-1] if kind == "opus" else sum(LENGTHS))


def _at_opus_rate(samples: np.ndarray) -> np.ndarray:
    at = np.arange(round(len(samples) * OPUS_RATE / RATE)) * RATE / OPUS_RATE
    return np.interp(at, np.arange(len(samples)), samples)


def test_a_chapter_of_opus_sounds_in_the_book_as_it_does_alone(studio: Studio, tmp_path: Path) -> None:
    chapters, book = studio("opus", LENGTHS), tmp_path / "book.opus"
    JOIN["opus"](chapters, TAGS, b"", book)
    whole, places = heard(book)[0], opus_marks(chapters)
    for chapter, start, end in zip(chapters, places, places[1:], strict=False):
        alone = heard(chapter.path)[0][opus.HEAD :]
        length = min(len(alone), (end - start) // opus.PACKET * opus.PACKET)
        beside = np.abs(whole[start : start + length] - alone[:length])
        # The last 2.5 ms of the chapter before, filtered to under -60 dB, end in the first packet of this one.
        assert beside[opus.PACKET :].max() == 0
        assert beside[: opus.PACKET].max() < 0.001


@pytest.mark.parametrize("channels", [1, 2])
def test_flac_is_the_master_in_16_bits(channels: int, tmp_path: Path) -> None:
    chapters, whole = [], []
    for number, samples in enumerate([GRID * 60, GRID * 20, GRID * 11]):
        mono = sound(samples, number)
        whole.append(mono if channels == 1 else np.stack([mono, -0.5 * mono], axis=1))
        path = tmp_path / f"{number}.flac"
        with flac.writing(path, channels) as write:
            for start in range(0, samples, 10_000):
                write(whole[-1][start : start + 10_000])
        chapters.append(EncodedChapter(str(number), path, samples))
        assert soundfile.info(path).frames == samples
    book = tmp_path / "book.flac"
    join_flac(chapters, TAGS, b"", book)
    check_flac(book, chapters)
    # libFLAC compares both checksums and the number of every frame.
    samples, rate = soundfile.read(book, dtype="float32")
    assert rate == RATE
    assert np.abs(samples - np.concatenate(whole)).max() * 32_768 <= 0.5
    assert FLAC(book).info.md5_signature == 0


def test_a_frame_given_its_number_again_is_what_it_was(studio: Studio) -> None:
    chapter = studio("flac", [GRID * 3])[0]
    points = FLAC(chapter.path).seektable.seekpoints
    data = chapter.path.read_bytes()
    start = data.index(b"\xff\xf8\x59")  # sync, 4,608 samples at 44.1 kHz
    last = data[start + points[-1].byte_offset :]
    assert last.startswith(b"\xff\xf8\x59")
    for number in (0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x1_0000, 0x20_0000, 0x400_0000):
        there = renumbered(last, len(points) - 1, number)
        assert renumbered(there, number, len(points) - 1) == last
        assert there != last


@pytest.mark.parametrize("kind", JOIN)
def test_ten_hours_and_three_hundred_chapters(kind: str, tmp_path: Path) -> None:
    samples, path = GRID * 574, tmp_path / f"silent.{kind}"
    with opus.writing(path, 64_000) if kind == "opus" else flac.writing(path) as write:
        for _ in range(574):
            write(np.zeros(GRID, np.float32))
    chapters = [EncodedChapter(f"№ {number}", path, samples) for number in range(300)]
    book = tmp_path / f"book.{kind}"
    JOIN[kind](chapters, TAGS, b"", book)
    CHECK[kind](book, chapters)
    beside = [abs(mark - number * samples / RATE) for number, mark in enumerate(seconds(book))]
    assert len(beside) == 300
    assert max(beside) <= (0.0018 if kind == "opus" else 0.0006)


@pytest.mark.parametrize("kind", JOIN)
def test_the_same_chapters_make_the_same_bytes(
    kind: str, studio: Studio, tmp_path: Path, cover: bytes
) -> None:
    books = []
    for name in ("one", "two"):
        chapters, book = studio(kind, LENGTHS[:3]), tmp_path / f"{name}.{kind}"
        JOIN[kind](chapters, TAGS, cover, book)
        books.append(book.read_bytes())
    assert books[0] == books[1]


@pytest.mark.parametrize("kind", JOIN)
def test_what_cannot_be_joined_is_refused(kind: str, studio: Studio, tmp_path: Path) -> None:
    chapters, book = studio(kind, LENGTHS[:2]), tmp_path / f"book.{kind}"
    longer = replace(chapters[1], samples=chapters[1].samples + GRID)
    with pytest.raises(RenderError, match=r"need|no FLAC of"):
        JOIN[kind]([chapters[0], longer], TAGS, b"", book)
    with pytest.raises(RenderError, match="more than this format can mark"):
        JOIN[kind]([chapters[0]] * 1_000, TAGS, b"", book)
    chapters[1].path.write_bytes(b"RIFF nothing")
    with pytest.raises(RenderError):
        JOIN[kind](chapters, TAGS, b"", book)
    assert not book.exists()


@pytest.mark.parametrize("kind", JOIN)
def test_a_file_that_was_cut_short_or_is_another_book_is_refused(
    kind: str, studio: Studio, tmp_path: Path
) -> None:
    chapters, book = studio(kind, LENGTHS[:3]), tmp_path / f"book.{kind}"
    JOIN[kind](chapters, TAGS, b"", book)
    with pytest.raises(RenderError, match="its length"):
        CHECK[kind](book, chapters[:2])
    with pytest.raises(RenderError, match="title 2"):
        CHECK[kind](book, (chapters[0], replace(chapters[1], title="Other"), chapters[2]))
    whole = book.read_bytes()
    book.write_bytes(whole[: len(whole) - 2_000])
    with pytest.raises(RenderError):
        CHECK[kind](book, chapters)


def test_opus_whose_sound_begins_at_once_cannot_be_joined(tmp_path: Path) -> None:
    path, mono = tmp_path / "loud.opus", np.full(GRID * 4, 0.1, np.float32)
    with opus.writing(path, 64_000) as write:
        write(mono * np.random.default_rng(0).uniform(-1, 1, len(mono)).astype(np.float32))
    with pytest.raises(RenderError, match="too early"):
        join_opus([EncodedChapter("Loud", path, len(mono))], TAGS, b"", tmp_path / "book.opus")
