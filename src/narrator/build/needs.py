"""What each job takes of the machine that does it, and how takes are put together into jobs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from narrator.build.crew.workers import Needs
from narrator.build.recording.speaking import longest

if TYPE_CHECKING:
    from narrator.book import Voice
    from narrator.build.jobs import ChapterJob, Encoded
    from narrator.build.loading import Book
    from narrator.build.plan import TakeRequest

BATCH: Final = 8
"""Takes a job: enough to hide the cost of handing it over, few enough to keep all workers busy to the end."""


def batches(requests: Sequence[TakeRequest], *, by_voice: bool) -> Iterator[tuple[TakeRequest, ...]]:
    """The takes in jobs, in the order in which their first lines are heard: chapters can be mixed while later
    ones are spoken.

    by_voice: no job has two voices, so that a worker need not change models within one.
    """
    voices: dict[str, list[TakeRequest]] = {}
    heard = {request.key: place for place, request in enumerate(requests)}
    for request in requests:
        voices.setdefault(f"{request.voice.engine} {request.voice.name}" if by_voice else "", []).append(
            request
        )
    made = (
        tuple(together[first : first + BATCH])
        for together in voices.values()
        for first in range(0, len(together), BATCH)
    )
    yield from sorted(made, key=lambda batch: heard[batch[0].key])


def to_record(book: Book, batch: Sequence[TakeRequest]) -> Needs:
    """What recording these takes needs: by its voice's sheet, else the book's, else one core."""
    voice = batch[0].voice
    cores, gpus = _held(book, voice)
    return Needs(
        cores,
        gpus,
        voice.engine,
        batch[0].speaker,
        seconds=longest(batch),
        makes=tuple(request.key for request in batch),
        splits=len(batch) > 1,
    )


def to_mix(job: ChapterJob) -> Needs:
    """What mixing a chapter needs: it reads all its takes."""
    keys = tuple(key for key, _ in job.encodings.values())
    return Needs(reads=frozenset(job.takes.values()), makes=keys)


def to_hear(encoded: Encoded) -> Needs:
    """What listening to an encoding needs: it reads that file, and the takes if it must be made again."""
    key, _ = encoded.job.encodings[encoded.encoding]
    return Needs(reads=frozenset((key,)))


def _held(book: Book, voice: Voice) -> tuple[float, float]:
    sheet = book.sheet.workers.get(voice.engine)
    cores = voice.cores if voice.cores is not None else sheet.cores if sheet else 1.0
    gpus = voice.gpus if voice.gpus is not None else sheet.gpus if sheet else 0.0
    return cores, gpus
