"""Importing: a manuscript becomes the script and the sheets that its editor owns from then on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from narrator import manuscript as manuscript_room
from narrator import markup, script
from narrator.book import NARRATOR, Chapter, Character, CharacterId, Manuscript
from narrator.production import Production
from narrator.sheets import BookSheet, ChapterEntry, Typography, read_book, read_cast, write_book, write_cast
from narrator.whole import write_text


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote.

    files: the chapters' files in reading order. kept: paragraphs that were there and keep their hand edits;
    new: paragraphs marked up now; changed: those of them that stand for an old one. dropped: words of old
    paragraphs that are gone. orphans: chapter files that the book no longer lists; they are left where they
    are. doubts: unsure lines. unspoken: paragraphs that are kept but not read aloud; left_out: what of the
    file is in no paragraph. remarks: what another judge of the speakers did.
    """

    title: str
    files: tuple[Path, ...]
    characters: tuple[Character, ...]
    lines: int
    kept: int
    new: int
    changed: tuple[script.Changed, ...]
    dropped: tuple[str, ...]
    orphans: tuple[Path, ...]
    doubts: int
    unspoken: tuple[str, ...]
    left_out: tuple[str, ...]
    remarks: tuple[str, ...]


def import_manuscript(
    production: Production,
    path: Path,
    *,
    typography: Typography | None = None,
    attributor: str | None = None,
) -> Imported:
    """Mark up the manuscript at `path` into the production's script.

    Where there is a script already, paragraphs whose words did not change stay as their editor left them,
    and chapters are matched by content. typography: how the text marks speech; kept in book.toml.
    attributor: who judges once more; book.toml's where that is None. Raises ManuscriptError; ScriptError
    where the old script is broken, and what the attributor raises: nothing is written then.
    """
    manuscript = manuscript_room.read(path)
    sheet = _sheet(production, manuscript, path)
    if typography:
        sheet = sheet.model_copy(update={"typography": typography})
    marked = markup.mark_up(
        manuscript,
        typography=sheet.typography or "",
        by=sheet.attribution.by if attributor is None else attributor,
        settings=sheet.attribution.settings,
    )
    old = _old_script(production, sheet)
    standing = [chapter.heading is not None for chapter in manuscript.chapters]
    known = _known(production)
    same = same_people(known, marked.characters)
    proposed = [script.renamed(chapter, same) for chapter in marked.chapters]
    merged = script.merge(old, proposed, standing=standing)
    entries = _write_chapters(production, sheet, old, merged, standing)
    chapters = [chapter for _, chapter in merged.chapters]
    write_book(production.book_sheet, sheet.model_copy(update={"chapter": tuple(entries)}))
    cast = _cast(known, marked.characters, chapters)
    write_cast(production.cast_sheet, cast)
    return Imported(
        title=sheet.title,
        files=tuple(production.script / entry.file for entry in entries),
        characters=cast,
        lines=sum(len(chapter.lines) for chapter in chapters),
        kept=merged.kept,
        new=merged.new,
        changed=merged.changed,
        dropped=merged.dropped,
        orphans=tuple(production.script / name for name in sorted(old.keys() - {e.file for e in entries})),
        unspoken=tuple(p.text for c in manuscript.chapters for p in c.paragraphs if p.furniture),
        left_out=manuscript.left_out,
        remarks=marked.remarks,
        doubts=sum(line.unsure for chapter in chapters for _, line in chapter.lines),
    )


_EXCERPT, _BEFORE = 70, 20
"""Characters of an excerpt, and how many of them may stand before what differs."""


def excerpts(was: str, now: str) -> tuple[str, str]:
    """A stretch of each of two texts, beginning shortly before the first word that differs."""
    unlike = (place for place, (old, new) in enumerate(zip(was, now, strict=False)) if old != new)
    same = next(unlike, min(len(was), len(now)))
    near = max(0, same - _BEFORE)
    start = was.rfind(" ", max(0, near - _BEFORE), near + 1) + 1 or near
    return _excerpt(was, start), _excerpt(now, start)


def _excerpt(text: str, start: int) -> str:
    end = start + _EXCERPT
    return f"{'…' * (start > 0)}{text[start:end]}{'…' * (len(text) > end)}"


def _write_chapters(
    production: Production,
    sheet: BookSheet,
    old: Mapping[str, Chapter],
    merged: script.Merged,
    standing: Sequence[bool],
) -> list[ChapterEntry]:
    """The chapters' files, written; what has no file yet gets one of its own."""
    entries: list[ChapterEntry] = []
    spoken = {entry.file: entry.speak_title for entry in sheet.chapter}
    taken = {file for file, _ in merged.chapters if file} | _foreign(production, old)
    spoken_titles = standing if any(standing) else [False] * len(merged.chapters)
    for (file, chapter), stands in zip(merged.chapters, spoken_titles, strict=True):
        name = file or script.file_name(chapter.title, taken)
        taken.add(name)
        entries.append(ChapterEntry(file=name, speak_title=spoken.get(name, stands)))
        write_text(production.script / name, script.write(chapter))
    return entries


def _sheet(production: Production, manuscript: Manuscript, path: Path) -> BookSheet:
    """The book's sheet as it stands, or one made from what the manuscript says of itself."""
    title = manuscript.title or path.stem.replace("-", " ").replace("_", " ").strip() or "Untitled"
    if not production.book_sheet.exists():
        return BookSheet(title=title, author=manuscript.author)
    sheet = read_book(production.book_sheet, where=production.where(production.book_sheet))
    if sheet.chapter:
        return sheet
    named = {} if sheet.title != UNTITLED else {"title": title}
    return sheet.model_copy(update=named | ({} if sheet.author else {"author": manuscript.author}))


UNTITLED = "Untitled"
"""The title of a new production, until a manuscript or its editor says better."""


def _old_script(production: Production, sheet: BookSheet) -> Mapping[str, Chapter]:
    old: dict[str, Chapter] = {}
    for entry in sheet.chapter:
        path = production.inside(entry.file, production.script, where="script/book.toml")
        if path.exists():
            old[entry.file] = script.parse(
                path.read_bytes().decode("utf-8-sig"), where=production.where(path)
            )
    return old


def _foreign(production: Production, old: Mapping[str, Chapter]) -> set[str]:
    """Script files that are not the book's: an import leaves them alone."""
    return {path.name for path in production.script.glob("*.nar")} - old.keys()


def _known(production: Production) -> tuple[Character, ...]:
    """The editor's characters."""
    where = production.where(production.cast_sheet)
    return read_cast(production.cast_sheet, where=where) if production.cast_sheet.exists() else ()


def same_people(known: Sequence[Character], found: Sequence[Character]) -> Mapping[CharacterId, CharacterId]:
    """Whom the editor knows under another id: by a name, or by an alias that a rename left."""
    ids = {character.id for character in known}
    called = {
        name.casefold(): character.id
        for character in reversed(known)
        for name in (character.name, *character.aliases)
    }
    there = {c.id: called.get(c.name.casefold(), called.get(c.id.casefold())) for c in found}
    return {old: new for old, new in there.items() if new is not None and old not in ids}


def _cast(
    known: Sequence[Character], found: Sequence[Character], chapters: Sequence[Chapter]
) -> tuple[Character, ...]:
    """The editor's characters as they are, and the others who speak in the script as they were found."""
    speaking = {line.character for chapter in chapters for _, line in chapter.lines} | {NARRATOR}
    have = {character.id for character in known}
    new = [c for c in found if c.id in speaking and c.id not in have]
    if NARRATOR not in have and not any(c.id == NARRATOR for c in new):
        new.insert(0, Character(NARRATOR, "Narrator"))
    return (*known, *new)
