"""Casting a production: who speaks how much, and voices for those who have none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from narrator import casting
from narrator.book import Character, CharacterId, Voice
from narrator.build.loading import chapters_of, own_and_house_voices, own_voice
from narrator.build.voices.admission import objections
from narrator.build.voices.listening import profiles
from narrator.casting import Company, Guess
from narrator.errors import CastError, MissingError, NarratorError
from narrator.packs import packs
from narrator.production import Production
from narrator.report import Progress, Silent
from narrator.sheets import BookSheet, read_book, read_cast, write_cast


@dataclass(frozen=True, slots=True)
class Member:
    """A character, how many lines it speaks, and what is likely where its gender is not known."""

    character: Character
    lines: int
    guess: Guess


@dataclass(frozen=True, slots=True)
class Proposal:
    """A cast. left_out: voices that were not cast from, and why. closest: the two that sound most alike of
    all who talk to each other, and their distance in steps."""

    members: tuple[Member, ...]
    left_out: Mapping[str, NarratorError]
    closest: tuple[float, CharacterId, CharacterId] | None


def show(production: Production) -> tuple[Member, ...]:
    """The cast in the sheet's order. Raises SheetError, ScriptError."""
    spoken = Counter(line.character for c in chapters_of(production) for _, line in c.lines)
    cast = read_cast(production.cast_sheet, where=production.where(production.cast_sheet))
    return tuple(_member(character, spoken[character.id]) for character in cast)


def _member(character: Character, lines: int) -> Member:
    unknown = character.gender is None and character.id != "narrator"
    return Member(character, lines, casting.likely(character) if unknown else Guess())


def cast_auto(
    production: Production, with_packs: Sequence[str] = (), jobs: int = 1, progress: Progress | None = None
) -> Proposal:
    """Give every character without a voice one that fits, and write the sheet.

    with_packs: the packs whose voices take part; the house's and the production's own always do. A voice that
    may not speak in this book, or cannot, is left out. Raises as `show`, and MissingError for a pack that is
    not installed.
    """
    members = show(production)
    characters = [m.character for m in members]
    company, left_out = company_of(production, characters, with_packs, jobs, progress or Silent())
    chapters = chapters_of(production)
    chosen = casting.cast_auto(chapters, characters, company)
    cast = tuple(
        replace(m, character=replace(m.character, voice=chosen.get(m.character.id, m.character.voice)))
        for m in members
    )
    write_cast(production.cast_sheet, [m.character for m in cast])
    known = {voice.name: voice for voice in (*company.voices, *company.held)}
    voices = {m.character.id: known[m.character.voice] for m in cast if m.character.voice in known}
    return Proposal(cast, left_out, casting.least_apart(chapters, voices, company))


def company_of(
    production: Production,
    characters: Iterable[Character],
    with_packs: Sequence[str],
    jobs: int,
    progress: Progress,
) -> tuple[Company, Mapping[str, NarratorError]]:
    """The voices to cast from, listened to; and those that are left out, with what speaks against them.

    Raises CastError where all are left out.
    """
    sheet = read_book(production.book_sheet, where=production.where(production.book_sheet))
    offered = {**own_and_house_voices(production), **_of_packs(with_packs)}
    named = {character.voice for character in characters if character.voice}
    held = [voice for name in sorted(named - offered.keys()) if (voice := _held(production, name))]
    left_out = {name: wrong for name, voice in offered.items() if (wrong := _against(voice, sheet))}
    free = [voice for name, voice in offered.items() if name not in left_out]
    heard = profiles(production.store, (*free, *held), jobs, progress)
    left_out |= {name: wrong for name, wrong in heard.unheard.items() if name in offered}
    if left_out and left_out.keys() == offered.keys():
        first = next(iter(left_out.values()))
        raise CastError(f"no voice here may speak in this book: {first.what}", hint=first.hint)
    company = Company(
        voices=[voice for voice in free if voice.name not in left_out],
        held=[*held, *(offered[name] for name in sorted(named & left_out.keys()))],
        profiles=heard.profiles,
        accent=_ACCENTS.get(sheet.language.replace("_", "-").partition("-")[2].upper(), ""),
    )
    return company, left_out


_ACCENTS: Mapping[str, str] = {"GB": "British", "US": "American"}
"""What the region of a book's language asks of everybody who has no accent of their own."""


def _of_packs(names: Sequence[str]) -> Mapping[str, Voice]:
    for name in names:
        if name not in packs():
            raise MissingError(f"there is no pack “{name}”.", hint=f"There is {', '.join(packs())}.")
        if not packs()[name].installed:
            raise MissingError(
                f"the pack “{name}” is not installed.", hint=f"Type `narrator voices install {name}`."
            )
    return {name: v for name, v in casting.pack_voices().items() if name.split("/")[0] in names}


def _held(production: Production, name: str) -> Voice | None:
    """A voice that somebody has and that is not on offer; None where there is no such voice: the render will
    say so."""
    pack = casting.pack_voices().get(name)
    if pack is not None:
        return pack
    try:
        return own_voice(production, name)
    except NarratorError:
        return None


def _against(voice: Voice, sheet: BookSheet) -> NarratorError | None:
    try:
        return next(objections(voice, sheet), None)
    except NarratorError as error:
        return error
