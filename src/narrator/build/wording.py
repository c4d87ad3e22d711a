"""How the book's words are said: what no dictionary knows, what of the lexicon nobody needs, imports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from narrator import speech
from narrator.book import NARRATOR, CharacterId, Heading, Line
from narrator.build.loading import Book, lexicon_of
from narrator.production import Production
from narrator.sheets import write_lexicon


@dataclass(frozen=True, slots=True)
class UnknownWord:
    """A word that no dictionary knows. times: how often it is heard. where: first."""

    word: str
    times: int
    where: str


@dataclass(frozen=True, slots=True)
class Wording:
    """What `narrator check` tells of the words: the unknown ones, the most heard first, and entries of the
    lexicon that apply nowhere, each with the character whose own it is."""

    unknown: tuple[UnknownWord, ...]
    idle: tuple[tuple[CharacterId | None, str], ...]


def examine_wording(book: Book) -> Wording:
    """Look every word of the book up. Loads the dictionary, no model."""
    times: Counter[str] = Counter()
    first: dict[str, tuple[str, str]] = {}
    used: set[tuple[CharacterId | None, str]] = set()
    for where, character, said in _spoken(book):
        text = said if isinstance(said, str) else "".join("\n" if p.said else p.written for p in said.pieces)
        used.update(book.lexicon.used(text, character))
        language = _language(book, character)
        if language.lower().split("-")[0] != "en":
            continue
        for word in speech.unknown_words(speech.words(said, book.lexicon, language=language)):
            times[word.lower()] += 1
            first.setdefault(word.lower(), (word, where))
    unknown = (UnknownWord(first[word][0], count, first[word][1]) for word, count in times.most_common())
    return Wording(tuple(unknown), tuple(entry for entry in book.lexicon.all() if entry not in used))


def _spoken(book: Book) -> Iterator[tuple[str, CharacterId, Line | str]]:
    """Everything that is said, with its place and who says it."""
    for place in book.chapters:
        for number, element in enumerate(place.chapter.elements, 1):
            where = f"{place.where}:{number}"
            if isinstance(element, Line):
                yield where, element.character, element
            elif isinstance(element, Heading) and place.speak_title:
                yield where, NARRATOR, element.title


def _language(book: Book, character: CharacterId) -> str:
    named = book.cast[character].voice if character in book.cast else ""
    return book.voices[named].language if named in book.voices else book.sheet.language


@dataclass(frozen=True, slots=True)
class ImportedLexicon:
    """What an import of a lexicon did.

    kept: words that stood there and were left as they are. left_out: words whose phonemes are not IPA.
    """

    added: tuple[str, ...]
    kept: tuple[str, ...]
    left_out: tuple[str, ...]


def import_lexicon(production: Production, path: Path) -> ImportedLexicon:
    """Add the words of a PLS file to the production's lexicon; its own entries win. Raises SheetError."""
    found = speech.read_pls(path)
    own = lexicon_of(production).entries
    added = write_lexicon(production.lexicon_sheet, found.words)
    return ImportedLexicon(added, tuple(word for word in found.words if word in own), found.left_out)
