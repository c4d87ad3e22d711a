"""Faults planted in the demo, as a listener gets it: how many are found of every kind. A clean render has
none.

Takes some minutes: the words of two renders are listened to, drawn with two seeds. `make test-proof` runs it in its own
environment.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from planting import KINDS, Fault, Source, by_kind, findings, found, plant

from narrator.audio import Audio
from narrator.build.loading import load
from narrator.build.plan import plan
from narrator.build.recording import takes
from narrator.ears.whisper import Whisper
from narrator.production import find
from narrator.proof import paces

HERE = Path(__file__).parents[1]
SOUND = ("clipped", "level", "click", "gap", "noise floor", "wrong length")
BEDS = ("bed", "noise floor", "clipped", "level")
WORDS = ("missing", "repeated", "added")
AT_LEAST, IN_ALL, OF_EACH = 200, 0.95, 0.8
OF_A_KIND = 10
ROUNDS = ((WORDS, 5), (WORDS, 500), (SOUND, 20), *((BEDS, seed) for seed in (30, 40, 50, 60)))
"""Kinds, and the seed that draws them."""


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's own production, rendered."""
    root = tmp_path_factory.mktemp("demo")
    for folder in ("script", "voices"):
        shutil.copytree(HERE / folder, root / folder)
    told = narrator(root, "render", "--format", "m4b", "--format", "mp3")
    assert told.returncode == 0, told.stderr
    return root


def narrator(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "narrator", "-C", str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def sources(demo: Path) -> list[Source]:
    book = load(find(demo))
    store, ears = book.production.store, Whisper()
    made = []
    for chapter in plan(book, ("aac",)):
        if chapter.place.name in ("opening", "closing"):
            continue
        spoken: dict[int, Audio] = {
            line: takes.read(store.path("takes", request.key, takes.SUFFIX))
            for line, request in chapter.takes.items()
        }
        made.append(
            Source(
                chapter.place.chapter,
                spoken,
                {line: request.voice.name for line, request in chapter.takes.items()},
                chapter.levels,
                {line: ears.timed(audio) for line, audio in spoken.items() if audio.seconds > 2.0},
            )
        )
    return made


def test_a_clean_render_has_no_fault(demo: Path) -> None:
    told = narrator(demo, "proof", "--json")
    document = json.loads(told.stdout)
    assert document["transcribed"]
    assert [f for f in document["findings"] if not f["note"]] == []
    assert told.returncode == 0
    assert json.loads(narrator(demo, "proof", "--json").stdout)["heard"] == 0


STRANGE = """\
# One
Vlasov stared at the steaming cup as if it were a trick.

Morozov wrote nothing down.

Zhelin turned away from the window.
"""


def test_names_and_titles_are_no_fault(tmp_path: Path) -> None:
    """Whisper writes the names as two words and three, and never a colon."""
    shutil.copytree(HERE / "voices", tmp_path / "voices")
    sheets = {
        "book.toml": 'title = "The Keeper’s Vanished Daughter: The Winter That Shook the Grey Harbour"\n'
        '[[chapter]]\nfile = "one.nar"\n',
        "cast.toml": '[character.narrator]\nname = "Narrator"\nvoice = "wren"\n',
        "one.nar": STRANGE,
    }
    (tmp_path / "script").mkdir()
    for name, text in sheets.items():
        version = "" if name.endswith(".nar") else "format = 1\n"
        (tmp_path / "script" / name).write_text(version + text, encoding="utf-8")
    assert narrator(tmp_path, "render", "--format", "m4b").returncode == 0
    document = json.loads(narrator(tmp_path, "proof", "--json").stdout)
    assert document["transcribed"]
    assert [f for f in document["findings"] if f["code"].startswith("word-")] == []


def test_marks_that_are_off_are_found(demo: Path) -> None:
    """Nero's marks and those of the ID3 tag, each moved alone by 2 to 80 ms."""
    dice = np.random.default_rng(7)
    m4b = next((demo / "output").glob("*.m4b"))
    mp3 = next((demo / "output").glob("*.mp3"))
    for path, move in ((m4b, moved_in_m4b), (mp3, moved_in_mp3)):
        kept = path.read_bytes()
        for mark in range(1, 6):
            by = int(dice.integers(2, 80))
            move(path, mark, by)
            document = json.loads(narrator(demo, "proof", "--sound-only", "--json").stdout)
            faults = [finding for finding in document["findings"] if not finding["note"]]
            assert [finding["code"] for finding in faults] == ["mark"], faults
            assert f"+0.{by:03} s" in faults[0]["what"]
            path.write_bytes(kept)


def moved_in_m4b(path: Path, mark: int, milliseconds: int) -> None:
    """Move a mark of Nero's list: each is 8 bytes of 100 ns, and its title after a byte for its length."""
    data = bytearray(path.read_bytes())
    at = data.index(b"chpl") + 13
    for _ in range(mark):
        at += 9 + data[at + 8]
    moved = int.from_bytes(data[at : at + 8], "big") + 10_000 * milliseconds
    data[at : at + 8] = moved.to_bytes(8, "big")
    path.write_bytes(data)


def moved_in_mp3(path: Path, mark: int, milliseconds: int) -> None:
    """Move a chapter of the ID3 tag."""
    from mutagen.id3 import ID3

    tag = ID3(path)
    chapters = sorted(tag.getall("CHAP"), key=lambda chapter: chapter.start_time)
    chapters[mark].start_time += milliseconds
    tag.save(path)


def test_planted_faults_are_found(sources: list[Source], tmp_path: Path) -> None:
    clean = [plant(source, (), tmp_path, seed=0) for source in sources]
    pace = paces(line for chapter in clean for line in chapter.layout.lines)
    results: list[tuple[Fault, bool]] = []
    for kinds, seed in ROUNDS:
        for place, source in enumerate(sources):
            turn = place % len(kinds)
            planted = plant(source, kinds[turn:] + kinds[:turn], tmp_path, seed=seed + place)
            heard = findings(planted, pace, words=kinds is WORDS)
            results += [(fault, found(fault, heard, planted.layout)) for fault in planted.faults]
    table = list(by_kind(results))
    told = ", ".join(f"{kind} {hit}/{planted}" for kind, planted, hit in table)
    print(f"planted and found: {told}")
    assert {kind for kind, planted, _ in table if planted >= OF_A_KIND} == {*KINDS} - {"mark"}, told
    assert len(results) >= AT_LEAST, told
    assert sum(hit for _, hit in results) >= IN_ALL * len(results), told
    assert all(hit >= OF_EACH * planted for kind, planted, hit in table), told
