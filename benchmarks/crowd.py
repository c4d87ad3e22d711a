"""What many GPUs ask of the one process that hands out: its own scheduler over a stand-in for Ray.

Nobody here has a hundred GPUs. The stand-in has as many nodes as are wanted, each with a GPU and eight cores;
its workers answer after a time drawn around what a job of eight lines takes such a GPU. What Ray itself
takes, and the network, is not in it: scaling.py measures that with a few real workers.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace

from narrator.build.crew.hand import Told
from narrator.build.crew.hands import Hands
from narrator.build.crew.nodes import Head
from narrator.build.crew.workers import Needs, Task
from narrator.build.needs import BATCH

VOICES = 8
ROUNDS = 8
"""Jobs a GPU: all are given at once, as many books open at a time would."""


@dataclass(frozen=True)
class Answer:
    """What a worker owes, and when it is there."""

    at: float
    value: object


class StandIn:
    """As much of Ray as the scheduler asks. seconds: what a job takes, about."""

    def __init__(self, nodes: int, seconds: float) -> None:
        self.seconds, self.dice = seconds, random.Random(7)
        resources = {"CPU": 8.0, "GPU": 1.0}
        self._nodes = [
            {"NodeID": f"{n:056x}", "Alive": True, "NodeManagerHostname": f"node{n}", "Resources": resources}
            for n in range(nodes)
        ]

    def nodes(self) -> Sequence[dict[str, object]]:
        return self._nodes

    def remote(self, _: type) -> SimpleNamespace:
        return SimpleNamespace(options=lambda **_: SimpleNamespace(remote=self._actor))

    def _actor(self) -> SimpleNamespace:
        def work(*_: object) -> Answer:
            takes = self.seconds * self.dice.uniform(0.5, 1.5)
            return Answer(time.monotonic() + takes, Told(1, seconds=takes))

        def hello(*_: object) -> Answer:
            return Answer(0.0, ("node", 1, ""))

        return SimpleNamespace(hello=SimpleNamespace(remote=hello), work=SimpleNamespace(remote=work))

    def wait(
        self, owed: Sequence[Answer], num_returns: int, timeout: float
    ) -> tuple[list[Answer], list[Answer]]:
        end = time.monotonic() + timeout
        while True:
            now = time.monotonic()
            there = [answer for answer in owed if answer.at <= now][:num_returns]
            if there or now >= end:
                return there, []
            time.sleep(max(0.0, min(end, *(answer.at for answer in owed)) - now))

    def get(self, answer: Answer) -> object:
        return answer.value

    def kill(self, actor: object) -> None:
        pass


def record() -> None:
    """The job's name; nobody does it."""


def crowd(gpus: int, seconds: float) -> tuple[float, float]:
    """Milliseconds of the handing process's own core a line, and the share of what the GPUs could do at best,
    the last round's raggedness included. seconds: what a job takes a GPU."""
    hands = Hands(StandIn(gpus, seconds), Head("ray://stand-in", _nothing))
    voices = itertools.cycle(
        Needs(1.0, 1.0, "stand-in", f"voice {n}", makes=("",) * BATCH) for n in range(VOICES)
    )
    total, given, done = gpus * ROUNDS, 0, 0
    began, cpu = time.monotonic(), time.process_time()
    while done < total:
        while given < total and hands.hungry:
            hands.give(Task("here", record, needs=next(voices)))
            given += 1
        done += sum(1 for _ in hands.ended())
    used, wall = time.process_time() - cpu, time.monotonic() - began
    return 1_000 * used / total / BATCH, ROUNDS * seconds / wall


def _nothing() -> None:
    """What a head node's door says where somebody is behind it."""
