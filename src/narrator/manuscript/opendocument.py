"""ODT: paragraphs, headings by their outline level, emphasis, verse, and notes after their paragraph."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from narrator.manuscript.archive import Archive, Element, attribute, local, opened, word_set
from narrator.manuscript.scribe import Scribe, Text

_GONE: Final = word_set(
    "tracked-changes sequence-decls variable-decls forms soft-page-break annotation annotation-end bookmark "
    "note-citation page-number"
)
_CONTENTS: Final = word_set(
    "table-of-content illustration-index table-index alphabetical-index bibliography user-index"
)


def read(path: Path) -> Text:
    """The text of an ODT. Raises ManuscriptError for one that is damaged or hostile."""
    with opened(path) as archive:
        root = archive.xml("content.xml")
        title, author = _said(archive)
    scribe = Scribe()
    body = next((e for e in root.iter() if local(e) == "text" and local(e.getparent()) == "body"), None)
    if body is not None:
        _Reader(scribe, *_styles(root)).read(body)
    return scribe.text(title=title, author=author)


def _said(archive: Archive) -> tuple[str, str]:
    if "meta.xml" not in archive.names:
        return "", ""
    said = {local(e): e.text or "" for e in archive.xml("meta.xml").iter()}
    return said.get("title", ""), said.get("initial-creator", "") or said.get("creator", "")


def _styles(root: Element) -> tuple[frozenset[str], Mapping[str, str]]:
    """The text styles that lean, and the parent of each paragraph style."""
    leaning, parents = {"Emphasis", "Strong_20_Emphasis"}, {}
    for style in root.iter():
        if local(style) != "style":
            continue
        name = attribute(style, "name")
        parents[name] = attribute(style, "parent-style-name")
        for shape in (e for e in style if local(e) == "text-properties"):
            slanted = attribute(shape, "font-style") in ("italic", "oblique")
            if slanted or attribute(shape, "font-weight") in ("bold", "700", "800", "900"):
                leaning.add(name)
    return frozenset(leaning), parents


class _Reader:
    def __init__(self, scribe: Scribe, leaning: frozenset[str], parents: Mapping[str, str]) -> None:
        self.scribe = scribe
        self.leaning = leaning
        self.parents = parents

    def read(self, body: Element) -> None:
        """Everything in the body, without recursion."""
        stack = [(child, False) for child in reversed(body)]
        while stack:
            element, furniture = stack.pop()
            tag = local(element)
            if tag in _GONE:
                continue
            if tag in ("h", "p"):
                self._paragraph(element, tag, furniture=furniture)
                continue
            stack += [(child, furniture or tag in _CONTENTS) for child in reversed(element)]

    def _paragraph(self, element: Element, tag: str, *, furniture: bool) -> None:
        style = attribute(element, "style-name")
        named = {style, self.parents.get(style, "")}
        level = attribute(element, "outline-level")
        if "Horizontal_20_Line" in named:
            self.scribe.scene()
        notes: list[Element] = []
        self._words(element, leans=tag == "p" and style in self.leaning, notes=notes)
        heading = max(1, int(level)) if tag == "h" and level.isdigit() else int(tag == "h")
        self.scribe.flush(level=0 if furniture else heading, furniture=furniture, title="Title" in named)
        for note in notes:
            for part in (e for e in note.iter() if local(e) == "p"):
                self._words(part, leans=False, notes=[])
                self.scribe.flush(furniture=True)

    def _words(self, paragraph: Element, *, leans: bool, notes: list[Element]) -> None:
        stack: list[tuple[Element, bool, bool]] = [(paragraph, leans, False)]
        while stack:
            element, leaning, leaving = stack.pop()
            if leaving:
                self.scribe.words(element.tail or "", emphasised=leaning)
                continue
            if element is not paragraph:
                stack.append((element, leaning, True))
            tag = local(element)
            if self._mark(tag, element, notes):
                continue
            inner = leaning or (tag == "span" and attribute(element, "style-name") in self.leaning)
            self.scribe.words(element.text or "", emphasised=inner)
            stack += [(child, inner, False) for child in reversed(element)]

    def _mark(self, tag: str, element: Element, notes: list[Element]) -> bool:
        """Whether an element holds no words of its paragraph."""
        if tag == "line-break":
            self.scribe.verse()
        elif tag in ("s", "tab"):
            self.scribe.words(" ")
        elif tag == "frame":
            self.scribe.leave_out("picture")
        elif tag == "note":
            notes += [e for e in element if local(e) == "note-body"]
        else:
            return tag in _GONE or not tag
        return True
