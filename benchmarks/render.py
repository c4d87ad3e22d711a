"""How fast a whole render is, and how much memory it takes.

    python benchmarks/render.py [MANUSCRIPT] [--runs N] [--jobs N]

Imports MANUSCRIPT (the demo's by default) into a new production, casts it, and renders it from nothing with
the embedded voice, in four cases. Prints times real time (wall), the processor seconds of each stage, and the
peak of proportional memory of all processes together (Linux). Best of N runs by wall time.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
NARRATOR = [sys.executable, "-m", "narrator"]


@dataclass(frozen=True)
class Case:
    name: str
    formats: tuple[str, ...]
    beds: bool
    one_chapter: bool


STAGES = ("record", "mix", "master", "mp3", "check")

CASES = (
    Case("M4B + MP3s, beds", ("m4b", "mp3"), beds=True, one_chapter=False),
    Case("M4B, no beds", ("m4b",), beds=False, one_chapter=False),
    Case("M4B + MP3s, beds, one chapter", ("m4b", "mp3"), beds=True, one_chapter=True),
    Case("M4B, no beds, one chapter", ("m4b",), beds=False, one_chapter=True),
)


def narrator(folder: Path, *arguments: str) -> None:
    subprocess.run([*NARRATOR, "-C", str(folder), *arguments], check=True, stdout=subprocess.DEVNULL)


def prepare(folder: Path, manuscript: Path, case: Case) -> None:
    narrator(folder, "init", str(folder))
    narrator(folder, "import", str(manuscript))
    narrator(folder, "cast", "--auto")
    sheet = folder / "script" / "book.toml"
    text = sheet.read_text()
    if case.one_chapter:
        text = join_chapters(folder / "script", text)
    sheet.write_text(f"beds = {str(case.beds).lower()}\n{text}")


def join_chapters(script: Path, sheet: str) -> str:
    """All chapters in one file, as if the text had no headings."""
    files = [line.split('"')[1] for line in sheet.split("\n") if line.startswith("file = ")]
    bodies = [(script / name).read_text().split("\n", 1)[1] for name in files]
    (script / "whole.nar").write_text("# Whole\n" + "\n".join(bodies))
    head = sheet.split("[[chapter]]")[0]
    return f'{head}[[chapter]]\nfile = "whole.nar"\nspeak_title = false\n'


class Memory(threading.Thread):
    """Samples the proportional set size of a process and its descendants, in MB."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.peak, self.ended = pid, 0.0, False

    def run(self) -> None:
        while not self.ended:
            self.peak = max(self.peak, sum(map(self.pss, self.tree(self.pid))))
            time.sleep(0.1)

    def tree(self, pid: int) -> list[int]:
        try:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except OSError:
            return [pid]
        return [pid, *(p for child in children for p in self.tree(int(child)))]

    def pss(self, pid: int) -> float:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().split("\n")
        except OSError:
            return 0.0
        return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def measure(folder: Path, case: Case, jobs: int) -> dict[str, object]:
    for made in (".narrator", "output"):
        shutil.rmtree(folder / made, ignore_errors=True)
    formats = [word for name in case.formats for word in ("--format", name)]
    command = [*NARRATOR, "-C", str(folder), "render", "--jobs", str(jobs), *formats]
    started, before = time.monotonic(), os.times()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        memory = Memory(process.pid)
        memory.start()
        process.wait()
    wall, after = time.monotonic() - started, os.times()
    memory.ended = True
    if process.returncode:
        raise SystemExit(f"the render of “{case.name}” failed: {' '.join(command)}")
    report = json.loads((folder / "output" / "report.json").read_text())
    cpu = (after.children_user + after.children_system) - (before.children_user + before.children_system)
    return {"wall": wall, "cpu": cpu, "peak": memory.peak, "report": report}


def engine_alone(manuscript: Path, seconds: float = 10.0) -> float:
    """Times real time of the bare engine on one core, in this very run: what this machine is worth today."""
    from hibari import SAMPLE_RATE, Hibari

    engine = Hibari(threads=1)
    paragraphs = [p for p in manuscript.read_text(encoding="utf-8").split("\n") if len(p) > 40]
    engine(paragraphs[0])
    started, samples = time.process_time(), 0
    for paragraph in paragraphs:
        samples += len(engine(paragraph, seed=0))
        if time.process_time() - started > seconds:
            break
    return samples / SAMPLE_RATE / (time.process_time() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("manuscript", nargs="?", type=Path, default=REPOSITORY / "script" / "manuscript.md")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    print(f"{options.manuscript.name}, {options.jobs} workers, best of {options.runs} runs\n")
    print(f"hibari alone, bare, on one core: {engine_alone(options.manuscript):.0f} times real time\n")
    columns = ("audio s", "wall s", "times real time", "CPU s", "cores busy", *STAGES, "peak PSS MB")
    print(f"| {' | '.join(['case', *columns])} |")
    print("|---" * (len(columns) + 1) + "|")
    for case in CASES:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            prepare(folder, options.manuscript, case)
            runs = [measure(folder, case, options.jobs) for _ in range(options.runs)]
        best = min(runs, key=lambda run: run["wall"])
        peak = max(run["peak"] for run in runs)
        audio, stages = best["report"]["audio_seconds"], best["report"]["cpu_seconds"]
        figures = [
            f"{audio:.0f}",
            f"{best['wall']:.1f}",
            f"{audio / best['wall']:.0f}",
            f"{best['cpu']:.1f}",
            f"{best['cpu'] / best['wall'] / options.jobs:.0%}",
            *(f"{stages.get(stage, 0):.1f}" for stage in STAGES),
            f"{peak:.0f}",
        ]
        print(f"| {' | '.join([case.name, *figures])} |", flush=True)


if __name__ == "__main__":
    main()
