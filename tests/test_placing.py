"""A release is put into its place whole or not at all, wherever that is broken off."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from commands import Narrator
from narrator.build.releases import placing
from narrator.build.releases.placing import Journal, finish, half_placed, put, staging
from narrator.errors import RenderError
from narrator.production import Production

OLD = {"book.m4b": b"old book", "book.mp3": b"old mp3", "chapters/01 One.mp3": b"old one"}
NEW = {"book.m4b": b"new book", "book.mp3": b"new mp3", "chapters/01 Two.mp3": b"two"}


class Killed(BaseException):
    """SIGKILL, as far as files are concerned: nobody mends anything."""


def standing(production: Production) -> dict[str, bytes]:
    """The release and its ledger; what is being worked on is left out."""
    files = {
        str(p.relative_to(production.output)): p.read_bytes()
        for p in production.output.rglob("*")
        if p.is_file() and production.staging not in p.parents
    }
    return files | {"ledger": production.released.read_bytes()}


@pytest.fixture
def old(tmp_path: Path) -> Production:
    production = Production(tmp_path)
    for name, data in OLD.items():
        path = production.output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    production.store.root.mkdir()
    production.released.write_bytes(b"old ledger")
    return production


def place(production: Production) -> None:
    with staging(production) as folder:
        for number, data in enumerate(NEW.values()):
            (folder / f"{number}").write_bytes(data)
        moves = {f"{number}": production.output / name for number, name in enumerate(NEW)}
        put(production, Journal(moves, [production.output / "chapters/01 One.mp3"], "new ledger"))


def breaking(monkeypatch: pytest.MonkeyPatch, at: int, error: BaseException) -> None:
    """From now on the call number `at` that moves, links or deletes a file raises, and no other."""
    calls = count()

    def wrap(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            gone = "missing_ok" in kwargs  # a temporary file that was renamed before
            if not gone and next(calls) == at:
                raise error
            return real(*args, **kwargs)

        return call

    monkeypatch.setattr(Path, "replace", wrap(Path.replace))
    monkeypatch.setattr(Path, "unlink", wrap(Path.unlink))
    monkeypatch.setattr(os, "link", wrap(os.link))


def test_a_release_is_put_in_place(old: Production) -> None:
    place(old)
    assert standing(old) == NEW | {"ledger": b"new ledger"}
    assert not old.staging.exists()


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("at", range(14))
def test_killed_at_any_step_it_is_finished_by_the_next(
    old: Production, monkeypatch: pytest.MonkeyPatch, at: int, links: bool
) -> None:
    before = standing(old)
    with monkeypatch.context() as patch:
        if not links:  # as on a memory card
            patch.setattr(placing, "_link", lambda path, kept: path.replace(kept))
        breaking(patch, at, Killed())
        try:
            place(old)
        except Killed:
            half = half_placed(old)
            assert half or standing(old) in (before, NEW | {"ledger": b"new ledger"})
    if half_placed(old):
        finish(old)
        assert standing(old) == NEW | {"ledger": b"new ledger"}
        assert not old.staging.exists()


@pytest.mark.parametrize("at", range(14))
def test_a_step_that_fails_puts_back_what_stood(
    old: Production, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    before = standing(old)
    with monkeypatch.context() as patch:
        breaking(patch, at, OSError(28, "No space left on device"))
        try:
            place(old)
        except RenderError:
            assert half_placed(old) or standing(old) == before
        else:
            assert standing(old) == NEW | {"ledger": b"new ledger"}
            return
    if half_placed(old):  # the very last step failed: all is new
        assert standing(old) == NEW | {"ledger": b"new ledger"}
    else:
        assert not old.staging.exists()
    place(old)
    assert standing(old) == NEW | {"ledger": b"new ledger"}


def test_an_obstacle_in_a_files_place_leaves_the_last_release(old: Production) -> None:
    (old.output / "book.mp3").unlink()
    (old.output / "book.mp3" / "in the way").mkdir(parents=True)
    before = standing(old)
    with pytest.raises(RenderError, match="cannot be written"):
        place(old)
    assert standing(old) == before
    shutil.rmtree(old.output / "book.mp3")
    place(old)
    assert standing(old) == NEW | {"ledger": b"new ledger"}


@pytest.mark.parametrize(
    "journal",
    [
        b"",
        b"[]",
        b'{"moves": {"../../script": "output/book.m4b"}, "gone": [], "ledger": ""}',
        b'{"moves": {"..": "output/book.m4b"}, "gone": [], "ledger": ""}',
        b'{"moves": {"0": "output/../precious"}, "gone": [], "ledger": ""}',
        b'{"moves": {}, "gone": ["/etc/hostname"], "ledger": ""}',
        b'{"moves": {}, "gone": ["precious"], "ledger": ""}',
    ],
)
def test_a_journal_that_leads_elsewhere_moves_nothing(old: Production, journal: bytes) -> None:
    precious = old.root / "precious"
    precious.write_bytes(b"mine")
    before = standing(old)
    old.staging.mkdir()
    (old.staging / "0").write_bytes(b"theirs")
    old.journal.write_bytes(journal)
    finish(old)
    assert (standing(old), precious.read_bytes()) == (before, b"mine")
    assert not old.staging.exists()


def test_a_render_finishes_what_a_killed_one_left(
    rendered: Path, narrator: Narrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = rendered / "script" / "two.nar"
    two.write_text(two.read_text().replace("# Two", "# The Second"))
    with monkeypatch.context() as patch:
        patch.setattr(placing, "enter", lambda *_: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            narrator("-C", rendered, "render")
    assert half_placed(Production(rendered))
    two.write_text(two.read_text().replace("# The Second", "# Two"))
    told = narrator("-C", rendered, "render", "--json").document
    assert told["takes_recorded"] == told["chapters"]["mixed"] == 0
    names = sorted(p.name for p in (rendered / "output" / "chapters").iterdir())
    assert "02 Two.mp3" in names
    assert "02 The Second.mp3" not in names
    files = json.loads((rendered / ".narrator" / "released.json").read_text())["files"]
    assert all((rendered / name).stat().st_size == size for name, (_, (size, _)) in files.items())
