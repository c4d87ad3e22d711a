"""Making what is missing: lines recorded and chapters finished at the same time, by all workers."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

from narrator.build.crew.workers import Ended, Needs, Task, Workers, hire
from narrator.build.jobs import (
    Approved,
    ChapterJob,
    Cost,
    Encoded,
    Finished,
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
from narrator.build.needs import batches, to_hear, to_mix, to_record
from narrator.build.places import typed
from narrator.build.plan import (
    ChapterPlan,
    TakeRequest,
    missing_encodings,
    missing_takes,
    pauses,
    voice_level,
)
from narrator.build.recording import takes
from narrator.build.recording.choices import refuse_missing, spoilt_choice
from narrator.build.releases.covers import undrawn
from narrator.build.releases.crediting import credits_of
from narrator.build.sounds import brought
from narrator.build.stems import stem_paths
from narrator.errors import EngineError, NarratorError, RenderError
from narrator.report import Progress
from narrator.store import Store

FORGIVEN: Final = 8
"""Lines of a render that may take their workers with them, each time, before it gives up: more is no line's
fault."""


@dataclass(slots=True)
class Work:
    """What a render did, as it goes on. mended: places whose takes or chapters were damaged and made anew.
    lost: by key, why a take could not be recorded while the rest went on. cluster: where it was done, if not
    here. sound: seconds of it that were recorded; recording: wall seconds until the last of it was there."""

    recorded: set[str] = field(default_factory=set)
    heard: dict[str, set[str]] = field(default_factory=dict)
    finished: set[str] = field(default_factory=set)
    mended: list[str] = field(default_factory=list)
    cpu: dict[str, float] = field(default_factory=dict)
    wall: dict[str, float] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)
    stems: set[Path] = field(default_factory=set)
    lost: dict[str, NarratorError] = field(default_factory=dict)
    cluster: Mapping[str, Any] = field(default_factory=dict)
    sound: float = 0.0
    recording: float = 0.0

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
    place: str = "",
) -> None:
    """Record what is missing and finish the chapters that are stale, both at once, in `jobs` processes or by
    the workers at `place` (`workers.hire`).

    stems: write the stems of all these chapters too. Takes that turn out to be damaged are recorded again.
    A line that takes its worker with it each time is left, and its chapter with it; all else is made. Here
    EngineError then names every such line; on a cluster they stand in `work.lost`. Raises ProductionError
    where a chosen take is missing or damaged, else RenderError and EngineError; what was made until then is
    kept.
    """
    before = len(work.lost)
    making = Making(book, chosen, work, progress, stems=stems, far=bool(place))
    if not making.waiting:
        return
    with work.memory.watching(), hire(place, min(jobs, making.size)) as workers:
        while making.waiting or workers.busy:
            making.hand_out(workers)
            for ended in workers.ended():
                making.take_in(ended)
        work.cluster = workers.told()
    if len(work.lost) > before and not place:
        error = loss(work)
        raise EngineError(f"{error.what}; everything else is made", where=error.where, hint=error.hint)


_Result: TypeAlias = Recorded | Finished | Spoilt | Approved | Painted | Separated


class Making:
    """The work of one render: what waits for what. far: whether a cluster does it. label: what its jobs are
    known by, the book's title where nothing else is said."""

    def __init__(
        self,
        book: Book,
        chosen: Sequence[ChapterPlan],
        work: Work,
        progress: Progress,
        *,
        stems: bool = False,
        far: bool = False,
        label: str = "",
    ) -> None:
        self._label, self._began = label or book.sheet.title, time.monotonic()
        self.store: Store = book.production.store
        self._book, self._work, self._progress = book, work, progress
        stale = [p for p in chosen if missing_encodings(p, self.store)]
        wanted = chosen if stems else stale
        refuse_missing(wanted, self.store)
        # The longest chapters go first: the last ones to be mixed are short, and no worker waits for long.
        stale.sort(key=lambda p: -sum(len(line.written) for _, line in p.place.chapter.lines))
        requests = missing_takes(wanted, self.store, takes.SUFFIX)
        self._plans = {p.place.name: p for p in wanted}
        self._typed = typed(wanted)
        self._requests = {r.key: r for p in wanted for r in p.takes.values()}
        self._queue = deque(batches(requests, by_voice=far))
        self._missing = {request.key for request in requests}
        self._announced = frozenset(self._missing)
        self._spoilt: set[tuple[str, str]] = set()
        self._unheard: deque[Encoded] = deque()
        self._unfinished = deque(stale)
        self._apart = deque(chosen if stems else ())
        self._unpainted = bool(requests or wanted) and undrawn(book)
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

    def hand_out(self, workers: Workers) -> None:
        """Give the workers what can be done now, the end of the line first."""
        if self._unpainted:
            self._unpainted = False
            sheet = self._book.sheet
            workers.give(self._task("the cover", (), paint, self.store, sheet.title, sheet.author))
        while workers.hungry and self._unheard:
            encoded = self._unheard.popleft()
            named = (encoded.job.where, (encoded.job.name,))
            workers.give(self._task(*named, hear, self.store, encoded, needs=to_hear(encoded)))
        while workers.hungry and (chapter := self._ready(self._unfinished)):
            job = self._job(chapter)
            named = (job.where, (job.name,))
            workers.give(self._task(*named, finish, self.store, job, needs=to_mix(job)))
        while workers.hungry and (chapter := self._ready(self._apart)):
            paths = stem_paths(self._book.production, chapter.place, self._book.chapters[-1].number)
            job = self._job(chapter)
            workers.give(self._task(job.where, (job.name,), separate, self.store, job, *paths))
        while workers.hungry and self._queue:
            batch = self._queue.popleft()
            needs = to_record(self._book, batch)
            where, ends = _span(batch), (batch[0].key, batch[-1].key)
            workers.give(self._task(where, ends, record, self.store, batch, needs=needs))

    def take_in(self, ended: Ended) -> None:
        """Note what a job has done. Raises its error, unless all but a line can go on without it."""
        if ended.error is None:
            self._note(ended.value)
        elif ended.died and ended.task.job is record:
            self._apart_or_lost(ended.task.args[1], ended.error)
        else:
            raise ended.error

    def _apart_or_lost(self, batch: Sequence[TakeRequest], error: Exception) -> None:
        """Have the lines of a job that took its worker with it done one by one; do without the one that does
        it again. Raises EngineError where too many do."""
        if len(batch) > 1:
            self._queue.extendleft((request,) for request in reversed(batch))
            return
        if not isinstance(error, NarratorError):
            raise error
        key = batch[0].key
        self._work.lost[key] = error
        if len(self._work.lost) > FORGIVEN:
            raise loss(self._work)
        self._missing.discard(key)
        for waiting in (self._unfinished, self._apart):
            for chapter in [p for p in waiting if loses(p, self._work)]:
                waiting.remove(chapter)

    def _task(
        self,
        where: str,
        ends: Sequence[str],
        job: Callable[..., Any],
        *args: object,
        needs: Needs | None = None,
    ) -> Task:
        """A job. ends: the chapter's name, or the first and last take."""
        place = " to ".join(dict.fromkeys(self._typed[end] for end in ends))
        return Task(where, job, args, needs=needs or Needs(), book=self._label, place=place)

    def _note(self, result: _Result) -> None:
        self._work.add(result.cost)
        match result:
            case Recorded(keys):
                self._work.sound += result.sound
                self._work.recording = time.monotonic() - self._began
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
            case Approved(encoded):
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
        if self.store.is_shared:  # whoever mixes it has not the producer's files, but the store
            for sound in chapter.place.sounds:
                brought(self.store, sound)
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


def loss(work: Work) -> EngineError:
    """What to say of all lines that took their workers with them, each time."""
    first, *others = work.lost.values()
    alike = [error.where for error in others if error.what == first.what]
    rest = [f"at {error.where} {error.what}" for error in others if error.what != first.what]
    what = "; ".join((", and to ".join((first.what, *filter(None, [", ".join(alike)]))), *rest))
    return EngineError(what, where=first.where, hint=first.hint)


def loses(chapter: ChapterPlan, work: Work) -> bool:
    """Whether a take of the chapter could not be recorded."""
    return bool(work.lost) and any(request.key in work.lost for request in chapter.takes.values())


def _span(batch: Sequence[TakeRequest]) -> str:
    return batch[0].where if len(batch) == 1 else f"{batch[0].where} to {batch[-1].where}"
