"""A catalogue: many productions rendered by the same workers, in turn, none waiting for another.

A few are open at a time. Whenever a worker has nothing to do, each open production hands out one job before
any hands out a second. One that fails is told of at the end; the others go on. Books are joined on this
machine, where their files go, by processes of their own, while the workers do others' jobs.
"""

from __future__ import annotations

import json
import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from narrator.build import seal, summary
from narrator.build.crew.local import PATIENCE, Crew, crew, within
from narrator.build.crew.workers import Ended, Task, Workers, hire
from narrator.build.holding import alone
from narrator.build.loading import Book, load
from narrator.build.making import Making, Work, loses, make
from narrator.build.plan import ENCODING_OF, ChapterPlan, plan
from narrator.build.recording.choices import doubtful, unused
from narrator.build.releases.placing import finish
from narrator.build.releases.releasing import release
from narrator.build.rendering import Order, Rendered
from narrator.errors import NarratorError, RenderError
from narrator.production import Production, find
from narrator.report import Progress, Silent
from narrator.whole import write_text

OPEN: Final = 8
"""Productions that are open at once: enough to keep workers busy, few enough for memory. As many more may
wait to be joined."""

JOINERS: Final = 4
"""Books that are joined at once, at most, where a cluster does all else; one where this machine does."""

MADE, CURRENT, INCOMPLETE, FAILED = "made", "current", "incomplete", "failed"
"""What became of a production: released now; as it was, since nothing changed; made but for some lines;
none of this, with the reason."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one production. name: its folder's. told: its report. error: why it failed."""

    name: str
    state: str
    told: Mapping[str, Any] = field(default_factory=dict)
    error: NarratorError | None = None

    @property
    def exit_code(self) -> int:
        """What a render of it alone would have said."""
        if self.error:
            return self.error.exit_code
        return RenderError.exit_code if self.state == INCOMPLETE else 0

    def as_facts(self) -> Mapping[str, Any]:
        """The outcome as the summary holds it."""
        if self.error:
            wrong = {"where": self.error.where, "what": self.error.what, "hint": self.error.hint}
            return {"state": self.state, "error": wrong}
        kept = ("audio_seconds", "seconds", "lines", "takes_recorded", "chapters", "findings")
        return {"state": self.state, **{name: self.told[name] for name in kept}}


@dataclass(slots=True, eq=False)
class _Open:
    """A production at work. out: jobs that have not come back; error: why it will come to nothing; joining:
    whether its book is being joined, or next to be."""

    name: str
    before: seal.Seal
    holding: ExitStack
    began: float
    work: Work = field(default_factory=Work)
    book: Book | None = None
    plans: tuple[ChapterPlan, ...] = ()
    making: Making | None = None
    out: int = 0
    error: NarratorError | None = None
    joining: bool = False

    @property
    def over(self) -> bool:
        """Whether nothing more is to be done by workers."""
        return not self.out and (self.error is not None or self.making is None or not self.making.waiting)


@dataclass(slots=True)
class _Turn:
    """Workers as one production sees them whose turn it is: hungry for one job."""

    workers: Workers
    owner: _Open
    given: int = 0

    @property
    def hungry(self) -> bool:
        return not self.given and self.workers.hungry

    @property
    def busy(self) -> bool:
        return self.workers.busy

    def give(self, task: Task) -> None:
        self.workers.give(task)
        self.owner.out += 1
        self.given += 1

    def ended(self) -> Iterator[Ended]:
        return self.workers.ended()

    def told(self) -> Mapping[str, Any]:
        return self.workers.told()


@dataclass(frozen=True, slots=True)
class Done:
    """A production whose jobs are done, as it goes to whoever joins its book."""

    name: str
    before: seal.Seal
    book: Book
    plans: tuple[ChapterPlan, ...]
    work: Work
    began: float


def join(done: Done, order: Order) -> Outcome:
    """Release what was made of a production that the main process holds. Raises NarratorError."""
    book, work = done.book, done.work
    chosen = tuple(p for p in done.plans if not loses(p, work))

    def remake(damaged: Sequence[ChapterPlan]) -> None:
        work.mended += [p.place.where for p in damaged]
        make(book, damaged, 1, work, Silent())

    with within(PATIENCE, done.name, "joining the book"), work.stage("release"):
        finish(book.production)  # where somebody died of joining it a moment ago
        formats = order.formats or book.sheet.formats
        released = release(book, done.plans, chosen, formats, Silent(), remake)
    said = unused(book, done.plans), doubtful(book, done.plans)
    rendered = Rendered(done.plans, chosen, work, released, *said, order.jobs)
    told = summary.write(book, rendered, time.monotonic() - done.began)
    if work.lost:
        return Outcome(done.name, INCOMPLETE, told)
    done.before.close(book, rendered, told)
    return Outcome(done.name, MADE, told)


class Catalogue:
    """Renders productions as `order` says: jobs and place count; formats, where they are not the sheets'."""

    def __init__(self, productions: Sequence[Production], order: Order, progress: Progress) -> None:
        self._waiting = deque(productions)
        self._order, self._progress = order, progress
        self._open: list[_Open] = []
        self._outcomes: list[Outcome] = []
        self._began = time.monotonic()
        self._total = len(productions)
        self._takes, self._sound = 0, 0.0

    def render(self, summary_file: Callable[[str], None]) -> tuple[tuple[Outcome, ...], Mapping[str, Any]]:
        """Render them all; what became of each, by name, and the summary. summary_file: where its text goes.

        Raises RenderError and MissingError only where there is nobody to do the work.
        """
        self._progress.begin("productions", self._total, "productions")
        with ExitStack() as closing:
            closing.callback(self._let_go)  # the last thing: whoever joins must have ended by then
            workers = closing.enter_context(hire(self._order.place, self._order.jobs))
            joiner = closing.enter_context(crew(self._joiners))
            while self._waiting or self._open:
                self._feed(workers)
                done = len(self._outcomes)
                for over in [one for one in self._open if one.over and not one.joining]:
                    self._conclude(over, workers, joiner)
                self._listen(workers, joiner)
                if len(self._outcomes) > done:
                    summary_file(self._summary(workers))
            told = self._facts(workers)
        return tuple(sorted(self._outcomes, key=lambda o: o.name)), told

    def _let_go(self) -> None:
        for one in self._open:
            one.holding.close()

    def _feed(self, workers: Workers) -> None:
        """Let each open production hand out a job in its turn until no worker is hungry. Between two rounds
        one more is opened, as long as few are."""
        handed = True
        while workers.hungry and handed:
            handed = False
            for one in tuple(self._open):
                if not workers.hungry:
                    return
                # Whoever had its turn goes to the end: the next free worker is another's.
                self._open.remove(one)
                self._open.append(one)
                if one.error is None and one.making is not None:
                    turn = _Turn(workers, one)
                    self._guarded(one, partial(one.making.hand_out, turn))
                    handed |= turn.given > 0
            if sum(not one.joining for one in self._open) < OPEN > self._joining and self._waiting:
                self._begin(self._waiting.popleft())
                handed = True

    def _begin(self, production: Production) -> None:
        """Open a production: read it, hold it, and see what there is to do."""
        name, order = production.root.name, self._order
        try:
            production = find(production.root)
            before = seal.look(production, order.formats, None)
            last = before.unbroken
        except NarratorError as error:
            self._ended(Outcome(name, FAILED, error=error))
            return
        if last:
            self._ended(Outcome(name, CURRENT, seal.nothing_new(last, 0.0)))
            return
        one = _Open(name, before, ExitStack(), time.monotonic())
        self._open.append(one)
        self._guarded(one, partial(self._prepare, one, production))

    def _prepare(self, one: _Open, production: Production) -> None:
        one.book = load(production)
        formats = self._order.formats or one.book.sheet.formats
        encodings = tuple(dict.fromkeys(ENCODING_OF[name] for name in formats))
        one.holding.enter_context(alone(production, "rendering"))
        one.plans = plan(one.book, encodings)
        far = bool(self._order.place)
        one.making = Making(one.book, one.plans, one.work, self._progress, far=far, label=one.name)

    def _take_in(self, ended: Ended) -> None:
        one = next(one for one in self._open if one.name == ended.task.book)
        one.out -= 1
        if one.error is None and one.making is not None:
            self._guarded(one, partial(one.making.take_in, ended))

    def _guarded(self, one: _Open, do: Callable[[], object]) -> None:
        """Do something of one production; what goes wrong with it is its own."""
        try:
            do()
        except NarratorError as error:
            one.error = error

    def _listen(self, workers: Workers, joiner: Crew[Outcome]) -> None:
        """Take in what came of jobs and of joining; wait for the latter alone where there are no jobs."""
        if workers.busy:
            for ended in workers.ended():
                self._take_in(ended)
            joined = joiner.by_now()
        else:
            joined = tuple(joiner.ended())
        for ended in joined:
            one = next(one for one in self._open if one.name == ended.task.book)
            if ended.error is None:
                self._close(one, ended.value)
            elif isinstance(ended.error, NarratorError):
                self._close(one, Outcome(one.name, FAILED, error=ended.error))
            else:
                raise ended.error

    @property
    def _joiners(self) -> int:
        return max(1, min(JOINERS, (os.cpu_count() or 1) // 2)) if self._order.place else 1

    @property
    def _joining(self) -> int:
        return sum(one.joining for one in self._open)

    def _conclude(self, one: _Open, workers: Workers, joiner: Crew[Outcome]) -> None:
        """Have the book joined of what was made; let go of a production of which nothing comes."""
        if one.error is not None or one.book is None:
            self._close(one, Outcome(one.name, FAILED, error=one.error))
            return
        one.work.cluster = workers.told()
        done = Done(one.name, one.before, one.book, one.plans, one.work, one.began)
        joiner.give(Task(one.name, join, (done, self._order), book=one.name))
        one.joining = True

    def _close(self, one: _Open, outcome: Outcome) -> None:
        self._open.remove(one)
        one.holding.close()
        self._takes, self._sound = self._takes + len(one.work.recorded), self._sound + one.work.sound
        self._ended(outcome)

    def _ended(self, outcome: Outcome) -> None:
        self._outcomes.append(outcome)
        self._progress.advance("productions")

    def _facts(self, workers: Workers) -> Mapping[str, Any]:
        far = {"cluster": dict(told)} if (told := workers.told()) else {}
        states = [outcome.state for outcome in self._outcomes]
        seconds = time.monotonic() - self._began
        takes = self._takes + sum(len(one.work.recorded) for one in self._open)
        sound = self._sound + sum(one.work.sound for one in self._open)
        return {
            "seconds": round(seconds, 3),
            "rates": summary.rates(takes, sound, seconds),
            **{state: states.count(state) for state in (MADE, CURRENT, INCOMPLETE, FAILED)},
            "waiting": self._total - len(self._outcomes),
            **far,
            "productions": {o.name: dict(o.as_facts()) for o in sorted(self._outcomes, key=lambda o: o.name)},
        }

    def _summary(self, workers: Workers) -> str:
        return json.dumps(self._facts(workers), ensure_ascii=False, indent=1)


def render_all(
    productions: Sequence[Production], order: Order, file: Path, progress: Progress
) -> tuple[tuple[Outcome, ...], Mapping[str, Any]]:
    """Render productions, each as a render of it alone would, and write the summary to `file`.

    order: formats, jobs and place count. Raises RenderError and MissingError only where there is nobody to do
    the work or the summary cannot be written.
    """
    outcomes, told = Catalogue(productions, order, progress).render(lambda text: write_text(file, text))
    write_text(file, json.dumps(told, ensure_ascii=False, indent=1))
    return outcomes, told
