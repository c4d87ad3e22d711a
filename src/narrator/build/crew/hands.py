"""The workers of a Ray cluster: hired, given tasks, missed and replaced; the same interface as the crew's.

Ray places the processes, carries jobs and answers, and says who died. Whether a job is done again is decided
here: Ray's own retries of actors run out while a node's death is being noticed.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any, Final

from narrator.build.crew.carried import Carried, pack
from narrator.build.crew.hand import LOG, Hand, Told, likeness, vouch
from narrator.build.crew.hired import ANSWER, Attempt, Hired
from narrator.build.crew.lateness import Usual
from narrator.build.crew.local import PATIENCE, attempts, told
from narrator.build.crew.losses import fallen, nowhere, strange, unstarted
from narrator.build.crew.metrics import Metrics
from narrator.build.crew.nodes import Head, Nodes
from narrator.build.crew.workers import Ended, Needs, Task
from narrator.build.plan import TakeRequest
from narrator.store import Store

_LOOK: Final = 0.5
"""Seconds between two looks at clocks and nodes while nobody says anything."""

_NOBODY: Final = 60.0
"""Seconds to wait for a node that has what a job needs: a cluster may be growing."""

_REMEMBERED: Final = 100_000
"""Artefacts of which it is known where they were made: those of the last few books."""

_PASSED: Final = 4
"""How often others may go before a task because their voice is loaded."""

_STARTS: Final = 4
"""Workers that fail to start, one after another, before that is told: narrator may not be there at all."""

_DEATHS: Final = 5
"""How often a job is begun whose nodes go away under it: it is not to blame."""


class Hands:
    """Runs tasks in actors of a cluster that Ray is connected to. Belongs to one thread."""

    def __init__(self, ray: ModuleType, head: Head) -> None:
        self._ray = ray
        self._class = ray.remote(Hand)
        self._nodes = Nodes(head, ray.nodes)
        self._nodes.refresh(now=True)
        self._hands: list[Hired] = []
        self._waiting: list[Attempt] = []
        self._lies: dict[str, str] = {}
        self._likeness = likeness()
        self._vouched: dict[str, str] = {}
        self._carried: dict[str, Carried] = {}
        self._wrong: dict[str, Exception] = {}
        self._refused: dict[str, str] = {}
        self._usual = Usual()
        self._metrics = Metrics()
        self._count: Counter[str] = Counter()
        self._hosts: set[str] = set()
        self._failed = 0

    @property
    def processes(self) -> tuple[Hired, ...]:
        """The workers that there are now."""
        return tuple(self._hands)

    @property
    def hungry(self) -> bool:
        """Whether another task keeps a worker from waiting: two a worker are under way at most."""
        self._nodes.refresh()
        return len(self._waiting) + sum(h.at is not None for h in self._hands) < 2 * self._nodes.slots

    @property
    def busy(self) -> bool:
        """Whether any task is under way."""
        return bool(self._waiting) or any(h.at for h in self._hands)

    def give(self, task: Task) -> None:
        """Have a worker do a task; chapters go first, so that they are done while others speak. Raises
        RenderError where what its voices are made from cannot be put into the shared store."""
        place = len(self._waiting)
        if not task.needs.engine:
            place = next((n for n, a in enumerate(self._waiting) if a.task.needs.engine), place)
        self._waiting.insert(place, Attempt(task, self._carry(task)))

    def ended(self) -> Iterator[Ended]:
        """Wait for at least one task to end, then yield those that did."""
        ended: list[Ended] = []
        while not ended and self.busy:
            ended += self._staff()
            if not ended:
                ended += self._listen()
            self._metrics.stand(len(self._hands), len(self._waiting))
        yield from ended

    def told(self) -> Mapping[str, Any]:
        """Where the work was done and what it took: as `cluster` in a report."""
        counted = {name: self._count[name] for name in _COUNTED}
        return {"nodes": sorted(self._hosts), **counted, "refused": dict(sorted(self._refused.items()))}

    def stop(self) -> None:
        """End the workers at once. A half-made take is a temporary file.

        Where the head is gone nobody would hear of it, and they end by themselves.
        """
        for hand in self._hands if self._nodes.reachable else ():
            self._ray.kill(hand.actor)
        self._hands.clear()

    # ── who does what ───────────────────────────────────────────────────────────────────────────────

    def _staff(self) -> list[Ended]:
        """Give waiting tasks to idle workers; hire where there is room, dismiss whom nobody needs. What could
        never be done has ended."""
        self._nodes.refresh()
        if not self._nodes.reachable:
            return []
        self._match(warm=True)
        self._match(warm=False)
        self._help_out()
        coming = [hand for hand in self._hands if not hand.host]
        ended: list[Ended] = []
        full: set[object] = set()
        for attempt in tuple(self._waiting):
            needs = attempt.task.needs
            if expected := next((hand for hand in coming if self._serves(hand, needs)), None):
                coming.remove(expected)
            elif needs.kind in full:
                continue
            elif node := self._nodes.room(needs, self._hands) or self._make_room(needs):
                self._hire(node, needs)
            elif self._nodes.without(needs) > _NOBODY:
                self._waiting.remove(attempt)
                wrong = self._wrong.get(needs.voice) or nowhere(attempt.task)
                ended.append(Ended(attempt.task, error=wrong))
            else:
                full.add(needs.kind)
        return ended

    def _match(self, *, warm: bool) -> None:
        """Give waiting tasks to idle workers, in order. warm: only to those that have the voice loaded; a
        task that others were preferred to some times may go to any."""
        nobody: set[object] = set()
        for attempt in tuple(self._waiting) if self._somebody_idle else ():
            needs = attempt.task.needs
            if needs.kind in nobody:
                continue
            cold = not warm or not needs.voice or attempt.passed >= _PASSED
            idle = self._idle(needs)
            if idle is None:
                nobody.add(needs.kind)
            elif cold or needs.voice in idle.voices:
                self._waiting.remove(attempt)
                self._assign(idle, attempt)
            else:
                attempt.passed += 1

    def _help_out(self) -> None:
        """Let workers for whom nothing waits repeat jobs that are late on another node: both write the same,
        and whoever is done first is heard. A job once, and none that was lost before: of no take there are
        more than two recordings."""
        now = time.monotonic()
        for hand in tuple(self._hands) if self._somebody_idle else ():
            attempt = hand.at
            if attempt is None or not attempt.untouched:
                continue
            if not self._usual.is_late(attempt.task, now - hand.began):
                continue
            helper = self._idle(attempt.task.needs, but=hand.node)
            if helper:
                LOG.warning("%s: late on %s, repeated on %s", attempt.task.site, hand.host, helper.host)
                attempt.repeated = True
                self._count["repeated"] += 1
                self._metrics.repeated(attempt.task, hand.host)
                self._assign(helper, attempt)

    @property
    def _somebody_idle(self) -> bool:
        return any(hand.host and hand.at is None for hand in self._hands)

    def _serves(self, hand: Hired, needs: Needs) -> bool:
        return hand.serves(needs) and self._nodes.suits(hand.node, needs)

    def _idle(self, needs: Needs, but: str = "") -> Hired | None:
        """The idle worker that does such a job best: it has the voice loaded, or its node what is read. but:
        a node on which it must not be."""
        fit = [h for h in self._hands if h.host and h.at is None and h.node != but and self._serves(h, needs)]
        near = Counter(self._lies[key] for key in needs.reads if key in self._lies) if fit else Counter()
        return max(fit, key=lambda h: (needs.voice in h.voices, near[h.node]), default=None)

    def _make_room(self, needs: Needs) -> str | None:
        """Dismiss an idle worker that no waiting task could use, where that gives room; the node, or None."""
        for hand in tuple(self._hands):
            if hand.at or not hand.host or any(self._serves(hand, a.task.needs) for a in self._waiting):
                continue
            rest = [h for h in self._hands if h is not hand]
            if node := self._nodes.room(needs, rest):
                self._dismiss(hand)
                return node
        return None

    def _hire(self, node: str, needs: Needs) -> None:
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        actor = self._class.options(
            num_cpus=needs.cores,
            num_gpus=needs.gpus,
            max_restarts=0,
            max_task_retries=0,
            scheduling_strategy=NodeAffinitySchedulingStrategy(node, soft=False),
        ).remote()
        awaits = actor.hello.remote(self._likeness)
        deadline = time.monotonic() + ANSWER
        self._hands.append(Hired(actor, node, needs.cores, needs.gpus, needs.engine, awaits, deadline))
        self._count["workers"] += 1

    def _assign(self, hand: Hired, attempt: Attempt) -> None:
        task = attempt.task
        hand.at = attempt
        if task.needs.voice:
            hand.voices.add(task.needs.voice)
        hand.began = time.monotonic()
        hand.deadline = hand.began + (task.needs.seconds or PATIENCE)
        vouched = next((self._vouch(a) for a in task.args if isinstance(a, Store)), "")
        hand.awaits = hand.actor.work.remote(
            task.job, task.args, dict(task.kwargs), vouched, task.site, attempt.carried
        )
        self._count["jobs"] += 1

    def _carry(self, task: Task) -> Mapping[str, Carried]:
        """The files of a task's voices, by speaker, put into the store where that is shared."""
        store = next((a for a in task.args if isinstance(a, Store) and a.is_shared), None)
        if store is None or not task.needs.engine:
            return {}
        requests = [r for a in task.args if isinstance(a, Sequence) for r in a if isinstance(r, TakeRequest)]
        for request in requests:
            if request.speaker not in self._carried:
                try:
                    self._carried[request.speaker] = pack(store, request.voice)
                except OSError as error:
                    raise told(error, request.where) from error
        return {r.speaker: self._carried[r.speaker] for r in requests}

    def _vouch(self, store: Store) -> str:
        """What a worker must find in a store that is a folder; a shared one is the same everywhere."""
        if store.is_shared:
            return ""
        known = str(store.root)
        if known not in self._vouched:
            self._vouched[known] = vouch(store)
        return self._vouched[known]

    # ── what comes back ─────────────────────────────────────────────────────────────────────────────

    def _listen(self) -> list[Ended]:
        """Hear whoever has something to say, or wait a moment; look after those who are late."""
        owed = {hand.awaits: hand for hand in self._hands if hand.awaits is not None}
        if not owed:
            time.sleep(_LOOK)  # no node has room for anybody: Ray has nothing to wait for
            return []
        said, _ = self._ray.wait(list(owed), num_returns=1, timeout=_LOOK)
        if said and len(owed) > 1:
            said, _ = self._ray.wait(list(owed), num_returns=len(owed), timeout=0)
        # Who is heard may make another superfluous that has something to say, too.
        ended = [self._hear(owed[ref]) for ref in said if owed[ref] in self._hands]
        now = time.monotonic()
        ended += [
            self._lose(hand, hand.hung) if hand.host else self._unstarted(hand, "it said nothing")
            for hand in tuple(self._hands)
            if hand.awaits is not None and hand.awaits not in said and now > hand.deadline
        ]
        return [one for one in ended if one]

    def _hear(self, hand: Hired) -> Ended | None:
        """What a worker answers: that it is there, or what came of its task."""
        from ray.exceptions import RayError

        try:
            answer = self._ray.get(hand.awaits)
        except RayError as error:
            why = str(error).strip().splitlines()[0]
            LOG.warning("%s: %s", self._place(hand), why)
            return self._lose(hand, "") if hand.host else self._unstarted(hand, why)
        hand.awaits = None
        if not isinstance(answer, Told):
            hand.host, _, unlike = answer
            self._failed = 0
            self._hosts.add(hand.host)
            if unlike:
                return self._refuse(hand, unlike)
            return None
        attempt, hand.at = hand.at, None
        assert attempt is not None  # noqa: S101  it was given what it answers to
        self._note(hand, attempt.task, answer)
        others = self._at(attempt)
        if answer.unfit:
            return self._pass_on(hand, attempt, answer.error)
        if answer.error is not None and others:
            return None  # whoever is at it too may do better
        for other in others:
            self._dismiss(other)
        mistake = answer.error and told(answer.error, attempt.task.where)
        return Ended(attempt.task, answer.value, mistake)

    def _at(self, attempt: Attempt) -> list[Hired]:
        return [hand for hand in self._hands if hand.at is attempt]

    def _pass_on(self, hand: Hired, attempt: Attempt, error: Exception | None) -> Ended | None:
        """Have a job done elsewhere, since this worker's node lacks something; where each does, it has
        ended."""
        task = attempt.task
        mistake = told(error or nowhere(task), task.where)
        self._nodes.lacks(hand.node, task.needs.voice)
        self._wrong[task.needs.voice] = mistake
        self._refused.setdefault(hand.host, str(error))
        LOG.warning("%s: not on %s: %s", task.site, hand.host, error)
        if self._at(attempt):
            return None
        if not self._nodes.able(task.needs):
            return Ended(task, error=mistake)
        self._waiting.insert(0, attempt)
        return None

    def _note(self, hand: Hired, task: Task, answer: Told) -> None:
        if len(self._lies) > _REMEMBERED:
            self._lies.clear()
        if answer.error is None:
            self._usual.add(task, answer.seconds)
            self._lies.update(dict.fromkeys(task.needs.makes, hand.node))
        self._count["store_read"] += answer.read
        self._count["store_written"] += answer.written
        self._metrics.done(task, hand.host, answer)

    def _lose(self, hand: Hired, hung: str) -> Ended | None:
        """Dismiss a worker that died or hangs; its task waits again, or has ended for good."""
        attempt = hand.at
        self._dismiss(hand)
        self._nodes.refresh(now=True)
        if attempt is None:
            return None
        self._count["lost"] += 1
        task, gone = attempt.task, not self._nodes.alive(hand.node)
        self._metrics.lost(task, hand.host)
        LOG.warning("%s: lost with its worker on %s%s", task.site, hand.host, ", its node gone" * gone)
        attempt.moved, attempt.begun = attempt.moved + gone, attempt.begun + (not gone)
        if self._at(attempt):
            return None  # somebody else is at it too
        blamed = attempt.begun >= attempts(task) and not gone
        if not blamed and attempt.moved < _DEATHS:
            self._waiting.insert(0, attempt)
            return None
        return Ended(task, error=told(fallen(task, hung, gone), task.where), died=True)

    def _unstarted(self, hand: Hired, why: str) -> Ended | None:
        """Let a worker go that never said hello, and try another node; where none starts, say so."""
        self._dismiss(hand)
        self._nodes.bar(hand.node)
        self._failed += 1
        if self._failed < _STARTS or not self._waiting:
            return None
        self._failed = 0
        task = self._waiting.pop(0).task
        return Ended(task, error=unstarted(task, why))

    def _refuse(self, hand: Hired, unlike: str) -> Ended | None:
        """Send a worker away whose node is not like this one; where all nodes are like that, say so."""
        self._dismiss(hand)
        self._nodes.bar(hand.node)
        self._refused.setdefault(hand.host, f"it has {unlike}")
        LOG.warning("%s has %s: it gets no work", hand.host, unlike)
        if self._hands or not self._waiting:
            return None
        task = self._waiting.pop(0).task
        return Ended(task, error=strange(task, hand.host, unlike))

    def _dismiss(self, hand: Hired) -> None:
        self._hands.remove(hand)
        self._ray.kill(hand.actor)

    def _place(self, hand: Hired) -> str:
        task = f"{hand.at.task.site}: " if hand.at else ""
        return f"{task}node {hand.host or hand.node}"


_COUNTED: Final[Sequence[str]] = ("workers", "jobs", "lost", "repeated", "store_read", "store_written")
