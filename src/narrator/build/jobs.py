"""What a worker process does: speak lines, finish a chapter. Results go to the store, facts come back."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from narrator import mastering, mixing
from narrator.audio import Audio
from narrator.book import NARRATOR, Chapter, Line
from narrator.build.plan import Encoding, TakeRequest
from narrator.build.recording import takes
from narrator.build.recording.speaking import Kept, placed, spoken
from narrator.build.releases.covers import draw
from narrator.build.releases.crediting import Credit
from narrator.build.sounds import SoundFile, brought
from narrator.build.stems import write_stems
from narrator.store import Facts, Record, Store, digest, file_digest, key

if TYPE_CHECKING:
    from narrator.audio import Samples


@dataclass(frozen=True, slots=True)
class Cost:
    """What a job took. cpu: processor seconds by stage."""

    cpu: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Recorded:
    """The takes a job recorded, by key. sound: how many seconds of it were new."""

    keys: tuple[str, ...]
    cost: Cost
    sound: float = 0.0

    @property
    def takes(self) -> int:
        """How many there are."""
        return len(self.keys)


@dataclass(frozen=True, slots=True)
class ChapterJob:
    """A chapter to mix, master and encode. target: LUFS of the voice as mono."""

    name: str
    where: str
    chapter: Chapter
    takes: Mapping[int, str]
    levels: Mapping[int, float]
    mix: Facts
    pauses: mixing.Pauses
    bed_level: float
    beds: bool
    target: float
    stereo: bool
    sounds: Sequence[SoundFile]
    spec: mastering.DeliverySpec
    encodings: Mapping[Encoding, tuple[str, Facts]] = field(default_factory=dict)
    adjustment: mastering.Adjustment = mastering.FIRST
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
class Spoilt:
    """A chapter that could not be mixed: these of its takes are damaged. job: to be done again; apart: it was
    its stems that were wanted."""

    job: ChapterJob
    keys: tuple[str, ...]
    cost: Cost
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Approved:
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
    started = time.process_time()
    # A job that is begun again has some of its takes already.
    absent = store.absent("takes", [request.key for request in requests], takes.SUFFIX)
    sound = 0.0
    with _keeping(store) as keep_it:
        for request, kept in spoken([request for request in requests if request.key in absent]):
            keep_it(request, kept)
            sound += kept.audio.seconds
    cost = Cost({"record": time.process_time() - started})
    return Recorded(tuple(r.key for r in requests), cost, sound)


@contextmanager
def _keeping(store: Store) -> Iterator[Callable[[TakeRequest, Kept], None]]:
    """Puts takes into the store. A shared one takes its time to answer: meanwhile the next line is spoken.
    One take is under way at most; what goes wrong with it is raised at the next one or at the end."""

    def put(request: TakeRequest, kept: Kept) -> None:
        keep(store, request.key, request.facts, kept.audio, finding=kept.finding)

    if not store.is_shared:
        yield put
        return
    with ThreadPoolExecutor(1) as aside:
        under_way: list[Future[None]] = []

        def put_aside(request: TakeRequest, kept: Kept) -> None:
            if under_way:
                under_way.pop().result()
            under_way.append(aside.submit(put, request, kept))

        yield put_aside
        for last in under_way:
            last.result()


def keep(store: Store, key: str, facts: Facts, audio: Audio, *, finding: str = "") -> None:
    """Put a take into the store. Raises RenderError where it cannot be written, EngineError for silence."""
    audio = takes.quantised(audio)
    data = takes.encoded(audio)
    made = {
        "seconds": audio.seconds,
        "sha256": digest(data),
        "measure": dict(mixing.measure(audio).as_facts()),
        **({"finding": finding} if finding else {}),
    }
    with store.adding("takes", key, takes.SUFFIX) as part:
        part.write_bytes(data)
    store.finish("takes", key, Record(facts, made))


def _spoilt(store: Store, job: ChapterJob) -> tuple[str, ...]:
    """The takes of a chapter that are not what was put into the store."""
    return tuple(k for k in dict.fromkeys(job.takes.values()) if not store.sound("takes", k, takes.SUFFIX))


def finish(store: Store, job: ChapterJob) -> Finished | Spoilt:
    """Mix, master and encode a chapter into the store; or say which of its takes are damaged.

    Raises RenderError, placed at the chapter.
    """
    cpu: dict[str, float] = {"mix": 0.0}
    started, children = time.process_time(), _children_cpu()
    if spoilt := _spoilt(store, job):
        return Spoilt(job, spoilt, Cost({"mix": time.process_time() - started}))
    with placed(job.where):
        records = {number: store.record("takes", take) for number, take in job.takes.items()}
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
    store.finish("mixes", key(job.mix), Record(job.mix, {}))
    return Finished(tuple(Encoded(job, encoding, made) for encoding in job.encodings), Cost(cpu))


def _mixing(
    store: Store, job: ChapterJob, records: Mapping[int, Record]
) -> tuple[mixing.Timeline, Iterator[mixing.Stems]]:
    """The chapter laid out, and its stems in blocks."""
    sounds = {file.name: brought(store, file) for file in job.sounds}
    takes_ = Takes(store, job.takes)
    timeline = mixing.timeline(
        job.chapter,
        measures(takes_, records),
        pauses=job.pauses,
        levels=job.levels,
        bed_level=job.bed_level,
        target=job.target,
        sounds={name: sound.samples for name, sound in sounds.items()},
    )
    return timeline, mixing.mix(timeline, takes_, beds=job.beds, sounds=sounds, stereo=job.stereo)


def separate(store: Store, job: ChapterJob, dialogue: Path, ambience: Path) -> Separated | Spoilt:
    """Write a chapter's stems, before mastering; or say which of its takes are damaged.

    Raises RenderError, placed at the chapter.
    """
    started = time.process_time()
    if spoilt := _spoilt(store, job):
        return Spoilt(job, spoilt, Cost({"stems": time.process_time() - started}), apart=True)
    with placed(job.where):
        records = {number: store.record("takes", take) for number, take in job.takes.items()}
        timeline, mix = _mixing(store, job, records)
        write_stems(mix, timeline.length, dialogue, ambience)
    return Separated((dialogue, ambience), Cost({"stems": time.process_time() - started}))


def hear(store: Store, encoded: Encoded) -> Approved | Spoilt:
    """Decode an encoding, check it against its spec, and enter it into the store.

    Where its peak is over the ceiling by what encoding added, or its loudness beside what was foreseen, it is
    made again with what that takes: the same chapter always comes out the same. Raises MasterError, placed at
    the chapter, where it misses the spec: then it does not count as there.
    """
    job, encoding, started = encoded.job, encoded.encoding, time.process_time()
    address, facts = job.encodings[encoding]
    with placed(job.where):
        hearing, made, adjustment = _listen(store, encoded), encoded.made, job.adjustment
        while adjusted := hearing.adjusted(adjustment):
            adjustment = adjusted
            alone = replace(job, encodings={encoding: (address, facts)}, adjustment=adjusted)
            again = finish(store, alone)
            if isinstance(again, Spoilt):
                return again
            hearing, made = _listen(store, again.encoded[0]), again.encoded[0].made
        hearing.demand()
        made = {**made, "check": dict(hearing.facts)}
        made["sha256"] = file_digest(store.path("chapters", address, f".{encoding}"))
    store.finish("chapters", address, Record(facts, made))
    return Approved(encoded, Cost({"check": time.process_time() - started}))


def _listen(store: Store, encoded: Encoded) -> mastering.Hearing:
    key, _ = encoded.job.encodings[encoded.encoding]
    path = store.path("chapters", key, f".{encoded.encoding}")
    channels = 2 if encoded.job.stereo else 1
    return mastering.check(path, encoded.encoding, encoded.job.spec, encoded.made["samples"], channels)


def paint(store: Store, title: str, author: str) -> Painted:
    """Draw the book's cover into the store."""
    started = time.process_time()
    draw(store, title, author)
    return Painted(Cost({"cover": time.process_time() - started}))


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
        mastered = mastering.master(
            blocks,
            job.spec,
            outputs=outputs,
            scratch=store.root,
            adjustment=job.adjustment,
            channels=2 if job.stereo else 1,
        )
    return mastered.as_facts()


def measures(read: Takes, records: Mapping[int, Record]) -> Mapping[int, mixing.Measure]:
    """What the meter says of each line's take. One that an older meter measured is measured again."""
    known = {number: record.made["measure"] for number, record in records.items()}
    return {
        number: mixing.Measure.from_facts(facts)
        if facts.keys() >= mixing.METER
        else mixing.measure(read(number))
        for number, facts in known.items()
    }


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
    """The summed stems, with the processor time of making them put down as the mix's: of this thread, since
    mastering goes on in others meanwhile."""
    while True:
        started = time.thread_time()
        stems = next(mix, None)
        block = None if stems is None else stems.mix
        cpu["mix"] += time.thread_time() - started
        if block is None:
            return
        yield block


def _children_cpu() -> float:
    """Processor seconds of the child processes that have ended: the MP3 encoder."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
