"""A render: the stages in order, from the checked book to the files that listeners get."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from narrator.build.holding import alone
from narrator.build.loading import Book
from narrator.build.making import Work, loses, make
from narrator.build.plan import ENCODING_OF, ChapterPlan, plan
from narrator.build.recording.choices import doubtful, unused
from narrator.build.releases.releasing import Release, refuse_mixture, release
from narrator.build.stems import clear_old_stems
from narrator.errors import UsageError
from narrator.report import Progress, count


@dataclass(frozen=True, slots=True)
class Order:
    """What to render. chapters: places in the book, empty for all. formats: of `m4b`, `mp3`, `opus`, `flac`.
    jobs: worker processes. place: where they are (`workers.hire`), empty for here. stems: write the stems of
    these chapters too.
    joined: whether the book is joined too, and not only the files of single chapters written."""

    chapters: frozenset[int]
    formats: tuple[str, ...]
    jobs: int
    stems: bool = False
    joined: bool = True
    place: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What came of a render: the plans of the whole book, which of them were made, and the release.

    unused: a sentence for each chosen take that the script has no line for any more; doubtful: for each that
    may be another line's.
    """

    plans: tuple[ChapterPlan, ...]
    chosen: tuple[ChapterPlan, ...]
    work: Work
    release: Release
    unused: tuple[str, ...]
    doubtful: tuple[str, ...]
    jobs: int


def render(book: Book, order: Order, progress: Progress) -> Rendered:
    """Bring the chapters of `order` up to date and release the book.

    Takes and chapters that are in the store are used as they are. What is made is kept at once, so a render
    that is killed goes on where it was. Raises UsageError where single chapters would not fit the others,
    RenderError, EngineError; the last release then stands.
    """
    numbers = {place.number for place in book.chapters if place.name not in ("opening", "closing")}
    if 0 in order.chapters and book.chapters[0].name == "opening":
        raise UsageError(
            "0 is the opening credits, which are made with the whole book.", hint="Type `narrator render`."
        )
    for number in sorted(order.chapters - numbers):
        raise UsageError(
            f"there is no chapter {number}: the book has {count(len(numbers), 'chapter')}.",
            hint="Chapters count from 1, in the order of book.toml.",
        )
    encodings = tuple(dict.fromkeys(ENCODING_OF[name] for name in order.formats))
    work = Work()
    with alone(book.production, "rendering"):
        with work.stage("plan"):
            plans = plan(book, encodings)
        chosen = tuple(p for p in plans if not order.chapters or p.place.number in order.chapters)
        if order.joined:
            refuse_mixture(book, plans, chosen)
        with work.stage("make"):
            make(book, chosen, order.jobs, work, progress, stems=order.stems, place=order.place)
        chosen = tuple(p for p in chosen if not loses(p, work))
        if order.stems:
            clear_old_stems(book.production, book.chapters, [p.place for p in chosen])

        def remake(damaged: Sequence[ChapterPlan]) -> None:
            work.mended += [p.place.where for p in damaged]
            make(book, damaged, order.jobs, work, progress)

        with work.stage("release"):
            released = release(book, plans, chosen, order.formats, progress, remake, joined=order.joined)
    return Rendered(plans, chosen, work, released, unused(book, plans), doubtful(book, plans), order.jobs)
