"""Voices made from files that lie on the machine where a render runs, and on no node."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from ray.cluster_utils import Cluster
from tests_ray.books import Diary, contents

from commands import Narrator
from narrator.build.crew import carried


@pytest.fixture
def made(make: Callable[..., Path]) -> Path:
    """A production whose voices are made from files beside their sheets."""
    root = make(seconds=0.1)
    for name, hertz in {"low": 150, "high": 330}.items():
        (root / "voices" / f"{name}.model").write_text(str(hertz))
        sheet = f'format = 1\nengine = "copies"\n[settings]\nmodel = "{name}.model"\nseconds = 0.1\n'
        (root / "voices" / f"{name}.toml").write_text(sheet)
    return root


def elsewhere(root: Path) -> dict[str, str]:
    """The environment of a node to whose workers these voices' files are not there."""
    return {"NARRATOR_HIDES": str(root / "voices")}


def rendered_here(root: Path, narrator: Narrator) -> dict[str, bytes]:
    """What this machine makes of the book by itself."""
    alone = root.with_name("alone")
    shutil.copytree(root, alone, ignore=shutil.ignore_patterns("output", ".narrator"))
    assert narrator("-C", alone, "render", "--jobs", 1).code == 0
    return contents(alone)


def test_they_go_through_the_shared_store(
    made: Path,
    narrator: Narrator,
    cluster: Cluster,
    join: Callable[..., object],
    diary: Diary,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    join(1, env_vars=elsewhere(made))
    with monkeypatch.context() as patch:
        patch.setenv("NARRATOR_STORE", f"file://{tmp_path}/shared")
        said = narrator("-C", made, "render", "--on", f"ray://{cluster.address}", "--json")
    assert said.code == 0, said.err
    assert said.document["cluster"]["refused"] == {}
    assert len(list((tmp_path / "shared" / "parts").rglob("*.bin"))) == 2
    monkeypatch.delenv("NARRATOR_STORE", raising=False)
    assert contents(made) == rendered_here(made, narrator)


def test_a_node_without_them_leaves_the_work_to_others(
    made: Path, narrator: Narrator, cluster: Cluster, join: Callable[..., object], diary: Diary
) -> None:
    join(1, env_vars=elsewhere(made))
    join(1)
    said = narrator("-C", made, "render", "--on", f"ray://{cluster.address}", "--json")
    assert said.code == 0, said.err
    (why,) = said.document["cluster"]["refused"].values()
    assert os.uname().nodename in why
    assert ".model' of voice" in why
    assert len(diary.speakers()) == 1
    assert contents(made) == rendered_here(made, narrator)


@pytest.mark.parametrize("most", [None, 2])
def test_where_no_node_has_them_it_is_a_sentence(
    most: int | None,
    made: Path,
    narrator: Narrator,
    cluster: Cluster,
    join: Callable[..., object],
    diary: Diary,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """most: bytes above which nothing is carried through a shared store; None for a store that is none."""
    join(1, env_vars=elsewhere(made))
    if most:
        monkeypatch.setenv("NARRATOR_STORE", f"file://{tmp_path}/shared")
        monkeypatch.setattr(carried, "MOST", most)
    said = narrator("-C", made, "render", "--on", f"ray://{cluster.address}")
    assert said.code == 3, said.err
    assert f"on the node {os.uname().nodename}, the model 'low.model' of voice 'low' is not there" in said.err
    assert "must lie at the same path on each" in " ".join(said.err.split())
    assert "Traceback" not in said.err
    assert len(diary) == 0
