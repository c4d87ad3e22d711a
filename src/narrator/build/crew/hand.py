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
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

from narrator.build.crew.carried import MOST, Carried, unpack
from narrator.errors import EngineError, MissingError, NarratorError, RenderError

if TYPE_CHECKING:
    from narrator.book import Voice
    from narrator.build.plan import TakeRequest
    from narrator.store import Store

LOG: Final = logging.getLogger("narrator.cluster")
"""Every line names the book, the place in it, and the node."""

_ONE_THREAD: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Told:
    """What a hand answers. read, written: bytes that the job took from and put into a shared store.
    seconds: how long it was at work. unfit: whether the error is its node's, and another may do better."""

    value: Any = None
    error: Exception | None = None
    read: int = 0
    written: int = 0
    seconds: float = 0.0
    unfit: bool = False


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
        self._settings: dict[str, Mapping[str, str | float]] = {}

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
        carried: Mapping[str, Carried] | None = None,
    ) -> Told:
        """Do a job; what it raises comes back as a value. site: its book and its place, for the log.
        carried: the files of its voices."""
        from narrator.shelf import traffic

        began, before = time.monotonic(), traffic()
        try:
            here = self._on_this_node(args, vouched, carried or {})
        except (NarratorError, OSError) as error:
            LOG.warning("%s: %s cannot do it: %s", site, self._node, error)
            return Told(error=error, unfit=True)
        try:
            told = Told(job(*here, **kwargs))
        except (NarratorError, OSError) as error:
            told = Told(error=error)
        except Exception as error:  # noqa: BLE001  a fault of ours, raised in the main process with its story
            told = Told(error=RuntimeError("".join(traceback.format_exception(error))))
        read, written = (now - then for now, then in zip(traffic(), before, strict=True))
        seconds = time.monotonic() - began
        outcome = "done" if told.error is None else f"failed: {told.error}"
        LOG.info("%s: on %s: %s in %.2f s", site, self._node, outcome, seconds)
        return Told(told.value, told.error, read, written, seconds)

    def _on_this_node(self, args: Sequence[Any], vouched: str, carried: Mapping[str, Carried]) -> list[Any]:
        """The arguments as they hold here: the store where this node sees it, voices that are alike here."""
        from narrator.build.plan import TakeRequest
        from narrator.store import Store

        here: list[Any] = []
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
            elif isinstance(argument, tuple) and argument and isinstance(argument[0], TakeRequest):
                argument = tuple(self._request(request, here[0], carried) for request in argument)
            here.append(argument)
        return here

    def _request(self, request: TakeRequest, store: Store, carried: Mapping[str, Carried]) -> TakeRequest:
        """The request, its voice with the files that were carried for it. Raises EngineError where its engine
        here is another than the one that the keys name, MissingError where it lacks something."""
        speaker = request.speaker
        if speaker not in self._settings:
            voice = unpack(store, request.voice, carried.get(speaker, Carried()))
            facts = self._facts(request, voice)
            if request.facts.get("engine", facts) != facts:
                raise self._other(request)
            self._settings[speaker] = voice.settings
        return replace(request, voice=replace(request.voice, settings=self._settings[speaker]))

    def _facts(self, request: TakeRequest, voice: Voice) -> Mapping[str, str]:
        from narrator import speech

        try:
            return {"name": voice.engine, **speech.voice_facts(voice)}
        except NarratorError as error:
            hints = (error.hint, _FILES if speech.file_settings(voice) else "")
            raise MissingError(
                f"on the node {self._node}, {error.what}",
                where=request.where,
                hint=" ".join(filter(None, hints)),
            ) from error
        except OSError as error:
            raise MissingError(
                f"on the node {self._node}, {error.filename} cannot be read ({error.strerror})",
                where=request.where,
                hint=_FILES,
            ) from error

    def _other(self, request: TakeRequest) -> EngineError:
        return EngineError(
            f"the engine {request.voice.engine!r} of the node {self._node} has another model or version.",
            where=request.where,
            hint="Install the same packages and voices on all nodes.",
        )


_FILES: Final = (
    f"With store = URL files of up to {MOST >> 20} MB are carried to all nodes; "
    "others must lie at the same path on each."
)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
