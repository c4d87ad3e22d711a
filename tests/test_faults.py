"""Damage, full disks, hanging workers, clocks: each is found, said in a sentence, and costs nothing that was made."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commands import Narrator, start

BROKEN = 'format = 1\nengine = "broken"\n[settings]\nreturns = "{}"\n'


def contents(root: Path) -> dict[str, bytes]:
    files = (p for p in sorted((root / "output").rglob("*")) if p.is_file() and p.name != "report.json")
    return {str(p.relative_to(root)): p.read_bytes() for p in files}


def take_of(root: Path, text: str) -> Path:
    lines = json.loads((root / "output" / "timeline.json").read_text())["lines"]
    take = next(line["take"] for line in lines if line["text"] == text)
    return root / ".narrator" / "takes" / take[:2] / f"{take}.wav"


def one_sentence(err: str) -> str:
    told = [line for line in err.strip().split("\n") if line.startswith("narrator: ")]
    assert len(told) == 1, err
    assert "Traceback" not in err
    assert len(told[0]) < 500
    return told[0]


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-500])


def empty(path: Path) -> None:
    path.with_suffix(".json").write_bytes(b"")


@pytest.mark.parametrize("damage", [flip, cut, empty])
def test_a_damaged_take_is_recorded_again_and_said(
    rendered: Path, narrator: Narrator, damage: Callable[[Path], None]
) -> None:
    before, take = contents(rendered), take_of(rendered, "It was morning.")
    sound = take.read_bytes()
    damage(take)
    shutil.rmtree(rendered / ".narrator" / "chapters")
    said = narrator("-C", rendered, "render", "--json")
    assert said.code == 0, said.err
    assert said.document["takes_recorded"] == 1
    assert said.document["mended"] == ["script/two.nar:5"]
    assert take.read_bytes() == sound
    assert contents(rendered) == before


def test_a_damaged_choice_is_an_error(rendered: Path, narrator: Narrator) -> None:
    narrator("-C", rendered, "retake", "2:5", "--takes", 2)
    narrator("-C", rendered, "retake", "2:5", "--keep", 2)
    assert narrator("-C", rendered, "render").code == 0
    flip(take_of(rendered, "It was morning."))
    shutil.rmtree(rendered / ".narrator" / "chapters")
    said = narrator("-C", rendered, "render")
    assert said.code == 1
    assert "script/two.nar:5: the chosen take of this line is damaged" in one_sentence(said.err)
    assert narrator("-C", rendered, "retake", "2:5", "--takes", 2).code == 0
    assert narrator("-C", rendered, "render").code == 0


def test_a_damaged_chapter_does_not_get_into_a_release(rendered: Path, narrator: Narrator) -> None:
    before = contents(rendered)
    for path in (rendered / ".narrator" / "chapters").rglob("*.[am][ap][c3]"):
        flip(path)
    shutil.rmtree(rendered / "output")
    told = narrator("-C", rendered, "render", "--json").document
    assert told["takes_recorded"] == 0
    assert len(told["mended"]) == 4
    assert contents(rendered) == before


def test_an_engines_pages_become_one_sentence(rendered: Path, narrator: Narrator) -> None:
    (rendered / "voices" / "high.toml").write_text(BROKEN.format("pages"))
    said = narrator("-C", rendered, "render", "--jobs", 1)
    assert said.code == 4
    assert "first line second line" in one_sentence(said.err)


POISONED = "# One\nThe rope fell.\n@boy: A poison line.\nThe well rose.\n@boy: More poison.\nThe moon hid.\n"


def test_lines_that_kill_their_workers_are_named_and_all_else_is_made(
    make: Callable[..., Path], narrator: Narrator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    diary = tmp_path / "diary"
    diary.mkdir()
    monkeypatch.setenv("NARRATOR_DIARY", str(diary))
    waits = 'format = 1\nengine = "waits"\n[settings]\nhertz = {}\n'
    voices = {"voices__low_dot_toml": waits.format(150), "voices__high_dot_toml": waits.format(330)}
    root = make(script__one_dot_nar=POISONED, **voices)
    said = narrator("-C", root, "render", "--jobs", 2)
    assert said.code == 4, said.err
    told = one_sentence(said.err)
    assert "script/one.nar:3: the engine 'waits' died (SIGKILL)" in told
    assert "and to script/one.nar:5; everything else is made" in told
    asked = [entry.read_text() for entry in diary.glob("*.txt")]
    assert {asked.count(text) for text in asked if "poison" not in text} == {1}
    takes = sorted((root / ".narrator" / "takes").rglob("*.json"))
    assert len(takes) == len({text for text in asked if "poison" not in text})
    heard = {
        json.loads(p.read_bytes())["facts"]["mix"] for p in (root / ".narrator/chapters").rglob("*.json")
    }
    assert len(heard) == 3, "the other chapter and the credits are finished"
    assert not list((root / "output").rglob("*.m*"))
    for entry in diary.glob("*.txt"):
        entry.unlink()
    assert narrator("-C", root, "render", "--jobs", 1).code == 4
    assert {entry.read_text() for entry in diary.glob("*.txt")} == {"A poison line.", "More poison."}
    (root / "script" / "one.nar").write_text(POISONED.replace("poison", "honey"))
    done = narrator("-C", root, "render", "--jobs", 1, "--json")
    assert done.code == 0, done.err
    assert done.document["takes_recorded"] == 2


def test_a_second_render_says_who_holds_the_production(rendered: Path, narrator: Narrator) -> None:
    (rendered / "voices" / "high.toml").write_text(BROKEN.format("hangs"))
    holder = rendered / ".narrator" / "holder.json"
    with start(rendered, "render", "--jobs", 1) as process:
        while not holder.exists():
            assert process.poll() is None
        said = narrator("-C", rendered, "render")
        assert said.code == 4
        assert f"(process {process.pid} on " in one_sentence(said.err)
        assert narrator("-C", rendered, "store", "gc").code == 4
        assert narrator("-C", rendered, "status").code == 0
        process.kill()
        process.communicate()
    (rendered / "voices" / "high.toml").write_text(BROKEN.format("sound"))
    assert narrator("-C", rendered, "render").code == 0
    assert not holder.exists()


@pytest.mark.parametrize("years", [-30, 30])
def test_the_clock_means_nothing(rendered: Path, narrator: Narrator, years: int) -> None:
    before = contents(rendered)
    (rendered / ".narrator" / "seal.json").unlink()  # the plan itself is to be asked
    for path in [p for folder in ("script", "voices", ".narrator") for p in (rendered / folder).rglob("*")]:
        then = path.stat().st_mtime + years * 31_557_600
        os.utime(path, (then, then))
    told = narrator("-C", rendered, "render", "--json").document
    assert (told["takes_recorded"], told["chapters"]["mixed"], told["written"]) == (0, 0, [])
    assert contents(rendered) == before


@pytest.mark.parametrize("sealed", [True, False])
def test_nothing_changed_changes_no_file(rendered: Path, narrator: Narrator, sealed: bool) -> None:
    seal = rendered / ".narrator" / "seal.json"

    def state() -> dict[Path, tuple[bytes, int]]:
        files = (p for p in rendered.rglob("*") if p.is_file() and p.name not in ("lock", seal.name))
        return {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in files}

    before, kept = state(), seal.read_bytes()
    if not sealed:
        seal.unlink()
    told = narrator("-C", rendered, "render", "--json").document
    assert told["written"] == []
    assert told["lines"]["reused"] == 11
    assert state() == before
    if sealed:
        assert seal.read_bytes() == kept


@pytest.mark.parametrize("what", ["script/two.nar", "voices/high.toml", "output/The Well.m4b"])
def test_a_seal_breaks_with_anything_that_was_read_or_written(
    rendered: Path, narrator: Narrator, what: str
) -> None:
    path = rendered / what
    if path.suffix == ".m4b":
        path.unlink()
    else:
        path.write_text(path.read_text().replace("morning", "evening, it was").replace("330", "331"))
    assert "output/The Well.m4b" in narrator("-C", rendered, "render", "--json").document["written"]


@pytest.mark.parametrize("limit", [20_000])
def test_a_write_cut_short(make: Callable[..., Path], narrator: Narrator, limit: int, rendered: Path) -> None:
    before = contents(rendered)
    shutil.rmtree(rendered / ".narrator")
    shutil.rmtree(rendered / "output")

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    with start(rendered, "render", "--jobs", 1, preexec_fn=small_files) as process:
        _, err = process.communicate()
    assert process.returncode == 4, err
    one_sentence(err)
    assert not list((rendered / "output").rglob("*.m4b"))
    assert narrator("-C", rendered, "render").code == 0
    assert contents(rendered) == before


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Mount a disk of so many kilobytes, where the system lets us."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = False

    def mount(kilobytes: int) -> Path:
        nonlocal mounted
        command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(place)]
        if sys.platform != "linux" or subprocess.run(command, capture_output=True).returncode:
            pytest.skip("only root may mount a small disk here")
        mounted = True
        return place

    yield mount
    if mounted:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.parametrize("kilobytes", [1000, 2500])
def test_a_full_disk(
    rendered: Path, narrator: Narrator, tiny_disk: Callable[[int], Path], kilobytes: int
) -> None:
    before = contents(rendered)
    disk = tiny_disk(kilobytes)
    for folder in ("script", "voices"):
        shutil.copytree(rendered / folder, disk / folder)
    with start(disk, "render", "--jobs", 1) as process:
        _, err = process.communicate()
    assert process.returncode == 4, err
    assert "script/" in one_sentence(err) or "cannot be written" in one_sentence(err)
    assert not list((disk / "output").glob("*.m*"))
    subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
    assert narrator("-C", disk, "render").code == 0
    assert contents(disk) == before


@pytest.fixture
def read_only(rendered: Path) -> Iterator[Path]:
    """The rendered production, which nobody may write to: not even root, where root may mount."""
    (rendered / "script" / "two.nar").write_text("# Two\nIt was evening.\n")
    if os.geteuid() == 0:
        bind = ["mount", "--bind", str(rendered), str(rendered)]
        if sys.platform != "linux" or subprocess.run(bind, capture_output=True).returncode:
            pytest.skip("root may write anywhere here")
        subprocess.run(["mount", "-o", "remount,bind,ro", str(rendered)], check=True)
        yield rendered
        subprocess.run(["umount", "-l", str(rendered)], check=True)
        return
    everything = [rendered, *rendered.rglob("*")]
    for path in everything:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield rendered
    for path in everything:
        path.chmod(0o755)


def test_a_folder_that_can_only_be_read(read_only: Path, narrator: Narrator) -> None:
    before = contents(read_only)
    for verb in (["render"], ["retake", "1:3"], ["retake", "1:3", "--keep", 1], ["store", "gc"]):
        said = narrator("-C", read_only, *verb)
        assert said.code == 4, (verb, said.err)
        assert "cannot be written" in one_sentence(said.err)
    assert "1 of 9 lines to record" in narrator("-C", read_only, "status").out
    assert narrator("-C", read_only, "store", "verify").code == 0
    assert contents(read_only) == before
