"""The crew: worker processes that record lines and finish chapters, kept busy until the work is done."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, Final, Generic, ParamSpec, TypeVar

from narrator.errors import EngineError, RenderError

T = TypeVar("T")
P = ParamSpec("P")

_FOR_WORKERS = {
    # An engine runs one thread a worker: its bytes depend on that, and parallelism is processes.
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    # glibc keeps a heap for every thread and gives none of it back: two are enough.
    "MALLOC_ARENA_MAX": "2",
}
"""The environment in which workers start."""


PATIENCE: Final = 1800.0
"""Seconds without any job ending after which the workers count as hanging: longer than a slow engine takes
for a batch of lines, or a slow connection for its model."""


class Crew(Generic[T]):
    """Runs jobs in `size` processes. Not thread-safe."""

    def __init__(self, executor: ProcessPoolExecutor, size: int, patience: float) -> None:
        self._executor = executor
        self._running: dict[Future[T], str] = {}
        self._patience = patience
        self.size = size

    @property
    def processes(self) -> tuple[int, ...]:
        """The workers' process ids."""
        return tuple(self._executor._processes or ())

    @property
    def hungry(self) -> bool:
        """Whether another job keeps a worker from waiting: two a worker are under way at most."""
        return len(self._running) < 2 * self.size

    @property
    def busy(self) -> bool:
        """Whether any job is under way."""
        return bool(self._running)

    def start(self, where: str, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> None:
        """Give a worker `job(*args)`. where: what to name if the worker dies of it."""
        self._running[self._executor.submit(job, *args, **kwargs)] = where

    def finished(self) -> Iterator[T]:
        """Wait for at least one job, then yield what the finished ones returned.

        Raises what a job raised; EngineError where a worker was killed or crashed, or where none has ended a
        job for as long as the crew is patient; RenderError where the system refused a worker its files.
        """
        done, _ = wait(self._running, timeout=self._patience, return_when=FIRST_COMPLETED)
        if not done:
            raise EngineError(
                f"no recording process has ended anything for {self._patience:.0f} s; they hang on this.",
                where=self._under_way(),
                hint="Render again: what was recorded is kept. For a slow engine type --patience SECONDS.",
            )
        for future in done:
            where = self._running.pop(future)
            try:
                result = future.result()
            except BrokenProcessPool as error:
                raise EngineError(
                    "a recording process died, out of memory or killed, while it worked on this.",
                    where=self._under_way(where),
                    hint="Render again: what was recorded is kept. If it dies again, type --jobs 1.",
                ) from error
            except OSError as error:
                raise RenderError(
                    f"the system refused to read or write a file ({(error.strerror or str(error)).lower()}).",
                    where=where,
                    hint="Free space or change permissions, then render again: what was recorded is kept.",
                ) from error
            yield result

    def _under_way(self, *also: str) -> str:
        """Some of the places that are being worked on, for messages."""
        return ", ".join(sorted({*also, *self._running.values()})[:3])


@contextmanager
def crew(size: int, patience: float = PATIENCE) -> Iterator[Crew[Any]]:
    """A crew of `size` processes, gone when the block ends; at once where it ends with an error.

    patience: seconds without any job ending after which `finished` gives up.
    """
    before = {name: os.environ.get(name) for name in _FOR_WORKERS}
    os.environ.update(_FOR_WORKERS)
    executor = ProcessPoolExecutor(size, mp_context=multiprocessing.get_context("spawn"), initializer=_settle)
    try:
        yield Crew(executor, size, patience)
    except BaseException:
        _stop_now(executor)
        raise
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


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


def _stop_now(executor: ProcessPoolExecutor) -> None:
    """End the workers: a half-made take is a temporary file, nothing else is lost."""
    for process in list((executor._processes or {}).values()):
        process.kill()  # not terminated: a worker that hangs need not answer
