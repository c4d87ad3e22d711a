"""The promise to listeners: a mark points at its sample, anywhere in the book."""

from pathlib import Path

import av
import numpy as np
import pytest
from mutagen.id3 import ID3

from narrator.audio import GRID, RATE
from narrator.release import Tags, check_m4b, check_mp3, join_m4b, join_mp3

from .conftest import Studio, decoded, drift

TAGS = Tags("The Book", "A. Author")
SHORT = [GRID * int(n) for n in np.random.default_rng(3).integers(29, 67, 22)]
LONG = [GRID * 400, GRID * 431, GRID * 388]
"""Beyond 80 s: where muxers overflow the duration of a QuickTime chapter and drop them all in silence."""


def nero_blinded(book: Path) -> Path:
    """A copy without Nero's list, which would hide that the QuickTime track is missing."""
    data = book.read_bytes()
    assert data.count(b"chpl") == 1
    blind = book.with_name("blind.m4b")
    blind.write_bytes(data.replace(b"chpl", b"free"))
    return blind


@pytest.mark.parametrize("lengths", [SHORT, LONG], ids=["22 chapters", "80 s and more"])
def test_every_m4b_mark_points_at_its_sample(studio: Studio, tmp_path: Path, lengths: list[int]) -> None:
    chapters = studio("aac", lengths)
    book = tmp_path / "book.m4b"
    join_m4b(chapters, TAGS, b"", book)
    check_m4b(book, chapters)
    with av.open(nero_blinded(book)) as container:
        marks = [float(mark["start"] * mark["time_base"]) for mark in container.chapters()]
        titles = [mark["metadata"]["title"] for mark in container.chapters()]
    heard = decoded(book)
    assert titles == [chapter.title for chapter in chapters]
    assert marks == pytest.approx([sum(lengths[:i]) / RATE for i in range(len(lengths))], abs=1e-9)
    assert len(heard) == sum(lengths)
    assert max(map(abs, drift(heard, marks))) < 1 / RATE


@pytest.mark.parametrize("lengths", [SHORT, LONG], ids=["22 chapters", "80 s and more"])
def test_every_mp3_mark_points_at_its_sample(studio: Studio, tmp_path: Path, lengths: list[int]) -> None:
    chapters = studio("mp3", lengths)
    book = tmp_path / "book.mp3"
    join_mp3(chapters, TAGS, b"", book)
    check_mp3(book, chapters)
    marks = sorted(chapter.start_time / 1_000 for chapter in ID3(book).getall("CHAP"))
    heard = decoded(book)
    assert len(marks) == len(lengths)
    assert len(heard) == sum(lengths)
    assert max(map(abs, drift(heard, marks))) <= 0.0005 + 0.5 / RATE
