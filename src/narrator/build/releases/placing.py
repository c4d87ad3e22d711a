"""A release put into its place: all of its files, or none of them.

New files are completed in a folder of their own, on the releases' disk. Then a journal says which of them
goes where, what goes away, and what the ledger will say; then they are moved. Who is killed among the moves
leaves the journal, and the next render finishes what it says. A move that fails puts back what stood.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from errno import EISDIR
from pathlib import Path
from typing import Final

from narrator.errors import RenderError
from narrator.production import Production
from narrator.whole import cannot_write, write_bytes, write_text

_GONE: Final = "old"
"""How the name of a file begins that stood before, kept until all moves are done."""


@dataclass(frozen=True, slots=True)
class Journal:
    """What is left to do.

    moves: a staged file's name, and the place it goes to. gone: files of the last release that the new one no
    longer has. ledger: the text of the new ledger.
    """

    moves: Mapping[str, Path]
    gone: Sequence[Path]
    ledger: str


@contextmanager
def staging(production: Production) -> Iterator[Path]:
    """A folder on the releases' own disk, in which new files are completed before any old one is touched.

    It goes when the block ends, unless what stands in it could neither be moved nor the old put back.
    """
    folder = production.staging
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    except OSError as error:
        raise cannot_write(production.output, error) from error
    try:
        yield folder
    finally:
        if not production.journal.exists():
            shutil.rmtree(folder, ignore_errors=True)


def put(production: Production, journal: Journal) -> None:
    """Move what is staged into its places, and write the ledger. Raises RenderError where something cannot be
    moved or written: what stood before stands then."""
    moves = {name: production.where(path) for name, path in journal.moves.items()}
    gone = [production.where(path) for path in journal.gone]
    value = {"moves": moves, "gone": gone, "ledger": journal.ledger}
    try:
        write_text(production.journal, json.dumps(value, ensure_ascii=False, indent=1))
    except RenderError:
        production.journal.unlink(missing_ok=True)
        raise
    _carry_out(production, journal)


def half_placed(production: Production) -> bool:
    """Whether somebody was killed while a release was put into its place."""
    return production.journal.exists()


def finish(production: Production) -> None:
    """Finish what a killed render left half placed; without a journal, nothing. For who holds the production.

    A journal that cannot be read, or that leads out of the releases' folder, is none of ours and goes away
    with its folder: the next render makes what is missing. Raises RenderError as `put`.
    """
    if not half_placed(production):
        return
    if journal := _read(production):
        _carry_out(production, journal)
    shutil.rmtree(production.staging, ignore_errors=True)


def _read(production: Production) -> Journal | None:
    try:
        value = json.loads(production.journal.read_bytes())
        moves = {str(name): production.root / path for name, path in value["moves"].items()}
        gone = [production.root / path for path in value["gone"]]
        ledger = str(value["ledger"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    named = all(name == Path(name).name and name[:1] not in ("", ".") for name in moves)
    inside = all(production.releases(path) for path in (*moves.values(), *gone))
    return Journal(moves, gone, ledger) if named and inside else None


def _carry_out(production: Production, journal: Journal) -> None:
    steps = [*journal.moves.items(), *(("", path) for path in journal.gone)]
    kept = [production.staging / f"{_GONE}{number}" for number in range(len(steps))]
    ledger = production.released.read_bytes() if production.released.exists() else b""
    try:
        for (name, path), old in zip(steps, kept, strict=True):
            _step(production, name, path, old)
        enter(production, journal.ledger)
    except Exception:
        # Not at Ctrl-C: then the journal stands, and the next render goes on.
        for (name, path), old in reversed(list(zip(steps, kept, strict=True))):
            _undo(production, name, path, old)
        if ledger and production.released.read_bytes() != ledger:
            write_bytes(production.released, ledger)
        _forget(production)
        raise
    _forget(production)


def _forget(production: Production) -> None:
    try:
        production.journal.unlink()
    except OSError as error:
        raise cannot_write(production.journal, error) from error


def _step(production: Production, name: str, path: Path, old: Path) -> None:
    """Keep what stands at `path` as `old`, and move the staged file there. Done already, it does nothing."""
    part = production.staging / name
    try:
        if name and not part.exists():
            return
        if path.is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
        if not name:
            if path.exists():
                path.replace(old)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not old.exists():
            _link(path, old)
        part.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error


def _link(path: Path, old: Path) -> None:
    """A second name for the file, so that its place is never empty; where the disk knows no such thing, it
    is moved."""
    try:
        os.link(path, old)
    except OSError:
        path.replace(old)


def _undo(production: Production, name: str, path: Path, old: Path) -> None:
    """Put back what stood at `path`."""
    part = production.staging / name
    try:
        if name and not part.exists():
            path.replace(part)
        if old.exists():
            old.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error


def enter(production: Production, text: str) -> None:
    """Write the ledger, where it says anything new. Raises RenderError."""
    known = production.released.read_bytes() if production.released.exists() else None
    if known != text.encode():
        write_text(production.released, text)
