"""HTML and XHTML: what a reader of the page would read, and where the chapters begin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.entities import html5
from typing import Final, cast

from narrator.errors import ManuscriptError
from narrator.manuscript.archive import Element, attribute, local, parse_xml, word_set
from narrator.manuscript.scribe import Scribe, Text

_BLOCKS: Final = word_set(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr html li main nav ol p pre section summary table tbody td "
    "tfoot th thead tr ul"
)
_SILENT: Final = word_set("head script style template noscript object iframe svg math audio video canvas")
_LEANING: Final = word_set("em i cite strong b dfn")
_HEADING: Final = re.compile(r"h([1-6])")

_PAGE: Final = re.compile(r"\b(?:doc-)?page-?(?:break|num(?:ber)?)\b", re.IGNORECASE)
_NOTE_MARK: Final = re.compile(
    r"\b(?:doc-)?(?:noteref|fnanchor|footnote-?ref|fn-?ref|footnote-?back|backlink)\b", re.IGNORECASE
)
_ASIDE: Final = re.compile(
    r"\b(?:doc-)?(?:footnotes?|endnotes?|rearnotes?|toc|landmarks|page-list|titlepage|copyright(?:-page)?|colophon"
    r"|imprint|dedication|loi|lot|index|bibliography|halftitlepage|cover|contents|transnote)\b",
    re.IGNORECASE,
)
_BOILERPLATE: Final = re.compile(
    r"\bpg-?(?:header|footer|boilerplate|start-separator|end-separator)\b", re.IGNORECASE
)
_CHARSET: Final = re.compile(rb"charset\s*=\s*[\"']?([\w-]{2,30})", re.IGNORECASE)
_XML_CHARSET: Final = re.compile(rb"\A\s*<\?xml[^>]*encoding\s*=\s*[\"']([\w-]{2,30})", re.IGNORECASE)


def read(data: bytes, where: str) -> Text:
    """The text of one HTML page. Raises ManuscriptError for one that cannot be understood."""
    root = page(data, where)
    scribe = Scribe()
    Walker(scribe).walk(root)
    named = next((e for e in root.iter() if local(e) == "title"), None)
    title = "".join(named.itertext()) if named is not None else ""
    author = next(
        (attribute(e, "content") for e in root.iter() if local(e) == "meta" and e.get("name") == "author"), ""
    )
    return scribe.text(title=title, author=author)


def page(data: bytes, where: str) -> Element:
    """The root of a page: as XML where it is well-formed, else as browsers read it."""
    from lxml import etree

    if data.lstrip()[:5] == b"<?xml" or b"http://www.w3.org/1999/xhtml" in data[:2000]:
        try:
            return parse_xml(data, where)
        except ManuscriptError:
            if b"<!ENTITY" in data:
                raise
    declared = _XML_CHARSET.match(data) or _CHARSET.search(data[:2048])
    encoding = declared[1].decode("ascii") if declared else "utf-8"
    try:
        text = data.decode(encoding)
    except (LookupError, UnicodeDecodeError) as error:
        raise ManuscriptError(
            f"the page is not {encoding} text.", where=where, hint="Save it as UTF-8."
        ) from error
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        raise ManuscriptError(
            "the page holds no text that can be read.", where=where, hint="Save it as plain text."
        ) from error
    if root is None:
        raise ManuscriptError("the page is empty.", where=where, hint="Give a file with text in it.")
    return cast(Element, root)


class Walker:
    """Reads elements to a scribe. `places`: the entries of the table of contents by the id they point at.

    furniture: nothing of this page is read aloud.
    """

    def __init__(
        self, scribe: Scribe, places: Mapping[str, str] | None = None, *, furniture: bool = False
    ) -> None:
        self.scribe = scribe
        self.places = dict(places or {})
        self.furniture = furniture

    def walk(self, root: Element) -> None:
        """Everything under `root`. Walks without recursion: a page may be nested without end."""
        stack: list[tuple[Element, bool, bool, bool]] = [(root, False, False, False)]
        while stack:
            element, leaning, silent, leaving = stack.pop()
            if leaving:
                self._leave(element, furniture=silent)
                self.scribe.words(element.tail or "", emphasised=leaning)
                continue
            inner = self._enter(element, leaning=leaning, furniture=silent)
            if inner is None:
                self.scribe.words(element.tail or "", emphasised=leaning)
                continue
            stack.append((element, leaning, inner[1], True))
            self.scribe.words(element.text or "", emphasised=inner[0])
            stack += [(child, *inner, False) for child in reversed(element)]
        self.scribe.flush(furniture=self.furniture)

    def _enter(self, element: Element, *, leaning: bool, furniture: bool) -> tuple[bool, bool] | None:
        """Whether what is in the element leans, and whether it is furniture; None where nothing in it is
        words."""
        tag = local(element)
        if not tag:
            self.scribe.words(_entity(element), emphasised=leaning)
            return None
        roles = " ".join(
            (attribute(element, "type"), attribute(element, "role"), attribute(element, "class"))
        )
        roles += (
            f" {attribute(element, 'id')}" if tag in ("div", "section", "nav", "header", "footer") else ""
        )
        self._place(element)
        if tag in _SILENT or self._is_left_out(tag, roles, element):
            return None
        if tag == "br":
            self.scribe.verse()
            return None
        if tag == "hr":
            self.scribe.flush(furniture=furniture or self.furniture)
            self.scribe.scene()
            return None
        if tag in _BLOCKS:
            self.scribe.flush(furniture=furniture or self.furniture)
            furniture = furniture or tag == "nav" or bool(_ASIDE.search(roles))
        return leaning or (tag in _LEANING), furniture

    def _is_left_out(self, tag: str, roles: str, element: Element) -> bool:
        what = ""
        if tag in ("img", "image", "picture"):
            what = "picture"
        elif _PAGE.search(roles):
            what = "page number"
        elif _NOTE_MARK.search(roles) and tag in ("a", "sup", "span"):
            what = "note mark"
        elif _BOILERPLATE.search(roles):
            self.scribe.flush(furniture=self.furniture)
            what = "part of Project Gutenberg's licence"
        if what:
            self.scribe.leave_out(what)
        return bool(what)

    def _place(self, element: Element) -> None:
        for name in (attribute(element, "id"), element.get("name") or ""):
            if name and name in self.places:
                self.scribe.flush(furniture=self.furniture)
                self.scribe.start(self.places.pop(name))

    def _leave(self, element: Element, *, furniture: bool) -> None:
        tag = local(element)
        if tag in _BLOCKS:
            heading = _HEADING.fullmatch(tag)
            furniture = furniture or self.furniture
            self.scribe.flush(level=int(heading[1]) if heading and not furniture else 0, furniture=furniture)


def _entity(element: Element) -> str:
    """The character that a named entity stands for; empty for a comment."""
    name = getattr(element, "name", None)
    return html5.get(f"{name};", "") if isinstance(name, str) else ""
