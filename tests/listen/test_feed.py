"""The feed, read by a feed library and checked against what the big directories ask for."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from pathlib import Path
from xml.etree import ElementTree

import feedparser
import pytest
from PIL import Image

from commands import Narrator
from narrator.listen import Publication
from narrator.listen.editions import follow
from narrator.listen.feed import feed
from narrator.listen.media import Stored

from .conftest import ATTACK, EPOCH

HOME = "https://books.example.org/the-well/"
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PODCAST = "{https://podcastindex.org/namespace/1.0}"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def channel(home: Path) -> ElementTree.Element:
    found = ElementTree.parse(home / "feed.xml").find("channel")
    assert found is not None
    return found


def text(element: ElementTree.Element, path: str) -> str:
    found = element.findtext(path)
    assert found, path
    return found


def test_a_feed_library_reads_it(home: Path) -> None:
    read = feedparser.parse(home / "feed.xml")
    assert not read.bozo
    assert read.feed.title == "The Well"
    assert [entry.title for entry in read.entries] == ["Opening credits", "One", "Two", "Closing credits"]
    for entry in read.entries:
        (sound,) = entry.enclosures
        assert sound.type == "audio/mpeg"
        assert (home / sound.href.removeprefix(HOME)).stat().st_size == int(sound.length)


def test_the_channel_has_what_directories_require(channel: ElementTree.Element, home: Path) -> None:
    """Apple, Spotify and the PSP-1 standard: title, description, image, language, category, explicit, author,
    link, a link to itself, a guid."""
    for name in ("title", "description", "language", "link", f"{ITUNES}author"):
        assert text(channel, name)
    assert channel.findtext(f"{ITUNES}explicit") in ("true", "false")
    assert channel.findtext(f"{ITUNES}type") == "serial"
    assert channel.find(f"{ITUNES}category/{ITUNES}category").get("text") == "Books"
    assert channel.findtext(f"{PODCAST}medium") == "audiobook"
    link = channel.find(f"{ATOM}link")
    assert (link.get("href"), link.get("rel")) == (f"{HOME}feed.xml", "self")
    image = channel.find(f"{ITUNES}image").get("href")
    with Image.open(home / image.removeprefix(HOME)) as cover:
        assert cover.format == "JPEG"
        assert cover.mode == "RGB"
        assert cover.width == cover.height
        assert 1_400 <= cover.width <= 3_000


def test_its_guid_is_the_name_spaces_own_example_rule(channel: ElementTree.Element) -> None:
    space = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
    assert channel.findtext(f"{PODCAST}guid") == str(uuid.uuid5(space, "books.example.org/the-well/feed.xml"))


def test_episodes_have_what_directories_require(channel: ElementTree.Element, home: Path) -> None:
    items = channel.findall("item")
    guids = [item.findtext("guid") for item in items]
    assert len(set(guids)) == len(items) == 4
    dates = [parsedate_to_datetime(text(item, "pubDate")) for item in items]
    assert dates == sorted(dates)
    assert len(set(dates)) == 4
    assert dates[-1].timestamp() == EPOCH
    assert [item.findtext(f"{ITUNES}episode") for item in items] == ["1", "2", "3", "4"]
    for item in items:
        assert int(text(item, f"{ITUNES}duration")) > 0
        urls = [item.find("enclosure").get("url"), item.find(f"{PODCAST}chapters").get("url")]
        urls += [transcript.get("url") for transcript in item.findall(f"{PODCAST}transcript")]
        for url in urls:
            assert re.fullmatch(r"[a-z0-9:/.-]+", url)
            assert (home / url.removeprefix(HOME)).is_file()


def test_a_chapter_made_anew_is_the_same_episode(
    rendered: Path, home: Path, narrator: Narrator, publish: Callable[..., dict]
) -> None:
    before = {e.title: e for e in feedparser.parse(home / "feed.xml").entries}
    path = rendered / "script" / "two.nar"
    path.write_text(path.read_text(encoding="utf-8") + "The end of it.\n", encoding="utf-8")
    assert narrator("-C", rendered, "render", "--jobs", 2).code == 0
    publish(rendered, "--url", "https://books.example.org", day=3)
    after = {e.title: e for e in feedparser.parse(home / "feed.xml").entries}
    assert {title: (e.id, e.published) for title, e in before.items()} == {
        title: (e.id, e.published) for title, e in after.items()
    }
    moved = {title for title in after if after[title].enclosures[0].href != before[title].enclosures[0].href}
    assert moved == {"Two"}
    assert "New in this edition: one line changed." in after["Two"].summary


def test_words_come_out_as_words(hostile: Publication) -> None:
    sounds = {chapter.name: Stored(f"media/{chapter.name}.mp3", 1) for chapter in hostile.chapters}
    edition = follow(None, hostile, dict.fromkeys(sounds, "0"), "", "", EPOCH)
    written = feed(hostile, edition, sounds, Stored("media/cover.jpg", 1))
    channel = ElementTree.fromstring(written).find("channel")
    assert channel.findtext("title") == ATTACK
    assert channel.findtext("item/title") == ATTACK
    assert channel.findtext(f"{ITUNES}owner/{ITUNES}email") == "owner@example.org"
    assert "<script" not in written
