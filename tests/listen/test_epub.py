"""The read-along: an EPUB whose overlays cover each chapter from its first sample to its last."""

from __future__ import annotations

import zipfile
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from narrator.listen import Publication
from narrator.listen.editions import follow
from narrator.listen.epub import clips, write

from .conftest import ATTACK, EPOCH

OPF = "{http://www.idpf.org/2007/opf}"
DC = "{http://purl.org/dc/elements/1.1/}"
SMIL = "{http://www.w3.org/ns/SMIL}"
XHTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture
def book(home: Path) -> zipfile.ZipFile:
    (path,) = home.glob("media/*.epub")
    return zipfile.ZipFile(path)


def parsed(book: zipfile.ZipFile, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(book.read(f"EPUB/{name}"))


def test_it_is_recognised_as_an_epub(book: zipfile.ZipFile) -> None:
    first = book.infolist()[0]
    assert (first.filename, first.compress_type, book.read(first)) == (
        "mimetype",
        zipfile.ZIP_STORED,
        b"application/epub+zip",
    )
    assert {member.date_time for member in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_every_file_is_in_the_manifest_and_every_item_is_a_file(book: zipfile.ZipFile) -> None:
    package = parsed(book, "package.opf")
    items = {f"EPUB/{item.get('href')}" for item in package.iter(f"{OPF}item")}
    outside = {"mimetype", "META-INF/container.xml", "EPUB/package.opf"}
    assert items == set(book.namelist()) - outside


def test_overlays_follow_the_timeline(book: zipfile.ZipFile, timeline: dict) -> None:
    (mark,) = [mark for mark in timeline["chapters"] if mark["name"] == "one.nar"]
    lines = [line for line in timeline["lines"] if line["chapter"] == mark["chapter"]]
    pars = list(parsed(book, "one.smil").iter(f"{SMIL}par"))
    assert [par.find(f"{SMIL}text").get("src") for par in pars] == [
        f"one.xhtml#l{line['line']}" for line in lines
    ]
    sounds = [par.find(f"{SMIL}audio") for par in pars]
    begins = [float(sound.get("clipBegin").removesuffix("s")) for sound in sounds]
    ends = [float(sound.get("clipEnd").removesuffix("s")) for sound in sounds]
    assert begins[0] == 0
    assert begins[1:] == pytest.approx([line["start"] - mark["start"] for line in lines[1:]], abs=0.00051)
    assert ends[:-1] == begins[1:]
    assert ends[-1] == pytest.approx(mark["end"] - mark["start"], abs=0.00051)
    ids = {span.get("id") for span in parsed(book, "one.xhtml").iter(f"{XHTML}span")}
    assert {f"l{line['line']}" for line in lines} <= ids


def test_durations_add_up(book: zipfile.ZipFile) -> None:
    metas = parsed(book, "package.opf").findall(f"{OPF}metadata/{OPF}meta[@property='media:duration']")
    total = [float(meta.text[:-1]) for meta in metas if meta.get("refines") is None]
    parts = [float(meta.text[:-1]) for meta in metas if meta.get("refines")]
    assert total == [pytest.approx(sum(parts), abs=1e-6)]


def test_clips_leave_no_gap(hostile: Publication) -> None:
    cut = clips(hostile.chapters[0])
    assert all(before.end == after.start for before, after in pairwise(cut))
    assert (cut[0].start, cut[-1].end) == (0, 4_000)


def test_words_come_out_as_words(hostile: Publication, tmp_path: Path) -> None:
    edition = follow(None, hostile, {"a": "1", "b": "2"}, "", "", EPOCH)
    write(hostile, edition, tmp_path / "a.epub")
    write(hostile, edition, tmp_path / "b.epub")
    assert (tmp_path / "a.epub").read_bytes() == (tmp_path / "b.epub").read_bytes()
    book = zipfile.ZipFile(tmp_path / "a.epub")
    for name in book.namelist():
        if name.endswith((".xhtml", ".opf", ".smil", ".xml")):
            tree = ElementTree.fromstring(book.read(name))
            assert not [element.tag for element in tree.iter() if element.tag.endswith("}script")]
    assert parsed(book, "package.opf").findtext(f"{OPF}metadata/{DC}title") == ATTACK
    page = parsed(book, "a.xhtml")
    assert page.findtext(f".//{XHTML}span[@id='l3']") == ATTACK
    assert page.get("dir") == "rtl"
