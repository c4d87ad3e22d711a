"""The crew: worker processes that record lines and finish chapters, kept busy until the work is done.

A worker that dies, or takes longer than it asked for, is replaced and its job begun once more: what the job
had put into the store by then is not done again.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Final, Generic, ParamSpec, TypeVar

from narrator.build.crew.workers import Ended, Task
from narrator.errors import EngineError, NarratorError, RenderError

T = TypeVar("T")
P = ParamSpec("P")

PATIENCE: Final = 1800.0
"""Seconds without a sign of life after which a worker hangs, where its job asked for no other."""

ATTEMPTS: Final = 2
"""How often a job is begun whose worker dies or hangs: memory may have been short, or a server deaf."""


def attempts(task: Task) -> int:
    """How often a task is begun whose workers die or hang: once where it will be given again in parts."""
    return 1 if task.needs.splits else ATTEMPTS


_LEAVING: Final = 5.0
"""Seconds that a worker without work has to leave."""

_FOR_WORKERS = {
    # An engine runs one thread a worker: its bytes depend on that, and parallelism is processes.
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    # glibc keeps a heap for every thread and gives none of it back: two are enough.
    "MALLOC_ARENA_MAX": "2",
}
"""The environment in which workers start."""


@dataclass(slots=True)
class _Attempt:
    task: Task
    begun: int = 0


@dataclass(frozen=True, slots=True)
class _Step:
    """What a worker is about to do, and how many seconds that may take."""

    where: str
    doing: str
    seconds: float


@dataclass(frozen=True, slots=True)
class _Answer:
    value: Any = None
    error: Exception | None = None


@dataclass(slots=True)
class _Worker:
    """A process and what it is at. deadline: of the monotonic clock."""

    process: SpawnProcess
    connection: Connection
    at: _Attempt | None = None
    step: _Step | None = None
    deadline: float = 0.0


@dataclass(slots=True)
class Crew(Generic[T]):
    """Runs jobs in `size` processes. Not thread-safe."""

    size: int
    patience: float = PATIENCE
    _workers: list[_Worker] = field(default_factory=list)
    _waiting: deque[_Attempt] = field(default_factory=deque)

    @property
    def processes(self) -> tuple[int, ...]:
        """The workers' process ids."""
        return tuple(worker.process.pid or 0 for worker in self._workers)

    @property
    def hungry(self) -> bool:
        """Whether another job keeps a worker from waiting: two a worker are under way at most."""
        return len(self._waiting) + sum(w.at is not None for w in self._workers) < 2 * self.size

    @property
    def busy(self) -> bool:
        """Whether any job is under way."""
        return bool(self._waiting) or any(worker.at for worker in self._workers)

    def start(self, where: str, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> None:
        """Give a worker `job(*args)`. where: what to name if the worker dies of it."""
        self.give(Task(where, job, args, kwargs))

    def give(self, task: Task) -> None:
        """Have a worker do a task."""
        self._waiting.append(_Attempt(task))
        self._hand_out()

    def told(self) -> Mapping[str, Any]:
        """Nothing: all that there is to say stands in the results."""
        return {}

    def finished(self) -> Iterator[T]:
        """Wait for at least one job, then yield what the finished ones returned.

        Raises what a job raised; EngineError where its worker died or hung ATTEMPTS times; RenderError where
        the system refused it a file.
        """
        for ended in tuple(self.ended()):
            if ended.error is not None:
                raise ended.error
            yield ended.value

    def ended(self) -> Iterator[Ended]:
        """Wait for at least one job, then yield what became of the finished ones."""
        answers: tuple[Ended, ...] = ()
        while not answers and self.busy:
            self._wait()
            answers = self.by_now()
        yield from answers

    def by_now(self) -> tuple[Ended, ...]:
        """What became of the jobs that have finished, without waiting."""
        answers = [self._look_at(worker) for worker in tuple(self._workers)]
        self._hand_out()
        return tuple(answer for answer in answers if answer)

    def stop(self) -> None:
        """End the workers: at once where they are at work. A half-made take is a temporary file."""
        for worker in self._workers:
            worker.connection.close()
            if worker.at:
                worker.process.kill()  # not terminated: a worker that hangs need not answer
        for worker in self._workers:
            worker.process.join(_LEAVING)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
        self._workers.clear()

    def _hand_out(self) -> None:
        """Give waiting tasks to workers without one, new ones as long as the crew is not whole."""
        while self._waiting:
            worker = next((worker for worker in self._workers if worker.at is None), None)
            if worker is None:
                if len(self._workers) == self.size:
                    return
                worker = _hired()
                self._workers.append(worker)
            attempt = self._waiting.popleft()
            attempt.begun += 1
            worker.at, worker.step = attempt, None
            task = attempt.task
            worker.deadline = time.monotonic() + self.patience
            try:
                worker.connection.send((task.job, task.args, dict(task.kwargs)))
            except (BrokenPipeError, ConnectionResetError):
                self._lose(worker, "")

    def _wait(self) -> None:
        """Until a worker says something, dies, or has used up its time."""
        busy = [worker for worker in self._workers if worker.at]
        first = min(worker.deadline for worker in busy)
        watched = [thing for worker in busy for thing in (worker.connection, worker.process.sentinel)]
        wait(watched, timeout=max(0.0, first - time.monotonic()))

    def _look_at(self, worker: _Worker) -> Ended | None:
        """Hear what a worker has to say; the answer, where its job has ended."""
        attempt = worker.at
        if attempt is None:
            return None
        try:
            while worker.connection.poll():
                said = worker.connection.recv()
                if isinstance(said, _Answer):
                    worker.at = None
                    error = said.error and told(said.error, attempt.task.where)
                    return Ended(attempt.task, said.value, error)
                worker.step = said
                worker.deadline = time.monotonic() + (said.seconds if said else self.patience)
        except (EOFError, ConnectionResetError):
            worker.process.join(_LEAVING)
        if not worker.process.is_alive():
            return self._lose(worker, "")
        if time.monotonic() >= worker.deadline:
            seconds = worker.step.seconds if worker.step else self.patience
            return self._lose(worker, f"did not end within {seconds:.3g} s and was stopped")
        return None

    def _lose(self, worker: _Worker, hung: str) -> Ended | None:
        """Dismiss a worker that died or hangs. Its task waits again, or is answered with an error."""
        attempt, step = worker.at, worker.step
        worker.process.kill()
        worker.process.join()
        worker.connection.close()
        self._workers.remove(worker)
        if attempt is None:
            return None
        if attempt.begun < attempts(attempt.task):
            self._waiting.appendleft(attempt)
            return None
        doing = step.doing if step else "a recording process"
        what = hung or f"died ({_death(worker.process.exitcode)}), out of memory or killed,"
        hint = (
            "Render again; for a slow voice set patience in its sheet."
            if hung
            else "Render again: what was recorded is kept. If it dies again, type --jobs 1."
        )
        error = EngineError(
            f"{doing} {what} each time it came to this", where=step.where if step else "", hint=hint
        )
        return Ended(attempt.task, error=told(error, attempt.task.where), died=True)


@contextmanager
def crew(size: int, patience: float = PATIENCE) -> Iterator[Crew[Any]]:
    """A crew of `size` processes, gone when the block ends; at once where it ends with an error.

    patience: seconds without a sign of life after which a worker is replaced, where its job asks for no time.
    """
    before = {name: os.environ.get(name) for name in _FOR_WORKERS}
    os.environ.update(_FOR_WORKERS)
    workers: Crew[Any] = Crew(size, patience)
    try:
        yield workers
    finally:
        workers.stop()
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _hired() -> _Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs,))
    with _uninterrupted():
        process.start()
    theirs.close()  # else nobody would notice its end
    return _Worker(process, ours)


def told(error: Exception, where: str) -> Exception:
    """`error` as the main process raises it: placed, and in a sentence where the system refused a file."""
    if isinstance(error, EngineError) and not error.where:
        return EngineError(error.what, where=where, hint=error.hint)
    if isinstance(error, OSError):
        return RenderError(
            f"the system refused to read or write a file ({(error.strerror or str(error)).lower()}).",
            where=where,
            hint="Free space or change permissions, then render again: what was recorded is kept.",
        )
    return error


def _death(code: int | None) -> str:
    """How a process ended: the signal's name, or its exit code."""
    return signal.Signals(-code).name if code and code < 0 else f"exit code {code}"


# ── in the worker ────────────────────────────────────────────────────────────────────────────────────

_foreman: list[Connection] = []
"""The main process's ear; empty in a process that is no worker."""


@contextmanager
def within(seconds: float, where: str, doing: str) -> Iterator[None]:
    """Ask for so much time for what comes: a worker that takes longer is killed and replaced.

    where, doing: what to name then ("script/one.nar:5", "the voice of Ann"). Outside of a crew nobody asks.
    """
    _say(_Step(where, doing, seconds))
    try:
        yield
    finally:
        _say(None)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold Ctrl-C back while a process is begun, which inherits that: until it is settled, it would answer
    with a traceback. Where a system has no signal masks, nothing is held back."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _say(step: _Step | None) -> None:
    for connection in _foreman:
        connection.send(step)


def _work(connection: Connection) -> None:
    """A worker's life: jobs come, answers go, until the main process hangs up."""
    _settle()
    _foreman.append(connection)
    while True:
        try:
            job, args, kwargs = connection.recv()
        except EOFError:
            return
        try:
            answer = _Answer(job(*args, **kwargs))
        except (NarratorError, OSError) as error:
            answer = _Answer(error=error)
        except Exception as error:  # noqa: BLE001  a fault of ours, raised in the main process with its story
            answer = _Answer(error=RuntimeError("".join(traceback.format_exception(error))))
        try:
            connection.send(answer)
        except BrokenPipeError:
            return


def _settle() -> None:
    """Make a worker quiet: Ctrl-C reaches the whole process group, and only the main process answers it;
    what an engine prints goes to stderr, since stdout is for results. And make it mortal: where the main
    process was killed, nobody else would end its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow, daemon=True).start()
    if sys.stdout and sys.stderr:  # either is None where the caller closed it
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())


def _follow() -> None:
    """End this worker when the main process is gone. Half-written files are temporary ones."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)
