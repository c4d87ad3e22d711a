"""Watching a production: whenever its script is saved, the chapters that changed are made new."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from narrator.build import rendering
from narrator.build.loading import load
from narrator.build.plan import ENCODING_OF, plan
from narrator.errors import NarratorError
from narrator.production import Production
from narrator.report import Progress

FORMAT = "mp3"
"""What a chapter is heard in: a file of its own, made in a moment."""

_SETTLED = 200
"""Milliseconds of quiet after which a save counts as finished: editors write, rename and write again."""

_LOOK = 500
"""Milliseconds after which waiting is interrupted, for Ctrl-C and for the first look."""


@dataclass(frozen=True, slots=True)
class Renewed:
    """A chapter that was made new. file: where it is heard."""

    number: int
    title: str
    file: Path


def watch(
    production: Production, jobs: int, progress: Progress
) -> Iterator[tuple[Renewed, ...] | NarratorError]:
    """Wait for saves, for ever; after each, give the chapters that were made new, or the mistake that kept
    them from it: the last good state then stands. Where a mistake was only undone, the tuple is empty.

    First comes an empty tuple: the script is read and watched. A chapter that was never rendered is made when
    it changes. Only the chapters' own files are written; `narrator render` joins the book.
    """
    from watchfiles import watch as changes

    state = _State(production, jobs, progress)
    folders = [path for path in (production.script, production.voices) if path.is_dir()]
    begun = state.first()
    saves = changes(*folders, debounce=_SETTLED, step=50, yield_on_timeout=True, rust_timeout=_LOOK)
    next(saves)  # from here on no save is missed; one that came before is found by looking
    yield begun
    wrong = isinstance(begun, NarratorError)
    if (made := state.next()) != ():
        yield made
        wrong = isinstance(made, NarratorError)
    for saved in saves:
        if saved and ((made := state.next()) != () or wrong):
            yield made
            wrong = isinstance(made, NarratorError)


class _State:
    """What each chapter was made of when it was last known to be good."""

    def __init__(self, production: Production, jobs: int, progress: Progress) -> None:
        self._production, self._jobs, self._progress = production, jobs, progress
        self._keys: dict[str, str] = {}

    def first(self) -> tuple[Renewed, ...] | NarratorError:
        """Take note of what is there."""
        try:
            book = load(self._production)
            self._keys = {p.place.name: p.encodings["mp3"][0] for p in plan(book, (ENCODING_OF[FORMAT],))}
        except NarratorError as error:
            return error
        return ()

    def next(self) -> tuple[Renewed, ...] | NarratorError:
        """Make the chapters that are no longer what they were."""
        try:
            return self._make()
        except NarratorError as error:
            return error

    def _make(self) -> tuple[Renewed, ...]:
        book = load(self._production)
        numbered = {c.number for c in book.chapters if c.name not in ("opening", "closing")}
        keys = {p.place.name: p.encodings["mp3"][0] for p in plan(book, (ENCODING_OF[FORMAT],))}
        changed = {c.number for c in book.chapters if keys[c.name] != self._keys.get(c.name)} & numbered
        if not changed:
            return ()
        order = rendering.Order(frozenset(changed), (FORMAT,), self._jobs, joined=False)
        rendered = rendering.render(book, order, self._progress)
        self._keys = keys
        files = [path for path in rendered.release.files if path.suffix == f".{FORMAT}"]
        chapters = zip(rendered.release.chapters, files, strict=True)
        return tuple(Renewed(c.plan.place.number, c.plan.place.chapter.title, file) for c, file in chapters)
