"""One character under another id everywhere, or two made one: in every chapter and every cast sheet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from narrator import script
from narrator.book import NARRATOR, CharacterId
from narrator.errors import ProductionError, ScriptError, UsageError
from narrator.production import Production
from narrator.sheets import read_cast, rename_character
from narrator.whole import write_text


@dataclass(frozen=True, slots=True)
class Renamed:
    """What a rename changed: the files, how many lines of the script, and whether two became one."""

    files: tuple[Path, ...]
    lines: int
    merged: bool


def rename(production: Production, old: CharacterId, new: CharacterId, *, merge: bool = False) -> Renamed:
    """Make @old @new in every chapter file and in every cast sheet, or write nothing where anything is wrong.

    merge: `new` is in the cast already; it gets the lines of `old`, its names as aliases, and keeps its own
    voice. What a later import finds under the old name goes to the new one: the old id and name stay as
    aliases. Raises UsageError, and ScriptError where a chapter does not parse.
    """
    sheets = sorted(production.script.glob("cast*.toml"))
    known = {c.id for sheet in sheets for c in read_cast(sheet, where=production.where(sheet))}
    _refuse(old, new, known, merge=merge, where=production.where(production.cast_sheet))
    texts: dict[Path, str] = {}
    lines = 0
    for path in sorted(production.script.glob("*.nar")):
        text, count = script.rename_in(_text(production, path), old, new, where=production.where(path))
        lines += count
        if count:
            texts[path] = text
    if not lines and old not in known:
        raise ProductionError(f"nobody is called @{old} here.", hint="Type `narrator cast` to see who is.")
    for sheet in sheets:
        changed = rename_character(sheet, old, new, where=production.where(sheet))
        if changed is not None:
            texts[sheet] = changed
    for path, text in texts.items():
        write_text(path, text)
    return Renamed(tuple(texts), lines, merged=new in known)


def _text(production: Production, path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise ScriptError(f"cannot be read ({error.strerror}).", where=production.where(path)) from error
    except UnicodeDecodeError as error:
        raise ScriptError(
            "is not UTF-8 text.", where=production.where(path), hint="Save it as UTF-8."
        ) from error


def _refuse(old: CharacterId, new: CharacterId, known: set[CharacterId], *, merge: bool, where: str) -> None:
    if not script.is_id(new):
        raise UsageError(
            f"“{new}” cannot name a character.", hint="An id is letters, digits and hyphens, as in cast.toml."
        )
    if old == new:
        raise UsageError(f"@{old} is @{new} already.", hint="Type `narrator rename OLD NEW`.")
    if old == NARRATOR:
        raise UsageError("the narrator keeps that id.", hint="Change his name in cast.toml instead.")
    if (new in known or new == NARRATOR) and not merge:
        raise UsageError(
            f"@{new} is in {where} already.",
            hint=f"To make the two one, type `narrator rename {old} {new} --merge`.",
        )
    if merge and new not in known and new != NARRATOR:
        raise UsageError(f"nobody is called @{new} here.", hint=f"Type `narrator rename {old} {new}`.")
