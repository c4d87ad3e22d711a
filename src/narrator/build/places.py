"""Places in the book as editors name them: CHAPTER:LINE, the chapter's place and the line of its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from narrator.build.loading import Book, BookChapter
from narrator.build.plan import ChapterPlan, TakeRequest, chosen_in, plan_line, spoken, words_of
from narrator.build.recording import takes
from narrator.errors import ProductionError, UsageError


@dataclass(frozen=True, slots=True)
class Place:
    """A spoken line in its place. text: its words; nth: which of the chapter's lines with these words it is,
    of: how many there are. first: its first take."""

    chapter: BookChapter
    line: int
    character: str
    text: str
    nth: int
    of: int
    first: TakeRequest

    @property
    def where(self) -> str:
        """For messages: the file and its line."""
        return f"{self.chapter.where}:{self.line}"


def typed(plans: Sequence[ChapterPlan]) -> Mapping[str, str]:
    """Places as an editor types them: "chapter 3" by its name, "3:41" by the take of a line that is the first
    to need it."""
    places = {p.place.name: f"chapter {p.place.number}" for p in plans}
    for p in plans:
        for line, request in p.takes.items():
            places.setdefault(request.key, f"{p.place.number}:{line}")
    return places


def take_of(book: Book, place: Place) -> Path:
    """The file of the take that the line has now. Raises ProductionError where there is none."""
    request = plan_line(book, place.chapter, place.line, chosen_in(book, place.chapter))
    store = book.production.store
    if not store.has("takes", request.key, takes.SUFFIX):
        raise ProductionError(
            "this line is not recorded yet.", where=place.where, hint="Type `narrator render`."
        )
    return store.path("takes", request.key, takes.SUFFIX)


def place_of(book: Book, chapter: int, line: int) -> Place:
    """The line that stands there. Raises UsageError, naming the nearest, where nothing is spoken there."""
    found = next((c for c in book.chapters if c.number == chapter), None)
    if found is None:
        raise UsageError(
            f"there is no chapter {chapter}: the book has {book.chapters[-1].number} at most.",
            hint="Chapters count from 1, in the order of book.toml; the opening credits are 0.",
        )
    lines = {number: (character, words_of(said)) for number, character, said, _ in spoken(found)}
    if line in lines:
        character, text = lines[line]
        same = [number for number, (_, words) in lines.items() if words == text]
        first = plan_line(book, found, line, {})
        return Place(found, line, character, text, same.index(line) + 1, len(same), first)
    near = sorted(lines, key=lambda number: abs(number - line))[:1]
    raise UsageError(
        f"nothing is spoken at line {line} of chapter {chapter} ({found.where}).",
        hint=f"The nearest spoken line is {chapter}:{near[0]}." if near else "The chapter is silent.",
    )
