"""Clusters of several nodes on this machine, and productions whose engine takes its time and keeps a diary."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"  # all nodes on the loopback: read when ray is imported

import ray
from ray.cluster_utils import Cluster
from tests_ray.books import Diary

from commands import Narrator, typing

TESTS = Path(__file__).parents[1] / "tests"

BOOK = """\
format = 1
title = "{title}"
author = "Nobody"
[[chapter]]
file = "one.nar"
[[chapter]]
file = "two.nar"
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
VOICE = 'format = 1\nengine = "waits"\n[settings]\nhertz = {}\nseconds = {}\n'
SAID = [
    f"The {thing} {does}."
    for thing in ("rope", "well", "moon", "road")
    for does in ("fell", "rose", "hid", "sang")
]


@pytest.fixture(scope="session", autouse=True)
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the nodes' processes inherit: the fake engines, one day for all, a cache of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(TESTS / "plugins"), str(TESTS)]))
        patch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("NARRATOR_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("NARRATOR_DIARY", str(tmp_path_factory.mktemp("diary")))
        yield


@pytest.fixture
def diary() -> Diary:
    kept = Diary()
    kept.clear()
    return kept


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Path]:
    """Make a production of two chapters. seconds: what a line takes; sheet: more of book.toml, voice: of a voice."""

    def make(
        name: str = "book",
        *,
        seconds: float = 0.0,
        sheet: str = "",
        voice: str = "",
        extra: str = "",
        engine: str = "",
    ) -> Path:
        root = tmp_path / name
        head, rest = BOOK.format(title=name.title()).split("[[", 1)
        lines = [f"@boy: “{text}”" if n % 3 == 1 else text for n, text in enumerate(SAID)]
        files = {
            "script/book.toml": f"{head}{sheet}\n[[{rest}",
            "script/cast.toml": CAST,
            "script/one.nar": "# One\n" + "\n".join(lines[:8]) + f"\n{extra}\n",
            "script/two.nar": "# Two\n[bed light-wind]\n" + "\n".join(lines[8:]) + "\n",
            "voices/low.toml": VOICE.format(150, seconds).replace("[settings]", f"{voice}\n[settings]"),
            "voices/high.toml": VOICE.format(330, seconds).replace("[settings]", f"{voice}\n[settings]"),
        }
        for file, text in files.items():
            path = root / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace('"waits"', f'"{engine}"') if engine else text, encoding="utf-8")
        return root

    return make


@pytest.fixture
def narrator(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Narrator:
    """Type a command: narrator("-C", root, "render")."""
    return typing(monkeypatch, capsys)


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A cluster whose first node has no cores: it can lose all others and still be asked."""
    with_head = Cluster(
        initialize_head=True,
        head_node_args={"num_cpus": 0, "object_store_memory": 80 * 1024 * 1024, "include_dashboard": False},
    )
    yield with_head
    ray.shutdown()
    with_head.shutdown()


@pytest.fixture
def join(cluster: Cluster) -> Callable[..., object]:
    """Let a node of so many cores join."""

    def join(cores: int = 1, **what: object) -> object:
        return cluster.add_node(num_cpus=cores, object_store_memory=80 * 1024 * 1024, **what)

    return join
