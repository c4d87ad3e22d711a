"""Delivery specs: every number has its source, a producer's own is like another, ACX gets what it asks for."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from mutagen.mp3 import MP3

from commands import Narrator
from conftest import BOOK
from narrator import ffmpeg
from narrator.audio import RATE
from narrator.mastering import SPECS, DeliverySpec

JUDGE = Path(__file__).parents[2] / "shared/tools/acx_check.py"
LONG = "# Two\n" + "\n".join(f"The {n}. boat came home at {n * 7} with nothing." for n in range(1, 31)) + "\n"
WORDS = {"name", "note", "sources", "sample"}


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_every_number_of_a_spec_names_its_source(spec: DeliverySpec) -> None:
    plain = DeliverySpec("plain", loudness=0, ceiling=0)
    set_ = {
        f.name
        for f in fields(spec)
        if f.name not in WORDS and getattr(spec, f.name) != getattr(plain, f.name)
    }
    assert set_ | {"loudness", "ceiling", "aac_rate", "mp3_rate", "opus_rate"} == set(spec.sources)
    assert all(len(source) > 15 for source in spec.sources.values())


def test_a_spec_of_ones_own(make: Callable[..., Path], narrator: Narrator) -> None:
    own = '[specs.radio]\nlike = "podcast"\nceiling = -4.0\nmp3_rate = 64000\n'
    root = make(script__book_dot_toml=f"{BOOK}{own}".replace("author", 'spec = "radio"\nauthor'))
    told = narrator("-C", root, "render", "--format", "mp3", "--json")
    assert told.code == 0, told.err
    assert told.document["spec"] == "radio"
    assert MP3(root / "output" / "The Well.mp3").info.bitrate == 64_000
    records = [json.loads(p.read_bytes()) for p in (root / ".narrator/chapters").rglob("*.json")]
    assert all(r["made"]["check"]["true_peak"] <= -4.0 for r in records)
    assert all(r["facts"]["spec"]["loudness"] == -16.0 for r in records)


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ("[specs.acx]\nceiling = -1.0\n", "“acx” is narrator's own spec"),
        ('[specs.mine]\nlike = "yours"\n', "like “yours”, which there is not"),
        ("[specs.mine]\nmp3_rate = 130000\n", "MP3 knows no 130000 bits/s"),
        ("[specs.mine]\nrms = [-18.0, -23.0]\n", "rms goes from -18 to -23"),
        ("[specs.mine]\npeak = -19.0\n", "its peak -19 lies under its ceiling -1.5"),
        ("[specs.mine]\nceiling = -20.0\n", "no voice has -18 LUFS and no peak over -20"),
        ("[specs.mine]\nrms = [-8.0, -4.0]\n", "no voice has an RMS of -8"),
        ("[specs.mine]\nrms = [-20.0, -19.5]\n", "Let it span 1 dB"),
        ('[specs.mine]\nlike = "acx"\nsilence = -50.0\n', "Set silence lower than floor"),
        ("[specs.mine]\nloud = -3\n", "“specs.mine.loud” is not a key"),
        ("[specs.mine]\nloudness = 3.0\n", "specs.mine.loudness"),
    ],
)
def test_a_wrong_spec_is_a_mistake_of_the_sheet(
    make: Callable[..., Path], narrator: Narrator, own: str, said: str
) -> None:
    root = make(script__book_dot_toml=BOOK + own)
    answer = narrator("-C", root, "check")
    assert answer.code == 1
    assert said in answer.out + answer.err
    assert said in narrator("-C", root, "render", "--jobs", 1).err


def test_check_finds_pauses_that_the_spec_does_not_take(
    make: Callable[..., Path], narrator: Narrator
) -> None:
    own = "[pauses]\nhead = 0.75\n[specs.mine]\nhead = [2.0, 3.0]\n"
    sheet = (BOOK + own).replace("author", 'spec = "mine"\nauthor')
    answer = narrator("-C", make(script__book_dot_toml=sheet), "check")
    assert answer.code == 1
    assert "the head of [pauses] is 0.75 s, and the spec “mine” asks for 2 to 3" in answer.out


def test_a_miss_fails_the_render_and_says_by_how_much(make: Callable[..., Path], narrator: Narrator) -> None:
    own = "[pauses]\nhead = 0.75\n[specs.mine]\nhead = [2.0, 3.0]\n"
    answer = narrator("-C", make(script__book_dot_toml=BOOK + own), "render", "--spec", "mine")
    assert answer.code == 4
    assert "its head is 0.8" in answer.err or "its head is 0.7" in answer.err
    assert "s outside 2 to 3" in answer.err


@pytest.mark.parametrize(
    ("own", "spec", "head", "tail"),
    [
        ("", "librivox", (0.5, 1.0), (5.0, 10.0)),
        (
            "[specs.mine]\nhead = [2.0, 3.0]\ntail = [0.5, 1.5]\nbeds = false\n",
            "mine",
            (2.0, 3.0),
            (0.5, 1.5),
        ),
    ],
)
def test_head_and_tail_are_what_the_spec_asks(
    make: Callable[..., Path],
    narrator: Narrator,
    own: str,
    spec: str,
    head: tuple[float, float],
    tail: tuple[float, float],
) -> None:
    root = make(script__book_dot_toml=BOOK + own)
    said = narrator("-C", root, "render", "--spec", spec, "--format", "mp3")
    assert said.code == 0, said.err
    records = [json.loads(p.read_bytes()) for p in (root / ".narrator/chapters").rglob("*.json")]
    assert len(records) == 4
    for check in (r["made"]["check"] for r in records):
        assert head[0] <= check["head"] <= head[1]
        assert tail[0] <= check["tail"] <= tail[1]


@pytest.fixture(scope="module")
def mastered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("acx") / "production"


@pytest.fixture
def acx(make: Callable[..., Path], narrator: Narrator, mastered: Path) -> Path:
    """A production rendered for ACX, once for all tests, which leave it as it is."""
    if mastered.exists():
        return mastered
    root = make(script__two_dot_nar=LONG)
    said = narrator("-C", root, "render", "--spec", "acx", "--format", "mp3")
    assert said.code == 0, said.err
    assert "ACX takes no synthetic narration without its agreement" in said.out
    shutil.move(root, mastered)
    return mastered


def test_acx_has_a_retail_sample_no_beds_and_its_own_words(acx: Path) -> None:
    sample = MP3(acx / "output" / "The Well retail sample.mp3")
    assert 60 <= sample.info.length <= 300
    assert sample.info.bitrate == 192_000
    assert str(sample.tags["TIT2"]) == "The Well: a sample"
    records = [json.loads(p.read_bytes()) for p in (acx / ".narrator/chapters").rglob("*.json")]
    for check in (r["made"]["check"] for r in records):
        assert -90 <= check["floor"] <= -60
        assert check["peak"] <= -3
        assert -23 <= check["rms"] <= -18
        assert 0.5 <= check["head"] <= 1.0
        assert 1.0 <= check["tail"] <= 5.0
        assert (check["kbps"], check["rate"], check["channels"]) == (pytest.approx(192, abs=1), RATE, 1)


def test_the_sample_ends_in_a_pause(acx: Path) -> None:
    with av.open(str(acx / "output" / "The Well retail sample.mp3")) as file:
        *_, last = (frame.to_ndarray()[0] for frame in file.decode(audio=0))
    assert abs(last).max() < 0.003


def test_a_second_decoder_finds_the_same_figures(acx: Path) -> None:
    """libsndfile decodes MP3 by mpg123; the figures are worked out here again, as ACX defines them."""
    records = [json.loads(p.read_bytes()) for p in (acx / ".narrator/chapters").rglob("*.json")]
    wanted = sorted([r["made"]["samples"], *(r["made"]["check"][k] for k in KEYS)] for r in records)
    found = []
    for path in (acx / "output" / "chapters").glob("*.mp3"):
        sound, rate = soundfile.read(path, dtype="float64")
        assert rate == RATE
        steps = np.square(sound[: len(sound) // 4_410 * 4_410]).reshape(-1, 4_410).mean(axis=1)
        powers = (
            np.mean(np.square(sound)),
            np.max(np.square(sound)),
            np.convolve(steps, [0.25] * 4, "valid").min(),
        )
        found.append([len(sound), *(10 * np.log10(power) for power in powers)])
    assert len(found) == 4
    for one, other in zip(sorted(found), wanted, strict=True):
        assert one == pytest.approx(other, abs=0.01)


KEYS = ("rms", "peak", "floor")


@pytest.mark.skipif(not JUDGE.exists(), reason="the judge stands in ../shared, which is not here")
def test_acx_check_finds_nothing(acx: Path) -> None:
    for path in sorted((acx / "output" / "chapters").glob("*.mp3")):
        judged = subprocess.run(
            [sys.executable, str(JUDGE), str(path), ffmpeg.executable()],
            capture_output=True,
            text=True,
            check=False,
        )
        verdict = json.loads(judged.stdout)
        assert verdict["fail"] == [], (path.name, verdict)
        assert "warn" not in verdict


@pytest.mark.parametrize(("spec", "head", "tail"), [("acx", 0.5, 1.0), ("librivox", 0.5, 5.0)])
def test_what_opens_and_ends_a_chapter_keeps_the_quiet_that_a_spec_asks(
    make: Callable[..., Path], narrator: Narrator, spec: str, head: float, tail: float
) -> None:
    """Effects are heard with every spec, also before the first line and after the last."""
    two = f"# Two\n[effect bell wait=0.3]\n{LONG.partition(chr(10))[2]}[effect bell]\n[pause 0.5]\n"
    root = make(script__two_dot_nar=two)
    said = narrator("-C", root, "render", "--spec", spec, "--format", "mp3", "--chapter", 2)
    assert said.code == 0, said.err
    (record,) = (json.loads(p.read_bytes()) for p in (root / ".narrator/chapters").rglob("*.json"))
    assert head <= record["made"]["check"]["head"] <= 1.0
    assert tail <= record["made"]["check"]["tail"]
