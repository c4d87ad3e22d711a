"""What things cost here: measured by each render, so that the next one can be foretold."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Final

from narrator.production import Production
from narrator.whole import write_text

if TYPE_CHECKING:
    from narrator.build.plan import TakeRequest
    from narrator.build.rendering import Rendered

STARTING: Final = 2.0
"""Seconds until workers are there and have loaded their voices."""


@dataclass(frozen=True, slots=True)
class Speeds:
    """Processor seconds for a letter to be recorded; for a letter's sound to be mixed, mastered, encoded and
    listened to; and wall seconds to join a letter's sound into the releases.

    The values here are those of the embedded voice on an ordinary core; a production has its own.
    """

    record: float = 0.0006
    finish: float = 0.0009
    release: float = 0.00001


def known(production: Production) -> Speeds:
    """What the last renders of this production measured, and the usual where they say nothing."""
    try:
        values = json.loads(production.speeds.read_bytes())
        return Speeds(**{f.name: float(values.get(f.name, f.default)) for f in fields(Speeds)})
    except (OSError, ValueError, TypeError, AttributeError):
        return Speeds()


def note(production: Production, rendered: Rendered) -> None:
    """Keep what a render measured, where it did enough to measure anything. Raises RenderError."""
    cpu, wall = rendered.work.cpu, rendered.work.wall
    takes = {request.key: request for p in rendered.plans for request in p.takes.values()}
    recorded = letters(takes[key] for key in rendered.work.recorded)
    finished = sum(
        letters(p.takes.values()) for p in rendered.plans if p.place.name in rendered.work.finished
    )
    measured: dict[str, float] = {}
    if recorded > _ENOUGH:
        measured["record"] = cpu.get("record", 0.0) / recorded
    if finished > _ENOUGH:
        measured["finish"] = sum(cpu.get(s, 0.0) for s in ("mix", "master", "mp3", "check")) / finished
    if rendered.release.written:
        whole = sum(letters(p.takes.values()) for p in rendered.plans)
        measured["release"] = wall.get("release", 0.0) / max(1, whole)
    if measured:
        write_text(production.speeds, json.dumps({**asdict(known(production)), **measured}, indent=1))


_ENOUGH: Final = 2_000
"""Letters below which a worker's start would be most of what is measured."""


def letters(requests: Iterable[TakeRequest]) -> int:
    """How many letters are said in these takes."""
    return sum(len(word.written) for request in requests for word in request.words)
