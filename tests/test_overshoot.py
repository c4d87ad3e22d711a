"""What an encoder adds to peaks: the chapter is limited again with as much more room, or the render says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from commands import Narrator
from narrator.errors import MasterError
from narrator.mastering import SPECS, hearing

SPIKES = 'format = 1\nengine = "spikes"\n'


def encoded(root: Path) -> list[dict[str, Any]]:
    """The records of all AAC chapters: what they were made of, and what came out."""
    records = [json.loads(p.read_bytes()) for p in sorted((root / ".narrator/chapters").rglob("*.json"))]
    return [record for record in records if record["facts"]["encoder"]["encoder"] == "aac"]


@pytest.fixture
def spiky(make: Callable[..., Path]) -> Path:
    return make(voices__low_dot_toml=SPIKES, voices__high_dot_toml=SPIKES)


def test_a_chapter_over_its_ceiling_is_limited_again_with_more_room(spiky: Path, narrator: Narrator) -> None:
    said = narrator("-C", spiky, "render")
    assert said.code == 0, said.err
    ceiling = SPECS["house"].ceiling
    rooms = [record["made"]["master"]["adjustment"]["room"] for record in encoded(spiky)]
    assert max(rooms) > 0, "the sound no longer provokes an overshoot: the test is void"
    assert all(record["made"]["check"]["true_peak"] <= ceiling for record in encoded(spiky))
    released = {path.name: path.read_bytes() for path in (spiky / "output").glob("*.m*")}
    assert narrator("-C", spiky, "render", "--json").document["written"] == []
    for made in (".narrator", "output"):
        (spiky / made).rename(spiky / f"old{made}")
    assert narrator("-C", spiky, "render", "--jobs", 1).code == 0
    assert {path.name: path.read_bytes() for path in (spiky / "output").glob("*.m*")} == released


def test_adjustments_are_bounded_and_a_miss_says_by_how_much() -> None:
    over = hearing.Hearing("house", {}, ("its true peak is -0.60 dBTP, 0.90 dB over the ceiling",), over=0.9)
    tries = [hearing.Adjustment()]
    while more := over.adjusted(tries[-1]):
        tries.append(more)
    assert [t.room for t in tries] == [0.0, 1.0, 2.0, hearing.MOST_ROOM]
    with pytest.raises(MasterError, match=r"misses “house”: its true peak .* 0\.90 dB over"):
        over.demand()
    soft = hearing.Hearing("house", {}, (), away=-0.4)
    assert soft.adjusted(hearing.Adjustment()) == hearing.Adjustment(trim=0.4, tries=1)
    assert soft.adjusted(hearing.Adjustment(trim=hearing.MOST_TRIM)) is None
    right = hearing.Hearing("house", {}, ())
    assert right.adjusted(hearing.Adjustment()) is None
    right.demand()
