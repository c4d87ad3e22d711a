"""A chapter listened to from end to end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING

from narrator.proof import damage, lengths, sound
from narrator.proof.echoes import echoes
from narrator.proof.findings import Finding
from narrator.proof.frames import Frames

if TYPE_CHECKING:
    from narrator.audio import Samples
    from narrator.proof.layout import Layout


def sound_findings(
    samples: Samples, layout: Layout, pace: Mapping[str, tuple[float, float]], encoding: str = ""
) -> list[Finding]:
    """What is wrong with the sound of a chapter, in order of time. samples: as it decodes from `encoding`,
    empty where they went through none. pace: see `paces`."""
    frames = Frames(samples)
    beds = list(sound.beds(frames, layout))
    found = chain(
        beds,
        sound.gaps(frames, layout),
        (
            sounding
            for sounding in sound.spoken_gaps(frames, layout)
            if not any(_within(sounding, b) for b in beds)
        ),
        sound.levels(frames, layout),
        sound.floor(frames, layout),
        damage.clicks(samples, layout, encoding),
        echoes(samples, layout),
        lengths.wrong_lengths(layout.lines, pace),
    )
    return sorted(found, key=lambda finding: (finding.start, finding.code))


def _within(gap: Finding, bed: Finding) -> bool:
    """A pause that a loud bed fills is the bed's fault alone."""
    return bed.start < gap.end and gap.start < bed.end


def word_findings(samples: Samples, layout: Layout, pace: Mapping[str, tuple[float, float]]) -> list[Finding]:
    """Words missing, repeated or added, in order of time. samples, pace: as in `sound_findings`. Raises
    MissingError without the extra `proof`.

    The chapter is heard in stretches, which is quick; a line in which something seems wrong is heard again by
    itself, and what is not wrong then was the ear's mistake.
    """
    return sorted(_word_findings(samples, layout, pace), key=lambda finding: finding.start)


def _word_findings(
    samples: Samples, layout: Layout, pace: Mapping[str, tuple[float, float]]
) -> Iterator[Finding]:
    from narrator.proof import ear
    from narrator.proof.expecting import doubtful, fits, unsaid
    from narrator.proof.words import compare

    for first, last in ear.stretches(layout):
        run = layout.lines[first:last]
        heard = ear.hear(samples, run[0].start, run[-1].end)
        doubted = {finding.line for finding in compare(run, heard)}
        suspects = doubtful(samples, run, heard)
        for line in run:
            found: list[Finding] = []
            if line.line in doubted:
                alone = ear.hear(samples, line.start, line.end)
                found = compare([line], alone)
                added = any(finding.code == "word-added" for finding in found)
                if added and fits(samples, line, [word.text for word in alone]):
                    continue
            yield from found
            if line.line in suspects and not found:
                yield from unsaid(samples, line, suspects[line.line], pace)
