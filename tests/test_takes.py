"""Takes: more of them, one chosen, or a person's; the choice stays with its line and is never guessed."""

from __future__ import annotations

import json
import shutil
import struct
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from commands import Narrator

SAME = "# One\nHold on.\nNobody spoke.\nHold on.\n"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, text
    path.write_text(text.replace(old, new))


def takes_of(root: Path, chapter: int) -> dict[int, str]:
    lines = json.loads((root / "output" / "timeline.json").read_text())["lines"]
    return {line["line"]: line["take"] for line in lines if line["chapter"] == chapter}


def render(root: Path, narrator: Narrator) -> dict[str, object]:
    said = narrator("-C", root, "render", "--json", "--format", "m4b", "--jobs", 1)
    assert said.code == 0, said.err
    return said.document


@pytest.fixture
def twice(make: Callable[..., Path], narrator: Narrator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book whose first chapter says the same thing twice, rendered."""
    root = make(script__one_dot_nar=SAME)
    kept = tmp_path_factory.getbasetemp() / "twice"
    if kept.exists():
        shutil.rmtree(root)
        shutil.copytree(kept, root)
    else:
        render(root, narrator)
        shutil.copytree(root, kept)
    return root


def test_an_audition_holds_labelled_takes(rendered: Path, narrator: Narrator) -> None:
    said = narrator("-C", rendered, "retake", "1:3", "--takes", 4, "--json")
    assert said.code == 0, said.err
    told = said.document
    sound, rate = soundfile.read(rendered / told["audition"])
    heard = []
    for take in told["takes"]:
        part = sound[round(take["start"] * rate) : round(take["end"] * rate)]
        assert np.sqrt(np.mean(part**2)) > 0.03
        heard.append(part.tobytes())
        gap = sound[round(take["end"] * rate) : round((take["end"] + 1) * rate)]
        assert len(gap) == rate
        assert not gap.any()
    assert len(set(heard)) == 4
    plain = narrator("-C", rendered, "retake", "1:3", "--takes", 4)
    assert f"type `narrator -C {rendered} retake 1:3 --keep K`" in plain.out
    assert "takes done" not in plain.err
    labels = (rendered / told["audition"]).with_suffix(".txt").read_text().splitlines()
    assert [label.split("\t")[2] for label in labels] == ["take 1", "take 2", "take 3", "take 4"]
    raw = (rendered / told["audition"]).read_bytes()
    assert raw[raw.index(b"cue ") + 8 :][:4] == struct.pack("<I", 4)
    assert raw.count(b"labl") == 4


def test_a_chosen_take_is_heard_there_and_nowhere_else(twice: Path, narrator: Narrator) -> None:
    before = takes_of(twice, 1)
    assert before[2] == before[4]
    assert narrator("-C", twice, "retake", "1:4", "--takes", 3).code == 0
    assert narrator("-C", twice, "retake", "1:4", "--keep", 3).code == 0
    told = render(twice, narrator)
    assert told["takes_recorded"] == 0
    assert told["chapters"]["mixed"] == 1
    after = takes_of(twice, 1)
    assert after[2] == before[2]
    assert after[4] != before[4]
    edit(twice / "script" / "one.nar", "# One\n", "# One\nIt was late.\n")
    told = render(twice, narrator)
    assert told["takes_recorded"] == 1
    assert told["unused_choices"] == []
    assert takes_of(twice, 1)[5] == after[4]
    assert narrator("-C", twice, "retake", "1:5", "--keep", 1).code == 0
    render(twice, narrator)
    assert takes_of(twice, 1)[5] == before[4]


def test_a_choice_keeps_the_rest_of_its_sheet(twice: Path, narrator: Narrator) -> None:
    sheet = twice / "script" / "takes.toml"
    sheet.write_text('# mine\nformat = 1\n\n[[choice]]\nfile = "gone.nar"\ntext = "Hm."\ntake = 2\n')
    narrator("-C", twice, "retake", "1:2", "--takes", 2)
    assert narrator("-C", twice, "retake", "1:2", "--keep", 2).code == 0
    text = sheet.read_text()
    assert text.startswith("# mine\nformat = 1\n")
    assert 'file = "gone.nar"' in text
    assert 'text = "Hold on."' in text


def test_a_choice_whose_text_changed_is_said_and_not_used(twice: Path, narrator: Narrator) -> None:
    narrator("-C", twice, "retake", "1:3", "--takes", 2)
    narrator("-C", twice, "retake", "1:3", "--keep", 2)
    edit(twice / "script" / "one.nar", "Nobody spoke.", "Nobody moved.")
    (told,) = render(twice, narrator)["unused_choices"]
    assert "Nobody spoke." in told
    assert "script/takes.toml" in told
    assert "Nobody spoke." in narrator("-C", twice, "check").out


def test_a_choice_that_may_be_another_lines_is_said(twice: Path, narrator: Narrator) -> None:
    narrator("-C", twice, "retake", "1:2", "--takes", 2)
    assert narrator("-C", twice, "retake", "1:2", "--keep", 2).code == 0
    assert render(twice, narrator)["doubtful_choices"] == []
    edit(twice / "script" / "one.nar", "# One\n", "# One\nHold on.\n")
    told = narrator("-C", twice, "status", "--why").out
    assert "script/one.nar:2: it has take 2, but 3 lines say “Hold on.” now, and 2 did" in told
    (said,) = render(twice, narrator)["doubtful_choices"]
    said = said.replace("`narrator retake", f"`narrator -C {twice} retake")
    assert said in told
    assert said in narrator("-C", twice, "status").out, "also where nothing is stale"
    assert said in narrator("-C", twice, "check").out
    assert narrator("-C", twice, "retake", "1:2", "--keep", 1).code == 0
    assert narrator("-C", twice, "retake", "1:3", "--keep", 2).code == 0
    assert render(twice, narrator)["doubtful_choices"] == []


def test_a_choice_whose_voice_changed_is_said_and_not_used(twice: Path, narrator: Narrator) -> None:
    narrator("-C", twice, "retake", "1:3", "--takes", 2)
    narrator("-C", twice, "retake", "1:3", "--keep", 2)
    render(twice, narrator)
    edit(twice / "voices" / "low.toml", "hertz = 150", "hertz = 160")
    (told,) = render(twice, narrator)["unused_choices"]
    assert "script/one.nar:3" in told
    assert "take 2" in told


def test_a_chosen_take_that_is_missing_is_an_error(twice: Path, narrator: Narrator) -> None:
    narrator("-C", twice, "retake", "1:3", "--takes", 2)
    narrator("-C", twice, "retake", "1:3", "--keep", 2)
    shutil.rmtree(twice / ".narrator")
    checked = narrator("-C", twice, "check")
    assert checked.code == 1
    said = narrator("-C", twice, "render")
    assert said.code == 1
    assert said.err.removeprefix("narrator: ").strip() in checked.out
    assert "script/one.nar:3" in said.err
    assert "not in the store" in said.err
    assert f"narrator -C {twice} retake 1:3 --takes 2" in said.err
    assert narrator("-C", twice, "retake", "1:3", "--takes", 2).code == 0
    assert narrator("-C", twice, "render", "--format", "m4b").code == 0


def recording(path: Path, seconds: float = 1.2, level: float = 0.02, constant: float = 0.0) -> Path:
    """A voice of a kind, quiet, off the rate of engines, with a noisy room before and after it, in stereo.
    constant: by how much a bad converter has shifted it."""
    rate = 48_000
    dice = np.random.default_rng(3)
    room = 0.001 * level * dice.standard_normal(round(1.5 * rate))
    time = np.arange(round(seconds * rate)) / rate
    voice = level * np.sin(2 * np.pi * 190 * time) * (1 + 0.5 * np.sin(2 * np.pi * 4 * time))
    sound = np.concatenate([room, voice, room]) + constant
    soundfile.write(path, np.stack([sound, sound], axis=1), rate)
    return path


@pytest.mark.parametrize(
    ("name", "constant"),
    [("mine.wav", 0.0), ("mine.wav", 0.1), ("mine.flac", 0.0), ("mine.ogg", 0.0), ("-mine.mp3", 0.0)],
)
def test_a_persons_recording_is_trimmed_and_levelled(
    twice: Path, narrator: Narrator, tmp_path: Path, name: str, constant: float
) -> None:
    path = recording(tmp_path / name, constant=constant)
    said = narrator("-C", twice, "retake", "1:3", "--from", path, "--json")
    assert said.code == 0, said.err
    assert said.document["seconds"] == pytest.approx(1.2 + 0.16, abs=0.1)
    take = tomllib.loads((twice / "script" / "takes.toml").read_text())["choice"][0]["key"]
    kept, rate = soundfile.read(twice / ".narrator" / "takes" / take[:2] / f"{take}.wav")
    assert len(kept) / rate == pytest.approx(1.36, abs=0.1)
    assert 20 * np.log10(np.sqrt(np.mean(kept**2))) == pytest.approx(-20, abs=1)


def test_a_persons_recording_takes_a_lines_place(twice: Path, narrator: Narrator, tmp_path: Path) -> None:
    narrator("-C", twice, "retake", "1:3", "--from", recording(tmp_path / "mine.wav"))
    told = render(twice, narrator)
    assert told["takes_recorded"] == 0
    assert told["chapters"]["mixed"] == 1
    take = takes_of(twice, 1)[3]
    edit(twice / "voices" / "low.toml", "hertz = 150", "hertz = 160")
    assert render(twice, narrator)["unused_choices"] == []
    assert takes_of(twice, 1)[3] == take


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("text", "no sound file"),
        ("gone", "no such file"),
        ("folder", "is a folder"),
        ("long", "lasts"),
        ("silence", "no sound"),
        ("turned", "its right one turned round"),
    ],
)
def test_a_recording_that_cannot_be_the_line(
    twice: Path, narrator: Narrator, tmp_path: Path, what: str, says: str
) -> None:
    path = tmp_path / "mine.wav"
    if what == "text":
        path.write_text("no sound at all")
    elif what == "folder":
        path.mkdir()
    elif what == "long":
        recording(path, seconds=20)
    elif what == "silence":
        soundfile.write(path, np.zeros(48_000), 48_000)
    elif what == "turned":
        sound, rate = soundfile.read(recording(path))
        soundfile.write(path, sound * [1, -1], rate)
    said = narrator("-C", twice, "retake", "1:3", "--from", path)
    assert said.code == 1
    assert says in said.err
    assert len(said.err.strip().splitlines()) == 1
    assert not (twice / "script" / "takes.toml").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["1:1000"], "1:4"),
        (["9:1"], "no chapter 9"),
        (["three"], "CHAPTER:LINE"),
        (["1:3", "--keep", 4], "--takes 4"),
        (["1:3", "--keep", 1, "--takes", 3], "exclude"),
    ],
)
def test_retakes_typed_wrong(twice: Path, narrator: Narrator, arguments: list[object], says: str) -> None:
    said = narrator("-C", twice, "retake", *arguments)
    assert said.code == 2
    assert says in said.err
    assert not (twice / "script" / "takes.toml").exists()


@pytest.mark.parametrize(
    ("sheet", "says"),
    [
        ('[[choice]]\nfile = "one.nar"\ntext = "A"\n', "chooses nothing"),
        ('[[choice]]\nfile = "one.nar"\ntext = "A"\ntake = 2\n' * 2, "chooses again"),
        ('[[choice]]\nfile = "one.nar"\ntext = "A"\ntake = "two"\n', "take"),
        ('[[choice]]\nfile = "one.nar"\ntext = "A"\nkey = "../../x"\n', "key"),
    ],
)
def test_a_wrong_sheet_of_takes(twice: Path, narrator: Narrator, sheet: str, says: str) -> None:
    (twice / "script" / "takes.toml").write_text(sheet)
    said = narrator("-C", twice, "render")
    assert said.code == 1
    assert "script/takes.toml" in said.err
    assert says in said.err


def test_takes_that_an_older_meter_measured_are_measured_again(rendered: Path, narrator: Narrator) -> None:
    """A store of an older narrator's: the takes stay, what is mixed from them is the same."""
    store = rendered / ".narrator"
    before = {path.name: path.read_bytes() for path in (rendered / "output").glob("*.m4b")}
    for path in sorted((store / "takes").glob("??/*.json")):
        record = json.loads(path.read_text())
        del record["made"]["measure"]["late"], record["made"]["measure"]["early"]
        path.write_text(json.dumps(record))
    shutil.rmtree(store / "chapters")
    told = narrator("-C", rendered, "render", "--json").document
    assert told["takes_recorded"] == 0
    assert {path.name: path.read_bytes() for path in (rendered / "output").glob("*.m4b")} == before
