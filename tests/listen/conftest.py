"""Publications: one made of values with words that attack, one released by the whole chain and published."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from commands import Narrator
from narrator.listen import Part, Publication, PublishedChapter, ReadLine

ATTACK = "</p><script>alert('a')</script> \"b\" --> & {\\an8} \u202eevil\u202c שלום 🎧 ]]> -->"
EPOCH = 1_700_000_000
DAY = 86_400


@pytest.fixture
def publish(narrator: Narrator, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict]:
    """Publish a production at a date; what the command told."""

    def publish(root: Path, *more: object, day: int = 0) -> dict:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(EPOCH + day * DAY))
        said = narrator("-C", root, "publish", "--json", *more)
        assert said.code == 0, said.err
        return said.document

    return publish


@pytest.fixture
def site(rendered: Path, publish: Callable[..., dict], published: Path) -> Path:
    """The small production, published once and copied for each test; the site's folder."""
    if not published.exists():
        publish(rendered, "--url", "https://books.example.org")
        shutil.copytree(rendered, published)
    shutil.rmtree(rendered)
    shutil.copytree(published, rendered)
    return rendered / "output" / "site"


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("published") / "production"


@pytest.fixture
def home(site: Path) -> Path:
    """The book's folder on the site."""
    return site / "the-well"


@pytest.fixture
def timeline(rendered: Path) -> dict:
    return json.loads((rendered / "output" / "timeline.json").read_text(encoding="utf-8"))


@pytest.fixture
def hostile(tmp_path: Path) -> Publication:
    """A publication whose every word attacks. Its sounds are files, but none that plays."""
    for name in ("cover.jpg", "a.mp3", "b.mp3"):
        (tmp_path / name).write_bytes(b"sound of " + name.encode())
    lines = (
        ReadLine(1, "narrator", ATTACK, "paragraph", 0.5, 1.0, heading=True),
        ReadLine(3, "eve", ATTACK, "paragraph", 1.2, 2.0),
        ReadLine(4, "narrator", "—he “said”—", "glued", 2.1, 2.5),
        ReadLine(5, "eve", "“…”", "space", None, None),
        ReadLine(7, "eve", "שלום", "scene", 3.0, 3.6),
    )
    chapters = tuple(
        PublishedChapter(name, number, ATTACK, tmp_path / f"{name}.mp3", 4.0 * (number - 1), 4.0, lines)
        for number, name in enumerate("ab", 1)
    )
    return Publication(
        address="attack",
        url="https://books.example.org/",
        title=ATTACK,
        author=ATTACK,
        narrator=ATTACK,
        language="he",
        description=ATTACK,
        publisher=ATTACK,
        date="2026",
        contact="owner@example.org",
        category="Books",
        explicit=False,
        chapters=chapters,
        cast=(Part("narrator", ATTACK, ATTACK, 0, 4), Part("eve", ATTACK, ATTACK, 1, 4)),
        books=(),
        cover=tmp_path / "cover.jpg",
    )


def cues(text: str) -> list[tuple[float, float, str]]:
    """Start, end and words of each cue of a WebVTT or SubRip file."""
    found = re.findall(r"^([\d:.,]+) --> ([\d:.,]+)\n(.*)$", text, re.MULTILINE)
    return [(seconds(start), seconds(end), words) for start, end, words in found]


def seconds(time: str) -> float:
    hours, minutes, rest = time.replace(",", ".").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)
