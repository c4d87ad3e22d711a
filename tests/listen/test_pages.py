"""The pages as their sources: words come out as words, and nothing is asked of anyone else."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrator.listen import Publication, address, clean, language_tag
from narrator.listen.media import Stored
from narrator.listen.pages import chapter
from narrator.listen.templating import iso_duration, readable_length, readable_size

from .conftest import ATTACK


class Page(HTMLParser):
    """A page's elements and its words."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(source: str) -> Page:
    return Page(source)


def test_words_come_out_as_words(hostile: Publication) -> None:
    sounds = {one.name: Stored(f"media/{one.name}.mp3", 1) for one in hostile.chapters}
    page = read(chapter(hostile, hostile.chapters[0], sounds, "assets/0"))
    assert page.words.count(ATTACK) >= 5
    assert not [tag for tag, _ in page.elements if tag == "script"]
    lines = [
        attributes for _, attributes in page.elements if (attributes.get("class") or "").startswith("line")
    ]
    assert [line["id"] for line in lines] == ["l1", "l3", "l4", "l5", "l7"]
    assert "data-start" not in lines[3]


def test_scripts_and_styles_are_files_and_the_policy_says_so(site: Path) -> None:
    for path in site.rglob("*.html"):
        page = read(path.read_text(encoding="utf-8"))
        policies = [
            a["content"] for _, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"
        ]
        assert len(policies) == 1
        assert "default-src 'none'" in policies[0]
        assert "unsafe" not in policies[0]
        for tag, attributes in page.elements:
            assert tag != "style"
            assert "style" not in attributes
            assert not [name for name in attributes if name.startswith("on")]
            assert tag != "script" or attributes["src"]


def test_scripts_and_sheets_name_no_other_site(site: Path) -> None:
    for path in [*site.rglob("*.js"), *site.rglob("*.css")]:
        assert not re.search(
            r"https?:|//[a-z]+\.|@import|eval\(|innerHTML", path.read_text(encoding="utf-8")
        ), path


@settings(deadline=None)  # a busy machine is no mistake
@given(st.text(min_size=1))
def test_an_address_is_one_for_any_words(words: str) -> None:
    name = address(words)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    assert address(name) == name
    assert address(words, {name}) != name


@settings(deadline=None)
@given(st.text())
def test_cleaned_words_are_words_of_xml(words: str) -> None:
    from xml.etree import ElementTree

    from markupsafe import escape

    cleaned = clean(words)
    assert ElementTree.fromstring(f"<a>{escape(cleaned)}</a>".encode()).text == (cleaned or None)


@pytest.mark.parametrize(
    ("said", "tag"),
    [
        ("en", "en"),
        ("en_GB", "en-GB"),
        ("zh-Hant-TW", "zh-Hant-TW"),
        ("English!", "und"),
        ('"><', "und"),
        ("", "und"),
    ],
)
def test_languages(said: str, tag: str) -> None:
    assert language_tag(said) == tag


def test_how_sizes_and_lengths_read() -> None:
    assert [readable_size(n) for n in (10, 412_345, 5_300_000, 2_150_000_000)] == [
        "1 kB",
        "412 kB",
        "5.3 MB",
        "2.15 GB",
    ]
    assert [readable_length(n) for n in (40.2, 720, 36_240)] == ["40 s", "12 min", "10 h 4 min"]
    assert [iso_duration(n) for n in (3725.5, 60, 0.0004)] == ["PT3725.5S", "PT60S", "PT0S"]
