"""Whatever stops a render, the next one goes on where it was and ends with the same bytes.

NARRATOR_KILLS=100 python -m pytest tests/test_survival.py    kills a hundred renders at random moments
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commands import Narrator, start

# Without figures, which would be written out before they are said and make this slow.
LINES = "\n".join(f"The bell of {a}{b} was heard on the hill." for a in "bdfgklmn" for b in "aeiouy")
LONG = f"# Two\n{LINES}\n"


@pytest.fixture
def undisturbed(
    make: Callable[..., Path], narrator: Narrator, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, bytes]:
    """The files of a render that nothing stopped."""
    kept = tmp_path_factory.getbasetemp() / "undisturbed"
    if not kept.exists():
        root = make(script__two_dot_nar=LONG)
        assert narrator("-C", root, "render", "--format", "m4b").code == 0
        shutil.move(root / "output", kept)
        shutil.rmtree(root)
    return contents(kept)


def contents(output: Path) -> dict[str, bytes]:
    """The files of a release, without the report: it tells of the render, not of the book."""
    files = (p for p in sorted(output.rglob("*")) if p.is_file() and p.name != "report.json")
    return {str(p.relative_to(output)): p.read_bytes() for p in files}


def takes(root: Path) -> dict[str, bytes]:
    """The finished takes in the store."""
    found = (root / ".narrator" / "takes").rglob("*.json")
    return {p.stem: p.with_suffix(".wav").read_bytes() for p in found if not p.name.startswith(".part")}


def when(root: Path, number: int, process: subprocess.Popen[str]) -> None:
    """Wait until so many takes are recorded, or the process has ended."""
    while len(list((root / ".narrator" / "takes").rglob("*.json"))) < number and process.poll() is None:
        time.sleep(0.005)


def end(process: subprocess.Popen[str]) -> None:
    """Kill a process, and that one alone: its workers must find out themselves."""
    process.kill()
    process.communicate()


def alive(group: int) -> Iterator[str]:
    """The processes of a group that still run."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, process_group = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(process_group) == group and state != "Z":
            yield stat.parent.name


def goes_on(root: Path, narrator: Narrator, undisturbed: dict[str, bytes]) -> None:
    """Render again: what is there stays, what is missing is made, and the book is the undisturbed one."""
    before = takes(root)
    told = narrator("-C", root, "render", "--format", "m4b", "--json").document
    after = takes(root)
    assert told["takes_recorded"] + len(before) == len(after)
    assert {key: after[key] for key in before} == before
    assert contents(root / "output") == undisturbed
    assert not list(root.rglob(".part*"))


def test_killed_at_random_moments(
    make: Callable[..., Path], narrator: Narrator, undisturbed: dict[str, bytes]
) -> None:
    dice, length = random.Random(11), 4.0
    root = make(script__two_dot_nar=LONG)
    for _ in range(int(os.environ.get("NARRATOR_KILLS", "1"))):
        with start(root, "render", "--format", "m4b", "--jobs", 2) as process:
            moment = dice.uniform(0.0, length)
            try:
                process.wait(timeout=moment)
                length = moment  # it had ended by then: later kills are to hit it
            except subprocess.TimeoutExpired:
                end(process)
                length *= 1.02
        goes_on(root, narrator, undisturbed)
        shutil.rmtree(root / ".narrator")
        shutil.rmtree(root / "output")


def test_killed_while_it_records(
    make: Callable[..., Path], narrator: Narrator, undisturbed: dict[str, bytes]
) -> None:
    root = make(script__two_dot_nar=LONG)
    with start(root, "render", "--format", "m4b", "--jobs", 1) as process:
        when(root, 12, process)
        end(process)
    assert 12 <= len(takes(root)) < 48
    assert not list((root / "output").rglob("*.m4b"))
    goes_on(root, narrator, undisturbed)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see who runs")
def test_no_worker_outlives_a_killed_render(make: Callable[..., Path]) -> None:
    root = make(script__two_dot_nar=LONG)
    with start(root, "render", "--format", "m4b", "--jobs", 2) as process:
        when(root, 5, process)
        assert len(list(alive(process.pid))) >= 3
        end(process)
        deadline = time.monotonic() + 60
        while list(alive(process.pid)) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not list(alive(process.pid))


def test_ctrl_c_stops_at_once_and_keeps_what_is_there(
    make: Callable[..., Path], narrator: Narrator, undisturbed: dict[str, bytes]
) -> None:
    root = make(script__two_dot_nar=LONG)
    with start(root, "render", "--format", "m4b", "--jobs", 2) as process:
        when(root, 12, process)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: everybody gets it
        _, err = process.communicate()
    assert process.returncode == 130
    assert "stopped" in err
    assert "Traceback" not in err
    goes_on(root, narrator, undisturbed)


def test_the_script_may_be_edited_while_it_renders(
    make: Callable[..., Path], narrator: Narrator, undisturbed: dict[str, bytes]
) -> None:
    root = make(script__two_dot_nar=LONG)
    with start(root, "render", "--format", "m4b", "--jobs", 1) as process:
        when(root, 5, process)
        (root / "script" / "two.nar").write_text("# Two\nNothing is as it was.\n")
        (root / "voices" / "low.toml").write_text("not a voice any more")
        _, err = process.communicate()
    assert process.returncode == 0, err
    assert contents(root / "output") == undisturbed
    make(script__two_dot_nar="# Two\nNothing is as it was.\n")
    told = narrator("-C", root, "render", "--format", "m4b", "--json").document
    assert told["takes_recorded"] == 1
    lines = json.loads((root / "output" / "timeline.json").read_text())["lines"]
    assert "Nothing is as it was." in [line["text"] for line in lines]
