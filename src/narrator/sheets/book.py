"""The book's sheet: titles, chapters, pauses, specs, credits; what markup, listeners and workers are told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, TypeAlias

import tomlkit
from pydantic import ConfigDict, Field, field_validator, model_validator

from narrator.book import Use
from narrator.sheets.base import FORMAT, Sheet, Words, editable, read_toml, valid
from narrator.whole import write_text

_Seconds = Annotated[float, Field(ge=0, le=60)]


Typography: TypeAlias = Literal["double", "single", "low", "angle", "angle-inward", "corner", "dash"]
ReleaseFormat: TypeAlias = Literal["m4b", "mp3", "opus", "flac"]


class ChapterEntry(Sheet):
    """One chapter's place in the book. `speak_title` says whether its heading is read aloud."""

    file: Words
    speak_title: bool = True


class PauseSheet(Sheet):
    """Pauses that differ from the house's, in seconds; None where the house's holds."""

    within: _Seconds | None = None
    sentence: _Seconds | None = None
    speaker: _Seconds | None = None
    paragraph: _Seconds | None = None
    scene: _Seconds | None = None
    heading: _Seconds | None = None
    head: _Seconds | None = None
    tail: _Seconds | None = None


class CreditSheet(Sheet):
    """What is said before and after the book; an empty text leaves that credit out, None says the usual."""

    opening: str | None = None
    closing: str | None = None


_Decibels = Annotated[float, Field(ge=-100, le=0)]
_Range = tuple[float, float]
_Bits = Annotated[int, Field(ge=16_000, le=320_000)]


class SpecSheet(Sheet):
    """A producer's own delivery spec: another one's numbers, but for those set here."""

    like: str = "house"
    loudness: Annotated[float, Field(ge=-40, le=-8)] | None = None
    ceiling: Annotated[float, Field(ge=-20, le=0)] | None = None
    peak: _Decibels | None = None
    rms: _Range | None = None
    floor: _Decibels | None = None
    silence: Annotated[float, Field(ge=-200, le=0)] | None = None
    head: _Range | None = None
    tail: _Range | None = None
    minutes: Annotated[float, Field(gt=0)] | None = None
    channels: Literal[1, 2] | None = None
    beds: bool | None = None
    aac_rate: _Bits | None = None
    mp3_rate: _Bits | None = None
    opus_rate: Annotated[int, Field(ge=16_000, le=256_000)] | None = None
    sample: bool | None = None
    note: str | None = None


class AttributionSheet(Sheet):
    """Who else judges who says what. by: an attributor's name; the rest are its settings."""

    model_config = ConfigDict(frozen=True, extra="allow", strict=False)

    by: str = ""

    @model_validator(mode="after")
    def _plain(self) -> AttributionSheet:
        for key, value in (self.model_extra or {}).items():
            if isinstance(value, bool) or not isinstance(value, str | int | float):
                raise ValueError(f"takes texts and numbers, and {key} is neither")
        return self

    @property
    def settings(self) -> Mapping[str, str | float]:
        """What the attributor is told."""
        return self.model_extra or {}


class PublishSheet(Sheet):
    """How the book is published. address: its folder on the site, which stays when the title changes. url:
    where the site stands. contact: the mail address that podcast directories ask for."""

    address: Annotated[str, Field(max_length=80)] = ""
    url: Annotated[str, Field(max_length=500)] = ""
    contact: Annotated[str, Field(max_length=250)] = ""
    category: Literal["Books", "Performing Arts"] = "Books"
    explicit: bool = False


class WorkerSheet(Sheet):
    """What a worker that speaks with an engine holds of a cluster's node."""

    cores: Annotated[float, Field(ge=0.1, le=1024)] = 1.0
    gpus: Annotated[float, Field(ge=0, le=64)] = 0.0


class BookSheet(Sheet):
    """`script/book.toml`. formats: what a render releases unless it is told. bed_level: dB relative to the
    voice while it speaks. stereo: beds lie around the voice, which stays in the middle. use: what the release
    is for; unless the producer says otherwise it may be sold, so no voice may forbid that. typography: how
    the manuscript marks speech, None where an import shall see it. store: the URL of a shared store. workers:
    by engine, what its workers hold of a cluster."""

    format: int = FORMAT
    title: Words
    author: str = ""
    narrator: str = ""
    language: str = "en"
    typography: Typography | None = None
    description: str = ""
    publisher: str = ""
    date: str = ""
    cover: str = ""
    series: str = ""
    part: str = ""
    translator: str = ""
    isbn: str = ""
    use: Use = "commercial"
    formats: Annotated[tuple[ReleaseFormat, ...], Field(min_length=1)] = ("m4b", "mp3")
    spec: str = "house"
    specs: Mapping[Words, SpecSheet] = {}
    bed_level: Annotated[float, Field(ge=-60, le=0)] = -28.0
    beds: bool = True
    stereo: bool = False
    attribution: AttributionSheet = AttributionSheet()
    credits: CreditSheet = CreditSheet()
    pauses: PauseSheet = PauseSheet()
    publish: PublishSheet = PublishSheet()
    store: Annotated[str, Field(max_length=500)] = ""
    workers: Mapping[Words, WorkerSheet] = {}
    chapter: tuple[ChapterEntry, ...] = ()

    @field_validator("date", mode="before")
    @classmethod
    def _typed_as_a_date(cls, value: object) -> object:
        """TOML has years and days of its own, without quotes."""
        plain = isinstance(value, int) and not isinstance(value, bool)
        return str(value) if plain or type(value) is date else value

    @field_validator("date")
    @classmethod
    def _is_a_date(cls, value: str) -> str:
        if value and not _DATE.fullmatch(value):
            raise ValueError('is no year, year-month or year-month-day, like "1871-05-01"')
        try:
            date.fromisoformat(f"{value}-01-01"[:10] if value else "2000-01-01")
        except ValueError as error:
            raise ValueError(f"is {value}, a day that no calendar has") from error
        return value

    @field_validator("isbn")
    @classmethod
    def _is_an_isbn(cls, value: str) -> str:
        if value and not _isbn(value.replace("-", "").replace(" ", "").upper()):
            raise ValueError(
                f"is “{value}”, which is no ISBN: it has 13 digits (or 10), the last of which fits"
            )
        return value

    @field_validator("chapter")
    @classmethod
    def _lists_each_once(cls, value: tuple[ChapterEntry, ...]) -> tuple[ChapterEntry, ...]:
        times = Counter(str(PurePosixPath(entry.file)) for entry in value)
        for file, count in times.items():
            if count > 1:
                raise ValueError(f"lists “{file}” {count} times: delete all but one")
        return value


_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


def _isbn(digits: str) -> bool:
    """Whether the check digit of an ISBN fits: of 13 digits modulo 10, of 10 modulo 11 with X for ten."""
    if re.fullmatch(r"97[89]\d{10}", digits):
        return sum(int(d) * (1, 3)[n % 2] for n, d in enumerate(digits)) % 10 == 0
    if re.fullmatch(r"\d{9}[\dX]", digits):
        return sum((10 if d == "X" else int(d)) * (10 - n) for n, d in enumerate(digits)) % 11 == 0
    return False


def read_book(path: Path, *, where: str) -> BookSheet:
    """The book's sheet. Raises SheetError."""
    return valid(BookSheet, read_toml(path, where=where), where)


def write_book(path: Path, sheet: BookSheet) -> None:
    """Write the book's sheet. What `path` holds already keeps its comments; chapters are replaced."""
    document = editable(path)
    defaults = BookSheet(title="x")
    for name in ("format", "title", "author", "narrator", "language", "typography", "description", "spec"):
        value = getattr(sheet, name)
        if name in ("format", "title", "author", "narrator") or value != getattr(defaults, name):
            document[name] = value
    chapters = tomlkit.aot()
    for entry in sheet.chapter:
        table = tomlkit.table()
        table["file"] = entry.file
        if not entry.speak_title:
            table["speak_title"] = False
        chapters.append(table)
    document.pop("chapter", None)
    document["chapter"] = chapters
    write_text(path, tomlkit.dumps(document))


def write_address(path: Path, address: str) -> None:
    """Set the book's address in its sheet; all else stays as it is."""
    document = editable(path)
    table = document.get("publish")
    if table is None:
        # Before the chapters: after an array of tables, an editor would look for it in the last chapter.
        table = tomlkit.table()
        table["address"] = address
        table.add(tomlkit.nl())
        chapters = document.pop("chapter", None)
        document["publish"] = table
        if chapters is not None:
            document["chapter"] = chapters
    else:
        table["address"] = address
    write_text(path, tomlkit.dumps(document))
