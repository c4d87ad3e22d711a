"""DOCX: paragraphs, headings by their styles, emphasis, verse, and notes after their paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from narrator.manuscript.archive import Archive, Element, attribute, local, opened, word_set
from narrator.manuscript.scribe import Scribe, Text

_DOCUMENT: Final = "word/document.xml"
_HEADING: Final = re.compile(r"heading\s*([1-9])", re.IGNORECASE)
_GONE: Final = word_set("del movefrom instrtext deltext fallback sdtpr ppr rpr drawing pict object")
"""Elements whose text is no part of the document as it stands."""


@dataclass(frozen=True, slots=True)
class _Style:
    name: str = ""
    level: int = 0
    leans: bool = False


def read(path: Path) -> Text:
    """The text of a DOCX. Raises ManuscriptError for one that is damaged or hostile."""
    with opened(path) as archive:
        root = archive.xml(_DOCUMENT)
        styles = _styles(archive)
        notes = {kind: _notes(archive, kind) for kind in ("footnote", "endnote")}
        title, author = _said(archive)
    scribe = Scribe()
    reader = _Reader(scribe, styles, notes)
    for paragraph, contents in _paragraphs(root):
        reader.paragraph(paragraph, furniture=contents)
    return scribe.text(title=title, author=author)


def _said(archive: Archive) -> tuple[str, str]:
    name = "docProps/core.xml"
    if name not in archive.names:
        return "", ""
    said = {local(e): e.text or "" for e in archive.xml(name).iter()}
    return said.get("title", ""), said.get("creator", "")


def _styles(archive: Archive) -> Mapping[str, _Style]:
    """Styles by id; one that is based on another is what that one is."""
    name = "word/styles.xml"
    if name not in archive.names:
        return {}
    found: dict[str, tuple[_Style, str]] = {}
    for style in archive.xml(name).iter():
        if local(style) != "style":
            continue
        called, base, outline, leans = "", "", 0, False
        for element in style.iter():
            tag, value = local(element), attribute(element, "val")
            called = value if tag == "name" else called
            base = value if tag == "basedon" else base
            outline = (
                int(value) + 1 if tag == "outlinelvl" and value.isdigit() and int(value) < 9 else outline
            )
            leans = leans or (tag == "i" and value not in ("0", "false"))
        heading = _HEADING.match(called)
        found[attribute(style, "styleId")] = (
            _Style(called, int(heading[1]) if heading else outline, leans),
            base,
        )
    return {key: _based(key, found) for key in found}


def _based(key: str, found: Mapping[str, tuple[_Style, str]]) -> _Style:
    own, base = found[key]
    level, leans, seen = own.level, own.leans, {key}
    while base in found and base not in seen:
        seen.add(base)
        parent, following = found[base]
        level, leans, base = level or parent.level, leans or parent.leans, following
    return _Style(own.name, level, leans)


def _notes(archive: Archive, kind: str) -> Mapping[str, Element]:
    name = f"word/{kind}s.xml"
    if name not in archive.names:
        return {}
    return {attribute(e, "id"): e for e in archive.xml(name) if local(e) == kind and not attribute(e, "type")}


def _paragraphs(root: Element) -> Iterator[tuple[Element, bool]]:
    """Every paragraph in order, and whether it is part of a table of contents."""
    stack = [(root, False)]
    while stack:
        element, contents = stack.pop()
        tag = local(element)
        if tag in _GONE:
            continue
        if tag == "p":
            yield element, contents
            continue
        if tag == "sdt":
            contents = contents or any(
                local(e) == "docpartgallery" and "contents" in attribute(e, "val").lower()
                for e in element.iter()
            )
        stack += [(child, contents) for child in reversed(element)]


class _Reader:
    def __init__(
        self, scribe: Scribe, styles: Mapping[str, _Style], notes: Mapping[str, Mapping[str, Element]]
    ) -> None:
        self.scribe = scribe
        self.styles = styles
        self.notes = notes

    def paragraph(self, element: Element, *, furniture: bool) -> None:
        style = self.styles.get(_value(element, "ppr", "pstyle"), _Style())
        named = style.name.lower()
        furniture = furniture or named.startswith("toc ") or named in ("header", "footer")
        referred: list[Element] = []
        self._runs(element, style, referred)
        self.scribe.flush(level=0 if furniture else style.level, furniture=furniture, title=named == "title")
        for note in referred:
            for part in (e for e in note.iter() if local(e) == "p"):
                self._runs(part, _Style(), [])
                self.scribe.flush(furniture=True)

    def _runs(self, paragraph: Element, style: _Style, referred: list[Element]) -> None:
        stack = [(child, False) for child in reversed(paragraph)]
        while stack:
            element, leaning = stack.pop()
            tag = local(element)
            if tag in ("drawing", "pict"):
                self._picture(element)
            if tag in _GONE or not tag:
                continue
            if tag == "r":
                leaning = self._leans(element) or (style.leans and not style.level)
            self._run(tag, element, referred, leaning=leaning)
            stack += [(child, leaning) for child in reversed(element)]

    def _picture(self, element: Element) -> None:
        """A drawn rule parts scenes; any other picture is left out."""
        if any(attribute(e, "hr") in ("t", "true") for e in element.iter()):
            self.scribe.flush()
            self.scribe.scene()
        else:
            self.scribe.leave_out("picture")

    def _run(self, tag: str, element: Element, referred: list[Element], *, leaning: bool) -> None:
        if tag == "t":
            self.scribe.words(element.text or "", emphasised=leaning)
        elif tag == "tab":
            self.scribe.words(" ")
        elif tag == "nobreakhyphen":
            self.scribe.words("-", emphasised=leaning)
        elif tag in ("br", "cr") and attribute(element, "type") in ("", "textWrapping"):
            self.scribe.verse()
        elif tag in ("footnotereference", "endnotereference"):
            note = self.notes[tag.removesuffix("reference")].get(attribute(element, "id"))
            if note is not None:
                referred.append(note)

    def _leans(self, run: Element) -> bool:
        shape = next((e for e in run if local(e) == "rpr"), None)
        if shape is None:
            return False
        on = {local(e): attribute(e, "val") not in ("0", "false", "none") for e in shape}
        named = self.styles.get(_value(run, "rpr", "rstyle"), _Style())
        return on.get("i", False) or on.get("b", False) or on.get("em", False) or named.leans


def _value(element: Element, outer: str, inner: str) -> str:
    shape = next((e for e in element if local(e) == outer), None)
    found = next((e for e in shape if local(e) == inner), None) if shape is not None else None
    return attribute(found, "val") if found is not None else ""
