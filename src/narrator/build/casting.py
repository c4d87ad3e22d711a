"""Casting a production: who speaks how much, and voices for those who have none."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from narrator import casting
from narrator.book import Character
from narrator.build.loading import all_voices, chapters_of
from narrator.production import Production
from narrator.sheets import read_cast, write_cast


@dataclass(frozen=True, slots=True)
class Member:
    """A character and how many lines it speaks."""

    character: Character
    lines: int


def show(production: Production) -> tuple[Member, ...]:
    """The cast in the sheet's order. Raises SheetError, ScriptError."""
    spoken = Counter(line.character for c in chapters_of(production) for _, line in c.lines)
    cast = read_cast(production.cast_sheet, where=production.where(production.cast_sheet))
    return tuple(Member(character, spoken[character.id]) for character in cast)


def cast_auto(production: Production) -> tuple[Member, ...]:
    """Give every character without a voice one that fits, and write the sheet. Raises as `show`."""
    members = show(production)
    chosen = casting.cast_auto(
        chapters_of(production), [m.character for m in members], tuple(all_voices(production).values())
    )
    cast = tuple(
        Member(replace(m.character, voice=chosen.get(m.character.id, m.character.voice)), m.lines)
        for m in members
    )
    write_cast(production.cast_sheet, [m.character for m in cast])
    return cast
