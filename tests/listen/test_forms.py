"""Publishing a release that has no MP3: each chapter gets a file that browsers play, in the release's own form."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import av
import feedparser
import pytest

from commands import Narrator
from narrator.listen.serving import TYPES

Publish = Callable[..., dict]
URL = "https://books.example.org"
FORMS = [
    ("m4b", ".m4a", "audio/mp4", "aac", "audio/mp4"),
    ("opus", ".opus", "audio/ogg", "opus", "audio/ogg; codecs=opus"),
    ("flac", ".flac", "audio/flac", "flac", ""),
]


@pytest.mark.parametrize(("form", "suffix", "kind", "codec", "epub"), FORMS)
def test_a_release_of_one_form_alone_is_published(
    make: Callable[..., Path],
    narrator: Narrator,
    publish: Publish,
    form: str,
    suffix: str,
    kind: str,
    codec: str,
    epub: str,
) -> None:
    root = make()
    assert narrator("-C", root, "render", "--format", form).code == 0
    told = publish(root, "--url", URL)
    home = root / "output" / "site" / "the-well"
    read = feedparser.parse(home / "feed.xml")
    timeline = json.loads((root / "output" / "timeline.json").read_text(encoding="utf-8"))
    assert not read.bozo
    for entry, chapter in zip(read.entries, timeline["chapters"], strict=True):
        (sound,) = entry.enclosures
        href = sound.href.removeprefix(f"{URL}/the-well/")
        assert (Path(href).suffix, sound.type) == (suffix, kind)
        assert TYPES[suffix] == kind
        assert f'src="../{href}"' in (home / "read" / f"{_name(chapter)}.html").read_text(encoding="utf-8")
        with av.open(home / href) as file:
            (stream,) = file.streams.audio
            samples = sum(frame.samples / frame.sample_rate for frame in file.decode(stream))
            assert stream.codec_context.codec.canonical_name == codec
        # Within a frame: what players hide of an encoder's delay, a decoder by itself gives too.
        assert samples == pytest.approx(chapter["end"] - chapter["start"], abs=0.03)
    manifest = json.loads((home / "publication.json").read_text(encoding="utf-8"))
    assert {part["encodingFormat"] for part in manifest["readingOrder"]} == {kind}
    page = (home / "index.html").read_text(encoding="utf-8")
    assert f"The Well.{form}" in page
    assert told["read_along"] is bool(epub)
    assert len(list(home.glob("media/*.epub"))) == bool(epub)
    for path in home.glob("media/*.epub"):
        assert _sounds(path) == {epub: 4}
    assert publish(root, "--url", URL, day=3)["written"] == []
    folder = root / "output" / "audiobookshelf" / "Nobody" / "The Well"
    assert (folder / f"The Well.{form}").is_file()


def _name(chapter: dict) -> str:
    credits_ = {"opening": "opening-credits", "closing": "closing-credits"}
    return credits_.get(chapter["name"], chapter["name"].removesuffix(".nar"))


def _sounds(path: Path) -> dict[str, int]:
    """How many sounds of which media type an EPUB names, each of which it holds."""
    opf = "{http://www.idpf.org/2007/opf}"
    found: dict[str, int] = {}
    with zipfile.ZipFile(path) as book:
        for item in ElementTree.fromstring(book.read("EPUB/package.opf")).iter(f"{opf}item"):
            kind = item.get("media-type", "")
            if kind.startswith("audio/"):
                assert f"EPUB/{item.get('href')}" in book.namelist()
                found[kind] = found.get(kind, 0) + 1
    return found


def test_what_flac_cannot_be_made_into_is_said(make: Callable[..., Path], narrator: Narrator) -> None:
    root = make()
    assert narrator("-C", root, "render", "--format", "flac").code == 0
    said = narrator("-C", root, "publish")
    assert said.code == 0
    assert "No read-along EPUB" in said.out


def test_a_form_of_another_time_is_not_offered(rendered: Path, narrator: Narrator, publish: Publish) -> None:
    """The M4B and the MP3s are of the time before the edit, and of another length."""
    two = rendered / "script" / "two.nar"
    two.write_text(two.read_text(encoding="utf-8") + "He went home, and he was not seen again.\n")
    assert narrator("-C", rendered, "render", "--format", "opus").code == 0
    publish(rendered)
    media = rendered / "output" / "site" / "the-well" / "media"
    assert {path.suffix for path in media.iterdir()} == {".opus", ".zip", ".epub", ".jpg"}
    assert narrator("-C", rendered, "render").code == 0
    publish(rendered, day=1)
    page = (media.parent / "index.html").read_text(encoding="utf-8")
    assert "The Well.m4b" in page
    assert "The Well.opus" in page
    assert "MP3 chapters" in page


def test_a_chapter_whose_sound_is_damaged_is_refused(make: Callable[..., Path], narrator: Narrator) -> None:
    root = make()
    assert narrator("-C", root, "render", "--format", "opus").code == 0
    for path in (root / ".narrator" / "chapters").rglob("*.opus"):
        path.write_bytes(path.read_bytes()[:-100])
    said = narrator("-C", root, "publish")
    assert said.code == 4
    assert "damaged" in said.err
    assert said.err.rstrip().endswith("render")
