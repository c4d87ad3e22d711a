"""Manifests, checked by the rules of their specifications that a reading app relies on."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urljoin

import pytest

DURATION = re.compile(r"PT\d+(\.\d{1,3})?S")


@pytest.fixture
def audiobook(home: Path) -> dict:
    return json.loads((home / "publication.json").read_text(encoding="utf-8"))


@pytest.fixture
def readium(home: Path) -> dict:
    return json.loads((home / "manifest.json").read_text(encoding="utf-8"))


def test_w3c_audiobook(audiobook: dict, home: Path) -> None:
    assert audiobook["@context"][:2] == ["https://schema.org", "https://www.w3.org/ns/pub-context"]
    assert audiobook["conformsTo"] == "https://www.w3.org/TR/audiobooks/"
    assert audiobook["type"] == "Audiobook"
    assert audiobook["id"].startswith("urn:uuid:")
    assert DURATION.fullmatch(audiobook["duration"])
    order = audiobook["readingOrder"]
    assert [part["name"]["value"] for part in order] == ["Opening credits", "One", "Two", "Closing credits"]
    for part in order:
        assert DURATION.fullmatch(part["duration"])
        assert part["encodingFormat"] == "audio/mpeg"
        assert (home / part["url"]).is_file()
    assert audiobook["inLanguage"] == ["en"]
    assert "datePublished" not in audiobook
    assert {item["type"] for item in audiobook["accessModeSufficient"]} == {"ItemList"}
    total = sum(float(part["duration"][2:-1]) for part in order)
    assert float(audiobook["duration"][2:-1]) == pytest.approx(total, abs=0.004)
    rels = {resource.get("rel"): resource for resource in audiobook["resources"]}
    assert (home / rels["cover"]["url"]).is_file()
    assert 'role="doc-toc"' in (home / rels["contents"]["url"]).read_text(encoding="utf-8")


def test_readium_audiobook(readium: dict, home: Path) -> None:
    assert readium["metadata"]["@type"] == "http://schema.org/Audiobook"
    assert readium["metadata"]["conformsTo"] == "https://readium.org/webpub-manifest/profiles/audiobook"
    assert readium["metadata"]["title"] == "The Well"
    (own,) = [link for link in readium["links"] if link["rel"] == "self"]
    assert own["href"] == "https://books.example.org/the-well/manifest.json"
    for part in [*readium["readingOrder"], *readium["resources"]]:
        assert (home / part["href"]).is_file()
    assert all(part["duration"] > 0 for part in readium["readingOrder"])
    toc = {part["href"] for part in readium["toc"]}
    assert toc == {part["href"] for part in readium["readingOrder"]}


def test_the_web_app_and_what_is_kept_offline(home: Path) -> None:
    app = json.loads((home / "app.webmanifest").read_text(encoding="utf-8"))
    assert app["start_url"] == app["scope"] == "./"
    assert (home / app["icons"][0]["src"]).is_file()
    offline = json.loads((home / "offline.json").read_text(encoding="utf-8"))
    for page in offline["pages"][1:] + offline["sound"]:
        assert (home / page).is_file()
    assert offline["bytes"] == sum((home / href).stat().st_size for href in offline["sound"])


def test_every_link_of_every_page_leads_somewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) == 7
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for link in re.findall(r'(?:href|src|data-sound)="([^"]*)"', text):
            if link.startswith(("#", "https://books.example.org/")):
                continue
            assert not re.match(r"[a-z]+:|//", link), link
            path = page.parent / urljoin("", link)
            assert (path / "index.html" if link.endswith("/") else path).resolve().is_file(), (page, link)
