"""Many productions over one cluster."""

from __future__ import annotations

import json
import shutil

from tests_ray.books import contents


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
