"""Faults planted where they come from: in takes, in the timeline, in the mix, before it is mastered and encoded.

One fault a line at most, at least one sound line between two faults, so that a finding tells which was found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from narrator import mastering, mixing, proof
from narrator.audio import GRID, RATE, Audio, gain
from narrator.book import Chapter, Line
from narrator.mastering.checking import decoded
from narrator.proof import Bed, Layout, Spoken

Takes = Mapping[int, Audio]

KINDS = {
    "missing": {"word-missing", "wrong-length"},
    "repeated": {"word-repeated", "word-added", "wrong-length"},
    "added": {"word-added", "word-repeated", "wrong-length", "word-missing"},
    "wrong length": {"wrong-length", "word-missing", "word-repeated", "word-added"},
    "click": {"click"},
    "clipped": {"clipped"},
    "level": {"level"},
    "noise floor": {"noise-floor"},
    "gap": {"gap"},
    "bed": {"bed"},
    "mark": {"mark"},
}
"""Each kind of fault, and the codes that find it. A strange word may hide the one beside it."""


@dataclass(frozen=True)
class Fault:
    """A fault, and the line at which it lies. at: seconds of the chapter, where the line alone does not say."""

    kind: str
    line: int
    at: float = 0.0


@dataclass(frozen=True)
class Planted:
    """A chapter with faults in it, as a listener gets it."""

    layout: Layout
    samples: np.ndarray
    takes: Takes
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Source:
    """A chapter, with what the render made it of. words: by line, the seconds of its take that each word takes."""

    chapter: Chapter
    takes: Takes
    voices: Mapping[int, str]
    levels: Mapping[int, float]
    words: Mapping[int, Sequence[tuple[str, float, float]]]


def content(words: Sequence[tuple[str, float, float]]) -> list[tuple[str, float, float]]:
    """The words with a meaning of their own, well inside their line: five letters and 0.3 s."""
    return [w for w in words[1:-1] if len([c for c in w[0] if c.isalpha()]) >= 5 and w[2] - w[1] >= 0.3]


def quietest(audio: Audio, at: float, within: float = 0.06) -> int:
    """The quietest sample near a moment: where an editor would cut."""
    reach, middle = round(within * audio.rate), round(at * audio.rate)
    first, last = max(0, middle - reach), min(len(audio.samples), middle + reach)
    if last - first < 64:
        return min(middle, len(audio.samples))
    smooth = np.convolve(np.abs(audio.samples[first:last]), np.ones(64), "same")
    return first + int(np.argmin(smooth))


def joined(parts: Sequence[np.ndarray], rate: int) -> Audio:
    """Parts end to end, their joins softened over 4 ms: what is planted is a word, not a click."""
    edge = round(0.004 * rate)
    out = []
    for part in parts:
        soft = part.astype(np.float32).copy()
        if len(soft) > 2 * edge:
            soft[:edge] *= np.linspace(0, 1, edge, dtype=np.float32)
            soft[-edge:] *= np.linspace(1, 0, edge, dtype=np.float32)
        out.append(soft)
    return Audio(np.concatenate(out), rate)


def spoilt_take(kind: str, source: Source, line: int, dice: np.random.Generator) -> Audio | None:
    """The line's take with a fault of `kind` in it; None where the line does not lend itself to it."""
    audio = source.takes[line]
    samples, rate = audio.samples, audio.rate
    if kind == "clipped":
        loud = np.clip(samples * (5 / np.abs(samples).max()), -1, 1)
        return Audio((np.rint(loud * 32_767) / 32_768).astype(np.float32), rate)
    if kind == "wrong length":
        if len(samples) < 1.8 * rate:
            return None
        if dice.random() < 0.5:
            return joined([samples[: quietest(audio, 0.45 * audio.seconds)]], rate)
        return joined([samples, samples], rate)
    whole = content(source.words.get(line, ()))
    if not whole:
        return None
    _, start, end = whole[dice.integers(len(whole))]
    first, last = quietest(audio, start), quietest(audio, end)
    if last - first < 0.25 * rate:
        return None
    if kind == "missing":
        return joined([samples[:first], samples[last:]], rate)
    if kind == "repeated":
        return joined([samples[:last], _once_more(samples[first:last], dice), samples[last:]], rate)
    return joined([samples[:first], _strange(source, line, dice), samples[first:]], rate)


def _once_more(word: np.ndarray, dice: np.random.Generator) -> np.ndarray:
    """The word again as a reader says it again: up to 6 % faster or slower and higher or lower, louder or softer."""
    import soxr

    again = soxr.resample(word, 1.0, float(dice.uniform(0.94, 1.06)), quality="HQ")
    return np.asarray(again * dice.uniform(0.7, 1.3), np.float32)


def _strange(source: Source, line: int, dice: np.random.Generator) -> np.ndarray:
    """A word of another line in the same voice, as loud as this one."""
    others = [
        (other, word) for other in source.words if other != line for word in content(source.words[other])
    ]
    own = [(other, word) for other, word in others if source.voices[other] == source.voices[line]]
    others = own or others
    other, (_, start, end) = others[dice.integers(len(others))]
    audio = source.takes[other]
    part = audio.samples[quietest(audio, start) : quietest(audio, end)]
    return part * (np.std(source.takes[line].samples) / max(np.std(audio.samples), 1e-6))


IN_TAKES = ("missing", "repeated", "added", "wrong length", "clipped")


def plant(source: Source, kinds: Sequence[str], folder: Path, *, seed: int) -> Planted:
    """The chapter with faults of `kinds` in turn, one every third line or so, mastered, encoded and decoded."""
    dice = np.random.default_rng(seed)
    takes, faults, wanted = dict(source.takes), [], list(kinds)
    lines = [n for n in source.takes if isinstance(source.chapter.elements[n - 1], Line)]
    at = 1 + seed % 3
    later: dict[int, str] = {}
    before = _plan(source, source.takes)
    while at < len(lines) - 1 and wanted:
        line, kind = lines[at], wanted[0]
        at += 1
        if kind in IN_TAKES:
            spoilt = spoilt_take(kind, source, line, dice)
            if spoilt is None:
                continue
            takes[line] = spoilt
            faults.append(Fault(kind, line))
        else:
            if kind == "level" and source.takes[line].seconds < 1.0:
                continue
            if LATER[kind](before, before, line, dice)[2] is None:
                wanted.append(wanted.pop(0))
                continue
            later[line] = kind
        wanted.append(wanted.pop(0))
        at += 2
    return _made(source, takes, faults, later, folder, dice)


def _made(
    source: Source,
    takes: Takes,
    faults: list[Fault],
    later: Mapping[int, str],
    folder: Path,
    dice: np.random.Generator,
) -> Planted:
    spec = mastering.SPECS["house"]
    plan = _plan(source, takes)
    played, changes = plan, []
    for line, kind in later.items():
        played, change, fault = LATER[kind](plan, played, line, dice)
        if fault is not None:
            faults.append(fault)
            changes += [change] if change else []
    grid = -(-played.length // GRID) * GRID
    played = replace(played, length=grid)
    mix = np.concatenate([block.mix for block in mixing.mix(played, takes.__getitem__)])
    for change in changes:
        change(mix)
    path = folder / "chapter.aac"
    facts = mastering.master([mix], spec, outputs={"aac": path}, scratch=folder)
    samples = np.concatenate([part.copy() for part in decoded(path, "aac")])
    return Planted(_layout(source, plan, facts.gain), samples, takes, tuple(faults))


def _plan(source: Source, takes: Takes) -> mixing.Timeline:
    measures = {line: mixing.measure(audio) for line, audio in takes.items()}
    target = mastering.SPECS["house"].loudness
    return mixing.timeline(source.chapter, measures, levels=source.levels, target=target)


def _layout(source: Source, plan: mixing.Timeline, change: float) -> Layout:
    def spoken(clip: mixing.Clip) -> Spoken:
        element = source.chapter.elements[clip.line - 1]
        text = element.written if isinstance(element, Line) else source.chapter.title
        who = element.character if isinstance(element, Line) else "narrator"
        level = source.levels.get(clip.line, 0.0)
        voice = source.voices[clip.line]
        return Spoken(clip.line, who, text, voice, clip.start, clip.start + clip.length, level, "")

    beds = tuple(Bed(bed.name, bed.start, bed.end, bed.level) for bed in plan.beds)
    return Layout(tuple(map(spoken, plan.clips)), beds, plan.length, plan.target, mixing.ROOM_TONE + change)


# ── faults of the timeline and of the mix: each gives the timeline as played, a change of the mix, the fault ──

Later = Callable[
    [mixing.Timeline, mixing.Timeline, int, np.random.Generator],
    tuple[mixing.Timeline, Callable[[np.ndarray], None] | None, Fault | None],
]


def _clip(plan: mixing.Timeline, line: int) -> mixing.Clip:
    return next(clip for clip in plan.clips if clip.line == line)


def _level(plan, played, line, dice):
    by = float(dice.uniform(6.5, 10.0)) * (1 if dice.random() < 0.3 else -1)
    clips = tuple(replace(c, gain=c.gain + by) if c.line == line else c for c in played.clips)
    return replace(played, clips=clips), None, Fault("level", line)


def _gap(plan, played, line, dice):
    """The line comes late or early; what follows stays where it is."""
    clip = _clip(played, line)
    before = max((c.end for c in played.clips if c.start < clip.start), default=0)
    room = clip.start - before
    by = round(0.55 * RATE) if dice.random() < 0.5 else -min(round(0.3 * RATE), room + round(0.1 * RATE))
    clips = tuple(replace(c, start=c.start + by) if c.line == line else c for c in played.clips)
    return replace(played, clips=clips), None, Fault("gap", line)


def _click(plan, played, line, dice):
    clip = _clip(played, line)
    place = int(dice.integers(clip.start - round(0.1 * RATE), clip.end))
    height = float(dice.uniform(0.3, 0.7)) * (1 if dice.random() < 0.5 else -1)
    fall = height * np.exp(-np.arange(int(dice.integers(1, 400))) / 60)

    def change(mix: np.ndarray) -> None:
        mix[place : place + len(fall)] += fall.astype(np.float32)

    return played, change, Fault("click", line, place / RATE)


def _noise(plan, played, line, dice):
    """Hiss from before the line until after it."""
    clip = _clip(played, line)
    start, end = clip.start - round(1.2 * RATE), clip.end + round(1.2 * RATE)
    if any(bed.start < end and start < bed.end for bed in plan.beds):
        return played, None, None
    level = gain(float(dice.uniform(-54, -44)))
    hiss = (level * dice.standard_normal(end - start)).astype(np.float32)

    def change(mix: np.ndarray) -> None:
        first, last = max(start, 4_096), min(end, len(mix) - 4_096)
        mix[first:last] += hiss[: last - first]

    return played, change, Fault("noise floor", line, clip.start / RATE)


def _bed(plan, played, line, dice):
    """The bed under the line is much too loud, all of it."""
    clip = _clip(played, line)
    under = next((b for b in played.beds if b.start < clip.end and clip.start < b.end), None)
    if under is None or under.level > -20:
        return played, None, None
    by = float(dice.uniform(11, 15))
    beds = tuple(replace(b, level=b.level + by) if b == under else b for b in played.beds)
    return replace(played, beds=beds), None, Fault("bed", line, clip.start / RATE)


LATER: Mapping[str, Later] = {
    "level": _level,
    "gap": _gap,
    "click": _click,
    "noise floor": _noise,
    "bed": _bed,
}


def findings(
    planted: Planted, pace: Mapping[str, tuple[float, float]], *, words: bool
) -> list[proof.Finding]:
    """Everything that proofing finds in a planted chapter."""
    found = proof.sound_findings(planted.samples, planted.layout, pace, "aac")
    for line in planted.layout.lines:
        if proof.clipped(planted.takes[line.line].samples):
            found.append(proof.Finding("clipped", line.line, line.start / RATE, line.end / RATE, "cut off"))
    return [*found, *proof.word_findings(planted.samples, planted.layout, pace)] if words else found


def found(fault: Fault, findings: Sequence[proof.Finding], layout: Layout) -> bool:
    """Whether one of the findings is of the fault's kind and at its place."""
    lines = [line.line for line in layout.lines]
    place = lines.index(fault.line)
    near = set(lines[max(0, place - 1) : place + 2])
    for finding in findings:
        if finding.code not in KINDS[fault.kind]:
            continue
        if fault.kind in ("bed", "noise floor", "click"):
            if finding.start - 1.5 <= fault.at <= finding.end + 1.5:
                return True
        elif finding.line == fault.line or (fault.kind == "gap" and finding.line in near):
            return True
    return False


def by_kind(results: Sequence[tuple[Fault, bool]]) -> Iterator[tuple[str, int, int]]:
    """Kind, how many were planted, how many found."""
    for kind in KINDS:
        of_kind = [hit for fault, hit in results if fault.kind == kind]
        if of_kind:
            yield kind, len(of_kind), sum(of_kind)
