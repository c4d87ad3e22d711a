"""What a worker process does: speak lines, finish a chapter. Results go to the store, facts come back."""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from narrator import mastering, mixing
from narrator.audio import Audio
from narrator.book import NARRATOR, Chapter, Line
from narrator.build import takes
from narrator.build.covers import draw
from narrator.build.crediting import Credit
from narrator.build.plan import Encoding, TakeRequest
from narrator.build.sounds import SoundFile, brought
from narrator.build.speaking import placed, spoken
from narrator.build.stems import write_stems
from narrator.store import Facts, Record, Store

if TYPE_CHECKING:
    from narrator.audio import Samples


@dataclass(frozen=True, slots=True)
class Cost:
    """What a job took. cpu: processor seconds by stage. peak_mb: this worker's greatest memory so far,
    its child processes included; worker: which process it was."""

    cpu: Mapping[str, float]
    peak_mb: float
    worker: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """The takes a job recorded, by key."""

    keys: tuple[str, ...]
    seconds: float
    cost: Cost


@dataclass(frozen=True, slots=True)
class ChapterJob:
    """A chapter to mix, master and encode. target: LUFS of the voice as mono."""

    name: str
    where: str
    chapter: Chapter
    takes: Mapping[int, str]
    levels: Mapping[int, float]
    pauses: mixing.Pauses
    bed_level: float
    beds: bool
    target: float
    stereo: bool
    sounds: Sequence[SoundFile]
    spec: mastering.DeliverySpec
    encodings: Mapping[Encoding, tuple[str, Facts]] = field(default_factory=dict)
    credits: tuple[Credit, ...] = ()


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
class Heard:
    """An encoding that was decoded and meets its spec: from now on it counts as there."""

    encoded: Encoded
    cost: Cost


@dataclass(frozen=True, slots=True)
class Painted:
    """The cover is in the store."""

    cost: Cost


@dataclass(frozen=True, slots=True)
class Separated:
    """The stems of a chapter are written."""

    paths: tuple[Path, ...]
    cost: Cost


def record(store: Store, requests: Sequence[TakeRequest]) -> Recorded:
    """Record takes and put them into the store. Raises EngineError, placed at the line."""
    started, seconds = time.process_time(), 0.0
    # A job that is begun again has some of its takes already.
    new = [request for request in requests if not store.has("takes", request.key, takes.SUFFIX)]
    for request, kept in spoken(new):
        audio = takes.quantised(kept.audio)
        with store.adding("takes", request.key, takes.SUFFIX) as part:
            takes.write(part, audio)
        made = {
            "seconds": audio.seconds,
            "measure": dict(mixing.measure(audio).as_facts()),
            **({"finding": kept.finding} if kept.finding else {}),
        }
        store.finish("takes", request.key, Record(request.facts, made))
        seconds += audio.seconds
    return Recorded(tuple(r.key for r in requests), seconds, _cost({"record": time.process_time() - started}))


def finish(store: Store, job: ChapterJob) -> Finished:
    """Mix, master and encode a chapter into the store. Raises RenderError, placed at the chapter."""
    cpu: dict[str, float] = {"mix": 0.0}
    started, children = time.process_time(), _children_cpu()
    with placed(job.where):
        records = {number: store.record("takes", key) for number, key in job.takes.items()}
        timeline, mix = _mixing(store, job, records)
        mastered = _master(store, job, _timed(mix, cpu))
    made = {
        "timeline": timeline.as_facts(),
        "samples": timeline.length,
        "master": mastered,
        "credits": [asdict(credit) for credit in job.credits],
        "findings": _findings(records),
        "lines": [list(heard) for heard in heard_lines(job.chapter, job.takes)],
    }
    cpu["master"] = time.process_time() - started - cpu["mix"]
    cpu["mp3"] = _children_cpu() - children
    return Finished(tuple(Encoded(job, encoding, made) for encoding in job.encodings), _cost(cpu))


def _mixing(
    store: Store, job: ChapterJob, records: Mapping[int, Record]
) -> tuple[mixing.Timeline, Iterator[mixing.Stems]]:
    """The chapter laid out, and its stems in blocks."""
    sounds = {file.name: brought(store, file) for file in job.sounds}
    timeline = mixing.timeline(
        job.chapter,
        measures(records),
        pauses=job.pauses,
        levels=job.levels,
        bed_level=job.bed_level,
        target=job.target,
        sounds={name: sound.samples for name, sound in sounds.items()},
    )
    takes_ = Takes(store, job.takes)
    return timeline, mixing.mix(timeline, takes_, beds=job.beds, sounds=sounds, stereo=job.stereo)


def separate(store: Store, job: ChapterJob, dialogue: Path, ambience: Path) -> Separated:
    """Write a chapter's stems, before mastering. Raises RenderError, placed at the chapter."""
    started = time.process_time()
    with placed(job.where):
        records = {number: store.record("takes", key) for number, key in job.takes.items()}
        timeline, mix = _mixing(store, job, records)
        write_stems(mix, timeline.length, dialogue, ambience)
    return Separated((dialogue, ambience), _cost({"stems": time.process_time() - started}))


def hear(store: Store, encoded: Encoded) -> Heard:
    """Decode an encoding, check it against its spec, and enter it into the store.

    Raises MasterError, placed at the chapter, where it misses the spec: then it does not count as there.
    """
    job, encoding, started = encoded.job, encoded.encoding, time.process_time()
    key, facts = job.encodings[encoding]
    with placed(job.where):
        path = store.path("chapters", key, f".{encoding}")
        check = mastering.check(path, encoding, job.spec, encoded.made["samples"], 2 if job.stereo else 1)
    store.finish("chapters", key, Record(facts, {**encoded.made, "check": check}))
    return Heard(encoded, _cost({"check": time.process_time() - started}))


def paint(store: Store, title: str, author: str) -> Painted:
    """Draw the book's cover into the store."""
    started = time.process_time()
    draw(store, title, author)
    return Painted(_cost({"cover": time.process_time() - started}))


def heard_lines(chapter: Chapter, keys: Mapping[int, str]) -> Iterator[tuple[int, str, str, str]]:
    """What is heard in the chapter, in order: physical line, character, words, take key."""
    for number, key in keys.items():
        element = chapter.elements[number - 1]
        if isinstance(element, Line):
            yield number, element.character, element.written, key
        else:
            yield number, NARRATOR, chapter.title, key


def _master(store: Store, job: ChapterJob, blocks: Iterable[Samples]) -> Mapping[str, Any]:
    with ExitStack() as parts:
        outputs: dict[Encoding, Path] = {
            encoding: parts.enter_context(store.adding("chapters", key, f".{encoding}"))
            for encoding, (key, _) in job.encodings.items()
        }
        channels = 2 if job.stereo else 1
        mastered = mastering.master(blocks, job.spec, outputs=outputs, scratch=store.root, channels=channels)
    return mastered.as_facts()


def measures(records: Mapping[int, Record]) -> Mapping[int, mixing.Measure]:
    """What the meter says of each line's take."""
    return {number: mixing.Measure.from_facts(record.made["measure"]) for number, record in records.items()}


def _findings(records: Mapping[int, Record]) -> list[list[Any]]:
    return [
        [number, record.made["finding"]] for number, record in records.items() if "finding" in record.made
    ]


@dataclass(frozen=True, slots=True)
class Takes:
    """The take of a line, read from the store when the mix comes to it."""

    store: Store
    keys: Mapping[int, str]

    def __call__(self, number: int) -> Audio:
        """The take of line `number`. Raises RenderError where it is damaged or gone."""
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


def _cost(cpu: Mapping[str, float]) -> Cost:
    unit = 1024 if sys.platform == "linux" else 1024 * 1024  # kilobytes there, bytes on macOS
    own, children = (
        resource.getrusage(who).ru_maxrss / unit for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return Cost(cpu, own + children, os.getpid())
