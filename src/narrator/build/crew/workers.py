"""Who does the work of a render: a crew of processes on this machine, or workers of a Ray cluster.

Both are `Workers`; `hire` is the one place where it is chosen between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, runtime_checkable

from narrator.errors import UsageError

RAY: Final = "ray"
"""What `--on` begins with for a Ray cluster; alone it stands for one that is started on this machine."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a job takes of the machine that does it.

    cores, gpus: how much of them its worker holds. engine, voice: whose model it uses, empty for none.
    seconds: how long it may take, None for the crew's patience. reads, makes: keys of artefacts: where those
    that it reads were made it is done cheapest. splits: whether it will be given again in parts where its
    worker dies, so that nobody need try all of it once more.
    """

    cores: float = 1.0
    gpus: float = 0.0
    engine: str = ""
    voice: str = ""
    seconds: float | None = None
    reads: frozenset[str] = frozenset()
    makes: tuple[str, ...] = ()
    splits: bool = False

    @property
    def kind(self) -> tuple[float, float, str, str]:
        """What decides who can do the job: where one of a kind finds nobody, no other does."""
        return self.cores, self.gpus, self.engine, self.voice


@dataclass(frozen=True, slots=True)
class Task:
    """A job for some worker. where: what to name if its worker dies of it. book: whose it is. place: where in
    it, as an editor types that ("3:41", "chapter 3"); empty where it is nowhere."""

    where: str
    job: Callable[..., Any]
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    needs: Needs = Needs()
    book: str = ""
    place: str = ""

    @property
    def site(self) -> str:
        """Book, place and file, as logs name them."""
        return f"{self.book}: {self.place} ({self.where})" if self.place else f"{self.book}: {self.where}"


@dataclass(frozen=True, slots=True)
class Ended:
    """A task that is over. error: what came of it instead of a value; died: it took its worker with it."""

    task: Task
    value: Any = None
    error: Exception | None = None
    died: bool = False


@runtime_checkable
class Counted(Protocol):
    """What a job may return that records."""

    @property
    def takes(self) -> int:
        """How many takes are there now."""

    @property
    def sound(self) -> float:
        """How many seconds of sound are new."""


class Workers(Protocol):
    """Does tasks, several at once. Belongs to one thread."""

    @property
    def hungry(self) -> bool:
        """Whether another task keeps a worker from waiting."""

    @property
    def busy(self) -> bool:
        """Whether any task is under way."""

    def give(self, task: Task) -> None:
        """Have a task done."""

    def ended(self) -> Iterator[Ended]:
        """Wait for at least one task to end, then yield those that did; nothing where none is under way."""

    def told(self) -> Mapping[str, Any]:
        """What is worth a report beside the work itself; empty for a crew of this machine."""


@contextmanager
def hire(place: str, size: int) -> Iterator[Workers]:
    """Workers, gone when the block ends.

    place: empty for `size` processes of this machine; `ray` for a Ray cluster of `size` cores started on it,
    reached from nowhere else; `ray://ADDRESS` for one that runs already, with all its cores and GPUs. Raises
    UsageError for another place, MissingError without Ray, RenderError where the cluster does not answer.
    """
    check_place(place)
    if not place:
        from narrator.build.crew.local import crew

        with crew(size) as processes:
            yield processes
        return
    from narrator.build.crew.cluster import cluster

    with cluster(place.removeprefix(RAY).removeprefix("://"), size) as hands:
        yield hands


def check_place(place: str) -> None:
    """Raise UsageError where nobody works at such a place."""
    scheme, marks, address = place.partition("://")
    if place and (scheme != RAY or (marks and not address) or any(c.isspace() for c in place)):
        raise UsageError(
            f"nobody can record on “{place}”.",
            hint="Type --on ray for a cluster on this machine, --on ray://HOST:PORT for another.",
        )
