"""Retakes: further takes of a line to listen to, one of them chosen, or a person's recording instead."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from narrator.build.crew.local import crew
from narrator.build.holding import alone
from narrator.build.jobs import keep as keep_take
from narrator.build.jobs import record
from narrator.build.loading import Book
from narrator.build.places import Place
from narrator.build.plan import numbered
from narrator.build.recording import labels, recordings, takes
from narrator.errors import UsageError
from narrator.report import Progress
from narrator.sheets import ChosenTake, write_choice
from narrator.store import Facts, digest, key

REVISION = 2
"""Raised when a person's recording would be kept differently. Those that are there stay what they are."""


@dataclass(frozen=True, slots=True)
class Audition:
    """Takes to choose from. file: where they are heard one after the other."""

    file: Path
    labels: tuple[labels.Label, ...]


def speak(book: Book, place: Place, count: int, jobs: int, progress: Progress) -> Audition:
    """Have takes 1 to `count` of the line spoken, as far as they are not there, and write the audition file.

    Raises RenderError, EngineError.
    """
    store = book.production.store
    requests = [numbered(place.first, number) for number in range(1, count + 1)]
    with alone(book.production, "recording takes for"):
        missing = [r for r in requests if not store.sound("takes", r.key, takes.SUFFIX)]
        if missing:
            progress.begin("recording", len(missing), "takes")
            for request in missing:
                store.discard("takes", request.key, takes.SUFFIX)  # a damaged one would count as there
            with crew(min(jobs, len(missing))) as workers:
                for request in missing:
                    workers.start(request.where, record, store, [request])
                while workers.busy:
                    for _ in workers.finished():
                        progress.advance("recording")
    named = [(f"take {r.take}", takes.read(store.path("takes", r.key, takes.SUFFIX))) for r in requests]
    file = book.production.output / "auditions" / f"{place.chapter.number}-{place.line}.wav"
    return Audition(file, labels.write(file, named))


def choose(book: Book, place: Place, number: int) -> None:
    """Let the line have this take from now on; the first is what a line has unless one is chosen.

    Raises UsageError where it was never recorded, RenderError where takes.toml cannot be written.
    """
    wanted = numbered(place.first, number)
    if number > 1 and not book.production.store.has("takes", wanted.key, takes.SUFFIX):
        raise UsageError(
            f"take {number} of this line has not been recorded.",
            where=place.where,
            hint=f"Type `narrator retake {place.chapter.number}:{place.line} --takes {number}`, and listen.",
        )
    chosen = {"take": number, "key": wanted.key} if number > 1 else {}
    write_choice(book.production.takes_sheet, ChosenTake.model_validate(_line(place) | chosen))


def adopt(book: Book, place: Place, path: Path) -> float:
    """Let the line have the recording in `path`, kept in the store from now on; its seconds.

    Raises ProductionError where it cannot be this line, RenderError where it cannot be kept.
    """
    audio = recordings.read(path, sum(map(str.isalnum, place.text)))
    store = book.production.store
    with alone(book.production, "bringing a recording into"):
        facts: Facts = {
            "kind": "take",
            "recording": digest(audio.samples.tobytes()),
            "rate": audio.rate,
            "revision": REVISION,
        }
        address = key(facts)
        keep_take(store, address, facts, audio)
        write_choice(book.production.takes_sheet, ChosenTake.model_validate(_line(place) | {"key": address}))
    return audio.seconds


def _line(place: Place) -> dict[str, str | int]:
    return {"file": place.chapter.name, "text": place.text, "nth": place.nth, "of": place.of}
