"""What a minute of finished audio costs in each stage of mixing and mastering, in ms of CPU time.

    python benchmarks/sound.py [MINUTES]

The speech is computed (bursts of harmonics with pauses), so it needs no voice.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from narrator.audio import RATE, Audio
from narrator.book import NARRATOR, Chapter, Cue, Line, ParagraphBreak, Piece
from narrator.mastering import SPECS, check, master
from narrator.mixing import measure, mix, timeline


def speech(seconds, seed, rate=24_000):
    """Something as loud, as peaky and as broken up as speech."""
    random = np.random.default_rng(seed)
    at = np.arange(round(seconds * rate)) / rate
    phase = 2 * np.pi * np.cumsum(120 + 15 * np.sin(2 * np.pi * 0.7 * at + seed)) / rate
    voiced = sum(np.cos(k * phase + 1.7 * k * k) / (1 + (k / 6) ** 2) for k in range(1, 20))
    syllables = np.clip(np.sin(2 * np.pi * 3.7 * at) + 0.6, 0, None) ** 0.7
    return Audio((0.05 * syllables * (voiced + random.normal(size=len(at)) * 0.3)).astype(np.float32), rate)


def clock():
    """CPU seconds of this process and its finished children."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def main():
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    takes = [speech(2 + 1.7 * k, k) for k in range(6)]
    elements = []
    for k in range(int(minutes * 60 / 7.0)):
        elements += [Line(NARRATOR, (Piece(f"Line {k}."),))] + ([ParagraphBreak()] if k % 4 == 3 else [])
    elements.insert(0, Cue("bed", ("gusts",)))
    chapter = Chapter(tuple(elements))
    numbers = [number for number, _ in chapter.lines]
    sound = {number: takes[k % len(takes)] for k, number in enumerate(numbers)}
    rows, spec = [], SPECS["house"]

    def timed(name, work):
        began, wall = clock(), time.perf_counter()
        result = work()
        rows.append((name, clock() - began, time.perf_counter() - wall))
        return result

    measured = timed("measure takes", lambda: {n: measure(audio) for n, audio in sound.items()})
    plan = timed("timeline", lambda: timeline(chapter, measured, levels={}, target=spec.loudness))
    timed("mix, dialogue", lambda: [None for _ in mix(plan, sound.get, beds=False, room_tone=None)])
    timed("mix, room tone too", lambda: [None for _ in mix(plan, sound.get, beds=False)])
    timed("mix, bed too", lambda: [None for _ in mix(plan, sound.get)])
    blocks = [block.mix for block in mix(plan, sound.get)]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        both = {"aac": out / "chapter.aac", "mp3": out / "chapter.mp3"}
        for kinds in ((), ("aac",), ("mp3",), ("aac", "mp3")):
            outputs = {kind: both[kind] for kind in kinds}
            done = timed(
                "master " + " ".join(kinds), lambda o=outputs: master(blocks, spec, outputs=o, scratch=out)
            )
        for kind, path in both.items():
            hearing = timed(f"check {kind}", lambda k=kind, p=path: check(p, k, spec, plan.length))
            print(kind, dict(hearing.facts), *hearing.misses)
    print(done)
    played = plan.length / RATE / 60
    for name, cpu, wall in rows:
        print(f"{name:20} {cpu / played * 1000:7.1f} ms CPU   {wall / played * 1000:7.1f} ms wall a minute")


if __name__ == "__main__":
    main()
