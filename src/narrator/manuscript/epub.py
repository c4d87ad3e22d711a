"""EPUB 2 and 3: the pages in reading order, the chapters by the table of contents."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from narrator.errors import ManuscriptError
from narrator.manuscript import headings, hypertext
from narrator.manuscript.archive import Archive, Element, attribute, damaged, local, opened, word_set
from narrator.manuscript.scribe import Scribe, Text

_PAGES: Final = frozenset({"application/xhtml+xml", "text/html", "application/xml", "text/x-oeb1-document"})
_FURNITURE: Final = word_set(
    "cover title-page titlepage toc copyright-page copyright colophon halftitlepage dedication notes "
    "footnotes endnotes rearnotes index bibliography loi lot acknowledgements"
)
"""Types of pages, in EPUB 2's guide and EPUB 3's landmarks, that are kept but not read aloud."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of the table of contents."""

    page: str
    fragment: str
    title: str


@dataclass(frozen=True, slots=True)
class _Package:
    """What the package says: pages in reading order, its own table of contents, types of pages."""

    pages: tuple[str, ...]
    contents: tuple[_Entry, ...]
    types: Mapping[str, str]
    navigation: str
    title: str
    author: str


def read(path: Path) -> Text:
    """The text of an EPUB. Raises ManuscriptError for one that is damaged, hostile or locked."""
    with opened(path) as archive:
        _refuse_locked(archive)
        package = _package(archive)
        places = _places(package)
        by_contents = sum(len(entries) for entries in places.values()) > 1
        scribe = Scribe(by_contents=by_contents)
        for name in package.pages:
            entries = places.get(name, {})
            furniture = name == package.navigation or package.types.get(name, "") in _FURNITURE
            furniture = furniture or (
                len(entries) == 1 and headings.is_apparatus(next(iter(entries.values())))
            )
            if "" in entries and not furniture:
                scribe.start(entries[""])
            root = hypertext.page(archive.read(name), f"{path}: {name}")
            named = {} if furniture else entries
            hypertext.Walker(scribe, named, furniture=furniture).walk(root)
    return scribe.text(title=package.title, author=package.author)


def _refuse_locked(archive: Archive) -> None:
    name = "META-INF/encryption.xml"
    if name not in archive.names:
        return
    locked = [attribute(e, "URI") for e in archive.xml(name).iter() if local(e) == "cipherreference"]
    if any(re.search(r"\.(?:x?html?|opf|ncx|xml)\Z", uri, re.IGNORECASE) for uri in locked):
        raise ManuscriptError(
            "the book is locked (DRM), and narrator does not open locks.",
            where=str(archive.path),
            hint="Use a copy without a lock.",
        )


def _package(archive: Archive) -> _Package:
    container = archive.xml("META-INF/container.xml")
    base = next((attribute(e, "full-path") for e in container.iter() if local(e) == "rootfile"), "")
    if base not in archive.names:
        raise damaged(archive.path, "its container names no package")
    root = archive.xml(base)
    items: dict[str, tuple[str, str, str]] = {}
    for element in root.iter():
        if local(element) == "item":
            name, _ = archive.inside(base, attribute(element, "href"))
            kind, properties = attribute(element, "media-type"), attribute(element, "properties")
            items[attribute(element, "id")] = (name, kind, properties)
    pages = tuple(dict.fromkeys(_spine(root, items)))
    if not pages:
        raise damaged(archive.path, "it lists no pages")
    navigation = next(
        (name for name, _, properties in items.values() if "nav" in properties.split() and name), ""
    )
    ncx = next((name for name, kind, _ in items.values() if kind == "application/x-dtbncx+xml" and name), "")
    types = {
        archive.inside(base, attribute(e, "href"))[0]: attribute(e, "type").lower()
        for e in root.iter()
        if local(e) == "reference"
    }
    contents: tuple[_Entry, ...] = ()
    if navigation:
        tree = hypertext.page(archive.read(navigation), f"{archive.path}: {navigation}")
        contents = tuple(_links(archive, navigation, tree, "toc"))
        types |= {
            e.page: e.title
            for e in _links(archive, navigation, tree, "landmarks", types=True)
            if not e.fragment
        }
    if not contents and ncx:
        contents = tuple(_points(archive, ncx))
    return _Package(pages, contents, types, navigation, _said(root, "title"), _said(root, "creator"))


def _said(root: Element, name: str) -> str:
    """What the package's metadata say: its first title, its first author."""
    found = next((e for e in root.iter() if local(e) == name and (e.text or "").strip()), None)
    return (found.text or "") if found is not None else ""


def _spine(root: Element, items: Mapping[str, tuple[str, str, str]]) -> Iterator[str]:
    for element in root.iter():
        if local(element) == "itemref":
            name, kind, _ = items.get(attribute(element, "idref"), ("", "", ""))
            if name and (kind in _PAGES or not kind):
                yield name


def _links(archive: Archive, base: str, tree: Element, kind: str, *, types: bool = False) -> Iterator[_Entry]:
    """The links of one list in an EPUB 3's navigation; `types`: each link's type in place of its words."""
    for nav in tree.iter():
        if local(nav) != "nav" or kind not in attribute(nav, "type").split():
            continue
        for link in nav.iter():
            if local(link) == "a":
                page, fragment = archive.inside(base, attribute(link, "href"))
                words = attribute(link, "type") if types else " ".join("".join(link.itertext()).split())
                if page and words:
                    yield _Entry(page, fragment, words)


def _points(archive: Archive, base: str) -> Iterator[_Entry]:
    """The entries of an EPUB 2's table of contents."""
    for point in archive.xml(base).iter():
        if local(point) != "navpoint":
            continue
        words = reference = ""
        for child in point:
            if local(child) == "navlabel":
                words = " ".join("".join(child.itertext()).split())
            elif local(child) == "content":
                reference = attribute(child, "src")
        page, fragment = archive.inside(base, reference)
        if page and words:
            yield _Entry(page, fragment, words)


def _places(package: _Package) -> Mapping[str, dict[str, str]]:
    """The entries by page and fragment; the first of several for one place counts."""
    places: dict[str, dict[str, str]] = defaultdict(dict)
    for entry in package.contents:
        places[entry.page].setdefault(entry.fragment, entry.title)
    return places
