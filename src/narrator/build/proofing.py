"""Proofing: the last release listened to chapter by chapter against the script; what was heard is kept."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from narrator import mastering, mixing, proof
from narrator import release as release_room
from narrator.audio import RATE
from narrator.book import CharacterId
from narrator.build.jobs import heard_lines
from narrator.build.loading import Book
from narrator.build.plan import ENCODING_OF, Encoding, plan
from narrator.build.pronouncing import pronunciations
from narrator.build.recording import takes
from narrator.build.releases.binding import ReleasedChapter
from narrator.build.releases.ledger import Ledger
from narrator.build.releases.releasing import last_release
from narrator.errors import ProductionError, RenderError, UsageError
from narrator.proof import Bed, Finding, Layout, Spoken
from narrator.report import Progress
from narrator.store import Record, key

if TYPE_CHECKING:
    from narrator.audio import Samples

MARK = 0.001
"""Seconds that a mark may lie beside its chapter: the promise of every release."""


_SMEARED = round(0.03 * RATE)
"""Samples over which a codec draws out what ends."""

_AGAIN = "Delete the file and type `narrator render`."


@dataclass(frozen=True, slots=True)
class ProofedChapter:
    """A chapter as it was proofed. offset: samples before it in the release. words: whether it was
    transcribed. fresh: whether it was heard now, not taken from the store. picture: the levels of its sound,
    for the page."""

    number: int
    title: str
    where: str
    offset: int
    layout: Layout
    findings: tuple[Finding, ...]
    words: bool
    fresh: bool
    picture: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Proofed:
    """What proofing found. marks: findings that lie in the released files, not in a chapter."""

    chapters: tuple[ProofedChapter, ...]
    marks: tuple[Finding, ...]
    seconds: float

    @property
    def faults(self) -> int:
        """How many findings there are that are more than notes."""
        found = (f for c in self.chapters for f in c.findings)
        return len(self.marks) + sum(f.code not in proof.NOTES for f in found)


def proofread(book: Book, chapters: frozenset[int], progress: Progress, *, words: bool) -> Proofed:
    """Proof the last release, or those of its chapters that have these numbers.

    words: whether to transcribe (the extra `proof`). What was found in a chapter is kept under what it was
    made of and what it was heard with. Raises ProductionError where nothing was released, UsageError for a
    chapter that is not there, MissingError without the extra.
    """
    started = time.monotonic()
    ear = proof.ear_facts() if words else None
    released = [_one_form(book, c) for c in last_release(book, plan(book, tuple(ENCODING_OF.values())))]
    if not released:
        raise ProductionError(
            "there is no release to proof.", where=str(book.production.root), hint="Type `narrator render`."
        )
    numbers = {chapter.plan.place.number for chapter in released}
    for number in sorted(chapters - numbers):
        raise UsageError(
            f"there is no chapter {number} in the release.", hint="Type `narrator render` first."
        )
    layouts = [_layout(book, chapter) for chapter in released]
    pace = proof.paces(line for layout in layouts for line in layout.lines)
    offsets = np.cumsum([0, *(layout.length for layout in layouts)])
    wanted = [i for i, c in enumerate(released) if not chapters or c.plan.place.number in chapters]
    progress.begin("proofing", len(wanted), "chapters")
    done: list[ProofedChapter] = []
    for index in wanted:
        done.append(_proof(book, released[index], layouts[index], int(offsets[index]), pace, ear))
        progress.advance("proofing")
    return Proofed(tuple(done), tuple(_marks(book)), time.monotonic() - started)


def _one_form(book: Book, chapter: ReleasedChapter) -> ReleasedChapter:
    """The chapter in one of the forms it was released in: the first that is what the script says now, else
    the first. A form that was not rendered again beside the others says nothing of the last release."""
    forms = sorted(chapter.keys, key=list(ENCODING_OF.values()).index)
    now = [form for form in forms if chapter.plan.encodings[form][0] == chapter.keys[form]]
    form = (now or forms)[0]
    record = book.production.store.record("chapters", chapter.keys[form])
    return ReleasedChapter(chapter.plan, {form: chapter.keys[form]}, record)


def _layout(book: Book, chapter: ReleasedChapter) -> Layout:
    """The chapter as its record says it was laid out. The level that a line is meant to have, and its voice,
    are known where the script still says what was released."""
    made, current, plan = chapter.record.made, chapter.current, chapter.plan
    keys = {number: request.key for number, request in plan.takes.items()}
    heard = heard_lines(plan.place.chapter, keys) if current else map(tuple, made["lines"])
    lines = tuple(
        Spoken(
            line,
            character,
            text,
            plan.takes[line].voice.name if current else character,
            clip["start"],
            clip["start"] + clip["length"],
            plan.levels.get(line, 0.0) if current else None,
            take,
        )
        for (line, character, text, take), clip in zip(heard, made["timeline"]["clips"], strict=True)
    )
    laid = made["timeline"]["beds"] if book.sheet.beds and chapter.record.facts["spec"]["beds"] else ()
    beds = tuple(Bed(bed["name"], bed["start"], bed["end"], bed["level"]) for bed in laid)
    tone = mixing.ROOM_TONE + made["master"]["gain"]
    return Layout(lines, beds, made["samples"], made["timeline"]["target"], tone, _shots(made["timeline"]))


def _shots(timeline: Mapping[str, Any]) -> tuple[tuple[int, int], ...]:
    """Where effects, music and the echoes of spaces sound in a chapter."""
    heard = [(shot["start"], shot["start"] + shot["length"]) for shot in timeline.get("shots", ())]
    for clip in timeline["clips"]:
        if echo := mixing.ringing(clip.get("space", "")):
            end = clip["start"] + clip["length"]
            heard.append((end, end + round(echo * RATE)))
    return tuple((start, end + _SMEARED) for start, end in sorted(heard))


def _proof(
    book: Book,
    chapter: ReleasedChapter,
    layout: Layout,
    offset: int,
    pace: Mapping[str, tuple[float, float]],
    ear: Mapping[str, str] | None,
) -> ProofedChapter:
    store, place = book.production.store, chapter.plan.place
    ((encoding, sound),) = chapter.keys.items()
    facts = {
        "kind": "proof",
        "chapter": sound,
        "layout": asdict(layout),
        "pace": {voice: list(line) for voice, line in sorted(pace.items())},
        "ear": ear and dict(ear),
        "lexicon": _readings(book, layout),
        "revision": proof.REVISION,
    }
    address = key(facts)
    fresh = not store.has("proofs", address)
    if fresh:
        path = store.path("chapters", sound, f".{encoding}")
        samples = _sound(path, encoding, chapter.record.made["check"].get("channels", 1))
        found = proof.sound_findings(samples, layout, pace, encoding)
        found += _take_findings(book, layout)
        found += pronunciations(book, chapter, layout)
        found += proof.word_findings(samples, layout, pace) if ear else []
        made = {"findings": [f.as_facts() for f in found], "picture": proof.picture(samples)}
        store.finish("proofs", address, Record(facts, made))
    kept = store.record("proofs", address).made
    findings = [*map(Finding.from_facts, kept["findings"]), *_doubts(chapter, layout)]
    findings.sort(key=lambda finding: (finding.start, finding.code))
    return ProofedChapter(
        place.number,
        place.chapter.title,
        place.where,
        offset,
        layout,
        tuple(findings),
        ear is not None,
        fresh,
        kept["picture"],
    )


def _readings(book: Book, layout: Layout) -> list[list[str | None]]:
    """What the lexicon says of the words of a chapter."""
    words = {
        word
        for line in layout.lines
        for word in book.lexicon.words(line.text, CharacterId(line.character))
        if word.respelling is not None or word.phonemes is not None
    }
    return [[w.written, w.respelling, w.phonemes] for w in sorted(words, key=repr)]


def _sound(path: Path, encoding: Encoding, channels: int) -> Samples:
    """A chapter as it decodes, in mono: what both ears hear together."""
    parts = [part.copy() for part in mastering.decoded(path, encoding, channels)]
    samples = np.concatenate(parts)
    return samples if samples.ndim == 1 else samples.mean(axis=1, dtype=np.float32)


def _take_findings(book: Book, layout: Layout) -> Iterator[Finding]:
    """Takes that are cut off flat at their peak. Raises RenderError where one cannot be read."""
    store = book.production.store
    for line in layout.lines:
        path = store.path("takes", line.take, takes.SUFFIX)
        share = proof.clipped(takes.read(path).samples) if path.exists() else 0.0
        if share:
            yield Finding(
                "clipped",
                line.line,
                line.start / RATE,
                line.end / RATE,
                f"the take is clipped, {100 * share:.1f} % of it",
                "Order a retake of this line.",
            )


def _doubts(chapter: ReleasedChapter, layout: Layout) -> Iterator[Finding]:
    """Lines whose speaker the mark-up is unsure of."""
    unsure = {n for n, line in chapter.plan.place.chapter.lines if line.unsure} if chapter.current else set()
    for line in layout.lines:
        if line.line in unsure:
            yield Finding(
                "doubt",
                line.line,
                line.start / RATE,
                line.end / RATE,
                f"is this {line.character}?",
                "Correct the name before the colon, or delete the ? to confirm it.",
            )


def _marks(book: Book) -> Iterator[Finding]:
    """Marks of the released files that are not where the chapters start of which the file was made."""
    for path in release_files(book):
        where = book.production.where(path)
        starts = _starts(book, path.suffix)
        try:
            lists = release_room.read_marks(path)
        except RenderError as error:
            yield Finding("mark", 0, 0.0, 0.0, f"{where}: {error.what}", _AGAIN)
            continue
        for kind, seen in lists.items():
            # A book of one chapter has no marks in these: the comments would say nothing.
            if len(seen) != len(starts) and (kind != "Vorbis" or seen or len(starts) > 1):
                what = f"{where} has {len(seen)} {kind} marks for {len(starts)} chapters"
                yield Finding("mark", 0, 0.0, 0.0, what, _AGAIN)
            for (title, at), start in zip(seen, starts, strict=False):
                if abs(at - start) > MARK:
                    what = f"{where}: the {kind} mark “{title}” stands {at - start:+.3f} s from its chapter"
                    yield Finding("mark", 0, at, at, what, _AGAIN)


def _starts(book: Book, suffix: str) -> list[float]:
    """Where the chapters start that were last released in a form, in seconds."""
    store, known, encoding = (
        book.production.store,
        Ledger.read(book.production).chapters,
        ENCODING_OF[suffix[1:]],
    )
    made_of = [keys[encoding] for keys in known.values() if encoding in keys]
    lengths = [store.record("chapters", k).made["samples"] for k in made_of if store.has("chapters", k)]
    return release_room.mark_places(lengths, suffix)[:-1]


def release_files(book: Book) -> list[Path]:
    """The whole-book files of the last release that are there, an M4B first."""
    output, forms = book.production.output, list(ENCODING_OF)
    files = [path for path in Ledger.read(book.production).paths if path.parent == output and path.is_file()]
    whole = [p for p in files if p.suffix[1:] in forms and not p.stem.endswith(" retail sample")]
    return sorted(whole, key=lambda path: (forms.index(path.suffix[1:]), path.name))


def pickups(proofed: Proofed) -> list[tuple[int, int]]:
    """Chapter and line of every take that should be recorded again, each once."""
    wanted = (
        (chapter.number, finding.line)
        for chapter in proofed.chapters
        for finding in chapter.findings
        if finding.code in proof.RETAKE and finding.line
    )
    return list(dict.fromkeys(wanted))


def document(book: Book, proofed: Proofed) -> dict[str, Any]:
    """The findings as JSON: each with chapter:line, its place in the file, and its time in the release."""
    return {
        "title": book.sheet.title,
        "seconds": round(proofed.seconds, 3),
        "audio_seconds": round(sum(c.layout.length for c in proofed.chapters) / RATE, 3),
        "transcribed": all(chapter.words for chapter in proofed.chapters),
        "heard": sum(chapter.fresh for chapter in proofed.chapters),
        "faults": proofed.faults,
        "findings": [*_documents(proofed), *(_document(0, "", 0, finding) for finding in proofed.marks)],
        "pickups": [f"{chapter}:{line}" for chapter, line in pickups(proofed)],
    }


def _documents(proofed: Proofed) -> Iterator[dict[str, Any]]:
    for chapter in proofed.chapters:
        for finding in chapter.findings:
            yield _document(chapter.number, chapter.where, chapter.offset, finding)


def _document(number: int, where: str, offset: int, finding: Finding) -> dict[str, Any]:
    shifted = replace(finding, start=finding.start + offset / RATE, end=finding.end + offset / RATE)
    return {
        "code": finding.code,
        "note": finding.code in proof.NOTES,
        "chapter": number,
        "line": finding.line,
        "where": f"{where}:{finding.line}" if where and finding.line else where,
        "start": round(shifted.start, 3),
        "end": round(shifted.end, 3),
        "what": finding.what,
        "do": finding.do,
    }


def write_page(book: Book, proofed: Proofed) -> Path:
    """Write output/proof.html and give its path. Raises RenderError where it cannot be written."""
    from narrator.whole import write_text

    path = book.production.output / "proof.html"
    sound = next((path.name for path in release_files(book)), "")
    names = {str(id_): character.name for id_, character in book.cast.items()}
    chapters = [
        proof.PageChapter(c.number, c.title, c.offset, c.layout, c.findings, c.picture)
        for c in proofed.chapters
    ]
    write_text(path, proof.page(book.sheet.title, sound, names, chapters, proofed.marks))
    return path
