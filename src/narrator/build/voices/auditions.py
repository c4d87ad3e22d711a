"""An audition: a character's own lines in the voices that suit it best, one after another in one file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Final

import soundfile

from narrator import casting, mixing
from narrator.audio import RATE
from narrator.book import NARRATOR, Chapter, Character, CharacterId, Cue, Line, ParagraphBreak, Piece, Voice
from narrator.build.crew.local import crew
from narrator.build.jobs import Takes, measures, record
from narrator.build.loading import Book, BookChapter, chapters_of, lexicon_of
from narrator.build.plan import ChapterPlan, missing_takes, pauses, plan
from narrator.build.recording import takes
from narrator.build.voices.casting import company_of
from narrator.casting import Company
from narrator.errors import CastError
from narrator.mastering import SPECS
from narrator.production import Production, file_title
from narrator.report import Progress
from narrator.sheets import read_book, read_cast
from narrator.store import Store
from narrator.whole import replacing

VOICES: Final = 5
"""How many voices are heard."""

LETTERS: Final = 180
"""Letters of the character's lines in each voice, about: a dozen seconds tell enough."""

_SHORT: Final = 12
"""Letters below which a line tells little of a voice."""


@dataclass(frozen=True, slots=True)
class Audition:
    """path: the file. heard: each voice with where it begins, in seconds, the best first."""

    path: Path
    heard: tuple[tuple[str, float], ...]
    seconds: float


def audition(
    production: Production, who: CharacterId, with_packs: Sequence[str], jobs: int, progress: Progress
) -> Audition:
    """Speak some of the character's lines in the best voices, each after a label, into one WAV file.

    The takes are kept: a voice that is then cast need not say these lines again. Raises CastError for nobody
    and for somebody who says nothing, SheetError, ScriptError, EngineError, RenderError.
    """
    where = production.where(production.cast_sheet)
    cast = {c.id: c for c in read_cast(production.cast_sheet, where=where)}
    if who not in cast:
        near = get_close_matches(who, cast, 3)
        hint = f"Did you mean {' or '.join(near)}?" if near else "Type `narrator cast` to see them all."
        raise CastError(f"there is no character “{who}”.", where=where, hint=hint)
    chapters = chapters_of(production)
    lines = tuple(_telling(chapters, who))
    if not lines:
        raise CastError(f"“{who}” says nothing in this book.", where=where, hint="Type `narrator cast`.")
    company, _ = company_of(production, cast.values(), with_packs, jobs, progress)
    names = casting.shortlist(chapters, tuple(cast.values()), company, who, VOICES)
    book, starts = _book(production, cast[who], names, company, lines, cast.get(NARRATOR))
    planned = plan(book, ())[0]
    _record(production.store, planned, jobs, progress)
    path = production.auditions / f"{file_title(who)}.wav"
    timeline = _write(production.store, book, planned, path)
    heard = tuple(
        (name, timeline.clips[place].start / RATE) for name, place in zip(names, starts, strict=True)
    )
    return Audition(path, heard, timeline.length / RATE)


def _telling(chapters: Sequence[Chapter], who: CharacterId) -> Iterator[Line]:
    """The character's first lines that are long enough to tell something; all of them where none is."""
    own = [line for chapter in chapters for _, line in chapter.lines if line.character == who]
    letters = [sum(map(str.isalnum, line.written)) for line in own]
    long_enough = any(count >= _SHORT for count in letters)
    said = 0
    for line, count in zip(own, letters, strict=True):
        if said < LETTERS and count >= (_SHORT if long_enough else 1):
            said += count
            yield replace(line, glued=False, verse=False)


def _book(
    production: Production,
    character: Character,
    names: Sequence[str],
    company: Company,
    lines: Sequence[Line],
    narrator: Character | None,
) -> tuple[Book, tuple[int, ...]]:
    """A book of one chapter; and which of its lines are the labels, counted from 0."""
    voices = {voice.name: voice for voice in (*company.voices, *company.held)}
    label = _labelling(narrator, voices, company)
    cast = {NARRATOR: Character(NARRATOR, "Narrator", voice=label.name)}
    elements: list[Line | Cue | ParagraphBreak] = []
    starts: list[int] = []
    for number, name in enumerate(names, 1):
        id_ = CharacterId(f"{character.id}-{number}")
        cast[id_] = replace(character, id=id_, voice=name)
        starts.append(sum(isinstance(e, Line) for e in elements))
        plain = name.split("/")[-1].replace("_", " ").replace("-", " ")
        elements += [Line(NARRATOR, (Piece(f"{number}: {plain}."),)), ParagraphBreak()]
        elements += [replace(line, character=id_) for line in lines]
        elements += [ParagraphBreak(), Cue("pause", ("1.5",))]
    place = BookChapter(1, "audition", f"the audition of {character.id}", Chapter(tuple(elements)), False)
    sheet = read_book(production.book_sheet, where=production.where(production.book_sheet))
    lexicon = lexicon_of(production)
    used = {name: voices[name] for name in (label.name, *names)}
    return Book(production, sheet, SPECS["house"], cast, used, lexicon, (place,)), tuple(starts)


def _labelling(narrator: Character | None, voices: dict[str, Voice], company: Company) -> Voice:
    named = voices.get(narrator.voice) if narrator else None
    return named or company.voices[0]


def _record(store: Store, planned: ChapterPlan, jobs: int, progress: Progress) -> None:
    store.prepare()
    requests = missing_takes([planned], store, takes.SUFFIX)
    if not requests:
        return
    # A voice a job: its model is loaded once.
    by_voice = {request.voice.name: [r for r in requests if r.voice == request.voice] for request in requests}
    progress.begin("recording", len(requests), "lines")
    with crew(min(jobs, len(by_voice))) as workers:
        for batch in by_voice.values():
            workers.start(batch[0].where, record, store, batch)
        while workers.busy:
            for recorded in workers.finished():
                progress.advance("recording", len(recorded.keys))


def _write(store: Store, book: Book, planned: ChapterPlan, path: Path) -> mixing.Timeline:
    keys = {number: request.key for number, request in planned.takes.items()}
    takes_ = Takes(store, keys)
    timeline = mixing.timeline(
        planned.place.chapter,
        measures(takes_, {number: store.record("takes", key) for number, key in keys.items()}),
        pauses=pauses(book),
        levels=planned.levels,
        bed_level=book.sheet.bed_level,
        target=book.spec.loudness,
    )
    blocks = mixing.mix(timeline, takes_, beds=False)
    with replacing(path) as part, soundfile.SoundFile(part, "w", RATE, 1, "PCM_16", format="WAV") as file:
        for stems in blocks:
            file.write(stems.mix.clip(-1, 1))
    return timeline
