"""Which jobs are late: how long such jobs usually take."""

from __future__ import annotations

from collections import deque
from statistics import median
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from narrator.build.crew.workers import Task

LATE: Final = 3.0
"""How many times as long as usual a job takes that is late: lines and chapters differ in length."""

_SHORT: Final = 2.0
"""Seconds for which no job is late: doing it again would hardly end sooner."""

_REMEMBERED: Final = 64
"""Jobs of a kind that say what is usual: the last ones."""


class Usual:
    """What the jobs of each kind took that are done."""

    def __init__(self) -> None:
        self._took: dict[tuple[str, str], deque[float]] = {}

    def add(self, task: Task, seconds: float) -> None:
        """Such a job took a worker so long."""
        took = self._took.setdefault(_kind(task), deque(maxlen=_REMEMBERED))
        took.append(seconds / _size(task))

    def is_late(self, task: Task, seconds: float) -> bool:
        """Whether a job that has been at work for so long should have been done; nobody knows where none of
        its kind is done yet."""
        took = self._took.get(_kind(task))
        return took is not None and seconds > max(_SHORT, LATE * median(took) * _size(task))


def _kind(task: Task) -> tuple[str, str]:
    return task.job.__name__, task.needs.engine


def _size(task: Task) -> int:
    """Its takes: those that it records, or those of its chapter."""
    return max(1, len(task.needs.reads), len(task.needs.makes))
