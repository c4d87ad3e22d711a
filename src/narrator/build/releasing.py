"""Releasing: encoded chapters joined into the files that listeners get, each replaced whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from narrator import release as release_room
from narrator.audio import RATE
from narrator.build.covers import cover, drawn_facts, own_cover
from narrator.build.crediting import Credit, credits_of, credits_text
from narrator.build.ledger import Ledger, stamp
from narrator.build.loading import Book
from narrator.build.placing import Journal, enter, put, staging
from narrator.build.plan import ENCODING_OF, ChapterPlan, Encoding
from narrator.errors import RenderError, UsageError
from narrator.production import Production, file_title
from narrator.release import EncodedChapter, SpoiltChapterError, Tags
from narrator.report import Progress
from narrator.store import Record, Store, key
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
class Release:
    """What was released.

    files: all of them; written: those that are new. left_out: names of chapters that were never rendered;
    where there are any, only the chosen chapters' own files were written.
    """

    chapters: tuple[ReleasedChapter, ...]
    files: tuple[Path, ...]
    written: frozenset[Path]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the release: what it is made of, and how."""

    path: Path
    facts: Mapping[str, Any]
    make: Callable[[Path], None]

    @property
    def key(self) -> str:
        return key(self.facts)


def release(
    book: Book,
    plans: Sequence[ChapterPlan],
    chosen: Sequence[ChapterPlan],
    formats: Sequence[str],
    progress: Progress,
    remake: Callable[[Sequence[ChapterPlan]], None],
    *,
    joined: bool = True,
) -> Release:
    """Join the book. A chapter that was not chosen goes in as last released.

    joined: whether the book is wanted, not only the chosen chapters' own files.
    remake: makes chapters again whose files turn out to be damaged. Raises RenderError where one of those
    cannot be made again, and where a file cannot be written: the last release then stands.
    """
    production = book.production
    before = Ledger.read(production)
    chapters = tuple(_released(p, p in chosen, before, production.store) for p in plans)
    whole = [c for c in chapters if c is not None]
    left_out = tuple(p.place.name for p, c in zip(plans, chapters, strict=True) if c is None)
    complete = joined and not left_out
    if not complete:
        whole = [c for c in whole if c.plan in chosen]
    files = list(_Binder(book, whole, complete=complete).files(formats))
    stale = [file for file in files if not before.holds(file.path, file.key)]

    def after(parts: Mapping[Path, Path]) -> Ledger:
        stamps = {file.path: stamp(parts.get(file.path, file.path)) for file in files}
        return _after(before, files, stamps, whole, formats, complete=complete)

    if not stale and after({}).paths == before.paths:
        enter(production, after({}).text(production))
    else:
        progress.begin("releasing", len(stale), "files")
        with staging(production) as folder:
            parts = {file.path: folder / f"{number}{file.path.suffix}" for number, file in enumerate(stale)}
            _make(stale, parts, lambda: remake(_spoilt(whole, production.store)), progress)
            ledger, moves = after(parts), {part.name: path for path, part in parts.items()}
            put(production, Journal(moves, sorted(before.paths - ledger.paths), ledger.text(production)))
    return Release(tuple(whole), tuple(f.path for f in files), frozenset(f.path for f in stale), left_out)


def last_release(book: Book, plans: Sequence[ChapterPlan]) -> tuple[ReleasedChapter, ...]:
    """The chapters of the last release, in the order of `plans`, each in the encodings still there."""
    store, known = book.production.store, Ledger.read(book.production).chapters
    found: list[ReleasedChapter] = []
    for chapter in plans:
        keys = known.get(chapter.place.name, {})
        there = {
            e: k for e, k in keys.items() if e in chapter.encodings and store.has("chapters", k, f".{e}")
        }
        if there:
            found.append(
                ReleasedChapter(chapter, there, store.record("chapters", next(iter(there.values()))))
            )
    return tuple(found)


def unreleased(book: Book, plans: Sequence[ChapterPlan], formats: Sequence[str]) -> tuple[Path, ...]:
    """The files that a render of the whole book would write."""
    before = Ledger.read(book.production)
    unmade = Record({}, {"samples": 0})
    chapters = [ReleasedChapter(p, {e: k for e, (k, _) in p.encodings.items()}, unmade) for p in plans]
    files = _Binder(book, chapters, complete=True).files(formats)
    return tuple(file.path for file in files if not before.holds(file.path, file.key))


def last_released(production: Production) -> Mapping[str, Mapping[Encoding, str]]:
    """What the last release was made of: a chapter's name, an encoding, the key of what went in."""
    return Ledger.read(production).chapters


def _released(plan: ChapterPlan, chosen: bool, before: Ledger, store: Store) -> ReleasedChapter | None:
    keys = {e: key_ for e, (key_, _) in plan.encodings.items()}
    if not chosen:
        last = before.chapters.get(plan.place.name, {})
        if not all(e in last and store.has("chapters", last[e], f".{e}") for e in keys):
            return None
        keys = {e: last[e] for e in keys}
    return ReleasedChapter(plan, keys, store.record("chapters", next(iter(keys.values()))))


def _spoilt(chapters: Sequence[ReleasedChapter], store: Store) -> tuple[ChapterPlan, ...]:
    """The chapters whose encoded files are not what was put into the store; they are no longer in it."""
    spoilt: list[ChapterPlan] = []
    for chapter in chapters:
        damaged = [(e, k) for e, k in chapter.keys.items() if not store.sound("chapters", k, f".{e}")]
        if damaged and not chapter.current:
            raise RenderError(
                "what was last released of this chapter is damaged, and the script says something else now.",
                where=chapter.plan.place.where,
                hint=f"Type `narrator render --chapter {chapter.plan.place.number}`.",
            )
        for encoding, address in damaged:
            store.discard("chapters", address, f".{encoding}")
        spoilt += [chapter.plan] if damaged else []
    return tuple(spoilt)


class _Binder:
    """Lists the files of a release. complete: the whole book is there, not only single chapters."""

    def __init__(self, book: Book, chapters: Sequence[ReleasedChapter], *, complete: bool) -> None:
        self._book = book
        self._chapters = chapters
        self._complete = complete
        sheet = book.sheet
        self._tags = Tags(
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

    def files(self, formats: Sequence[str]) -> Iterator[_File]:
        output, title = self._book.production.output, file_title(self._book.sheet.title)
        if self._complete:
            yield _File(output / "cover.jpg", self._facts("cover"), lambda path: _write(path, self._cover))
        text = credits_text(self._book.sheet, map(self._credits, self._chapters))
        credits_facts = {"kind": "credits", "text": text}
        yield _File(self._book.production.credits, credits_facts, lambda path: _write(path, text.encode()))
        for name in formats:
            encoded = self._encoded(ENCODING_OF[name])
            if self._complete:
                yield self._whole(name, output / f"{title}.{name}", encoded)
            if name == "mp3" or not self._complete:
                yield from self._singles(name, encoded)
            if name == "mp3" and self._complete and self._book.spec.sample:
                yield from self._sample(output / f"{title} retail sample.mp3", encoded)

    def _whole(self, name: str, path: Path, encoded: Sequence[EncodedChapter]) -> _File:
        join, check = {
            "m4b": (release_room.join_m4b, release_room.check_m4b),
            "mp3": (release_room.join_mp3, release_room.check_mp3),
            "opus": (release_room.join_opus, release_room.check_opus),
            "flac": (release_room.join_flac, release_room.check_flac),
        }[name]

        def make(part: Path) -> None:
            join([self._hashed(chapter) for chapter in encoded], self._tags, self._cover, part)
            check(part, encoded)

        return _File(path, self._facts(name, *map(_made_of, encoded)), make)

    def _singles(self, name: str, encoded: Sequence[EncodedChapter]) -> Iterator[_File]:
        total = len(self._book.chapters)
        for chapter, sound in zip(self._chapters, encoded, strict=True):
            place = chapter.plan.place
            path = self._book.production.single(place.number, sound.title, name)
            if name != "mp3":
                yield self._whole(name, path, [sound])
                continue

            def make(part: Path, sound: EncodedChapter = sound, number: int = place.number) -> None:
                track = number + self._opens
                release_room.chapter_mp3(self._hashed(sound), self._tags, track, total, self._cover, part)

            yield _File(path, self._facts("single", place.number, total, _made_of(sound)), make)

    def _sample(self, path: Path, encoded: Sequence[EncodedChapter]) -> Iterator[_File]:
        """The book's first minutes without its credits, cut between two lines."""
        place, samples = retail_sample(self._chapters)
        if samples:
            sound, title = encoded[place], f"{self._book.sheet.title}: a sample"

            def make(part: Path) -> None:
                release_room.sample_mp3(self._hashed(sound), samples, title, self._tags, self._cover, part)

            yield _File(path, self._facts("sample", samples, _made_of(sound)), make)

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


def _after(
    before: Ledger,
    files: Sequence[_File],
    stamps: Mapping[Path, list[int]],
    chapters: Sequence[ReleasedChapter],
    formats: Sequence[str],
    *,
    complete: bool,
) -> Ledger:
    """The ledger once these files stand. Single chapters are added to what was; a book replaces what was
    released in its formats."""
    standing = {
        path: entry
        for path, entry in before.files.items()
        if not complete or path.suffix[1:] not in (*formats, "jpg", "txt")
    }
    standing |= {file.path: (file.key, stamps[file.path]) for file in files}
    known = {} if complete else dict(before.chapters)
    for chapter in chapters:
        name = chapter.plan.place.name
        known[name] = {**before.chapters.get(name, {}), **chapter.keys}
    return Ledger(known, standing)


def _make(
    files: Sequence[_File], parts: Mapping[Path, Path], mend: Callable[[], None], progress: Progress
) -> None:
    """Complete every file. Where an encoded chapter turns out to be damaged, all damaged ones are mended."""
    mended = False
    for file in files:
        try:
            file.make(parts[file.path])
        except SpoiltChapterError:
            if mended:
                raise
            mended = True
            mend()
            file.make(parts[file.path])
        progress.advance("releasing")


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise cannot_write(path, error) from error
