"""The store's own verbs: what is damaged, what is unused, and takes carried to a colleague."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from commands import Narrator
from narrator.store import Record, digest, key


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, text
    path.write_text(text.replace(old, new))


def files(root: Path, kind: str, suffix: str) -> list[Path]:
    return sorted((root / ".narrator" / kind).rglob(f"*{suffix}"))


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def take_of(root: Path, text: str) -> Path:
    lines = json.loads((root / "output" / "timeline.json").read_text())["lines"]
    take = next(line["take"] for line in lines if line["text"] == text)
    return root / ".narrator" / "takes" / take[:2] / f"{take}.wav"


def test_a_sound_store_is_found_sound(rendered: Path, narrator: Narrator) -> None:
    said = narrator("-C", rendered, "store", "verify", "--json")
    assert said.code == 0
    assert said.document["damaged"] == []
    kinds = ("takes", "mixes", "chapters", "covers")
    assert said.document["checked"] == sum(len(files(rendered, kind, ".json")) for kind in kinds)


def test_what_is_damaged_is_found_and_named(rendered: Path, narrator: Narrator) -> None:
    take = take_of(rendered, "It was morning.")
    flip(take)
    chapter = files(rendered, "chapters", ".mp3")[0]
    chapter.write_bytes(chapter.read_bytes()[:-100])
    record = files(rendered, "mixes", ".json")[0]
    edit(record, '"kind": "mix"', '"kind": "mux"')
    cover = files(rendered, "covers", ".jpg")[0]
    cover.unlink()
    said = narrator("-C", rendered, "store", "verify", "--json")
    assert said.code == 1
    assert {(d["kind"], d["key"]) for d in said.document["damaged"]} == {
        ("takes", take.stem),
        ("chapters", chapter.stem),
        ("mixes", record.stem),
        ("covers", cover.stem),
    }
    (found,) = [d for d in said.document["damaged"] if d["kind"] == "takes"]
    assert found["where"] == "script/two.nar:5"
    assert "script/two.nar:5: " in narrator("-C", rendered, "store", "verify").out


def test_only_what_nothing_uses_is_collected(rendered: Path, narrator: Narrator, tmp_path: Path) -> None:
    narrator("-C", rendered, "retake", "1:3", "--takes", 3)
    narrator("-C", rendered, "retake", "1:3", "--keep", 3)
    person = tmp_path / "me.wav"
    soundfile.write(person, 0.1 * np.sin(np.arange(24_000) / 20), 24_000)
    assert narrator("-C", rendered, "retake", "2:5", "--from", person).code == 0
    assert narrator("-C", rendered, "retake", "2:5", "--keep", 1).code == 0
    edit(rendered / "script" / "two.nar", "It was morning.", "It was evening, and late.")
    assert narrator("-C", rendered, "render", "--format", "m4b").code == 0
    # The MP3s still are what they were, with the line that is gone and the first take of the other.
    assert narrator("-C", rendered, "store", "gc", "--dry-run", "--json").document["takes"] == 1
    assert narrator("-C", rendered, "render").code == 0
    before = {p for p in (rendered / ".narrator").rglob("*") if p.is_file()}
    assert narrator("-C", rendered, "store", "gc", "--dry-run", "--json").document["takes"] == 3
    assert {p for p in (rendered / ".narrator").rglob("*") if p.is_file()} == before
    (rendered / ".narrator" / "takes" / ".part-x.wav").write_bytes(b"half")
    told = narrator("-C", rendered, "store", "gc", "--json").document
    assert told["takes"] == 3
    gone = {p for p in before if not p.exists()}
    assert sum(p.suffix == ".wav" for p in gone) == 3
    assert not list((rendered / ".narrator").rglob(".part*"))
    after = narrator("-C", rendered, "render", "--json").document
    assert (after["takes_recorded"], after["chapters"]["mixed"], after["written"]) == (0, 0, [])
    assert narrator("-C", rendered, "store", "gc", "--json").document["files"] == 0


def test_nothing_is_collected_while_the_script_is_broken(rendered: Path, narrator: Narrator) -> None:
    (rendered / "script" / "two.nar").write_text("# Two\n@ghost: “Boo.”\n")
    before = {p for p in (rendered / ".narrator").rglob("*") if p.is_file()}
    assert narrator("-C", rendered, "store", "gc").code == 1
    assert {p for p in (rendered / ".narrator").rglob("*") if p.is_file()} == before


def test_another_casts_takes_are_not_collected(rendered: Path, narrator: Narrator) -> None:
    cast = (rendered / "script" / "cast.toml").read_text()
    (rendered / "script" / "cast-other.toml").write_text(cast.replace('"high"', '"low"'))
    assert narrator("-C", rendered, "render", "--cast", "other", "--format", "m4b").code == 0
    assert narrator("-C", rendered, "store", "gc", "--json").document["takes"] == 0


def test_takes_are_carried_to_a_colleague(rendered: Path, narrator: Narrator, tmp_path: Path) -> None:
    narrator("-C", rendered, "retake", "1:3", "--takes", 3)
    narrator("-C", rendered, "retake", "1:3", "--keep", 3)
    archive = tmp_path / "takes.tar"
    told = narrator("-C", rendered, "store", "export", archive, "--json").document
    assert told["takes"] == 11
    first = archive.read_bytes()
    narrator("-C", rendered, "store", "export", archive)
    assert archive.read_bytes() == first
    shutil.rmtree(rendered / ".narrator")
    shutil.rmtree(rendered / "output")
    assert narrator("-C", rendered, "store", "import", archive, "--json").document["takes"] == 11
    assert narrator("-C", rendered, "store", "import", archive, "--json").document["there"] == 11
    assert narrator("-C", rendered, "render", "--format", "m4b", "--json").document["takes_recorded"] == 0


def entry(name: str, data: bytes, kind: bytes = tarfile.REGTYPE) -> tuple[tarfile.TarInfo, bytes]:
    member = tarfile.TarInfo(name)
    member.size, member.type, member.linkname = len(data), kind, "/etc/passwd"
    return member, data


def hostile() -> dict[str, list[tuple[tarfile.TarInfo, bytes]]]:
    facts = {"kind": "take"}
    name, sound = f"takes/{key(facts)}", b"RIFF and more"
    record = Record(facts, {"sha256": digest(sound), "seconds": 1.0, "measure": {}}).encoded()
    other = Record(facts, {"sha256": digest(b"other"), "seconds": 1.0, "measure": {}}).encoded()
    return {
        "outside": [entry("../../escaped.json", record), entry("../../escaped.wav", sound)],
        "absolute": [entry("/tmp/escaped.json", record), entry("/tmp/escaped.wav", sound)],
        "a link": [entry(f"{name}.json", b"", tarfile.SYMTYPE), entry(f"{name}.wav", sound)],
        "another key": [entry(f"takes/{'0' * 64}.json", record), entry(f"takes/{'0' * 64}.wav", sound)],
        "another sound": [entry(f"{name}.json", other), entry(f"{name}.wav", sound)],
        "no sound": [entry(f"{name}.json", record)],
        "no record": [entry(f"{name}.json", b"[" * 100_000), entry(f"{name}.wav", sound)],
        "too large": [entry(f"{name}.json", b" " * (1 << 21)), entry(f"{name}.wav", sound)],
    }


@pytest.mark.parametrize("what", [*hostile(), "no tar", "cut short", "gone"])
def test_a_file_that_is_no_export_is_refused(
    make: Callable[..., Path], narrator: Narrator, tmp_path: Path, what: str
) -> None:
    root, archive = make(), tmp_path / "takes.tar"
    if what in hostile():
        with tarfile.open(archive, "w") as file:
            for member, data in hostile()[what]:
                file.addfile(member, io.BytesIO(data))
    elif what == "no tar":
        archive.write_text("takes")
    elif what == "cut short":
        with tarfile.open(archive, "w") as file:
            for member, data in hostile()["no sound"]:
                file.addfile(member, io.BytesIO(data))
        archive.write_bytes(archive.read_bytes()[:700])
    said = narrator("-C", root, "store", "import", archive)
    assert said.code == 1
    assert len(said.err.strip().splitlines()) == 1
    assert not files(root, "takes", ".*")
    assert not (tmp_path / "escaped.json").exists()
    assert not Path("/tmp/escaped.json").exists()
