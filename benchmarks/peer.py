"""How fast a whole render is beside another tool's, on the same text, turn by turn on the same machine.

    python benchmarks/peer.py MANUSCRIPT COMMAND [--runs N] [--jobs N]

COMMAND is the other tool's, with {manuscript} and {out} where it wants their paths; it must make an M4B with
the same engine. narrator makes an M4B without beds from the same manuscript, from nothing, with its chapters
and as one long chapter. Best wall time of N runs each, everything in it; and how many times as fast, a second
of sound for a second of sound.
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import av
from render import CASES, measure, prepare


def other(command: str, manuscript: Path) -> tuple[float, float]:
    """Wall seconds of the other tool, and seconds of the sound that it made: it may leave out some of a text."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "book.m4b"
        # in a folder of its own: a project left beside the manuscript would spare the next run work
        manuscript = Path(shutil.copy(manuscript, name))
        typed = [part.format(manuscript=manuscript, out=out) for part in shlex.split(command)]
        started = time.monotonic()
        subprocess.run(typed, check=True, cwd=name, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wall = time.monotonic() - started
        if not out.exists():
            raise SystemExit(f"it made no {out.name}: {' '.join(typed)}")
        with av.open(out) as container:
            return wall, (container.duration or 0) / av.time_base


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("manuscript", type=Path)
    parser.add_argument("command")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    manuscript = options.manuscript.resolve()
    theirs, sound = min(other(options.command, manuscript) for _ in range(options.runs))
    print(f"the other tool: {sound:.0f} s of sound in {theirs:.1f} s, {sound / theirs:.0f} times real time\n")
    print("| narrator | audio s | wall s | times real time | cores busy | times as fast |")
    print("|---" * 6 + "|")
    for case in (case for case in CASES if case.formats == ("m4b",)):
        with tempfile.TemporaryDirectory() as name:
            prepare(Path(name), manuscript, case)
            runs = [measure(Path(name), case, options.jobs) for _ in range(options.runs)]
        best = min(runs, key=lambda run: run["wall"])
        wall, audio = best["wall"], best["report"]["audio_seconds"]
        busy = best["cpu"] / wall / options.jobs
        figures = (
            f"{audio:.0f}",
            f"{wall:.1f}",
            f"{audio / wall:.0f}",
            f"{busy:.0%}",
            f"{audio / wall / (sound / theirs):.1f}",
        )
        print(f"| {' | '.join((case.name, *figures))} |", flush=True)


if __name__ == "__main__":
    main()
