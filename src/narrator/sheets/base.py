"""What all sheets have in common: formats, what they refuse, and documents that keep an editor's comments."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import tomlkit
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from narrator.errors import SheetError

FORMAT: Final = 1
"""The newest format of the sheets that this narrator reads."""

Words = Annotated[str, Field(min_length=1, max_length=500)]


class Sheet(BaseModel):
    """A sheet or a part of one: frozen, and without keys that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


S = TypeVar("S", bound=Sheet)


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
    for key in _nul(table):
        raise SheetError(f"“{key}” holds a NUL character.", where=where, hint="Delete its \\u0000.")
    version = table.get("format", FORMAT)
    if not isinstance(version, int) or version > FORMAT:
        raise SheetError(
            f"has format {version}; this narrator knows {FORMAT}.",
            where=where,
            hint="Type `pip install --upgrade narrator`.",
        )
    return table


def _nul(value: object, key: str = "") -> Iterator[str]:
    """The keys of texts in which a NUL character stands, or of which one is part."""
    match value:
        case str() if "\0" in value:
            yield key.replace("\0", "")
        case dict():
            for name, inner in value.items():
                place = f"{key}.{name}" if key else name
                yield from _nul(name, place)
                yield from _nul(inner, place)
        case list():
            for number, inner in enumerate(value, 1):
                yield from _nul(inner, f"{key}.{number}")


def valid(model: type[S], table: Mapping[str, Any], where: str) -> S:
    """The table as a sheet. Raises SheetError, placed at `where`, with the first key that is wrong."""
    try:
        return model.model_validate(table)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part + 1 if isinstance(part, int) else part) for part in first["loc"])
        said = {"extra_forbidden": "is not a key of this sheet", "missing": "is missing"}
        message = first["msg"].removeprefix("Value error, ")
        what = said.get(first["type"], f"{message[:1].lower()}{message[1:]}")
        raise SheetError(
            f"“{key}” {what}.", where=where, hint="docs/sheets.md lists every key and its values."
        ) from error


def editable(path: Path) -> tomlkit.TOMLDocument:
    """The sheet as its editor wrote it, to be changed and written back; empty where there is none."""
    return tomlkit.parse(path.read_text(encoding="utf-8")) if path.exists() else tomlkit.document()
