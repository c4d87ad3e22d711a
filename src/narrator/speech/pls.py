"""Pronunciation lexicons of the W3C (PLS 1.0): read into the lexicon's own entries.

The file is a stranger's: no document type, no entities, nothing fetched, LARGEST bytes at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from narrator.book import Reading
from narrator.errors import SheetError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LARGEST: Final = 20_000_000
"""Bytes; a lexicon of 100,000 words has about 10 million."""

LONGEST: Final = 500
"""Characters of a word or of its reading."""

_NAMESPACE: Final = "{http://www.w3.org/2005/01/pronunciation-lexicon}"
_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True)
class Imported:
    """The words of a lexicon, in its order. left_out: words whose phonemes are in no alphabet known here."""

    words: Mapping[str, Reading]
    language: str
    left_out: tuple[str, ...]


def read_pls(path: Path) -> Imported:
    """The lexicon in `path`. Raises SheetError where it is no PLS file, or one that may not be read."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise SheetError(f"cannot be read ({error.strerror}).", where=str(path)) from error
    if len(data) > LARGEST:
        raise SheetError(
            f"is larger than {LARGEST // 1_000_000} MB.", where=str(path), hint="Split it into several files."
        )
    try:
        root = fromstring(data, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise SheetError(
            "holds a document type or entities, which are not read.",
            where=str(path),
            hint="Delete the line that begins with <!DOCTYPE.",
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise SheetError(f"is not XML ({error}).", where=str(path), hint="Name a PLS file.") from error
    if root.tag.removeprefix(_NAMESPACE) != "lexicon":
        raise SheetError(
            "is no pronunciation lexicon.", where=str(path), hint="A PLS file begins with <lexicon>."
        )
    return _imported(root)


def _imported(root: Element) -> Imported:
    words: dict[str, Reading] = {}
    left_out: list[str] = []
    for lexeme in _children(root, "lexeme"):
        reading = _reading(lexeme, root.get("alphabet", "ipa"))
        for grapheme in _children(lexeme, "grapheme"):
            word = _text(grapheme)
            if not word:
                continue
            if reading is None:
                left_out.append(word)
            else:
                words.setdefault(word, reading)
    return Imported(words, root.get(_XML_LANG, ""), tuple(left_out))


def _reading(lexeme: Element, alphabet: str) -> Reading | None:
    """The preferred reading, or the first; a phoneme and an alias together, where there are both."""
    phonemes = [
        p for p in _children(lexeme, "phoneme") if p.get("alphabet", alphabet).lower() == "ipa" and _text(p)
    ]
    aliases = [alias for alias in _children(lexeme, "alias") if _text(alias)]
    if not phonemes and not aliases:
        return None
    return Reading(_text(_preferred(aliases)) or None, _text(_preferred(phonemes)).replace("/", "") or None)


def _preferred(choices: list[Element]) -> Element | None:
    return next(
        (choice for choice in choices if choice.get("prefer") == "true"), choices[0] if choices else None
    )


def _children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if child.tag in (name, _NAMESPACE + name))


def _text(element: Element | None) -> str:
    """The text of an element; empty where it is longer than any word."""
    text = "" if element is None else " ".join("".join(element.itertext()).split())
    return text if len(text) <= LONGEST else ""
