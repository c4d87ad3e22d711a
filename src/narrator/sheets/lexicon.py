"""The lexicon's sheet: how words are said, by everybody or by one character."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import tomlkit
from pydantic import Field, model_validator

from narrator.book import CharacterId, Reading
from narrator.sheets.base import FORMAT, Sheet, Words, editable, read_toml, valid
from narrator.whole import write_text

Readings: TypeAlias = Mapping[str, str | Reading]
"""word -> how it is said: as typed, a respelling or /phonemes/, or with what else is known of it."""


class _ReadingSheet(Sheet):
    typed: Words | None = None
    say: Words | None = None
    phonemes: Words | None = None
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


_Readings = Mapping[Words, _ReadingSheet]


class _LexiconSheet(Sheet):
    format: int = FORMAT
    words: _Readings = Field(default_factory=dict)
    character: Mapping[str, _Readings] = Field(default_factory=dict)


def read_lexicon(path: Path, *, where: str) -> tuple[Readings, Mapping[CharacterId, Readings]]:
    """Everybody's words, and those of single characters. Raises SheetError."""
    sheet = valid(_LexiconSheet, read_toml(path, where=where), where)
    own = {CharacterId(who): _readings(words) for who, words in sheet.character.items()}
    return _readings(sheet.words), own


def _readings(words: _Readings) -> Readings:
    return {
        word: sheet.typed
        or Reading(sheet.say, sheet.phonemes and sheet.phonemes.strip("/"), sheet.case, sheet.whole)
        for word, sheet in words.items()
    }


def write_lexicon(path: Path, words: Mapping[str, Reading]) -> tuple[str, ...]:
    """Add words to the lexicon's sheet; those that stand there stay as they are. The words added."""
    document = editable(path)
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
