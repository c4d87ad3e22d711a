"""Who is hired on a cluster, and what each is at: the values that `hands` keeps of actors and tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from narrator.build.crew.carried import Carried
from narrator.build.crew.local import PATIENCE
from narrator.build.crew.workers import Needs, Task

ANSWER: Final = 60.0
"""Seconds that a new worker has to start and say hello: Python, narrator, and a disk that is busy."""


@dataclass(slots=True, eq=False)
class Attempt:
    """A task and what happened to it. carried: the files of its voices, by speaker. begun: attempts whose
    worker alone ended; moved: whose node went. passed: how often an idle worker was left to others, who had
    their voice loaded there. repeated: whether a second worker was given it, the first being late."""

    task: Task
    carried: Mapping[str, Carried]
    begun: int = 0
    moved: int = 0
    passed: int = 0
    repeated: bool = False

    @property
    def untouched(self) -> bool:
        """Whether whatever is recorded for it was recorded once."""
        return not (self.begun or self.moved or self.repeated)


@dataclass(slots=True, eq=False)
class Hired:
    """An actor and what it is at. awaits: the answer that it owes. began: when it
    was given what it is at. host: empty until it has said hello."""

    actor: Any
    node: str
    cores: float
    gpus: float
    engine: str
    awaits: Any
    deadline: float
    began: float = 0.0
    host: str = ""
    at: Attempt | None = None
    voices: set[str] = field(default_factory=set)

    def serves(self, needs: Needs) -> bool:
        """Whether it can do such a job. A GPU holds one model; on cores alone several may stay loaded."""
        if not needs.engine:
            return not self.gpus and self.cores >= needs.cores
        same = self.cores == needs.cores and self.gpus == needs.gpus
        return same and (not self.gpus or self.engine == needs.engine)

    @property
    def hung(self) -> str:
        """What to say of it where it did not answer in time."""
        seconds = self.at.task.needs.seconds or PATIENCE if self.at else ANSWER
        return f"did not end within {seconds:.3g} s and was stopped"
