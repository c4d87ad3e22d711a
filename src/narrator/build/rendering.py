"""A render: the stages in order, from the checked book to the files that listeners get."""

from __future__ import annotations

import resource
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from narrator.build import takes
from narrator.build.covers import undrawn
from narrator.build.crediting import credits_of
from narrator.build.crew import crew
from narrator.build.jobs import (
    ChapterJob,
    Cost,
    Encoded,
    Finished,
    Heard,
    Recorded,
    Separated,
    finish,
    hear,
    paint,
    record,
    separate,
)
from narrator.build.loading import Book
from narrator.build.plan import (
    ENCODING_OF,
    ChapterPlan,
    TakeRequest,
    missing_encodings,
    missing_takes,
    pauses,
    plan,
    voice_level,
)
from narrator.build.releasing import Release, release
from narrator.build.stems import stem_paths
from narrator.errors import RenderError, UsageError
from narrator.production import Production
from narrator.report import Progress, count
from narrator.store import Store

BATCH = 8
"""Takes a job: enough to hide the cost of handing it over, few enough to keep all workers busy to the end."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to render. chapters: places in the book, empty for all. formats: of `m4b` and `mp3`.
    jobs: worker processes. stems: write the stems of these chapters too."""

    chapters: frozenset[int]
    formats: tuple[str, ...]
    jobs: int
    stems: bool = False


@dataclass(slots=True)
class Work:
    """What a render did, as it goes on."""

    recorded: set[str] = field(default_factory=set)
    heard: dict[str, set[str]] = field(default_factory=dict)
    finished: set[str] = field(default_factory=set)
    cpu: dict[str, float] = field(default_factory=dict)
    wall: dict[str, float] = field(default_factory=dict)
    peak_mb: dict[int, float] = field(default_factory=dict)
    stems: set[Path] = field(default_factory=set)

    def add(self, cost: Cost) -> None:
        """Count what a job took."""
        for stage, seconds in cost.cpu.items():
            self.cpu[stage] = self.cpu.get(stage, 0.0) + seconds
        self.peak_mb[cost.worker] = max(cost.peak_mb, self.peak_mb.get(cost.worker, 0.0))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure the wall time of a stage."""
        started = time.monotonic()
        yield
        self.wall[name] = time.monotonic() - started

    @property
    def peak_rss_mb(self) -> float:
        """The greatest memory of this process and of each worker, added up: an upper bound."""
        unit = 1024 if sys.platform == "linux" else 1024 * 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit + sum(self.peak_mb.values())


@dataclass(frozen=True, slots=True)
class Rendered:
    """What came of a render: the plans of the whole book, which of them were made, and the release."""

    plans: tuple[ChapterPlan, ...]
    chosen: tuple[ChapterPlan, ...]
    work: Work
    release: Release


def render(book: Book, order: Order, progress: Progress) -> Rendered:
    """Bring the chapters of `order` up to date and release the book.

    Takes and chapters that are in the store are used as they are. What is made is kept at once, so a render
    that is killed goes on where it was. Raises RenderError, EngineError; the last release then stands.
    """
    numbers = {place.number for place in book.chapters if place.name not in ("opening", "closing")}
    for number in sorted(order.chapters - numbers):
        raise UsageError(
            f"there is no chapter {number}: the book has {count(len(numbers), 'chapter')}.",
            hint="Chapters count from 1, in the order of book.toml.",
        )
    encodings = tuple(dict.fromkeys(ENCODING_OF[name] for name in order.formats))
    work = Work()
    with alone(book.production):
        with work.stage("plan"):
            plans = plan(book, encodings)
        chosen = tuple(p for p in plans if not order.chapters or p.place.number in order.chapters)
        with work.stage("make"):
            _make(book, chosen, order, work, progress)
        with work.stage("release"):
            released = release(book, plans, chosen, order.formats, progress)
    return Rendered(plans, chosen, work, released)


@contextmanager
def alone(production: Production) -> Iterator[None]:
    """Hold the production: two renders at once would release a mixture."""
    production.store.prepare()
    lock = FileLock(production.lock)
    try:
        with lock.acquire(timeout=0):
            yield
    except Timeout as error:
        raise RenderError(
            "another narrator is rendering this production.",
            where=str(production.root),
            hint="Wait until it has ended.",
        ) from error


def _make(book: Book, chosen: Sequence[ChapterPlan], order: Order, work: Work, progress: Progress) -> None:
    """Record what is missing and finish the chapters that are stale, both at once.

    The longest chapters go first: the last ones to be mixed are short, and no worker waits for long.
    """
    store = book.production.store
    stale = [p for p in chosen if missing_encodings(p, store)]
    stale.sort(key=lambda p: -sum(len(line.written) for _, line in p.place.chapter.lines))
    apart = deque(chosen if order.stems else ())
    requests = missing_takes(chosen if order.stems else stale, store, takes.SUFFIX)
    if not stale and not apart:
        return
    queue = deque(requests[n : n + BATCH] for n in range(0, len(requests), BATCH))
    missing = {request.key for request in requests}
    unfinished = deque(stale)
    if requests:
        progress.begin("recording", len(requests), "lines")
    if stale:
        progress.begin("mixing", len(stale), "chapters")
    if apart:
        progress.begin("separating", len(apart), "chapters")
    unheard: deque[Encoded] = deque()
    with crew(min(order.jobs, len(queue) + len(stale) + len(apart))) as workers:
        if undrawn(book):
            workers.start("the cover", paint, store, book.sheet.title, book.sheet.author)
        while queue or unfinished or unheard or apart or workers.busy:
            while workers.hungry and unheard:
                encoded = unheard.popleft()
                workers.start(encoded.job.where, hear, store, encoded)
            while workers.hungry and (job := _ready(unfinished, missing)):
                workers.start(job.place.where, finish, store, _chapter_job(book, job, store))
            while workers.hungry and (job := _ready(apart, missing)):
                paths = stem_paths(book.production, job.place)
                workers.start(job.place.where, separate, store, _chapter_job(book, job, store), *paths)
            while workers.hungry and queue:
                batch = queue.popleft()
                workers.start(_span(batch), record, store, batch)
            for result in workers.finished():
                unheard += result.encoded if isinstance(result, Finished) else ()
                _count_in(result, missing, work, progress)


def _ready(unfinished: deque[ChapterPlan], missing: set[str]) -> ChapterPlan | None:
    """The next chapter whose takes are all there, taken from `unfinished`."""
    for chapter in unfinished:
        if not any(request.key in missing for request in chapter.takes.values()):
            unfinished.remove(chapter)
            return chapter
    return None


def _count_in(
    result: Recorded | Finished | Heard | Separated, missing: set[str], work: Work, progress: Progress
) -> None:
    work.add(result.cost)
    match result:
        case Recorded():
            missing.difference_update(result.keys)
            work.recorded.update(result.keys)
            progress.advance("recording", len(result.keys))
        case Separated(paths):
            work.stems.update(paths)
            progress.advance("separating")
        case Heard(encoded):
            work.heard.setdefault(encoded.job.name, set()).add(encoded.encoding)
            if len(work.heard[encoded.job.name]) == len(encoded.job.encodings):
                work.finished.add(encoded.job.name)
                progress.advance("mixing")


def _span(batch: Sequence[TakeRequest]) -> str:
    return batch[0].where if len(batch) == 1 else f"{batch[0].where} to {batch[-1].where}"


def _chapter_job(book: Book, chapter: ChapterPlan, store: Store) -> ChapterJob:
    return ChapterJob(
        name=chapter.place.name,
        where=chapter.place.where,
        chapter=chapter.place.chapter,
        takes={number: request.key for number, request in chapter.takes.items()},
        levels=chapter.levels,
        pauses=pauses(book),
        bed_level=book.sheet.bed_level,
        beds=book.beds,
        target=voice_level(book),
        stereo=book.stereo,
        sounds=chapter.place.sounds,
        spec=book.spec,
        encodings={e: chapter.encodings[e] for e in missing_encodings(chapter, store)},
        credits=credits_of(book, chapter.place),
    )
