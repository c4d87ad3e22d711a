"""How much memory a render takes: this process, its workers and their encoders together."""

from __future__ import annotations

import os
import resource
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_EVERY: Final = 0.5
"""Seconds between two looks."""

_PROC: Final = Path("/proc")


class Memory:
    """The greatest resident memory seen, in MB. Pages that processes share count once for each of them.

    On Linux it is the largest sum over all processes at one moment, looked at twice a second. Elsewhere it is
    the greatest of this process and the greatest of any ended child for each of `workers`: an upper bound.
    """

    def __init__(self) -> None:
        self._seen = 0.0

    def peak_mb(self, workers: int) -> float:
        """The figure, once the work is done."""
        if sys.platform == "linux":
            return max(self._seen, _resident(os.getpid()))
        own, child = (
            resource.getrusage(w).ru_maxrss for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        return (own + workers * child) / (1024 * 1024)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look while the block runs."""
        if sys.platform != "linux":
            yield
            return
        ended = threading.Event()

        def look() -> None:
            while not ended.wait(_EVERY):
                self._seen = max(self._seen, sum(map(_resident, _family(os.getpid()))))

        thread = threading.Thread(target=look, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


def _family(process: int) -> Iterator[int]:
    """A process and all that it started. One that ends meanwhile has no more children."""
    yield process
    try:
        tasks = list((_PROC / str(process) / "task").iterdir())
        children = [child for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return
    for child in children:
        yield from _family(int(child))


def _resident(process: int) -> float:
    """MB of memory that a process holds now; 0 where it has ended."""
    try:
        pages = (_PROC / str(process) / "statm").read_text().split()[1]
    except OSError:
        return 0.0
    return int(pages) * resource.getpagesize() / (1024 * 1024)
