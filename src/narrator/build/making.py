"""Making what is missing: lines recorded and chapters finished at the same time, by all workers."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from narrator.build import takes
from narrator.build.choices import refuse_missing, spoilt_choice
from narrator.build.covers import undrawn
from narrator.build.crediting import credits_of
from narrator.build.crew import Crew, crew
from narrator.build.jobs import (
    ChapterJob,
    Cost,
    Encoded,
    Finished,
    Heard,
    Painted,
    Recorded,
    Separated,
    Spoilt,
    finish,
    hear,
    paint,
    record,
    separate,
)
from narrator.build.loading import Book
from narrator.build.memory import Memory
from narrator.build.plan import (
    ChapterPlan,
    TakeRequest,
    missing_encodings,
    missing_takes,
    pauses,
    voice_level,
)
from narrator.build.stems import stem_paths
from narrator.errors import RenderError
from narrator.report import Progress
from narrator.store import Store

BATCH = 8
"""Takes a job: enough to hide the cost of handing it over, few enough to keep all workers busy to the end."""


@dataclass(slots=True)
class Work:
    """What a render did, as it goes on. mended: places whose takes or chapters were damaged and made anew."""

    recorded: set[str] = field(default_factory=set)
    heard: dict[str, set[str]] = field(default_factory=dict)
    finished: set[str] = field(default_factory=set)
    mended: list[str] = field(default_factory=list)
    cpu: dict[str, float] = field(default_factory=dict)
    wall: dict[str, float] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)
    stems: set[Path] = field(default_factory=set)

    def add(self, cost: Cost) -> None:
        """Count what a job took."""
        for stage, seconds in cost.cpu.items():
            self.cpu[stage] = self.cpu.get(stage, 0.0) + seconds

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure the wall time of a stage."""
        started = time.monotonic()
        yield
        self.wall[name] = self.wall.get(name, 0.0) + time.monotonic() - started


def make(
    book: Book,
    chosen: Sequence[ChapterPlan],
    jobs: int,
    work: Work,
    progress: Progress,
    *,
    stems: bool = False,
) -> None:
    """Record what is missing and finish the chapters that are stale, both at once, in `jobs` processes.

    stems: write the stems of all these chapters too. Takes that turn out to be damaged are recorded again.
    Raises ProductionError where a chosen take is missing or damaged, else RenderError and EngineError; what
    was made until then is kept.
    """
    making = _Making(book, chosen, work, progress, stems=stems)
    if not making.waiting:
        return
    with work.memory.watching(), crew(min(jobs, making.size)) as workers:
        if undrawn(book):
            workers.start("the cover", paint, making.store, book.sheet.title, book.sheet.author)
        while making.waiting or workers.busy:
            making.hand_out(workers)
            for result in workers.finished():
                making.take_in(result)


_Result: TypeAlias = Recorded | Finished | Spoilt | Heard | Painted | Separated


class _Making:
    """The work of one render: what waits for what."""

    def __init__(
        self, book: Book, chosen: Sequence[ChapterPlan], work: Work, progress: Progress, *, stems: bool
    ) -> None:
        self.store: Store = book.production.store
        self._book, self._work, self._progress = book, work, progress
        stale = [p for p in chosen if missing_encodings(p, self.store)]
        wanted = chosen if stems else stale
        refuse_missing(wanted, self.store)
        # The longest chapters go first: the last ones to be mixed are short, and no worker waits for long.
        stale.sort(key=lambda p: -sum(len(line.written) for _, line in p.place.chapter.lines))
        requests = missing_takes(wanted, self.store, takes.SUFFIX)
        self._plans = {p.place.name: p for p in wanted}
        self._requests = {r.key: r for p in wanted for r in p.takes.values()}
        self._queue = deque(requests[n : n + BATCH] for n in range(0, len(requests), BATCH))
        self._missing = {request.key for request in requests}
        self._announced = frozenset(self._missing)
        self._spoilt: set[tuple[str, str]] = set()
        self._unheard: deque[Encoded] = deque()
        self._unfinished = deque(stale)
        self._apart = deque(chosen if stems else ())
        if requests:
            progress.begin("recording", len(requests), "lines")
        if stale:
            progress.begin("mixing", len(stale), "chapters")
        if stems:
            progress.begin("separating", len(chosen), "chapters")

    @property
    def size(self) -> int:
        """How many jobs can be under way at once: more workers would cost their start and little else.

        A single chapter waits for its lines, and its one worker has threads for both cores.
        """
        return max(len(self._queue), len(self._unfinished) + len(self._apart), 1)

    @property
    def waiting(self) -> bool:
        """Whether anything has not been handed out yet."""
        return bool(self._queue or self._unfinished or self._unheard or self._apart)

    def hand_out(self, workers: Crew[_Result]) -> None:
        """Give the workers what can be done now, the end of the line first."""
        while workers.hungry and self._unheard:
            encoded = self._unheard.popleft()
            workers.start(encoded.job.where, hear, self.store, encoded)
        while workers.hungry and (chapter := self._ready(self._unfinished)):
            workers.start(chapter.place.where, finish, self.store, self._job(chapter))
        while workers.hungry and (chapter := self._ready(self._apart)):
            paths = stem_paths(self._book.production, chapter.place)
            workers.start(chapter.place.where, separate, self.store, self._job(chapter), *paths)
        while workers.hungry and self._queue:
            batch = self._queue.popleft()
            workers.start(_span(batch), record, self.store, batch)

    def take_in(self, result: _Result) -> None:
        """Note what a job has done."""
        self._work.add(result.cost)
        match result:
            case Recorded(keys):
                self._missing.difference_update(keys)
                self._work.recorded.update(keys)
                if announced := self._announced.intersection(keys):
                    self._progress.advance("recording", len(announced))
            case Finished(encoded):
                self._unheard += encoded
            case Separated(paths):
                self._work.stems.update(paths)
                self._progress.advance("separating")
            case Spoilt(job, keys):
                self._mend(job, keys)
                again = self._apart if result.apart else self._unfinished
                again.appendleft(self._plans[job.name])
            case Heard(encoded):
                self._heard(encoded)

    def _ready(self, waiting: deque[ChapterPlan]) -> ChapterPlan | None:
        """The next chapter whose takes are all there, no longer waiting."""
        for chapter in waiting:
            if not any(request.key in self._missing for request in chapter.takes.values()):
                waiting.remove(chapter)
                return chapter
        return None

    def _heard(self, encoded: Encoded) -> None:
        heard = self._work.heard.setdefault(encoded.job.name, set())
        heard.add(encoded.encoding)
        if len(heard) == len(encoded.job.encodings):
            self._work.finished.add(encoded.job.name)
            self._progress.advance("mixing")

    def _mend(self, job: ChapterJob, keys: Sequence[str]) -> None:
        """Have damaged takes recorded again."""
        for key in keys:
            request = self._requests[key]
            if request.chosen:
                raise spoilt_choice(request, self._plans[job.name].place.number)
            if (job.name, key) in self._spoilt:
                raise RenderError(
                    "this take was recorded again and is damaged again.",
                    where=request.where,
                    hint="Look after the disk that .narrator/ lies on.",
                )
            self._spoilt.add((job.name, key))
            if key not in self._missing and not self.store.sound("takes", key, takes.SUFFIX):
                self.store.discard("takes", key, takes.SUFFIX)
                self._missing.add(key)
                self._queue.append((request,))
                self._work.mended.append(request.where)

    def _job(self, chapter: ChapterPlan) -> ChapterJob:
        book = self._book
        return ChapterJob(
            name=chapter.place.name,
            where=chapter.place.where,
            chapter=chapter.place.chapter,
            takes={number: request.key for number, request in chapter.takes.items()},
            levels=chapter.levels,
            mix=chapter.mix,
            pauses=pauses(book),
            bed_level=book.sheet.bed_level,
            beds=book.beds,
            target=voice_level(book),
            stereo=book.stereo,
            sounds=chapter.place.sounds,
            spec=book.spec,
            encodings={e: chapter.encodings[e] for e in missing_encodings(chapter, self.store)},
            credits=credits_of(book, chapter.place),
        )


def _span(batch: Sequence[TakeRequest]) -> str:
    return batch[0].where if len(batch) == 1 else f"{batch[0].where} to {batch[-1].where}"
