"""Are the gaps between lines what the timeline says? Of a production that was rendered with its stems.

    narrator -C DIR render --stems
    python benchmarks/gaps.py DIR

On the dialogue stem a line begins and ends where it comes within so many dB of its own peak: 50, as the
trimmer has it, and a hair more. Resampling moves samples and peak by a tenth of a decibel or two; where a
voice dies away, the ripple that just counted then does not, and the one before it is a period of the voice
earlier.
"""

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile

from narrator.audio import RATE, gain
from narrator.build.loading import load
from narrator.build.plan import plan
from narrator.build.stems import stem_paths
from narrator.mixing.edges import TRIM
from narrator.production import find

THRESHOLDS = (TRIM, TRIM - 0.1, TRIM - 0.2, TRIM - 0.5)


def heard(stem, clip, threshold):
    """Where the line of a clip begins and ends on the stem, in samples."""
    magnitude = np.abs(stem[clip["start"] : clip["start"] + clip["length"]])
    loud = np.flatnonzero(magnitude > magnitude.max() * gain(threshold))
    return clip["start"] + loud[0], clip["start"] + loud[-1] + 1


def main():
    production = find(Path(sys.argv[1]))
    away = {threshold: [] for threshold in THRESHOLDS}
    book = load(production)
    for chapter in plan(book, ("aac",)):
        clips = production.store.record("chapters", chapter.encodings["aac"][0]).made["timeline"]["clips"]
        path, _ = stem_paths(production, chapter.place, book.chapters[-1].number)
        stem, _ = soundfile.read(path, dtype="float32")
        for threshold, found in away.items():
            edges = [heard(stem, clip, threshold) for clip in clips]
            for (one, other), (before, after) in zip(pairwise(clips), pairwise(edges), strict=True):
                said = other["start"] - one["start"] - one["length"]
                found.append(1_000 * abs(after[0] - before[1] - said) / RATE)
    for threshold, found in away.items():
        late = sum(ms > 5 for ms in found)
        print(
            f"{threshold:g} dB: {len(found)} gaps, median {np.median(found):.2f} ms off, "
            f"worst {max(found):.1f}, {late} by more than 5 ms"
        )


if __name__ == "__main__":
    main()
