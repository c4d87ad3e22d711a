"""A production as one value: the script parsed, its sheets read, its mistakes found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from narrator import casting, mixing, script, speech
from narrator.book import NARRATOR, Chapter, Character, CharacterId, Cue, Voice
from narrator.build.credits import closing, opening
from narrator.build.sounds import SoundFile, sounds_of
from narrator.build.voices.admission import objections
from narrator.errors import (
    CastError,
    MissingError,
    NarratorError,
    ProductionError,
    ScriptError,
    SheetError,
)
from narrator.mastering import SPECS, DeliverySpec, own_spec
from narrator.packs import packs
from narrator.production import Production
from narrator.sheets import (
    BookSheet,
    ChapterEntry,
    ChosenTake,
    read_book,
    read_cast,
    read_lexicon,
    read_takes,
    read_toml,
)


@dataclass(frozen=True, slots=True)
class BookChapter:
    """A chapter in its place.

    number: its place in the book from 1; 0 for the opening credits, one past the last for the closing.
    name: what stays the same while the book changes around it (its file's name). where: for messages.
    sounds: the producer's files that it plays.
    """

    number: int
    name: str
    where: str
    chapter: Chapter
    speak_title: bool
    sounds: tuple[SoundFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """Everything a render needs to know, checked: each character has a voice, each cue is understood."""

    production: Production
    sheet: BookSheet
    spec: DeliverySpec
    cast: Mapping[CharacterId, Character]
    voices: Mapping[str, Voice]
    lexicon: speech.Lexicon
    chapters: tuple[BookChapter, ...]
    choices: tuple[ChosenTake, ...] = ()

    @property
    def beds(self) -> bool:
        """Whether ambience is heard: the sheet and the spec both want it."""
        return self.sheet.beds and self.spec.beds

    @property
    def stereo(self) -> bool:
        """Whether the release has two channels: there is nothing beside the voice where no bed is heard."""
        return self.sheet.stereo and self.beds and self.spec.channels != 1

    def voice(self, character: CharacterId) -> Voice:
        """The voice that speaks this character's lines."""
        return self.voices[self.cast[character].voice]


def load(production: Production, *, spec: str | None = None) -> Book:
    """The production's book, mastered to `spec` where that is given. Raises the first of its mistakes."""
    book, mistakes = examine(production, spec=spec)
    for mistake in mistakes:
        raise mistake
    return book


def examine(production: Production, *, spec: str | None = None) -> tuple[Book, tuple[NarratorError, ...]]:
    """The book as far as it can be read, and every mistake in it.

    Raises SheetError where a sheet itself cannot be read: nothing can be said of the rest then.
    """
    book_where = production.where(production.book_sheet)
    sheet = read_book(production.book_sheet, where=book_where)
    cast = {c.id: c for c in read_cast(production.cast_sheet, where=production.where(production.cast_sheet))}
    lexicon = lexicon_of(production)
    choices = read_takes(production.takes_sheet, where=production.where(production.takes_sheet))
    mistakes: list[NarratorError] = []
    chapters = tuple(_chapters(production, sheet, mistakes))
    mistakes += _cast_mistakes(production, cast, chapters)
    used = {line.character for c in chapters for _, line in c.chapter.lines} | {NARRATOR}
    speaking = [cast[c] for c in cast if c in used and cast[c].voice]
    voices = _voices(production, sheet, speaking, mistakes)
    spec = spec or sheet.spec
    specs = _specs(sheet, book_where, mistakes)
    if spec not in specs and spec not in sheet.specs:  # what is wrong with one of its own is said already
        mistakes.append(
            SheetError(
                f"there is no delivery spec “{spec}”.", where=book_where, hint=f"Use {_either(specs)}."
            )
        )
    if not sheet.chapter:
        mistakes.append(
            ProductionError(
                "the book has no chapters.", where=book_where, hint="Type `narrator import MANUSCRIPT`."
            )
        )
    whole = [
        *(BookChapter(0, "opening", book_where, c, speak_title=False) for c in opening(sheet)),
        *chapters,
        *(
            BookChapter(len(sheet.chapter) + 1, "closing", book_where, c, speak_title=False)
            for c in closing(sheet)
        ),
    ]
    delivery = specs.get(spec, SPECS["house"])
    book = Book(production, sheet, delivery, cast, voices, lexicon, tuple(whole), choices)
    return book, tuple(mistakes)


def _specs(sheet: BookSheet, where: str, mistakes: list[NarratorError]) -> Mapping[str, DeliverySpec]:
    """narrator's delivery specs and the producer's own."""
    specs = dict(SPECS)
    for name, own in sheet.specs.items():
        try:
            specs[name] = own_spec(name, own.model_dump(exclude_none=True), where=where)
        except SheetError as error:
            mistakes.append(error)
    return specs


def chapter_files(production: Production, sheet: BookSheet) -> Mapping[str, Chapter]:
    """The chapters that can be read, and the credits, by the names they have in a `Book`."""
    credits_ = {name: c for name, made in (("opening", opening), ("closing", closing)) for c in made(sheet)}
    return credits_ | {place.name: place.chapter for place in _chapters(production, sheet, [])}


def chapters_of(production: Production) -> tuple[Chapter, ...]:
    """The book's chapters as they stand, whatever the cast says. Raises the first mistake in them."""
    sheet = read_book(production.book_sheet, where=production.where(production.book_sheet))
    mistakes: list[NarratorError] = []
    chapters = tuple(place.chapter for place in _chapters(production, sheet, mistakes))
    for mistake in mistakes:
        raise mistake
    return chapters


def book_sheet(production: Production) -> BookSheet:
    """The production's book.toml. Raises SheetError."""
    return read_book(production.book_sheet, where=production.where(production.book_sheet))


def lexicon_of(production: Production) -> speech.Lexicon:
    """The production's lexicon, empty without a sheet. Raises SheetError."""
    sheet = production.lexicon_sheet
    return (
        speech.Lexicon(*read_lexicon(sheet, where=production.where(sheet)))
        if sheet.exists()
        else speech.Lexicon()
    )


def _chapters(
    production: Production, sheet: BookSheet, mistakes: list[NarratorError]
) -> Iterator[BookChapter]:
    for number, entry in enumerate(sheet.chapter, 1):
        try:
            text, where = _chapter_text(production, entry)
        except NarratorError as error:
            mistakes.append(error)
            continue
        try:
            chapter = script.parse(text, where=where)
        except ScriptError:
            mistakes += script.mistakes(text, where=where)
            continue
        mistakes += _cue_mistakes(chapter, where)
        sounds = sounds_of(production, chapter, where, mistakes)
        yield BookChapter(number, entry.file, where, chapter, entry.speak_title, sounds)


def _chapter_text(production: Production, entry: ChapterEntry) -> tuple[str, str]:
    book_where = production.where(production.book_sheet)
    path = production.inside(entry.file, production.script, where=book_where)
    where = production.where(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
        if (before := text.find("\0")) >= 0:
            raise ScriptError(
                "there is a NUL character in this line.",
                where=f"{where}:{text.count(chr(10), 0, before) + 1}",
                hint="Delete it: write the line anew.",
            )
        return text, where
    except FileNotFoundError as error:
        raise SheetError(
            f"there is no chapter file {where}.",
            where=book_where,
            hint="Correct its name, or delete its entry.",
        ) from error
    except OSError as error:
        raise ScriptError(f"cannot be read ({error.strerror}).", where=where) from error
    except UnicodeDecodeError as error:
        raise ScriptError("is not UTF-8 text.", where=where, hint="Save it as UTF-8.") from error


def _cue_mistakes(chapter: Chapter, where: str) -> Iterator[ScriptError]:
    speakers = {NARRATOR, *(line.character for _, line in chapter.lines)}
    for number, element in enumerate(chapter.elements, 1):
        if isinstance(element, Cue):
            try:
                mixing.check_cue(element)
                _check_who(element, speakers)
            except ScriptError as error:
                yield ScriptError(error.what, where=f"{where}:{number}", hint=error.hint)


def _check_who(cue: Cue, speakers: Set[CharacterId]) -> None:
    who = mixing.space_who(cue) if cue.name == "space" else ""
    if who and who not in speakers:
        raise ScriptError(
            f"nobody called “{who}” speaks in this chapter.", hint=f"Who does: {', '.join(sorted(speakers))}."
        )


def _cast_mistakes(
    production: Production, cast: Mapping[CharacterId, Character], chapters: Sequence[BookChapter]
) -> Iterator[NarratorError]:
    where = production.where(production.cast_sheet)
    if NARRATOR not in cast:
        yield CastError(
            "the cast has no narrator.", where=where, hint='Add [character.narrator] with name = "Narrator".'
        )
    voiceless: dict[CharacterId, int] = {NARRATOR: 0}
    for chapter in chapters:
        for number, line in chapter.chapter.lines:
            if line.character not in cast and line.character != NARRATOR:
                yield ScriptError(
                    f"“{line.character}” is not in {where}.",
                    where=f"{chapter.where}:{number}",
                    hint=f"Add [character.{line.character}] there, or correct the name here.",
                )
            voiceless[line.character] = voiceless.get(line.character, 0) + 1
    for character in voiceless:
        if character in cast and not cast[character].voice:
            yield CastError(f"“{character}” has no voice.", where=where, hint="Type `narrator cast --auto`.")


def _voices(
    production: Production,
    sheet: BookSheet,
    characters: Iterable[Character],
    mistakes: list[NarratorError],
) -> Mapping[str, Voice]:
    voices: dict[str, Voice] = {}
    there = {**casting.house_voices(), **casting.pack_voices()}
    for character in characters:
        name = character.voice
        if name in voices:
            continue
        try:
            voices[name] = there[name] if name in there else own_voice(production, name)
            speech.engine(voices[name].engine)
            wrong = tuple(objections(voices[name], sheet))
        except NarratorError as error:
            wrong = (error,)
        for mistake in wrong:
            where = mistake.where or f"{production.where(production.cast_sheet)}: {character.id}"
            mistakes.append(type(mistake)(mistake.what, where=where, hint=mistake.hint))
    return voices


def own_voice(production: Production, name: str) -> Voice:
    """The voice in voices/`name`.toml. Raises MissingError without one, SheetError for a wrong one."""
    path = production.inside(f"{name}.toml", production.voices, where=production.where(production.cast_sheet))
    if not path.exists():
        pack = name.split("/")[0]
        install = f"Type `narrator voices install {pack}`, or " if pack in packs() else "Type "
        raise MissingError(
            f"there is no voice “{name}”.", hint=f"{install}`narrator voices list` to see what can speak."
        )
    where = production.where(path)
    try:
        voice = casting.voice_from_sheet(name, read_toml(path, where=where))
        return replace(voice, folder=str(production.voices))
    except NarratorError as error:
        raise type(error)(error.what, where=where, hint=error.hint) from error


def all_voices(production: Production) -> Mapping[str, Voice]:
    """Every voice that can be cast here, in the order in which casting prefers them: the house's, the
    production's own, those of installed packs.

    A file of a production stands for the house voice of the same name: they are the same person.
    """
    return {**own_and_house_voices(production), **casting.pack_voices()}


def own_and_house_voices(production: Production) -> Mapping[str, Voice]:
    """As `all_voices`, without packs: what is here whoever renders the book."""
    own = {path.stem: own_voice(production, path.stem) for path in sorted(production.voices.glob("*.toml"))}
    house = {name: name.split("/")[-1] for name in casting.house_voices()}
    first = {bare: own.pop(bare) for bare in house.values() if bare in own}
    rest = {name: voice for name, voice in casting.house_voices().items() if house[name] not in first}
    return {**first, **rest, **own}


def _either(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last
