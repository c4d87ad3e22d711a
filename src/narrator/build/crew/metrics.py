"""What a render on a cluster tells those who watch it: Prometheus metrics through Ray's own export."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from narrator.build.crew.hand import Told
    from narrator.build.crew.workers import Task


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
        self._seconds = Counter(
            "narrator_work_seconds", "Seconds at work.", tag_keys=("book", "kind", "node")
        )
        self._read = Counter("narrator_store_read_bytes", "Read from the shared store.", tag_keys=("node",))
        self._written = Counter("narrator_store_written_bytes", "Written to it.", tag_keys=("node",))
        self._workers = Gauge("narrator_workers", "Workers that there are.")
        self._waiting = Gauge("narrator_waiting", "Jobs that wait for a worker.")

    def done(self, task: Task, node: str, told: Told) -> None:
        """A job came back, done or failed."""
        kind = task.job.__name__
        tags = {"book": task.book, "kind": kind, "node": node}
        if told.error is None:
            self._jobs.inc(1, {**tags, "engine": task.needs.engine})
        else:
            self._failures.inc(1, tags)
        if told.error is None and task.needs.makes:
            takes = {"book": task.book, "engine": task.needs.engine, "node": node}
            self._takes.inc(len(task.needs.makes), takes)
        if told.seconds > 0:
            self._seconds.inc(told.seconds, tags)
        for counter, amount in ((self._read, told.read), (self._written, told.written)):
            if amount > 0:
                counter.inc(amount, {"node": node})

    def lost(self, task: Task, node: str) -> None:
        """A job's worker died, hung, or went away with its node."""
        self._lost.inc(1, {"book": task.book, "node": node})

    def stand(self, workers: int, waiting: int) -> None:
        """How many workers there are, and how many jobs wait for one."""
        self._workers.set(workers)
        self._waiting.set(waiting)
