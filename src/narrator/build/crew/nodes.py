"""The nodes of a cluster: which are alive, what each has, and where there is room for one more worker."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from narrator.build.crew.losses import headless
from narrator.build.crew.workers import Needs

_FRESH: Final = 1.0
"""Seconds for which what is known of the nodes counts as true: one that joins is found within them."""

BARRED: Final = 30.0
"""Seconds for which a node gets no worker after it did not answer, or was full of others' work."""

_CORE: Final = 1e-6
"""Ray counts resources in ten-thousandths; sums of them are not exact."""


SILENCE: Final = 5.0
"""Seconds for which the head node may say nothing: it may be starting again."""


@dataclass(slots=True)
class Head:
    """The head node. Without it Ray can be asked nothing: a question waits for a minute, and then Ray ends
    the process that put it.

    where: the cluster, for messages. knock: raises OSError where nobody answers at the head's door.
    """

    where: str
    knock: Callable[[], None]
    _silent: float | None = None

    def answers(self) -> bool:
        """Whether it answers now. Raises RenderError where it has not for SILENCE."""
        moment = time.monotonic()
        try:
            self.knock()
        except OSError:
            self._silent = self._silent or moment
            if time.monotonic() - self._silent < SILENCE:
                return False
            raise headless(self.where) from None
        self._silent = None
        return True


class Placed(Protocol):
    """Something that holds a part of a node."""

    node: str
    cores: float
    gpus: float


@dataclass(slots=True)
class Nodes:
    """look: what `ray.nodes` tells. reachable: whether the head answered when it was last asked."""

    head: Head
    look: Callable[[], Sequence[Mapping[str, Any]]]
    reachable: bool = True
    _known: dict[str, Mapping[str, float]] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _had: dict[tuple[float, float, str], float] = field(default_factory=dict)
    _barred: dict[str, float] = field(default_factory=dict)
    _lacking: set[tuple[str, str]] = field(default_factory=set)
    _looked: float = 0.0

    def refresh(self, *, now: bool = False) -> None:
        """See who is there, where the last look was some time ago or `now` is said. While the head is silent,
        all is as it was. Raises RenderError where it is for long."""
        moment = time.monotonic()
        if not now and moment - self._looked < _FRESH:
            return
        self._looked = moment
        self.reachable = False
        self.reachable = self.head.answers()
        if not self.reachable:
            return
        nodes = self.look()
        self._known = {n["NodeID"]: n.get("Resources", {}) for n in nodes if n["Alive"]}
        self._names |= {n["NodeID"]: str(n.get("NodeManagerHostname") or n["NodeID"]) for n in nodes}
        self._barred = {node: until for node, until in self._barred.items() if until > moment}

    @property
    def slots(self) -> int:
        """About how many workers the nodes have room for; at least 1."""
        return max(1, int(sum(r.get("CPU", 0.0) + r.get("GPU", 0.0) for r in self._known.values())))

    @property
    def names(self) -> tuple[str, ...]:
        """What the living nodes are called, sorted; several may run on one machine."""
        return tuple(sorted(self._names[node] for node in self._known))

    def alive(self, node: str) -> bool:
        """Whether the node was alive at the last look."""
        return node in self._known

    def bar(self, node: str) -> None:
        """Send nobody there for some time."""
        self._barred[node] = time.monotonic() + BARRED

    def lacks(self, node: str, voice: str) -> None:
        """Send no job of this voice there any more; empty for jobs that are of none."""
        self._lacking.add((node, voice))

    def suits(self, node: str, needs: Needs) -> bool:
        """Whether the node is not known to lack what the job's voice is made from."""
        return (node, needs.voice) not in self._lacking

    def able(self, needs: Needs) -> bool:
        """Whether a living node suits the job and has so much, whoever holds it."""
        return any(
            r.get("CPU", 0.0) + _CORE >= needs.cores and r.get("GPU", 0.0) + _CORE >= needs.gpus
            for node, r in self._known.items()
            if self.suits(node, needs)
        )

    def without(self, needs: Needs) -> float:
        """Seconds for which no living node has been able; from the first question on."""
        now, kind = time.monotonic(), (needs.cores, needs.gpus, needs.voice)
        if self.able(needs):
            self._had[kind] = now
        return now - self._had.setdefault(kind, now)

    def room(self, needs: Needs, taken: Iterable[Placed]) -> str | None:
        """The living node with the most cores free of those that have what is needed; None where none has.

        A job without need of a GPU goes to a node without one, as long as there is such a node with room.
        """
        free = {
            node: [r.get("CPU", 0.0), r.get("GPU", 0.0)]
            for node, r in self._known.items()
            if node not in self._barred and self.suits(node, needs)
        }
        for hand in taken:
            if hand.node in free:
                free[hand.node][0] -= hand.cores
                free[hand.node][1] -= hand.gpus
        fit = [
            (needs.gpus > 0 or not self._known[node].get("GPU"), cores, node)
            for node, (cores, gpus) in free.items()
            if cores + _CORE >= needs.cores and gpus + _CORE >= needs.gpus
        ]
        return max(fit)[2] if fit else None
