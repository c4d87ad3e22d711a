"""What a render on a cluster tells those who watch it: Prometheus metrics through Ray's own export."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Final

from narrator.build.crew.workers import Counted

if TYPE_CHECKING:
    from narrator.build.crew.hand import Told
    from narrator.build.crew.workers import Task


LATELY: Final = 60.0
"""Seconds over which the gauges of rates look back."""


class Lately:
    """What was recorded in the last minute."""

    def __init__(self, began: float) -> None:
        self._began = began
        self._recorded: deque[tuple[float, int, float]] = deque()

    def add(self, moment: float, takes: int, sound: float) -> None:
        """So many takes came back just now, with so many seconds of sound."""
        self._recorded.append((moment, takes, sound))

    def rates(self, moment: float) -> tuple[float, float]:
        """Takes a second and seconds of sound a second, over the last minute or since it began."""
        while self._recorded and self._recorded[0][0] < moment - LATELY:
            self._recorded.popleft()
        seconds = max(1.0, min(LATELY, moment - self._began))
        takes, sound = (sum(entry[n] for entry in self._recorded) for n in (1, 2))
        return takes / seconds, sound / seconds


class Metrics:
    """Counters and gauges, named narrator_…; Ray shows them as ray_narrator_…, at every node's metrics port.

    Without Ray's export (ray[default]) they are counted and shown nowhere.
    """

    def __init__(self) -> None:
        from ray.util.metrics import Counter, Gauge

        self._jobs = Counter("narrator_jobs", "Jobs done.", tag_keys=("book", "kind", "engine", "node"))
        self._takes = Counter("narrator_takes", "Takes recorded.", tag_keys=("book", "engine", "node"))
        self._failures = Counter("narrator_failures", "Jobs that failed.", tag_keys=("book", "kind", "node"))
        self._lost = Counter(
            "narrator_lost", "Jobs whose worker died, hung or went.", tag_keys=("book", "node")
        )
        self._repeated = Counter(
            "narrator_repeated", "Jobs that were late, and done by another too.", tag_keys=("book", "node")
        )
        self._seconds = Counter(
            "narrator_work_seconds", "Seconds at work.", tag_keys=("book", "kind", "node")
        )
        self._sound = Counter(
            "narrator_sound_seconds", "Seconds of sound recorded.", tag_keys=("book", "engine", "node")
        )
        self._read = Counter("narrator_store_read_bytes", "Read from the shared store.", tag_keys=("node",))
        self._written = Counter("narrator_store_written_bytes", "Written to it.", tag_keys=("node",))
        self._workers = Gauge("narrator_workers", "Workers that there are.")
        self._waiting = Gauge("narrator_waiting", "Jobs that wait for a worker.")
        self._takes_rate = Gauge("narrator_takes_per_second", "Takes recorded, over the last minute.")
        self._sound_rate = Gauge("narrator_sound_per_second", "Seconds of sound recorded, over it.")
        self._lately = Lately(time.monotonic())

    def done(self, task: Task, node: str, told: Told) -> None:
        """A job came back, done or failed."""
        kind = task.job.__name__
        tags = {"book": task.book, "kind": kind, "node": node}
        if told.error is None:
            self._jobs.inc(1, {**tags, "engine": task.needs.engine})
        else:
            self._failures.inc(1, tags)
        if isinstance(told.value, Counted):
            takes = {"book": task.book, "engine": task.needs.engine, "node": node}
            self._takes.inc(told.value.takes, takes)
            if told.value.sound > 0:
                self._sound.inc(told.value.sound, takes)
            self._lately.add(time.monotonic(), told.value.takes, told.value.sound)
        if told.seconds > 0:
            self._seconds.inc(told.seconds, tags)
        for counter, amount in ((self._read, told.read), (self._written, told.written)):
            if amount > 0:
                counter.inc(amount, {"node": node})

    def lost(self, task: Task, node: str) -> None:
        """A job's worker died, hung, or went away with its node."""
        self._lost.inc(1, {"book": task.book, "node": node})

    def repeated(self, task: Task, node: str) -> None:
        """A job is late on this node, and another does it too."""
        self._repeated.inc(1, {"book": task.book, "node": node})

    def stand(self, workers: int, waiting: int) -> None:
        """How many workers there are, how many jobs wait for one, and how fast it goes."""
        self._workers.set(workers)
        self._waiting.set(waiting)
        for gauge, rate in zip(
            (self._takes_rate, self._sound_rate), self._lately.rates(time.monotonic()), strict=True
        ):
            gauge.set(rate)
