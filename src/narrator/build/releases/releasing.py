"""Releasing: encoded chapters joined into the files that listeners get, each replaced whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from narrator.build.loading import Book
from narrator.build.plan import ChapterPlan, Encoding
from narrator.build.releases.binding import Binder, File, ReleasedChapter
from narrator.build.releases.ledger import Ledger, stamp
from narrator.build.releases.placing import Journal, enter, put, staging
from narrator.build.releases.stale import release_reasons
from narrator.errors import RenderError, UsageError
from narrator.production import Production
from narrator.release import SpoiltChapterError
from narrator.report import Progress
from narrator.store import Facts, Record, Store, key


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
    files = list(Binder(book, whole, complete=complete).files(formats))
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


def unreleased(
    book: Book, plans: Sequence[ChapterPlan], stale: Sequence[ChapterPlan], formats: Sequence[str]
) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """The files that a render of the whole book would write, and why, beside its `stale` chapters."""
    before = Ledger.read(book.production)
    unmade = Record({}, {"samples": 0})
    chapters = [ReleasedChapter(p, {e: k for e, (k, _) in p.encodings.items()}, unmade) for p in plans]
    files = Binder(book, chapters, complete=True).files(formats)
    wanted = [file for file in files if not before.holds(file.path, file.key)]
    unmade_files = {f"{k}.{e}" for p in stale for e, (k, _) in p.encodings.items()}
    return tuple(file.path for file in wanted), release_reasons(wanted, before, unmade_files)


def last_released(production: Production) -> Mapping[str, Mapping[Encoding, str]]:
    """What the last release was made of: a chapter's name, an encoding, the key of what went in."""
    return Ledger.read(production).chapters


def refuse_mixture(book: Book, plans: Sequence[ChapterPlan], chosen: Sequence[ChapterPlan]) -> None:
    """Raise UsageError where the chapters that are not chosen were last released to another spec, or with
    another number of channels, than the book has now: joined, some of it would be louder than the rest."""
    names = {p.place.name for p in chosen}
    rest = [p for p in plans if p.place.name not in names]
    before, store = Ledger.read(book.production), book.production.store
    last = [_last_keys(p, before, store) for p in rest]
    if not all(last):
        return  # no book is joined
    for chapter, keys in zip(rest, last, strict=True):
        was, now = _unlike(chapter, keys, store)
        if was:
            raise UsageError(
                f"chapter {chapter.place.number} was last released {was}, and this would be {now}: a book is "
                "the same throughout.",
                where=chapter.place.where,
                hint=f"Type `narrator render{_spec_option(book)}` to make all of it so.",
            )


def _spec_option(book: Book) -> str:
    return "" if book.spec.name == book.sheet.spec else f" --spec {book.spec.name}"


def _unlike(plan: ChapterPlan, keys: Mapping[Encoding, str], store: Store) -> tuple[str, str]:
    """How a chapter was last released and how it would be now, where its spec or its channels are others;
    else two empty texts."""
    for encoding, address in keys.items():
        was, now = store.record("chapters", address).facts, plan.encodings[encoding][1]
        if was["spec"]["name"] != now["spec"]["name"]:
            return f"for “{was['spec']['name']}”", f"for “{now['spec']['name']}”"
        if key(was["spec"]) != key(now["spec"]):
            return f"for “{was['spec']['name']}” as that was then", "for what that is now"
        if _channels(was) != _channels(now):
            return _channels(was), _channels(now)
    return "", ""


def _channels(facts: Facts) -> str:
    return "in stereo" if "stereo" in facts["encoder"]["arguments"].split() else "in mono"


def _last_keys(plan: ChapterPlan, before: Ledger, store: Store) -> Mapping[Encoding, str]:
    """What a chapter went into the last release as, in the plan's encodings; empty where one is not there."""
    last = before.chapters.get(plan.place.name, {})
    there = all(e in last and store.has("chapters", last[e], f".{e}") for e in plan.encodings)
    return {e: last[e] for e in plan.encodings} if there else {}


def _released(plan: ChapterPlan, chosen: bool, before: Ledger, store: Store) -> ReleasedChapter | None:
    keys: Mapping[Encoding, str] = {e: key_ for e, (key_, _) in plan.encodings.items()}
    if not chosen:
        keys = _last_keys(plan, before, store)
        if not keys or any(_unlike(plan, keys, store)):
            return None
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


def _after(
    before: Ledger,
    files: Sequence[File],
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
    facts = {path: told for path, told in before.facts.items() if path in standing}
    standing |= {file.path: (file.key, stamps[file.path]) for file in files}
    facts |= {file.path: file.facts for file in files}
    known = {} if complete else dict(before.chapters)
    for chapter in chapters:
        name = chapter.plan.place.name
        known[name] = {**before.chapters.get(name, {}), **chapter.keys}
    return Ledger(known, standing, facts)


def _make(
    files: Sequence[File], parts: Mapping[Path, Path], mend: Callable[[], None], progress: Progress
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
