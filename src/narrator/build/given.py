"""A list of characters that a producer gives to the mark-up: a cast sheet, or JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, field_validator

from narrator.book import Character, CharacterId, Gender
from narrator.errors import SheetError
from narrator.sheets import read_cast

_GENDERS: dict[str, Gender] = {"m": "male", "male": "male", "f": "female", "female": "female"}
_HINT = 'Write [{"name": "Ann Weir", "aliases": ["Ann"], "gender": "F"}], or give a cast.toml.'
_MOST = 10_000_000


class _Given(BaseModel):
    """One character; keys that say more than is needed are let pass."""

    model_config = ConfigDict(extra="ignore")

    name: str
    aliases: tuple[str, ...] = ()
    gender: Literal["male", "female"] | None = None

    @field_validator("gender", mode="before")
    @classmethod
    def _short(cls, value: object) -> Gender | None:
        return _GENDERS.get(value.lower()) if isinstance(value, str) else None

    @field_validator("name")
    @classmethod
    def _some(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("a name is empty")
        return value


def read_characters(path: Path) -> tuple[Character, ...]:
    """The characters of a cast sheet (`.toml`), or of JSON: a list of them, or a document with `characters`.

    Raises SheetError.
    """
    where = str(path)
    try:
        if path.suffix == ".toml":
            return read_cast(path, where=where)
        if path.stat().st_size > _MOST:
            raise SheetError("is too long for a list of characters.", where=where, hint=_HINT)
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        listed = document.get("characters") if isinstance(document, dict) else document
        found = TypeAdapter(tuple[_Given, ...]).validate_python(listed)
    except FileNotFoundError as error:
        raise SheetError("there is no such file.", where=where, hint="Check the name.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SheetError("cannot be read.", where=where, hint=_HINT) from error
    except (json.JSONDecodeError, RecursionError, ValidationError) as error:
        raise SheetError("is no list of characters.", where=where, hint=_HINT) from error
    if not found:
        raise SheetError("names no character.", where=where, hint=_HINT)
    return tuple(
        Character(CharacterId(str(number)), one.name, one.aliases, one.gender)
        for number, one in enumerate(found)
    )
