"""Editions: what was published, when, and what each new one changed, as the book's edition.json holds it."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from narrator.errors import ProductionError
from narrator.listen.publication import CREDITS, Publication, PublishedChapter

KEEP_DAYS = 30
"""How long a file that a newer edition replaced can still be fetched by its old address."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ChapterState(_Value):
    """A chapter as it was published. sound: digest. published, updated: seconds since 1970."""

    title: str
    sound: str
    lines: tuple[str, ...]
    seconds: float
    published: int
    updated: int
    change: str = ""


class EditionNote(_Value):
    """An edition in the change log. date: seconds since 1970. changes: a sentence each, none at first."""

    number: int
    date: int
    changes: tuple[str, ...] = ()

    @property
    def day(self) -> str:
        """Its date, year-month-day (UTC)."""
        return datetime.fromtimestamp(self.date, UTC).strftime("%Y-%m-%d")

    @property
    def moment(self) -> str:
        """Its date and time as XML has it (UTC)."""
        return moment(self.date)


class Edition(_Value):
    """The state of a book on the site. about: a digest of what is said of the book. files: what it is made
    of; retired: what it no longer is, with the time since."""

    address: str
    about: str
    cover: str
    chapters: Mapping[str, ChapterState]
    history: tuple[EditionNote, ...]
    files: tuple[str, ...] = ()
    retired: Mapping[str, int] = {}

    @property
    def number(self) -> int:
        """Editions count from 1."""
        return self.history[-1].number

    @property
    def note(self) -> EditionNote:
        """What this edition says of itself."""
        return self.history[-1]


def moment(seconds: int) -> str:
    """A time as XML and JSON have it, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read(path: Path, *, where: str) -> Edition | None:
    """The edition that stands there; None where there is none. Raises ProductionError where it is damaged."""
    try:
        return Edition.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise ProductionError(
            "this record of what was published cannot be read.",
            where=where,
            hint="Delete its folder and publish again: the change log then begins anew.",
        ) from error


def follow(
    before: Edition | None, book: Publication, sounds: Mapping[str, str], about: str, cover: str, now: int
) -> Edition:
    """The edition of `book` that follows `before`: the same one where nothing changed.

    sounds: digest by chapter name. now: seconds since 1970, the date of a new edition and of what it changed.
    Raises ProductionError where `before` is another book: one with no chapter of the same name.
    """
    known = before.chapters if before else {}
    own = known.keys() - CREDITS.values()
    if own and own.isdisjoint(sounds):
        raise ProductionError(
            "another book is published at this address.",
            where=book.address,
            hint=f"Give this one another in book.toml, or delete the folder {book.address} of the site.",
        )
    changes = [] if before is None else list(_changes(before, book, sounds, about, cover))
    chapters = {c.name: _state(c, known.get(c.name), sounds[c.name], now) for c in book.chapters}
    if before is None:
        history: tuple[EditionNote, ...] = (EditionNote(number=1, date=now),)
    elif changes:
        history = (*before.history, EditionNote(number=before.number + 1, date=now, changes=tuple(changes)))
    else:
        history = before.history
    return Edition(address=book.address, about=about, cover=cover, chapters=chapters, history=history)


def with_files(edition: Edition, before: Edition | None, files: frozenset[str], now: int) -> Edition:
    """The edition with its files; what `before` had and this one has not is retired from `now` on."""
    gone: dict[str, int] = {}
    if before:
        gone = dict.fromkeys(before.files, now) | dict(before.retired)
    retired = {href: since for href, since in sorted(gone.items()) if href not in files}
    return edition.model_copy(update={"files": tuple(sorted(files)), "retired": retired})


def text_of(edition: Edition) -> str:
    """The edition as its file holds it."""
    value = edition.model_dump(mode="json")
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _state(chapter: PublishedChapter, before: ChapterState | None, sound: str, now: int) -> ChapterState:
    lines = tuple(line.text for line in chapter.lines)
    change = _change(before, chapter, sound) if before else ""
    same = before is not None and not change
    return ChapterState(
        title=chapter.title,
        sound=sound,
        lines=lines,
        seconds=round(chapter.seconds, 3),
        published=before.published if before else now,
        updated=before.updated if same and before else now,
        change=before.change if same and before else change,
    )


def _changes(
    before: Edition, book: Publication, sounds: Mapping[str, str], about: str, cover: str
) -> Iterator[str]:
    for chapter in book.chapters:
        known = before.chapters.get(chapter.name)
        if known is None:
            yield f"New: {chapter.title}."
        elif change := _change(known, chapter, sounds[chapter.name]):
            yield f"{chapter.title}: {change}"
    names = {chapter.name for chapter in book.chapters}
    for name, known in before.chapters.items():
        if name not in names:
            yield f"Taken out: {known.title}."
    if [c for c in before.chapters if c in names] != [c for c in sounds if c in before.chapters]:
        yield "The chapters stand in another order."
    if before.about != about:
        yield "Title, credits or description changed."
    if before.cover != cover:
        yield "A new cover."


def _change(before: ChapterState, chapter: PublishedChapter, sound: str) -> str:
    """What is new in a chapter, in a sentence; empty where nothing is."""
    lines = [line.text for line in chapter.lines]
    matcher = difflib.SequenceMatcher(a=before.lines, b=lines, autojunk=False)
    codes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    changed = sum(max(a2 - a1, b2 - b1) for _, a1, a2, b1, b2 in codes)
    if changed:
        return f"{changed} of {len(lines)} lines changed." if changed > 1 else "one line changed."
    if before.sound != sound:
        return "recorded or mixed anew, the words are the same."
    return "a new title." if before.title != chapter.title else ""
