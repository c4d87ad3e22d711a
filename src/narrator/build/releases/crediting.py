"""The credits file of a release: which voices speak, by which engines, under which licences, from where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from narrator import casting
from narrator.book import NARRATOR, Line
from narrator.build.voices.admission import licences

if TYPE_CHECKING:  # workers carry credits; they need not know how a production is loaded
    from narrator.build.loading import Book, BookChapter
    from narrator.sheets import BookSheet


@dataclass(frozen=True, slots=True)
class Credit:
    """A voice in a release. characters: the names of those whom it speaks. licences: what its sheet says, and
    its engine."""

    voice: str
    engine: str
    characters: tuple[str, ...]
    licences: tuple[str, ...]
    source: str
    consent: str

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Credit:
        """The credit that `dataclasses.asdict` made facts of, and JSON lists of its tuples."""
        lists = {name: tuple(facts[name]) for name in ("characters", "licences")}
        return cls(**{**facts, **lists})


def credits_of(book: Book, place: BookChapter) -> tuple[Credit, ...]:
    """The voices that speak in a chapter, in order of appearance."""
    speaking = dict.fromkeys(e.character for e in place.chapter.elements if isinstance(e, Line))
    characters = [*speaking, *([NARRATOR] if place.speak_title and NARRATOR not in speaking else [])]
    found: dict[str, Credit] = {}
    for character in characters:
        voice, name = book.voice(character), book.cast[character].name
        known = found.get(voice.name)
        if known:
            found[voice.name] = replace(known, characters=(*known.characters, name))
        else:
            told = licences(voice)
            found[voice.name] = Credit(voice.name, voice.engine, (name,), told, voice.source, voice.consent)
    return tuple(found.values())


def credits_text(sheet: BookSheet, chapters: Iterable[Iterable[Credit]]) -> str:
    """The file's text, a paragraph a voice; the same for the same voices. Whatever a sheet holds stays on its
    line."""
    voices: dict[tuple[object, ...], Credit] = {}
    for credit in (credit for chapter in chapters for credit in chapter):
        alike = (credit.voice, credit.engine, credit.licences, credit.source, credit.consent)
        known = voices.get(alike, replace(credit, characters=()))
        names = dict.fromkeys((*known.characters, *credit.characters))
        voices[alike] = replace(known, characters=tuple(names))
    by = f", by {_flat(sheet.author)}" if sheet.author else ""
    head = f"{_flat(sheet.title)}{by}\nSynthetic voices, made with narrator, for {sheet.use} use.\n"
    return "\n".join((head, *("\n".join(_paragraph(voice)) + "\n" for voice in voices.values())))


def _paragraph(credit: Credit) -> Iterator[str]:
    yield f"{credit.voice}: {', '.join(map(_flat, credit.characters))}"
    yield f"  engine: {credit.engine}"
    for licence in credit.licences or ("",):
        yield f"  licence: {_told(licence)}"
    yield f"  source: {_flat(credit.source) or 'not stated'}"
    if credit.consent:
        yield f"  consent: {_flat(credit.consent)}"


def _told(licence: str) -> str:
    if not licence:
        return "not stated: find out before you publish"
    unknown = casting.stance(licence) == "unknown"
    return _flat(licence) + (" (narrator does not know it: read it before you publish)" if unknown else "")


def _flat(text: str) -> str:
    return " ".join(text.split())
