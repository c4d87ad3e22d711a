"""The sheet of chosen takes: which recording a line keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import tomlkit
from pydantic import Field
from tomlkit.items import AoT

from narrator.errors import SheetError
from narrator.sheets.base import FORMAT, Sheet, Words, editable, read_toml, valid
from narrator.whole import write_text


class ChosenTake(Sheet):
    """Which take a line has where it isn't the first.

    The line is the nth of `file` that says `text`; of: how many did when it was chosen, None where that is
    not known: with more or fewer of them another line may be the nth. take: the engine's take of that number;
    key: that very take in the store. A recording made by a person has a key and no number.
    """

    file: Words
    text: Annotated[str, Field(min_length=1)]
    nth: Annotated[int, Field(ge=1)] = 1
    of: Annotated[int, Field(ge=1)] | None = None
    take: Annotated[int, Field(ge=2, le=999)] | None = None
    key: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None

    @property
    def line(self) -> tuple[str, str, int]:
        """What names the line: file, text, occurrence."""
        return self.file, self.text, self.nth


class _TakesSheet(Sheet):
    format: int = FORMAT
    choice: tuple[ChosenTake, ...] = ()


def read_takes(path: Path, *, where: str) -> tuple[ChosenTake, ...]:
    """The chosen takes, none without a sheet. Raises SheetError, also for a line that is chosen for twice."""
    if not path.exists():
        return ()
    choices = valid(_TakesSheet, read_toml(path, where=where), where).choice
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
    document = editable(path)
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
