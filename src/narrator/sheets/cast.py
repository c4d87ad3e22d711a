"""The cast's sheet: who speaks, and with which voice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import tomlkit
from tomlkit.items import Table

from narrator.book import Age, Character, CharacterId, Gender
from narrator.sheets.base import FORMAT, Sheet, Words, editable, read_toml, valid
from narrator.whole import write_text


class _CharacterSheet(Sheet):
    name: Words
    aliases: tuple[str, ...] = ()
    gender: Gender | None = None
    age: Age | None = None
    accent: str = ""
    voice: str = ""


class _CastSheet(Sheet):
    format: int = FORMAT
    character: Mapping[str, _CharacterSheet] = {}


def read_cast(path: Path, *, where: str) -> tuple[Character, ...]:
    """The cast in the sheet's order. Raises SheetError."""
    sheet = valid(_CastSheet, read_toml(path, where=where), where)
    return tuple(
        Character(CharacterId(id_), c.name, c.aliases, c.gender, c.age, c.voice, c.accent)
        for id_, c in sheet.character.items()
    )


def write_cast(path: Path, characters: Sequence[Character]) -> None:
    """Write the cast's sheet: new characters are added, known ones get what changed, none is removed."""
    document = editable(path)
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


def rename_character(path: Path, old: CharacterId, new: CharacterId, *, where: str) -> str | None:
    """The cast sheet at `path` with `old` as `new`, comments and order kept; None where it has no `old`.

    The old id, name and aliases stay as aliases, so that who was called so is found again. Where `new` is
    there already it keeps its own voice and facts. Raises SheetError.
    """
    cast = {character.id: character for character in read_cast(path, where=where)}
    if old not in cast:
        return None
    document = editable(path)
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
