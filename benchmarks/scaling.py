"""What distribution costs, and what it gives: overhead a line, the curve over workers, what many GPUs ask of the
process that hands out (crowd.py), what joining takes, and a paper estimate.

    .venv-ray/bin/python benchmarks/scaling.py [--lines N] [--seconds S] [--factor F]

Clusters run on this machine alone. The engine of the curve sleeps in place of computing, as a GPU leaves its
process idle: what is measured is everything but the engine. The estimate is arithmetic from what was measured
and from what its table says is assumed; nobody has run it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
PLUGINS = str(REPOSITORY / "tests" / "plugins")
os.environ["PYTHONPATH"] = PLUGINS
sys.path.insert(0, PLUGINS)
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")

from crowd import crowd  # noqa: E402

from narrator import speech  # noqa: E402  nodes inherit what was set above
from narrator.book import Voice  # noqa: E402
from narrator.build import catalogue, seal  # noqa: E402
from narrator.build.crew.workers import Needs, Task, Workers, hire  # noqa: E402
from narrator.build.jobs import record  # noqa: E402
from narrator.build.loading import load  # noqa: E402
from narrator.build.making import Work  # noqa: E402
from narrator.build.needs import BATCH  # noqa: E402
from narrator.build.plan import TakeRequest, plan  # noqa: E402
from narrator.build.rendering import Order  # noqa: E402
from narrator.production import Production, find  # noqa: E402
from narrator.report import Silent  # noqa: E402
from narrator.store import Store, key  # noqa: E402

BOOK_HOURS, BOOK_LINES, BOOKS = 10, 10_000, 1_000
MIX_CPU = 416.0
"""Processor seconds of mixing, mastering, encoding and checking ten hours (M4B and MP3): render.py's table."""
QUESTIONS, ANSWER = 200, 0.04
"""What the process that drives asks a shared store about a book of 40 chapters, one after another (counted); and
seconds that two round trips to it take (assumed: it says no after two)."""
LONG_JOIN = 3.0
TAKES_MB, FILES_MB = 1_728, 870
"""Ten hours at 24 kHz and 16 bit; as AAC at 64 and MP3 at 128 kbit/s."""
CORES_A_GPU = 8
BANDWIDTH = 1_250.0
"""MB/s of an object store behind a link of 10 Gbit/s."""


def requests(count: int, seconds: float) -> list[TakeRequest]:
    """Takes of a voice that sleeps so long at each."""
    voice = Voice("low", "waits", {"hertz": 150, "seconds": seconds})
    engine = {"name": "waits", **speech.voice_facts(voice)}
    made = []
    for number in range(count):
        facts = {"kind": "take", "engine": engine, "number": number}
        made.append(
            TakeRequest(key(facts), facts, voice, (speech.Word("Here it is."),), "", 1, f"line {number}")
        )
    return made


def nothing(store: Store, batch: Sequence[TakeRequest]) -> int:
    """The job whose cost is that of carrying it."""
    return len(batch)


def run(workers: Workers, job, store: Store, lines: Sequence[TakeRequest]) -> float:
    """Wall seconds of a job over lines, in batches."""
    began, waiting = time.perf_counter(), [tuple(lines[n : n + BATCH]) for n in range(0, len(lines), BATCH)]
    while waiting or workers.busy:
        while waiting and workers.hungry:
            batch = waiting.pop(0)
            workers.give(Task("here", job, (store, batch), needs=Needs(engine="waits", voice="low")))
        for ended in workers.ended():
            if ended.error:
                raise ended.error
    return time.perf_counter() - began


def overhead(lines: int) -> tuple[float, float]:
    """Milliseconds a line of a job that does nothing: on Ray and in the crew, one worker, warm."""
    found = []
    for place in ("ray", ""):
        with tempfile.TemporaryDirectory() as folder, hire(place, 1) as workers:
            store = Store(Path(folder))
            run(workers, nothing, store, requests(BATCH, 0))
            found.append(
                1_000 * min(run(workers, nothing, store, requests(lines, 0)) for _ in range(3)) / lines
            )
    return found[0], found[1]


def curve(lines: int, seconds: float) -> list[tuple[int, float, float]]:
    """Workers, wall seconds, and the share of what as many workers could do at best."""
    found = []
    for size in (1, 2, 4):
        with tempfile.TemporaryDirectory() as folder, hire("ray", size) as workers:
            store = Store(Path(folder))
            warm = requests(BATCH * 2 * size, 0)
            run(workers, nothing, store, warm)  # workers are hired, and their modules loaded
            wall = run(workers, record, store, requests(lines, seconds))
            found.append((size, wall, lines * seconds / size / wall))
    return found


def reading(lines: int) -> float:
    """Seconds of a core to read and plan a book of so many lines: the render's own process does that."""
    with tempfile.TemporaryDirectory() as folder:
        root = written(Path(folder), 40, lines, 0.0)
        began = time.process_time()
        plan(load(Production(root)), ("aac", "mp3"))
        return time.process_time() - began


def written(root: Path, chapters: int, lines: int, seconds: float, engine: str = "waits") -> Path:
    """A production of so many lines, each of which takes the engine so long."""
    files = {"script/cast.toml": 'format = 1\n[character.narrator]\nname = "N"\nvoice = "low"\n'}
    files["voices/low.toml"] = f'format = 1\nengine = "{engine}"\n[settings]\nseconds = {seconds}\n'
    entries = "".join(f'[[chapter]]\nfile = "{n}.nar"\n' for n in range(chapters))
    files["script/book.toml"] = f'format = 1\ntitle = "Long"\n{entries}'
    for n in range(chapters):
        said = "".join(
            f"The lantern went out over the harbour before {n} and {m}.\n" for m in range(lines // chapters)
        )
        files[f"script/{n}.nar"] = f"# Chapter {n}\n{said}"
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def joining(hours: float = 1.0) -> tuple[float, float]:
    """Seconds of joining ten hours into M4B and MP3 files, by the clock and of a core; measured on a book of
    fewer hours, whose voice costs nothing."""
    with tempfile.TemporaryDirectory() as folder:
        root = written(Path(folder), round(4 * hours), round(BOOK_LINES / BOOK_HOURS * hours), 0.0, "tones")
        formats = ("m4b", "mp3")
        command = [
            sys.executable,
            "-m",
            "narrator",
            "-C",
            str(root),
            "render",
            "--format",
            "m4b",
            "--format",
            "mp3",
        ]
        subprocess.run(command, check=True, capture_output=True)
        production, order, found = find(root), Order(frozenset(), formats, 1), []
        for _ in range(3):
            shutil.rmtree(root / "output")
            before, book = seal.look(production, formats, None), load(production)
            done = catalogue.Done("book", before, book, plan(book, ("aac", "mp3")), Work(), time.monotonic())
            wall, core = time.perf_counter(), time.process_time()
            told = at_once(done, order).told
            found.append((time.perf_counter() - wall, time.process_time() - core))
        times = BOOK_HOURS * 3_600 / told["audio_seconds"]
        return min(wall for wall, _ in found) * times, min(core for _, core in found) * times


def slow_join(done: catalogue.Done, order: Order) -> catalogue.Outcome:
    """Joining, and a sleep as long as that of a long book takes."""
    time.sleep(LONG_JOIN)
    return at_once(done, order)


at_once = catalogue.join


def titles(job) -> float:
    """Wall seconds of a catalogue of four small books on two workers, where `job` joins each."""
    catalogue.join = job
    with tempfile.TemporaryDirectory() as folder:
        made = [Production(written(Path(folder) / f"{n}", 2, 40 * (n + 1), 0.1)) for n in range(4)]
        order = Order(frozenset(), ("m4b",), 2, place="ray")
        began = time.perf_counter()
        outcomes, _ = catalogue.render_all(made, order, Path(folder) / "catalogue.json", Silent())
        assert {outcome.state for outcome in outcomes} == {catalogue.MADE}
        return time.perf_counter() - began


def estimate(gpus: int, factor: float, line_ms: float, read: float, join: float) -> tuple[float, ...]:
    """Hours of each: GPUs speaking, cores mixing, the store carrying, the one process that drives, those that
    join."""
    speaking = BOOKS * BOOK_HOURS / factor / gpus
    mixing = BOOKS * MIX_CPU / 3_600 / (CORES_A_GPU * gpus)
    carrying = BOOKS * (2 * TAKES_MB + 3 * FILES_MB) / BANDWIDTH / 3_600
    driving = BOOKS * (read + QUESTIONS * ANSWER + BOOK_LINES * line_ms / 1_000) / 3_600
    return speaking, mixing, carrying, driving, BOOKS * join / catalogue.JOINERS / 3_600


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=320)
    parser.add_argument("--seconds", type=float, default=0.1, help="what a line takes the sleeping engine")
    parser.add_argument(
        "--factor", type=float, default=20.0, help="times real time that a GPU speaks (assumed)"
    )
    asked = parser.parse_args()
    far, near = overhead(8 * asked.lines)
    read = reading(BOOK_LINES)
    print(
        f"overhead a line, batches of {BATCH}: Ray {far:.2f} ms, crew {near:.2f} ms; a book read and planned in {read:.1f} s\n"
    )
    print("| workers | wall s | of the best |\n|---|---|---|")
    for size, wall, share in curve(asked.lines, asked.seconds):
        print(f"| {size} | {wall:.1f} | {share:.0%} |")
    short, long = titles(at_once), titles(slow_join)
    print(f"\na catalogue of four books: {short:.1f} s; with {LONG_JOIN:g} s more to join each: {long:.1f} s")
    join, core = joining()
    print(f"joining ten hours into M4B and MP3 files: {join:.1f} s ({core:.1f} s of a core)\n")
    print("| GPUs (a stand-in) | handing out a line, ms | of the best |\n|---|---|---|")
    batch = 3_600 * BOOK_HOURS / BOOK_LINES / asked.factor * BATCH
    rows = []
    for gpus in (1, 10, 50, 100, 200):
        own, share = crowd(gpus, batch)
        print(f"| {gpus} | {own:.2f} | {share:.0%} |", flush=True)
        rows.append((gpus, estimate(gpus, asked.factor, far + own, read, core)))
    parts = ("speaking", "mixing", "store", "driving", "joining")
    print(f"\n| GPUs | {' h | '.join(parts)} h | first bottleneck |\n|{'---|' * 7}")
    for gpus, hours in rows:
        print(f"| {gpus} | {' | '.join(f'{h:.1f}' for h in hours)} | {parts[hours.index(max(hours))]} |")


if __name__ == "__main__":
    main()
