"""The TOML sheets of a production: book, cast, lexicon, voice. Read into frozen values, edited in place.

Reading refuses what it does not know, with the key's name. Writing goes through tomlkit: an editor's
comments, order and spacing stay.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar

import tomlkit
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from tomlkit.items import AoT, Table

from narrator.book import Age, Character, CharacterId, Gender, Reading, Use
from narrator.errors import SheetError
from narrator.whole import write_text

FORMAT: Final = 1
"""The newest format of the sheets that this narrator reads."""

_Seconds = Annotated[float, Field(ge=0, le=60)]
_Words = Annotated[str, Field(min_length=1, max_length=500)]


Typography: TypeAlias = Literal["double", "single", "low", "angle", "angle-inward", "corner", "dash"]
ReleaseFormat: TypeAlias = Literal["m4b", "mp3", "opus", "flac"]


class _Sheet(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class ChapterEntry(_Sheet):
    """One chapter's place in the book. `speak_title` says whether its heading is read aloud."""

    file: _Words
    speak_title: bool = True


class PauseSheet(_Sheet):
    """Pauses that differ from the house's, in seconds; None where the house's holds."""

    within: _Seconds | None = None
    sentence: _Seconds | None = None
    speaker: _Seconds | None = None
    paragraph: _Seconds | None = None
    scene: _Seconds | None = None
    heading: _Seconds | None = None
    head: _Seconds | None = None
    tail: _Seconds | None = None


class CreditSheet(_Sheet):
    """What is said before and after the book; an empty text leaves that credit out, None says the usual."""

    opening: str | None = None
    closing: str | None = None


_Decibels = Annotated[float, Field(ge=-100, le=0)]
_Range = tuple[float, float]
_Bits = Annotated[int, Field(ge=16_000, le=320_000)]


class SpecSheet(_Sheet):
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


class AttributionSheet(_Sheet):
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


class PublishSheet(_Sheet):
    """How the book is published. address: its folder on the site, which stays when the title changes. url:
    where the site stands. contact: the mail address that podcast directories ask for."""

    address: Annotated[str, Field(max_length=80)] = ""
    url: Annotated[str, Field(max_length=500)] = ""
    contact: Annotated[str, Field(max_length=250)] = ""
    category: Literal["Books", "Performing Arts"] = "Books"
    explicit: bool = False


class WorkerSheet(_Sheet):
    """What a worker that speaks with an engine holds of a cluster's node."""

    cores: Annotated[float, Field(ge=0.1, le=1024)] = 1.0
    gpus: Annotated[float, Field(ge=0, le=64)] = 0.0


class BookSheet(_Sheet):
    """`script/book.toml`. formats: what a render releases unless it is told. bed_level: dB relative to the
    voice while it speaks. stereo: beds lie around the voice, which stays in the middle. use: what the release
    is for; unless the producer says otherwise it may be sold, so no voice may forbid that. typography: how
    the manuscript marks speech, None where an import shall see it. store: the URL of a shared store. workers:
    by engine, what its workers hold of a cluster."""

    format: int = FORMAT
    title: _Words
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
    specs: Mapping[_Words, SpecSheet] = {}
    bed_level: Annotated[float, Field(ge=-60, le=0)] = -28.0
    beds: bool = True
    stereo: bool = False
    attribution: AttributionSheet = AttributionSheet()
    credits: CreditSheet = CreditSheet()
    pauses: PauseSheet = PauseSheet()
    publish: PublishSheet = PublishSheet()
    store: Annotated[str, Field(max_length=500)] = ""
    workers: Mapping[_Words, WorkerSheet] = {}
    chapter: tuple[ChapterEntry, ...] = ()


class _CharacterSheet(_Sheet):
    name: _Words
    aliases: tuple[str, ...] = ()
    gender: Gender | None = None
    age: Age | None = None
    accent: str = ""
    voice: str = ""


class _CastSheet(_Sheet):
    format: int = FORMAT
    character: Mapping[str, _CharacterSheet] = {}


class _ReadingSheet(_Sheet):
    typed: _Words | None = None
    say: _Words | None = None
    phonemes: _Words | None = None
    case: bool | None = None
    whole: bool = True

    @model_validator(mode="before")
    @classmethod
    def _says_something(cls, value: object) -> object:
        if isinstance(value, str):
            return {"typed": value}
        if isinstance(value, dict) and {"say", "phonemes"}.isdisjoint(value):
            raise ValueError('says nothing: type say = "…" or phonemes = "…"')
        return value


_Readings = Mapping[_Words, _ReadingSheet]


class _LexiconSheet(_Sheet):
    format: int = FORMAT
    words: _Readings = {}
    character: Mapping[str, _Readings] = {}


class ChosenTake(_Sheet):
    """Which take a line has where it isn't the first.

    The line is the nth of `file` that says `text`. take: the engine's take of that number; key: that very
    take in the store. A recording made by a person has a key and no number.
    """

    file: _Words
    text: Annotated[str, Field(min_length=1)]
    nth: Annotated[int, Field(ge=1)] = 1
    take: Annotated[int, Field(ge=2, le=999)] | None = None
    key: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None

    @property
    def line(self) -> tuple[str, str, int]:
        """What names the line: file, text, occurrence."""
        return self.file, self.text, self.nth


class _TakesSheet(_Sheet):
    format: int = FORMAT
    choice: tuple[ChosenTake, ...] = ()


_S = TypeVar("_S", bound=_Sheet)


def read_toml(path: Path, *, where: str) -> dict[str, Any]:
    """The table in `path`. Raises SheetError, placed at `where`, when it is absent, not UTF-8, not TOML,
    or of a format newer than this narrator."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SheetError("there is no such sheet.", where=where, hint="Type `narrator init`.") from error
    except OSError as error:
        raise SheetError(f"cannot be read ({error.strerror}).", where=where) from error
    except UnicodeDecodeError as error:
        raise SheetError("is not UTF-8 text.", where=where, hint="Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise SheetError(
            f"is not valid TOML: {error}.", where=where, hint='Texts stand in quotes: title = "…".'
        ) from error
    version = table.get("format", FORMAT)
    if not isinstance(version, int) or version > FORMAT:
        raise SheetError(
            f"has format {version}; this narrator knows {FORMAT}.",
            where=where,
            hint="Type `pip install --upgrade narrator`.",
        )
    return table


def read_book(path: Path, *, where: str) -> BookSheet:
    """The book's sheet. Raises SheetError."""
    return _valid(BookSheet, read_toml(path, where=where), where)


def read_cast(path: Path, *, where: str) -> tuple[Character, ...]:
    """The cast in the sheet's order. Raises SheetError."""
    sheet = _valid(_CastSheet, read_toml(path, where=where), where)
    return tuple(
        Character(CharacterId(id_), c.name, c.aliases, c.gender, c.age, c.voice, c.accent)
        for id_, c in sheet.character.items()
    )


def read_lexicon(path: Path, *, where: str) -> tuple[Readings, Mapping[CharacterId, Readings]]:
    """Everybody's words, and those of single characters. Raises SheetError."""
    sheet = _valid(_LexiconSheet, read_toml(path, where=where), where)
    own = {CharacterId(who): _readings(words) for who, words in sheet.character.items()}
    return _readings(sheet.words), own


Readings: TypeAlias = Mapping[str, str | Reading]
"""word -> how it is said: as typed, a respelling or /phonemes/, or with what else is known of it."""


def _readings(words: _Readings) -> Readings:
    return {
        word: sheet.typed
        or Reading(sheet.say, sheet.phonemes and sheet.phonemes.strip("/"), sheet.case, sheet.whole)
        for word, sheet in words.items()
    }


def write_lexicon(path: Path, words: Mapping[str, Reading]) -> tuple[str, ...]:
    """Add words to the lexicon's sheet; those that stand there stay as they are. The words added."""
    document = _document(path)
    document.setdefault("format", FORMAT)
    table = document.setdefault("words", tomlkit.table())
    new = tuple(word for word in words if word not in table)
    for word in new:
        reading = words[word]
        if reading.respelling is None or reading.phonemes is None:
            table[word] = reading.respelling or f"/{reading.phonemes}/"
        else:
            both = tomlkit.inline_table()
            both.update({"say": reading.respelling, "phonemes": reading.phonemes})
            table[word] = both
    if new:
        write_text(path, tomlkit.dumps(document))
    return new


def read_takes(path: Path, *, where: str) -> tuple[ChosenTake, ...]:
    """The chosen takes, none without a sheet. Raises SheetError, also for a line that is chosen for twice."""
    if not path.exists():
        return ()
    choices = _valid(_TakesSheet, read_toml(path, where=where), where).choice
    seen: set[tuple[str, str, int]] = set()
    for number, choice in enumerate(choices, 1):
        if choice.take is None and choice.key is None:
            raise SheetError(
                f"“choice.{number}” chooses nothing.", where=where, hint="Give it a take, or delete it."
            )
        if choice.line in seen:
            raise SheetError(
                f"“choice.{number}” chooses again for “{choice.text}” in {choice.file}.",
                where=where,
                hint="Delete one of the two.",
            )
        seen.add(choice.line)
    return choices


def write_choice(path: Path, choice: ChosenTake) -> None:
    """Write what was chosen for a line in place of what was chosen before; with neither take nor key, nothing
    stands there any more. Everything else in the sheet stays as it is."""
    document = _document(path)
    document.setdefault("format", FORMAT)
    old = [table.unwrap() for table in document.get("choice", [])]
    kept = [t for t in old if (t["file"], t["text"], t.get("nth", 1)) != choice.line]
    if choice.take is not None or choice.key is not None:
        kept.append(choice.model_dump(exclude_none=True, exclude_defaults=True))
    document.pop("choice", None)
    if kept:
        document["choice"] = _array(kept)
    write_text(path, tomlkit.dumps(document))


def _array(tables: Sequence[Mapping[str, Any]]) -> AoT:
    array = tomlkit.aot()
    for values in tables:
        table = tomlkit.table()
        table.update(values)
        array.append(table)
    return array


def _valid(model: type[_S], table: Mapping[str, Any], where: str) -> _S:
    try:
        return model.model_validate(table)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part + 1 if isinstance(part, int) else part) for part in first["loc"])
        said = {"extra_forbidden": "is not a key of this sheet", "missing": "is missing"}
        what = said.get(first["type"], first["msg"].lower().removeprefix("value error, "))
        raise SheetError(
            f"“{key}” {what}.", where=where, hint="docs/sheets.md lists every key and its values."
        ) from error


def write_book(path: Path, sheet: BookSheet) -> None:
    """Write the book's sheet. What `path` holds already keeps its comments; chapters are replaced."""
    document = _document(path)
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
    document = _document(path)
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


def write_cast(path: Path, characters: Sequence[Character]) -> None:
    """Write the cast's sheet: new characters are added, known ones get what changed, none is removed."""
    document = _document(path)
    document.setdefault("format", FORMAT)
    people = document.setdefault("character", tomlkit.table(is_super_table=True))
    for character in characters:
        if character.id not in people:
            people[character.id] = tomlkit.table()
        _update(people[character.id], character)
    write_text(path, tomlkit.dumps(document))


def _update(table: Table, character: Character) -> None:
    values: dict[Literal["name", "aliases", "gender", "age", "voice"], Any] = {
        "name": character.name,
        "aliases": list(character.aliases),
        "gender": character.gender,
        "age": character.age,
        "voice": character.voice,
    }
    for name, value in values.items():
        if value and table.get(name) != value:
            table[name] = value


def _document(path: Path) -> tomlkit.TOMLDocument:
    return tomlkit.parse(path.read_text(encoding="utf-8")) if path.exists() else tomlkit.document()


def rename_character(path: Path, old: CharacterId, new: CharacterId, *, where: str) -> str | None:
    """The cast sheet at `path` with `old` as `new`, comments and order kept; None where it has no `old`.

    The old id, name and aliases stay as aliases, so that who was called so is found again. Where `new` is
    there already it keeps its own voice and facts. Raises SheetError.
    """
    cast = {character.id: character for character in read_cast(path, where=where)}
    if old not in cast:
        return None
    document = _document(path)
    people = document["character"]
    if new in cast:
        del people[old]
    else:
        renamed = tomlkit.table(is_super_table=True)
        for key, value in people.items():
            renamed.append(new if key == old else key, value)
        document["character"] = renamed
        people = renamed
    gone, stays = cast[old], cast.get(new, cast[old])
    names = (*stays.aliases, gone.name, *gone.aliases, str(old))
    kept = [name for name in dict.fromkeys(names) if name and name != stays.name]
    if kept:
        people[new]["aliases"] = kept
    return tomlkit.dumps(document)
