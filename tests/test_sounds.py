"""Sound in a production: a producer's files, spaces, stereo and stems, from the script to the release."""

from __future__ import annotations

import json
import time
import wave
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from commands import Narrator
from narrator.audio import DRY, RATE
from narrator.build.loading import load
from narrator.build.plan import plan
from narrator.production import find

ONE = """\
# One
[bed light-wind]
The rope was older than the house.
@boy: “Who goes there?”
"""
SCRIPT = """\
# One
[music theme.wav seconds=2 fade=0.5]
[bed rain.wav level=-24]
The rope was older than the house.
[space telephone who=boy]
@boy: “Who goes there?”
[effect knock wait=0.2]
Nobody answered.
[bed none early=0.5]
"""


def noise(path: Path, seconds: float, seed: int = 1) -> None:
    path.parent.mkdir(exist_ok=True)
    samples = np.random.default_rng(seed).normal(0, 3000, round(seconds * 22_050)).astype(np.int16)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(22_050)
        file.writeframes(samples.tobytes())


@pytest.fixture
def sounding(make: Callable[..., Path]) -> Path:
    root = make(script__one_dot_nar=SCRIPT)
    noise(root / "sounds" / "theme.wav", 3)
    noise(root / "sounds" / "rain.wav", 2)
    return root


def keys(root: Path) -> dict[str, str]:
    """The key of each chapter's encoding."""
    return {p.place.name: p.encodings["aac"][0] for p in plan(load(find(root)), ("aac",))}


def facts(root: Path) -> dict[str, object]:
    return dict(plan(load(find(root)), ("aac",))[1].mix)


def test_stereo_stems_and_files_reach_the_release(sounding: Path, narrator: Narrator) -> None:
    sheet = sounding / "script" / "book.toml"
    sheet.write_text(sheet.read_text().replace('author = "Nobody"', 'author = "Nobody"\nstereo = true'))
    said = narrator("-C", sounding, "render", "--jobs", 2, "--stems", "--json")
    assert said.code == 0, said.err
    assert len(said.document["stems"]) == 8
    for name in ("The Well.m4b", "The Well.mp3"):
        with av.open(str(sounding / "output" / name)) as book:
            assert book.streams.audio[0].codec_context.layout.name == "stereo"
            assert len(book.chapters()) == 4 or name.endswith("mp3")
    stems = sounding / "output" / "stems"
    dialogue, rate = soundfile.read(stems / "01 One - dialogue.wav", dtype="float32")
    ambience, _ = soundfile.read(stems / "01 One - ambience.wav", dtype="float32")
    timeline = json.loads((sounding / "output" / "timeline.json").read_text())
    (chapter,) = [c for c in timeline["chapters"] if c["chapter"] == 1]
    assert rate == RATE
    assert len(dialogue) == len(ambience) == chapter["end_sample"] - chapter["start_sample"]
    assert np.array_equal(dialogue[:, 0], dialogue[:, 1])
    for line in [line for line in timeline["lines"] if line["chapter"] == 1]:
        start, end = (line[place] - chapter["start_sample"] for place in ("start_sample", "end_sample"))
        assert np.abs(dialogue[start:end]).max() > 0.05
        assert np.abs(ambience[start:end]).max() > 1e-4
    assert not dialogue[-DRY:].any()
    assert not ambience[-DRY:].any()
    # Nothing changed: only the stems are written again.
    again = narrator("-C", sounding, "render", "--jobs", 1, "--json")
    assert again.document["chapters"]["mixed"] == 0
    assert "stems" not in again.document


def test_stems_alone_of_a_chapter_that_is_fresh(rendered: Path, narrator: Narrator) -> None:
    said = narrator("-C", rendered, "render", "--chapter", 2, "--stems", "--jobs", 1, "--json")
    assert said.code == 0, said.err
    assert said.document["chapters"]["mixed"] == 0
    assert said.document["lines"]["recorded"] == 0
    assert said.document["stems"] == [
        "output/stems/02 Two - ambience.wav",
        "output/stems/02 Two - dialogue.wav",
    ]
    assert not list(rendered.glob("output/stems/.part*"))


def test_stems_under_an_older_title_go(rendered: Path, narrator: Narrator) -> None:
    stems = rendered / "output" / "stems"
    assert narrator("-C", rendered, "render", "--stems", "--jobs", 1).code == 0
    assert len(list(stems.iterdir())) == 8
    (stems / "my notes.wav").write_bytes(b"mine")
    two = rendered / "script" / "two.nar"
    two.write_text(two.read_text().replace("# Two", "# Second"))
    assert narrator("-C", rendered, "render", "--chapter", 2, "--stems", "--jobs", 1).code == 0
    names = {path.name for path in stems.iterdir()}
    assert len(names) == 9
    assert {"02 Second - dialogue.wav", "02 Second - ambience.wav", "my notes.wav"} < names


def test_stems_are_the_same_bytes_at_any_hour(rendered: Path, narrator: Narrator) -> None:
    """A WAV of floats has a place for the second in which it was written."""
    written = []
    for _ in range(2):
        assert narrator("-C", rendered, "render", "--chapter", 2, "--stems", "--jobs", 1).code == 0
        written.append({path.name: path.read_bytes() for path in rendered.glob("output/stems/*.wav")})
        time.sleep(1.1)
    assert len(written[0]) == 2
    assert written[0] == written[1]


def test_a_file_is_part_of_its_chapter_s_key_by_its_content(sounding: Path) -> None:
    before = keys(sounding)
    rain = sounding / "sounds" / "rain.wav"
    rain.write_bytes(rain.read_bytes())
    assert keys(sounding) == before
    noise(rain, 2, seed=7)
    after = keys(sounding)
    assert [name for name in before if before[name] != after[name]] == ["one.nar"]


def test_what_a_production_does_not_use_is_not_in_its_keys(make: Callable[..., Path]) -> None:
    assert facts(make()).keys() == {
        "kind",
        "events",
        "pauses",
        "target",
        "bed_level",
        "beds",
        "room_tone",
        "revision",
    }


def test_stereo_without_beds_is_mono(make: Callable[..., Path]) -> None:
    root = make()
    sheet = root / "script" / "book.toml"
    sheet.write_text(sheet.read_text().replace("author", "stereo = true\nauthor"))
    assert load(find(root)).stereo
    assert not load(find(root), spec="acx").stereo


def test_whose_space_it_is_is_a_number_in_the_key(make: Callable[..., Path]) -> None:
    text = ONE.replace("[bed light-wind]", "[space telephone who=boy]")
    (cue,) = [event for event in facts(make(script__one_dot_nar=text))["events"] if event[0] == "cue"]
    assert cue == ["cue", "space", "telephone", ["who", 0]]


@pytest.mark.parametrize(
    ("cue", "words"),
    [
        ("[bed rain.ogg]", "no sound file sounds/rain.ogg"),
        ("[music ../secret.wav]", "leads out of sounds/"),
        ("[effect /etc/passwd.wav]", "leads out of sounds/"),
        ("[effect broken.wav]", "no sound file that can be decoded"),
        ("[effect folder.wav]", "cannot be read"),
        ("[space hall who=nobody]", "nobody called “nobody”"),
        ("[music bell]", "no sound file"),
    ],
)
def test_a_mistake_with_a_sound_names_its_line(
    make: Callable[..., Path], narrator: Narrator, cue: str, words: str
) -> None:
    root = make(script__one_dot_nar=ONE.replace("[bed light-wind]", cue))
    (root / "sounds" / "folder.wav").mkdir(parents=True)
    (root / "sounds" / "broken.wav").write_bytes(b"RIFF....WAVE")
    said = narrator("-C", root, "check")
    assert said.code == 1
    assert "script/one.nar:2" in said.err + said.out
    assert words in said.err + said.out
    assert "Traceback" not in said.err


def test_a_file_that_holds_only_silence_fails_the_render_at_its_chapter(
    make: Callable[..., Path], narrator: Narrator
) -> None:
    root = make(script__one_dot_nar=ONE.replace("light-wind", "still.wav"))
    (root / "sounds").mkdir()
    soundfile.write(root / "sounds" / "still.wav", np.zeros(8000), 8000)
    said = narrator("-C", root, "render", "--jobs", 1)
    assert said.code == 4
    assert "nothing to hear" in said.err
    assert "still.wav" in said.err


@pytest.mark.parametrize(
    ("seconds", "level", "says"),
    [(1.0, 0.0, "nothing to hear"), (0.0, 0.0, "nothing to hear"), (0.2, 0.1, "too short for a bed")],
    ids=["silent", "only a header", "short"],
)
def test_check_hears_what_a_render_would_refuse(
    make: Callable[..., Path], narrator: Narrator, seconds: float, level: float, says: str
) -> None:
    root = make(script__one_dot_nar=ONE.replace("light-wind", "still.wav"))
    (root / "sounds").mkdir()
    sound = level * np.random.default_rng(1).standard_normal(round(8000 * seconds))
    soundfile.write(root / "sounds" / "still.wav", sound, 8000)
    said = narrator("-C", root, "check")
    assert said.code == 1
    assert "script/one.nar:2: sounds/still.wav" in said.out
    assert says in said.out
    assert "1 mistake," in said.out
    assert not (root / ".narrator").exists(), "a check keeps nothing"
    noise(root / "sounds" / "still.wav", 1.0)
    assert narrator("-C", root, "check").code == 0
