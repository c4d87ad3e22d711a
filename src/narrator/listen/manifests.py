"""Manifests for reading apps: W3C Audiobooks, Readium's web publication, a web app's, Audiobookshelf's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from narrator.listen.covers import ICON, measured
from narrator.listen.editions import Edition
from narrator.listen.epub import identifier
from narrator.listen.media import Stored
from narrator.listen.publication import Publication
from narrator.listen.templating import iso_duration

_ACCESS = {
    "accessMode": ["auditory", "textual"],
    "accessModeSufficient": [
        {"type": "ItemList", "itemListElement": [mode]} for mode in ("auditory", "textual")
    ],
    "accessibilityFeature": ["transcript", "tableOfContents", "structuralNavigation"],
    "accessibilityHazard": ["none"],
}


def audiobook(book: Publication, edition: Edition, sounds: Mapping[str, Stored], cover: Stored) -> str:
    """The W3C audiobook manifest (W3C Recommendation "Audiobooks" of 2020)."""
    width, height = measured(book.cover)
    value: dict[str, Any] = {
        "@context": ["https://schema.org", "https://www.w3.org/ns/pub-context"],
        "conformsTo": "https://www.w3.org/TR/audiobooks/",
        "type": "Audiobook",
        "id": identifier(book),
        "name": _named(book, book.title),
        "inLanguage": [book.language],
        "dateModified": edition.note.moment,
        "duration": iso_duration(book.seconds),
        "abridged": False,
        **_ACCESS,
        "resources": [
            {"type": "LinkedResource", "url": "index.html", "encodingFormat": "text/html", "rel": "contents"},
            {
                "type": "LinkedResource",
                "url": cover.href,
                "encodingFormat": "image/jpeg",
                "rel": "cover",
                "name": "Cover",
                "width": width,
                "height": height,
            },
        ],
        "readingOrder": [
            {
                "type": "LinkedResource",
                "url": sounds[chapter.name].href,
                "encodingFormat": chapter.form.type,
                "name": _named(book, chapter.title),
                "duration": iso_duration(chapter.seconds),
                "alternate": [
                    {
                        "type": "LinkedResource",
                        "url": f"captions/{chapter.name}.vtt",
                        "encodingFormat": "text/vtt",
                    }
                ],
            }
            for chapter in book.chapters
        ],
    }
    people = {"author": book.author, "readBy": book.narrator}
    value |= {name: {"type": "Person", "name": [who]} for name, who in people.items() if who}
    if book.publisher:
        value["publisher"] = {"type": "Organization", "name": [book.publisher]}
    if book.description:
        value["description"] = book.description
    if book.day:
        value["datePublished"] = book.day
    if book.home:
        value["url"] = book.home
    return _json(value)


def readium(book: Publication, edition: Edition, sounds: Mapping[str, Stored], cover: Stored) -> str:
    """The Readium web publication manifest, audiobook profile."""
    width, height = measured(book.cover)
    metadata: dict[str, Any] = {
        "@type": "http://schema.org/Audiobook",
        "conformsTo": "https://readium.org/webpub-manifest/profiles/audiobook",
        "identifier": identifier(book),
        "title": book.title,
        "author": book.author,
        "narrator": book.narrator,
        "publisher": book.publisher,
        "language": book.language,
        "description": book.description,
        "published": book.day,
        "modified": edition.note.moment,
        "duration": round(book.seconds, 3),
    }
    return _json(
        {
            "@context": "https://readium.org/webpub-manifest/context.jsonld",
            "metadata": {name: said for name, said in metadata.items() if said},
            "links": [
                {
                    "rel": "self",
                    "href": f"{book.home}manifest.json",
                    "type": "application/audiobook+json",
                }
            ],
            "readingOrder": [
                {
                    "href": sounds[chapter.name].href,
                    "type": chapter.form.type,
                    "title": chapter.title,
                    "duration": round(chapter.seconds, 3),
                }
                for chapter in book.chapters
            ],
            "resources": [
                {
                    "rel": "cover",
                    "href": cover.href,
                    "type": "image/jpeg",
                    "width": width,
                    "height": height,
                },
                *({"href": f"captions/{chapter.name}.vtt", "type": "text/vtt"} for chapter in book.chapters),
            ],
            "toc": [{"href": sounds[chapter.name].href, "title": chapter.title} for chapter in book.chapters],
        }
    )


def web_app(book: Publication, icon: Stored) -> str:
    """The manifest with which a browser installs the book's page as an app."""
    size = f"{ICON}x{ICON}"
    return _json(
        {
            "name": book.title,
            "short_name": book.title[:12],
            "start_url": "./",
            "scope": "./",
            "display": "standalone",
            "background_color": "#faf7f2",
            "theme_color": "#faf7f2",
            "icons": [{"src": icon.href, "sizes": size, "type": "image/jpeg", "purpose": "any"}],
        }
    )


def audiobookshelf(book: Publication) -> str:
    """Audiobookshelf's metadata.json, which it reads before the files' own tags."""
    return _json(
        {
            "tags": [],
            "chapters": [
                {
                    "id": place,
                    "start": round(chapter.start, 6),
                    "end": round(chapter.start + chapter.seconds, 6),
                    "title": chapter.title,
                }
                for place, chapter in enumerate(book.chapters)
            ],
            "title": book.title,
            "subtitle": None,
            "authors": [book.author] if book.author else [],
            "narrators": [book.narrator] if book.narrator else [],
            "series": [],
            "genres": ["Audiobook"],
            "publishedYear": book.dated[:4] or None,
            "publishedDate": book.day or None,
            "publisher": book.publisher or None,
            "description": book.description or None,
            "isbn": None,
            "asin": None,
            "language": book.language,
            "explicit": book.explicit,
            "abridged": False,
        }
    )


def whole_file(book: Publication) -> Path | None:
    """The file that Audiobookshelf should find: the M4B, or the first of what was released instead."""
    return min(book.books, key=lambda path: path.suffix != ".m4b", default=None)


def _named(book: Publication, text: str) -> dict[str, str]:
    said = {"value": text, "language": book.language}
    return said | {"direction": "rtl"} if book.right_to_left else said


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
