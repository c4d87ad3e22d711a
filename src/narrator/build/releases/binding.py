"""Binding: the files that a release of given chapters has, and how each is made."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from narrator import release as release_room
from narrator.audio import RATE
from narrator.build.loading import Book
from narrator.build.plan import ENCODING_OF, ChapterPlan, Encoding
from narrator.build.releases.covers import cover, drawn_facts, own_cover
from narrator.build.releases.crediting import Credit, credits_of, credits_text
from narrator.build.releases.ledger import stamp
from narrator.errors import RenderError, UsageError
from narrator.production import file_title
from narrator.release import EncodedChapter, SpoiltChapterError, Tags
from narrator.sheets import BookSheet
from narrator.store import Record, key
from narrator.whole import cannot_write

SAMPLE_SHORTEST, SAMPLE_LONGEST = 60.0, 300.0
"""Seconds of a retail sample: ACX asks for 1 to 5 minutes."""


@dataclass(frozen=True, slots=True)
class ReleasedChapter:
    """A chapter as it went into the release. record: its facts and timeline."""

    plan: ChapterPlan
    keys: Mapping[Encoding, str]
    record: Record

    @property
    def current(self) -> bool:
        """Whether it is what the script says now, not an older state of the chapter."""
        return all(self.plan.encodings[encoding][0] == key_ for encoding, key_ in self.keys.items())


@dataclass(frozen=True, slots=True)
class File:
    """A file of the release: what it is made of, and how."""

    path: Path
    facts: Mapping[str, Any]
    make: Callable[[Path], None]

    @property
    def key(self) -> str:
        """What the file is known by in the ledger."""
        return key(self.facts)


JOINS: Final[Mapping[str, tuple[Callable[..., None], Callable[..., None]]]] = {
    "m4b": (release_room.join_m4b, release_room.check_m4b),
    "mp3": (release_room.join_mp3, release_room.check_mp3),
    "opus": (release_room.join_opus, release_room.check_opus),
    "flac": (release_room.join_flac, release_room.check_flac),
}
"""By form, what writes a book and what reads it back."""


class Binder:
    """Lists the files of a release. complete: the whole book is there, not only single chapters."""

    def __init__(self, book: Book, chapters: Sequence[ReleasedChapter], *, complete: bool) -> None:
        self._book = book
        self._chapters = chapters
        self._complete = complete
        self._tags = tags_of(book.sheet)

    def files(self, formats: Sequence[str]) -> Iterator[File]:
        """The files of the release in these formats, in the order in which they are made."""
        output, title = self._book.production.output, file_title(self._book.sheet.title)
        if self._complete:
            yield File(output / "cover.jpg", self._facts("cover"), lambda path: _write(path, self._cover))
        text = credits_text(self._book.sheet, map(self._credits, self._chapters))
        credits_facts = {"kind": "credits", "text": text}
        yield File(self._book.production.credits, credits_facts, lambda path: _write(path, text.encode()))
        for name in formats:
            encoded = self._encoded(ENCODING_OF[name])
            if self._complete:
                yield self._whole(name, output / f"{title}.{name}", encoded)
            if name == "mp3" or not self._complete:
                yield from self._singles(name, encoded)
            if name == "mp3" and self._complete and self._book.spec.sample:
                yield from self._sample(output / f"{title} retail sample.mp3", encoded)

    def _whole(self, name: str, path: Path, encoded: Sequence[EncodedChapter]) -> File:
        join, check = JOINS[name]

        def make(part: Path) -> None:
            join([self._hashed(chapter) for chapter in encoded], self._tags, self._cover, part)
            check(part, encoded)

        return File(path, self._facts(name, *map(_made_of, encoded)), make)

    def _singles(self, name: str, encoded: Sequence[EncodedChapter]) -> Iterator[File]:
        total, last_number = len(self._book.chapters), self._book.chapters[-1].number
        for chapter, sound in zip(self._chapters, encoded, strict=True):
            place = chapter.plan.place
            path = self._book.production.single(place.number, sound.title, name, last=last_number)
            if name != "mp3":
                yield self._whole(name, path, [sound])
                continue

            def make(part: Path, sound: EncodedChapter = sound, number: int = place.number) -> None:
                track = number + self._opens
                release_room.chapter_mp3(self._hashed(sound), self._tags, track, total, self._cover, part)

            yield File(path, self._facts("single", place.number, total, _made_of(sound)), make)

    def _sample(self, path: Path, encoded: Sequence[EncodedChapter]) -> Iterator[File]:
        """The book's first minutes without its credits, cut between two lines."""
        place, samples = retail_sample(self._chapters)
        if samples:
            sound, title = encoded[place], f"{self._book.sheet.title}: a sample"

            def make(part: Path) -> None:
                release_room.sample_mp3(self._hashed(sound), samples, title, self._tags, self._cover, part)

            yield File(path, self._facts("sample", samples, _made_of(sound)), make)

    @property
    def _opens(self) -> int:
        """1 where opening credits take the first track."""
        return int(any(place.number == 0 for place in self._book.chapters))

    def _encoded(self, encoding: Encoding) -> list[EncodedChapter]:
        store = self._book.production.store
        return [
            EncodedChapter(
                c.plan.place.chapter.title,
                store.path("chapters", c.keys[encoding], f".{encoding}"),
                c.record.made["samples"],
            )
            for c in self._chapters
        ]

    def _hashed(self, chapter: EncodedChapter) -> EncodedChapter:
        """The chapter with what its file must hash to. SpoiltChapterError where that cannot be read."""
        store = self._book.production.store
        try:
            made = store.record("chapters", chapter.path.stem).made
        except RenderError as error:
            raise SpoiltChapterError(error.what, where=error.where, hint=error.hint) from error
        return replace(chapter, sha256=made.get("sha256", ""))

    def _facts(self, kind: str, *made_of: object) -> dict[str, Any]:
        sheet = self._book.sheet
        own = own_cover(self._book.production, sheet)
        return {
            "kind": kind,
            "tags": [getattr(self._tags, name) for name in self._tags.__slots__],
            "cover": drawn_facts(sheet.title, sheet.author) if own is None else stamp(own),
            "made_of": made_of,
            "revision": release_room.REVISION,
        }

    def _credits(self, chapter: ReleasedChapter) -> tuple[Credit, ...]:
        """Who speaks in a chapter; in one that went in as last released, who spoke then."""
        now = credits_of(self._book, chapter.plan.place)
        then = chapter.record.made.get("credits")
        return now if chapter.current or then is None else tuple(Credit.from_facts(c) for c in then)

    @cached_property
    def _cover(self) -> bytes:
        return cover(self._book)


def retail_sample(chapters: Sequence[ReleasedChapter]) -> tuple[int, int]:
    """Which chapter the retail sample is taken from, and how many of its samples: up to the last pause before
    SAMPLE_LONGEST of the first chapter that has SAMPLE_SHORTEST. (0, 0) where there is none."""
    for place, chapter in enumerate(chapters):
        made = chapter.record.made
        if chapter.plan.place.name in ("opening", "closing") or made["samples"] < SAMPLE_SHORTEST * RATE:
            continue
        clips = made["timeline"]["clips"]
        later = [*(clip["start"] for clip in clips[1:]), made["samples"]]
        pauses = [(c["start"] + c["length"] + after) // 2 for c, after in zip(clips, later, strict=True)]
        fit = [p for p in pauses if SAMPLE_SHORTEST * RATE <= p <= SAMPLE_LONGEST * RATE]
        if fit:
            return place, fit[-1]
    return 0, 0


def tags_of(sheet: BookSheet) -> Tags:
    """What the files say about the book. Raises UsageError as `_year`."""
    return Tags(
        title=sheet.title,
        author=sheet.author,
        narrator=sheet.narrator,
        date=sheet.date or _year(),
        description=sheet.description,
        publisher=sheet.publisher,
        language=sheet.language,
        series=sheet.series,
        part=sheet.part,
        translator=sheet.translator,
        isbn=sheet.isbn,
    )


def _year() -> str:
    """The year of SOURCE_DATE_EPOCH, by which builds are told their date; empty where it is not set. Raises
    UsageError where it is no number of seconds."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    try:
        return str(datetime.fromtimestamp(int(epoch), UTC).year) if epoch else ""
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(
            f"SOURCE_DATE_EPOCH is “{epoch}”, which is no time.", hint="Set it to seconds since 1970."
        ) from error


def _made_of(chapter: EncodedChapter) -> list[str]:
    return [chapter.path.name, chapter.title]


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise cannot_write(path, error) from error
