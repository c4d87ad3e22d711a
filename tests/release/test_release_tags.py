"""What others read in a release: mutagen, PyAV, ffmpeg's own command, and Audiobookshelf, by its own names."""

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import av
import pytest
from mutagen.flac import FLAC
from mutagen.id3 import ID3
from mutagen.mp4 import MP4
from mutagen.oggopus import OggOpus

from narrator import ffmpeg
from narrator.audio import GRID
from narrator.release import Tags, join_flac, join_m4b, join_mp3, join_opus

from .conftest import Studio

TAGS = Tags(
    title="Die Nacht; a = b # c",
    author="Zoë Author",
    narrator="N. Voice",
    date="2023-05-06",
    description="One line = one; # all of it.",
    publisher="House & Söhne",
    language="de",
    series="Tales = two",
    part="2.5",
    translator="T. Übersetzer",
    isbn="978-0-00-000000-2",
)
JOIN = {
    "m4b": ("aac", join_m4b),
    "mp3": ("mp3", join_mp3),
    "opus": ("opus", join_opus),
    "flac": ("flac", join_flac),
}
AUDIOBOOKSHELF = {
    "title": TAGS.title,
    "album": TAGS.title,
    "artist": TAGS.author,
    "album_artist": TAGS.author,
    "composer": TAGS.narrator,
    "publisher": TAGS.publisher,
    "date": TAGS.date,
    "genre": "Audiobook",
    "series": TAGS.series,
    "series-part": TAGS.part,
    "isbn": TAGS.isbn,
}
"""What it looks for, of the format or else of the sound track, in small letters or capitals
(its server/utils/prober.js)."""


@pytest.fixture(params=JOIN)
def book(request: pytest.FixtureRequest, studio: Studio, tmp_path: Path) -> Path:
    encoding, join = JOIN[request.param]
    titles = ["A long title that makes the mark's frame large", "B", "Middling title", "C"]
    path = tmp_path / f"book.{request.param}"
    join(studio(encoding, [GRID * n for n in (5, 6, 7, 8)], titles), TAGS, b"", path)
    return path


def by_libavformat(path: Path) -> Mapping[str, str]:
    with av.open(path) as container:
        return dict(container.metadata or container.streams.audio[0].metadata)


def by_ffmpeg(path: Path) -> Mapping[str, str]:
    """What the command `ffmpeg` reads, another libavformat than PyAV's."""
    command = [ffmpeg.executable(), "-v", "error", "-i", str(path), "-map_metadata", "0"]
    if path.suffix == ".opus":  # which has its tags on the sound track
        command[-1] = "0:s:0"
    told = subprocess.run(
        [*command, "-f", "ffmetadata", "-"], capture_output=True, text=True, check=True
    ).stdout
    found: dict[str, str] = {}
    for line in told.partition("[CHAPTER]")[0].splitlines():
        name, equals, text = line.partition("=")
        if equals:
            found[name] = text.replace("\\=", "=").replace("\\;", ";").replace("\\#", "#")
    return found


@pytest.mark.parametrize("read", [by_libavformat, by_ffmpeg])
def test_audiobookshelf_finds_what_it_looks_for(
    book: Path, read: Callable[[Path], Mapping[str, str]]
) -> None:
    seen = read(book)
    found = {name: seen.get(name) or seen.get(name.upper()) for name in AUDIOBOOKSHELF}
    assert found == AUDIOBOOKSHELF
    assert (seen.get("language") or seen.get("LANGUAGE")) in ("de", "deu")
    assert (seen.get("description") or seen.get("comment")) == TAGS.description
    assert (seen.get("translator") or seen.get("TRANSLATOR")) == TAGS.translator


def test_chapters_are_listed_in_their_order(book: Path) -> None:
    with av.open(book) as container:
        starts = [mark["start"] * mark["time_base"] for mark in container.chapters()]
    assert starts == sorted(starts)
    assert len(starts) == 4


def test_mutagen_finds_the_same(book: Path) -> None:
    match book.suffix:
        case ".m4b":
            tags = MP4(book).tags
            free = ("SERIES", "SERIES-PART", "TRANSLATOR", "ISBN", "LANGUAGE", "PUBLISHER")
            found = [tags[f"----:com.apple.iTunes:{name}"][0].decode() for name in free]
            day = tags["©day"][0]
        case ".mp3":
            tags = ID3(book)
            free = ("TXXX:SERIES", "TXXX:SERIES-PART", "TXXX:TRANSLATOR", "TXXX:ISBN", "TLAN", "TPUB")
            found = [str(tags[name]) for name in free]
            found[4] = {"deu": "de"}[found[4]]
            day = str(tags["TDRC"])
        case suffix:
            tags = {".opus": OggOpus, ".flac": FLAC}[suffix](book)
            free = ("SERIES", "SERIES-PART", "TRANSLATOR", "ISBN", "LANGUAGE", "PUBLISHER")
            found = [tags[name][0] for name in free]
            day = tags["DATE"][0]
    wanted = [TAGS.series, TAGS.part, TAGS.translator, TAGS.isbn, TAGS.language, TAGS.publisher]
    assert found == wanted
    assert day == TAGS.date
