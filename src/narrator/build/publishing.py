"""Publishing: the last whole release, collected from output/ and the sheets, for the listeners' room."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mutagen
from mutagen import MutagenError
from pydantic import BaseModel, ConfigDict, ValidationError

from narrator import listen
from narrator.book import NARRATOR, Character, CharacterId
from narrator.build.holding import alone
from narrator.build.loading import chapter_files
from narrator.build.plan import ENCODING_OF
from narrator.build.readalong import HeardLine, read_along
from narrator.build.releases.playable import FORMS, TimelineChapter, playable, state
from narrator.errors import ProductionError, RenderError, SheetError
from narrator.listen import Part, Publication, Published, PublishedChapter, ReadLine
from narrator.production import Production, file_title
from narrator.report import Progress
from narrator.sheets import BookSheet, read_book, read_cast, write_address

_APART = 0.05
"""Seconds by which a file may differ from the timeline: frames are shorter, a chapter's padding is longer."""


class _Times(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    start_sample: int
    end_sample: int


class _Mark(_Times):
    chapter: int
    title: str
    name: str
    sound: str = ""


class _TimelineLine(_Times):
    chapter: int
    line: int
    character: str
    text: str


class _Timeline(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    rate: int
    chapters: tuple[_Mark, ...]
    lines: tuple[_TimelineLine, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """What to publish where. site: the folder, None for the production's own. url: where it will stand, empty
    for what book.toml says."""

    site: Path | None = None
    url: str = ""


def publish(production: Production, order: Order, progress: Progress) -> Published:
    """Publish the last whole release. Raises ProductionError where there is none or its files do not belong
    together, SheetError for a wrong sheet, RenderError where the disk refuses."""
    sheet = read_book(production.book_sheet, where=production.where(production.book_sheet))
    with alone(production, "publishing"):  # a render would put other files in place halfway
        book = publication(production, sheet, order.url or sheet.publish.url)
        if not sheet.publish.address:
            # Kept for good: a better title tomorrow must not break the links of today.
            write_address(production.book_sheet, listen.address(book.title))
        published = listen.publish(book, order.site or production.site, production.digests, _now(), progress)
        listen.put_on_audiobookshelf(book, production.audiobookshelf)
    return published


def publication(production: Production, sheet: BookSheet, url: str) -> Publication:
    """The last whole release as a value."""
    timeline = _read_timeline(production)
    cast = read_cast(production.cast_sheet, where=production.where(production.cast_sheet))
    cover = production.output / "cover.jpg"
    if not cover.is_file():
        raise _older(production, cover)
    sounds, books = _files(production, sheet, timeline, cover)
    chapters = _chapters(production, sheet, timeline, sounds)
    for path in books:
        _refuse_older(production, path, sum(chapter.seconds for chapter in chapters))
    clean = listen.clean
    return Publication(
        address=_address(production, sheet),
        url=_url(production, url),
        title=clean(sheet.title),
        author=clean(sheet.author),
        narrator=clean(sheet.narrator),
        language=listen.language_tag(sheet.language),
        description=clean(sheet.description),
        publisher=clean(sheet.publisher),
        date=clean(sheet.date),
        contact=clean(sheet.publish.contact),
        category=sheet.publish.category,
        explicit=sheet.publish.explicit,
        chapters=chapters,
        cast=_cast(cast, chapters),
        books=tuple(books),
        cover=cover,
        credits=clean(_credits(production)),
    )


def _credits(production: Production) -> str:
    """The voices and their licences as the release states them; empty where it has no such file."""
    try:
        return production.credits.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise _older(production, production.credits) from error


def _read_timeline(production: Production) -> _Timeline:
    where = production.where(production.timeline)
    try:
        return _Timeline.model_validate(json.loads(production.timeline.read_bytes()))
    except FileNotFoundError as error:
        raise ProductionError(
            "there is no whole release to publish.", where=where, hint="Type `narrator render`."
        ) from error
    except (OSError, ValueError, ValidationError) as error:
        raise ProductionError(
            "cannot be read, or is of an older narrator.",
            where=where,
            hint="Type `narrator render`: it writes it anew.",
        ) from error


def _files(
    production: Production, sheet: BookSheet, timeline: _Timeline, cover: Path
) -> tuple[Mapping[str, Path], tuple[Path, ...]]:
    """The chapters' own files by name, in the first form that was released with this timeline, and the whole
    books. A book of another time is none of this release."""
    told = [TimelineChapter(m.chapter, m.name, m.title, m.sound) for m in timeline.chapters]
    states = {form: state(production, form, told) for form in FORMS}
    form = next((form for form in FORMS if states[form] == "same"), "mp3")
    whole = {form: production.output / f"{file_title(sheet.title)}.{form}" for form in ENCODING_OF}
    books = tuple(path for form, path in whole.items() if states[form] != "other" and path.is_file())
    return playable(production, sheet, form, told, cover.read_bytes()), books


def _chapters(
    production: Production, sheet: BookSheet, timeline: _Timeline, sounds: Mapping[str, Path]
) -> tuple[PublishedChapter, ...]:
    lines: dict[int, list[_TimelineLine]] = {}
    for line in timeline.lines:
        lines.setdefault(line.chapter, []).append(line)
    scripts = chapter_files(production, sheet)
    names: set[str] = set(listen.CREDITS.values())
    chapters = []
    for mark in timeline.chapters:
        name = listen.CREDITS.get(mark.name) or listen.address(mark.name.removesuffix(".nar"), names)
        names.add(name)
        heard = _heard(mark, lines.get(mark.chapter, []), timeline.rate)
        made = _chapter(
            mark, name, sounds[mark.name], read_along(scripts.get(mark.name), heard), timeline.rate
        )
        _refuse_older(production, made.sound, made.seconds)
        chapters.append(made)
    return tuple(chapters)


def _heard(mark: _Mark, lines: Sequence[_TimelineLine], rate: int) -> list[HeardLine]:
    return [
        HeardLine(
            line.line,
            line.character,
            line.text,
            (line.start_sample - mark.start_sample) / rate,
            (line.end_sample - mark.start_sample) / rate,
        )
        for line in lines
    ]


def _chapter(mark: _Mark, name: str, sound: Path, lines: tuple[ReadLine, ...], rate: int) -> PublishedChapter:
    title = mark.title or (f"Chapter {mark.chapter}" if mark.chapter else mark.name)
    return PublishedChapter(
        name=name,
        number=mark.chapter,
        title=listen.clean(title),
        sound=sound,
        start=mark.start_sample / rate,
        seconds=(mark.end_sample - mark.start_sample) / rate,
        lines=lines,
    )


def _refuse_older(production: Production, path: Path, seconds: float) -> None:
    """Refuse a sound that is not the timeline's: it was released at another time, or is not there."""
    try:
        length = mutagen.File(path).info.length
    except (OSError, MutagenError, AttributeError) as error:
        raise _older(production, path) from error
    if abs(length - seconds) > _APART:
        raise _older(production, path)


def _older(production: Production, path: Path) -> ProductionError:
    return ProductionError(
        "is missing, or older than the timeline.",
        where=production.where(path),
        hint="Type `narrator render` to release every format anew.",
    )


def _cast(cast: Sequence[Character], chapters: Sequence[PublishedChapter]) -> tuple[Part, ...]:
    """Who is heard, the narrator first, then in order of appearance."""
    known = {character.id: character for character in cast}
    lines: dict[str, int] = {NARRATOR: 0}
    for line in (line for chapter in chapters for line in chapter.lines):
        lines[line.character] = lines.get(line.character, 0) + (line.start is not None)
    parts = []
    for place, (id_, many) in enumerate(lines.items()):
        character = known.get(CharacterId(id_))
        name = character.name if character else id_
        voice = character.voice if character else ""
        colour = 0 if id_ == NARRATOR else 1 + (place - 1) % listen.VOICE_COLOURS
        parts.append(Part(id_, listen.clean(name), listen.clean(voice), colour, many))
    return tuple(parts)


def _address(production: Production, sheet: BookSheet) -> str:
    name = sheet.publish.address or listen.address(sheet.title)
    if name != listen.address(name) or name == "assets":
        raise SheetError(
            f"“{name}” cannot be the address of a book.",
            where=production.where(production.book_sheet),
            hint='Use small letters, digits and hyphens: address = "the-well".',
        )
    return f"{name}-{listen.address(production.cast)}" if production.cast else name


def _url(production: Production, url: str) -> str:
    if not url:
        return ""
    plain = url.isascii() and url.isprintable() and not set(url) & set(" \"'<>\\?#")
    if not plain or not url.startswith(("https://", "http://")) or not url.partition("://")[2].strip("/"):
        raise SheetError(
            f"“{url}” is not a web address.",
            where=production.where(production.book_sheet),
            hint='It looks like url = "https://example.org/books/".',
        )
    return url.rstrip("/") + "/"


def _now() -> int:
    """Seconds since 1970: SOURCE_DATE_EPOCH where that is set, so that a build can be repeated."""
    said = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not said:
        return int(time.time())
    if not said.isdecimal() or len(said) > 11:
        raise RenderError(
            f"SOURCE_DATE_EPOCH is “{said}”.", hint="It is a number of seconds, or is not set at all."
        )
    return int(said)


def serve(site: Path, port: int, ready: Callable[[str], None]) -> None:
    """Serve a site on loopback until interrupted: `narrator.listen.serve`."""
    listen.serve(site, port, ready)


def told(production: Production, published: Published) -> dict[str, Any]:
    """What publishing did, as `--json` prints it."""
    note = published.edition.note
    return {
        "folder": production.where(published.folder),
        "address": published.edition.address,
        "edition": published.edition.number,
        "new_edition": published.before is None or published.before.number != published.edition.number,
        "date": note.day,
        "changes": list(note.changes),
        "feed": published.feed or None,
        "read_along": any(href.endswith(".epub") for href in published.files),
        "files": len(published.files),
        "written": sorted(published.written),
        "kept": sorted(published.kept),
        "audiobookshelf": production.where(production.audiobookshelf),
    }
