"""What a render would make, why, and what it would cost; nothing is made to find out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from narrator.build import costs
from narrator.build.loading import Book, BookChapter
from narrator.build.plan import ENCODING_OF, ChapterPlan, missing_encodings, missing_takes, plan
from narrator.build.reasons import reasons
from narrator.build.recording import takes
from narrator.build.recording.choices import doubtful, missing_choices, unused
from narrator.build.releases.releasing import last_released, unreleased


@dataclass(frozen=True, slots=True)
class Stale:
    """A chapter that would be mixed and encoded. lines: how many of its lines would be recorded, those that
    another chapter records for it included. why: what differs from what was last released."""

    place: BookChapter
    lines: int
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """What a render would do.

    lines, chapters: how many there are. takes: how many would be recorded. files: those that would be
    written; release: why, beside what is stale. seconds: what all of it takes by the clock, as far as earlier
    renders tell. unused: chosen takes without a line; doubtful: those that may be another line's; missing:
    lines whose chosen take is not in the store: a render would refuse.
    """

    lines: int
    chapters: int
    takes: int
    stale: tuple[Stale, ...]
    files: tuple[Path, ...]
    release: tuple[str, ...]
    seconds: float
    unused: tuple[str, ...]
    doubtful: tuple[str, ...]
    missing: tuple[str, ...]


def status(book: Book, formats: Sequence[str], jobs: int) -> Status:
    """What a render in these formats with so many workers would do now."""
    store = book.production.store
    plans = plan(book, tuple(dict.fromkeys(ENCODING_OF[name] for name in formats)))
    stale = [p for p in plans if missing_encodings(p, store)]
    absent = missing_choices(stale, store)
    wanted = missing_takes(stale, store, takes.SUFFIX)
    to_record = [request for request in wanted if not request.chosen]
    files, release = unreleased(book, plans, stale, formats)
    keys = {request.key for request in to_record}
    last = last_released(book.production)
    return Status(
        lines=sum(len(p.takes) for p in plans),
        chapters=len(plans),
        takes=len(to_record),
        stale=tuple(
            Stale(
                p.place,
                sum(request.key in keys for request in p.takes.values()),
                reasons(p, last.get(p.place.name, {}), store),
            )
            for p in stale
        ),
        files=files,
        release=release,
        seconds=_seconds(book, plans, stale, costs.letters(to_record), bool(files), jobs),
        unused=unused(book, plans),
        doubtful=doubtful(book, plans),
        missing=tuple(request.where for request in absent),
    )


def _seconds(
    book: Book,
    plans: Sequence[ChapterPlan],
    stale: Sequence[ChapterPlan],
    unrecorded: int,
    release: bool,
    jobs: int,
) -> float:
    speeds = costs.known(book.production)
    work = speeds.record * unrecorded
    work += speeds.finish * sum(costs.letters(p.takes.values()) for p in stale)
    joining = speeds.release * sum(costs.letters(p.takes.values()) for p in plans) if release else 0.0
    return (costs.STARTING if stale else 0.0) + work / jobs + joining
