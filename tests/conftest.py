"""What tests share: engines that cost nothing, and a small production that uses them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from commands import Narrator, typing

# How fast examples are made says how busy the machine is; benchmarks measure speed, tests do not.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

BOOK = """\
format = 1
title = "The Well"
author = "Nobody"

[[chapter]]
file = "one.nar"

[[chapter]]
file = "two.nar"
speak_title = false
"""
CAST = """\
format = 1
[character.narrator]
name = "Narrator"
voice = "low"
[character.boy]
name = "The boy"
voice = "high"
"""
ONE = """\
# One
[bed light-wind]
The rope was older than the house.

@boy (softly): “Who”\\
—he leaned in—\\
@boy: “goes there?”

“…”
"""
TWO = """\
# Two
Nobody answered him.
---
@boy: “Who goes there?”
It was morning.
"""


@pytest.fixture(autouse=True)
def dated(monkeypatch: pytest.MonkeyPatch) -> None:
    """One day for all tests: a release rendered on another has other bytes."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Path]:
    """Make the small production; keyword arguments replace files ("script/one.nar" as script_one_nar)."""

    def make(**files: str) -> Path:
        root = tmp_path / "production"
        voice = 'format = 1\nengine = "tones"\n[settings]\nhertz = {}\n'
        whole = {
            "script/book.toml": BOOK,
            "script/cast.toml": CAST,
            "script/one.nar": ONE,
            "script/two.nar": TWO,
            "voices/low.toml": voice.format(150),
            "voices/high.toml": voice.format(330),
        }
        whole |= {name.replace("__", "/").replace("_dot_", "."): text for name, text in files.items()}
        for name, text in whole.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return root

    return make


@pytest.fixture
def narrator(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Narrator:
    """Type a command: narrator("-C", root, "render")."""
    return typing(monkeypatch, capsys)


@pytest.fixture
def rendered(make: Callable[..., Path], narrator: Narrator, finished: Path) -> Path:
    """The small production, rendered once and copied for each test: the copy is as fresh as the original."""
    root = make()
    if not finished.exists():
        said = narrator("-C", root, "render", "--jobs", 2)
        assert said.code == 0, said.err
        shutil.copytree(root, finished)
    shutil.rmtree(root)
    shutil.copytree(finished, root)
    return root


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("finished") / "production"
