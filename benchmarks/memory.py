"""Does a long chapter take more memory than a short one? Each is mixed, mastered and encoded by itself.

    python benchmarks/memory.py [MINUTES ...]

A process a chapter, which runs the very job of a render's worker (`build.jobs.finish`, both encodings, a bed
under all of it) without any engine: the takes are in the store. Peak RSS of the process, its encoder not
counted, in megabytes.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

TAKE = 12.0


def chapter(minutes):
    from narrator import mixing
    from narrator.audio import Audio
    from narrator.book import NARRATOR, Chapter, Cue, Line, Piece
    from narrator.build.jobs import ChapterJob, finish, keep
    from narrator.mastering import SPECS
    from narrator.store import Store

    random = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        store.prepare()
        sound = Audio((0.1 * random.normal(size=round(TAKE * 24_000))).astype(np.float32), 24_000)
        keep(store, "a" * 64, {}, sound)
        count = round(minutes * 60 / (TAKE + 0.35))
        script = Chapter((Cue("bed", ("rain",)), *[Line(NARRATOR, (Piece("It rained."),))] * count))
        job = ChapterJob(
            name="long",
            where="long.nar",
            chapter=script,
            takes=dict.fromkeys(range(2, count + 2), "a" * 64),
            levels={},
            mix={},
            pauses=mixing.Pauses(),
            bed_level=-28.0,
            beds=True,
            target=-18.0,
            stereo=False,
            sounds=(),
            spec=SPECS["house"],
            encodings={"aac": ("b" * 64, {}), "mp3": ("c" * 64, {})},
        )
        began = time.perf_counter()
        finish(store, job)
        took = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10), took)


def main():
    for minutes in [float(m) for m in sys.argv[1:]] or [10.0, 180.0]:
        run = [sys.executable, __file__, "--chapter", str(minutes)]
        said = subprocess.run(run, capture_output=True, text=True, check=True).stdout.split()
        print(f"{minutes:g} minutes: {float(said[0]):.1f} MB, {float(said[1]):.0f} s")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--chapter"]:
        chapter(float(sys.argv[2]))
    else:
        main()
