"""A worker on a node of a Ray cluster: it keeps the models that it has loaded, and does one job at a time.

Nothing here needs Ray: `crew.cluster` makes an actor of `Hand`. What a hand is told comes from the render's
own process; Ray trusts whoever reaches it (docs/scaling.md).
"""

from __future__ import annotations

import logging
import os
import platform
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

from narrator.errors import EngineError, NarratorError, RenderError

if TYPE_CHECKING:
    from narrator.build.plan import TakeRequest
    from narrator.store import Store

LOG: Final = logging.getLogger("narrator.cluster")
"""Every line names the book, the place in it, and the node."""

_ONE_THREAD: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Told:
    """What a hand answers. read, written: bytes that the job took from and put into a shared store.
    seconds: how long it was at work."""

    value: Any = None
    error: Exception | None = None
    read: int = 0
    written: int = 0
    seconds: float = 0.0


def likeness() -> Mapping[str, str]:
    """What must be alike on all nodes, or the same key would name different sounds."""
    from narrator import __version__, mastering, mixing, speech

    packages = {name: _version(name) for name in ("av", "imageio-ffmpeg")}
    revisions = {"speech": speech.REVISION, "mixing": mixing.REVISION, "mastering": mastering.REVISION}
    return {"narrator": __version__, **packages, **{name: str(n) for name, n in revisions.items()}}


def vouch(store: Store) -> str:
    """What tells that a folder is this render's store, and not one of the same name on another machine."""
    from narrator.store import file_digest

    try:
        return file_digest(store.root / "holder.json")
    except OSError:
        return ""


class Hand:
    """The worker. Its process ends with it."""

    def __init__(self) -> None:
        # An engine runs one thread a worker: its bytes depend on that. Ray has set what it thinks best.
        os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
        # Ray keeps what is written to stderr as this worker's log.
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
        self._node = platform.node()
        self._known: set[str] = set()

    def hello(self, expected: Mapping[str, str]) -> tuple[str, int, str]:
        """The node's name, this process's id, and what here is unlike the render's own; empty for nothing."""
        here = likeness()
        unlike = [
            f"{name} {here.get(name)}, not {what}"
            for name, what in expected.items()
            if here.get(name) != what
        ]
        return self._node, os.getpid(), ", ".join(unlike)

    def work(
        self,
        job: Callable[..., Any],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        vouched: str,
        site: str,
    ) -> Told:
        """Do a job; what it raises comes back as a value. site: its book and its place, for the log."""
        from narrator.shelf import traffic

        began, before = time.monotonic(), traffic()
        try:
            told = Told(job(*self._on_this_node(args, vouched), **kwargs))
        except (NarratorError, OSError) as error:
            told = Told(error=error)
        except Exception as error:  # noqa: BLE001  a fault of ours, raised in the main process with its story
            told = Told(error=RuntimeError("".join(traceback.format_exception(error))))
        read, written = (now - then for now, then in zip(traffic(), before, strict=True))
        seconds = time.monotonic() - began
        outcome = "done" if told.error is None else f"failed: {told.error}"
        LOG.info("%s: on %s: %s in %.2f s", site, self._node, outcome, seconds)
        return Told(told.value, told.error, read, written, seconds)

    def _on_this_node(self, args: Sequence[Any], vouched: str) -> list[Any]:
        """The arguments as they hold here: the store where this node sees it, voices of the same engines."""
        from narrator.store import Store

        here = []
        for argument in args:
            if isinstance(argument, Store):
                argument = argument.on_this_node()
                if argument.is_shared:
                    argument.prepare()
                if vouched and vouch(argument) != vouched:
                    raise RenderError(
                        f"the node {self._node} does not see the store.",
                        where=str(argument.root),
                        hint="Put it on a disk that all nodes share, or set store = URL in book.toml.",
                    )
            elif isinstance(argument, Sequence) and not isinstance(argument, str):
                self._compare(argument)
            here.append(argument)
        return here

    def _compare(self, requests: Sequence[Any]) -> None:
        """Raise EngineError where a voice's engine here is another than the one that the keys name."""
        from narrator import speech
        from narrator.build.plan import TakeRequest

        for request in requests:
            if not isinstance(request, TakeRequest) or request.voice.name in self._known:
                continue
            facts = {"name": request.voice.engine, **speech.voice_facts(request.voice)}
            if request.facts.get("engine", facts) != facts:
                raise self._other(request)
            self._known.add(request.voice.name)

    def _other(self, request: TakeRequest) -> EngineError:
        return EngineError(
            f"the engine {request.voice.engine!r} of the node {self._node} has another model or version.",
            where=request.where,
            hint="Install the same packages and voices on all nodes.",
        )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
