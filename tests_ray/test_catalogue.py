"""Many productions over one cluster."""

from __future__ import annotations

import json
import os
import shutil
import time

import pytest
from tests_ray.books import contents

from narrator.build import catalogue
from narrator.build.catalogue import Done, Outcome, join
from narrator.build.rendering import Order
from narrator.errors import RenderError


def join_together(done: Done, order: Order) -> Outcome:
    """No book is joined before two are about to be."""
    root = done.book.production.root
    (root / "about").write_text("to be joined")
    deadline = time.monotonic() + 60
    while len(list(root.parent.glob("*/about"))) < 2:
        if time.monotonic() > deadline:
            raise RenderError("nobody else was joined at that time")
        time.sleep(0.02)
    return join(done, order)


def test_on_a_cluster_books_are_joined_several_at_once(
    make, narrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "join", join_together)
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    folder = make("all/anna").parent
    make("all/bert")
    said = narrator("render", "--all", folder, "--on", "ray", "--jobs", 1, "--json", "--format", "mp3")
    assert said.code == 0, said.err
    assert said.document["made"] == 2


def test_all_productions_are_made_in_turn_and_a_failure_stops_nobody(
    make, narrator, cluster, join, diary
) -> None:
    join(2)
    for name in ("all/anna", "all/bert", "all/carl"):
        make(name, seconds=0.05)
    wrong = make("all/dora")
    (wrong / "script" / "two.nar").write_text("@nobody: Hm.\n")
    poisoned = make("all/emil", extra="A poison line.")
    folder = wrong.parent
    said = narrator("render", "--all", folder, "--on", f"ray://{cluster.address}", "--json")
    assert said.code == 4, said.err
    told = said.document
    states = {name: what["state"] for name, what in told["productions"].items()}
    assert states == {"anna": "made", "bert": "made", "carl": "made", "dora": "failed", "emil": "incomplete"}
    assert "two.nar" in told["productions"]["dora"]["error"]["where"]
    assert told["productions"]["emil"]["findings"][0]["where"] == "script/one.nar:10"
    assert json.loads((folder / "catalogue.json").read_text()) == told
    assert told["cluster"]["workers"] <= 5
    # Fair: the third begins long before the first has ended.
    order = [entry.read_text() for entry in diary.entries()]
    assert max(diary.said().values()) <= 5
    assert len(order) > 40
    alone = folder.parent / "alone" / "anna"
    shutil.copytree(folder / "anna", alone, ignore=shutil.ignore_patterns("output", ".narrator"))
    assert narrator("-C", alone, "render", "--jobs", 1).code == 0
    assert contents(alone) == contents(folder / "anna")
    # Again, with one mended: it alone is made.
    script = poisoned / "script" / "one.nar"
    script.write_text(script.read_text().replace("A poison line.", ""))
    shutil.rmtree(wrong)
    again = narrator("render", "--all", folder, "--on", f"ray://{cluster.address}", "--json")
    assert again.code == 0, again.err
    states = {name: what["state"] for name, what in again.document["productions"].items()}
    assert states == {"anna": "current", "bert": "current", "carl": "current", "emil": "made"}
