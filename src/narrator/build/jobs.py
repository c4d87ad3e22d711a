"""What a worker process does: speak lines, finish a chapter. Results go to the store, facts come back."""

from __future__ import annotations

import gc
import resource
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from narrator import mastering, mixing, speech
from narrator.audio import Audio
from narrator.book import NARRATOR, Chapter, Line
from narrator.build import takes
from narrator.build.covers import draw
from narrator.build.plan import Encoding, TakeRequest
from narrator.errors import NarratorError
from narrator.store import Facts, Record, Store, digest, file_digest, key

if TYPE_CHECKING:
    from narrator.audio import Samples

_actors: dict[str, speech.Actor] = {}
"""Voices opened in this process. The engine shares one model between its own."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a job took. cpu: processor seconds by stage."""

    cpu: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Recorded:
    """The takes a job recorded, by key."""

    keys: tuple[str, ...]
    cost: Cost


@dataclass(frozen=True, slots=True)
class ChapterJob:
    """A chapter to mix, master and encode."""

    name: str
    where: str
    chapter: Chapter
    takes: Mapping[int, str]
    levels: Mapping[int, float]
    mix: Facts
    pauses: mixing.Pauses
    bed_level: float
    beds: bool
    spec: mastering.DeliverySpec
    encodings: Mapping[Encoding, tuple[str, Facts]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Encoded:
    """An encoding of a chapter that stands in the store, not yet listened to. made: what came out of it."""

    job: ChapterJob
    encoding: Encoding
    made: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finished:
    """A chapter that was mixed, mastered and encoded."""

    encoded: tuple[Encoded, ...]
    cost: Cost


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A chapter that could not be mixed: these of its takes are damaged. job: to be done again."""

    job: ChapterJob
    keys: tuple[str, ...]
    cost: Cost


@dataclass(frozen=True, slots=True)
class Heard:
    """An encoding that was decoded and meets its spec: from now on it counts as there."""

    encoded: Encoded
    cost: Cost


@dataclass(frozen=True, slots=True)
class Painted:
    """The cover is in the store."""

    cost: Cost


def record(store: Store, requests: Sequence[TakeRequest]) -> Recorded:
    """Record takes and put them into the store. Raises EngineError, placed at the line."""
    started = time.process_time()
    for request in requests:
        with _placed(request.where):
            keep(store, request.key, request.facts, _speak(request))
    return Recorded(tuple(r.key for r in requests), Cost({"record": time.process_time() - started}))


def keep(store: Store, key: str, facts: Facts, audio: Audio) -> None:
    """Put a take into the store. Raises RenderError where it cannot be written, EngineError for silence."""
    audio = takes.quantised(audio)
    data = takes.encoded(audio)
    made = {
        "seconds": audio.seconds,
        "sha256": digest(data),
        "measure": dict(mixing.measure(audio).as_facts()),
    }
    with store.adding("takes", key, takes.SUFFIX) as part:
        part.write_bytes(data)
    store.finish("takes", key, Record(facts, made))


def _speak(request: TakeRequest) -> Audio:
    voice = request.voice
    if voice.name not in _actors:
        _actors[voice.name] = speech.open_voice(voice)
        gc.freeze()  # a model's tables are here to stay: the collector need not look through them again
    return speech.record(
        _actors[voice.name],
        request.words,
        delivery=request.delivery,
        pace=voice.pace,
        seed=request.take - 1,  # 0 is the plain reading
    )


def finish(store: Store, job: ChapterJob) -> Finished | Spoilt:
    """Mix, master and encode a chapter into the store; or say which of its takes are damaged.

    Raises RenderError, placed at the chapter.
    """
    cpu: dict[str, float] = {"mix": 0.0}
    started, children = time.process_time(), _children_cpu()
    spoilt = [
        take for take in dict.fromkeys(job.takes.values()) if not store.sound("takes", take, takes.SUFFIX)
    ]
    if spoilt:
        return Spoilt(job, tuple(spoilt), Cost({"mix": time.process_time() - started}))
    with _placed(job.where):
        timeline = mixing.timeline(
            job.chapter,
            _measures(store, job.takes),
            pauses=job.pauses,
            levels=job.levels,
            bed_level=job.bed_level,
            target=job.spec.loudness,
        )
        mix = mixing.mix(timeline, _Takes(store, job.takes), beds=job.beds)
        mastered = _master(store, job, _timed(mix, cpu))
    made = {
        "timeline": timeline.as_facts(),
        "samples": timeline.length,
        "master": mastered,
        "lines": [list(heard) for heard in heard_lines(job.chapter, job.takes)],
    }
    cpu["master"] = time.process_time() - started - cpu["mix"]
    cpu["mp3"] = _children_cpu() - children
    store.finish("mixes", key(job.mix), Record(job.mix, {}))
    return Finished(tuple(Encoded(job, encoding, made) for encoding in job.encodings), Cost(cpu))


def hear(store: Store, encoded: Encoded) -> Heard:
    """Decode an encoding, check it against its spec, and enter it into the store.

    Raises MasterError, placed at the chapter, where it misses the spec: then it does not count as there.
    """
    job, encoding, started = encoded.job, encoded.encoding, time.process_time()
    address, facts = job.encodings[encoding]
    with _placed(job.where):
        path = store.path("chapters", address, f".{encoding}")
        check = mastering.check(path, encoding, job.spec, encoded.made["samples"])
        made = {**encoded.made, "check": check, "sha256": file_digest(path)}
    store.finish("chapters", address, Record(facts, made))
    return Heard(encoded, Cost({"check": time.process_time() - started}))


def paint(store: Store, title: str, author: str) -> Painted:
    """Draw the book's cover into the store."""
    started = time.process_time()
    draw(store, title, author)
    return Painted(Cost({"cover": time.process_time() - started}))


@contextmanager
def _placed(where: str) -> Iterator[None]:
    """Errors of a room, which does not know the place, get it."""
    try:
        yield
    except NarratorError as error:
        raise type(error)(error.what, where=error.where or where, hint=error.hint) from error


def heard_lines(chapter: Chapter, keys: Mapping[int, str]) -> Iterator[tuple[int, str, str, str]]:
    """What is heard in the chapter, in order: physical line, character, words, take key."""
    for number, take in keys.items():
        element = chapter.elements[number - 1]
        if isinstance(element, Line):
            yield number, element.character, element.written, take
        else:
            yield number, NARRATOR, chapter.title, take


def _master(store: Store, job: ChapterJob, blocks: Iterable[Samples]) -> Mapping[str, Any]:
    with ExitStack() as parts:
        outputs: dict[Encoding, Path] = {
            encoding: parts.enter_context(store.adding("chapters", address, f".{encoding}"))
            for encoding, (address, _) in job.encodings.items()
        }
        mastered = mastering.master(blocks, job.spec, outputs=outputs, scratch=store.root)
    return mastered.as_facts()


def _measures(store: Store, keys: Mapping[int, str]) -> Mapping[int, mixing.Measure]:
    return {
        number: mixing.Measure.from_facts(store.record("takes", take).made["measure"])
        for number, take in keys.items()
    }


@dataclass(frozen=True, slots=True)
class _Takes:
    """The take of a line, read from the store when the mix comes to it."""

    store: Store
    keys: Mapping[int, str]

    def __call__(self, number: int) -> Audio:
        return takes.read(self.store.path("takes", self.keys[number], takes.SUFFIX))


def _timed(mix: Iterator[mixing.Stems], cpu: dict[str, float]) -> Iterator[Samples]:
    """The summed stems, with the processor time of making them put down as the mix's."""
    while True:
        started = time.process_time()
        stems = next(mix, None)
        block = None if stems is None else stems.mix
        cpu["mix"] += time.process_time() - started
        if block is None:
            return
        yield block


def _children_cpu() -> float:
    """Processor seconds of the child processes that have ended: the MP3 encoder."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
