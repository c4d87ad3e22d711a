"""What changed from one release to another, for who hears it and for who edits it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Literal, TypeAlias

from narrator.build.releases import timelines
from narrator.build.releases.timelines import TimedChapter
from narrator.errors import ProductionError, UsageError
from narrator.production import Production

Change: TypeAlias = Literal["new", "removed", "changed", "renamed", "moved"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the new release that is not as it was. texts: what is said there now."""

    start: float
    end: float
    lines: tuple[int, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangedChapter:
    """A chapter that is not as it was. before: its title then, empty where it was not there. gone: lines that
    are no longer heard. Without spans, its sound changed as a whole: pauses, beds, levels."""

    chapter: TimedChapter
    changes: tuple[Change, ...]
    before: str = ""
    spans: tuple[Span, ...] = ()
    gone: int = 0

    @property
    def seconds(self) -> float:
        """How much of it a listener would have to hear again."""
        if "new" in self.changes or ("changed" in self.changes and not self.spans and not self.gone):
            return self.chapter.end - self.chapter.start
        return sum(span.end - span.start for span in self.spans)


def difference(old: Sequence[TimedChapter], new: Sequence[TimedChapter]) -> tuple[ChangedChapter, ...]:
    """What changed from one release to the next, in the order of the new one; removed chapters come last."""
    partners = _partners(old, new)
    order = [partners[i] for i in range(len(new)) if i in partners]
    steady = _longest_rising(order)
    found = [
        changed
        for i, chapter in enumerate(new)
        if (
            changed := _changed(
                old[partners[i]] if i in partners else None, chapter, partners.get(i) in steady
            )
        )
    ]
    kept = set(partners.values())
    return (
        *found,
        *(ChangedChapter(c, ("removed",), c.title) for i, c in enumerate(old) if i not in kept),
    )


def _partners(old: Sequence[TimedChapter], new: Sequence[TimedChapter]) -> Mapping[int, int]:
    """Which old chapter a new one was: the same sound, else the same title, else most of the same takes."""
    found: dict[int, int] = {}

    def pair(wanted: str) -> None:
        free: dict[str, list[int]] = {}
        for i, chapter in enumerate(old):
            if i not in found.values() and getattr(chapter, wanted):
                free.setdefault(getattr(chapter, wanted), []).append(i)
        for j, chapter in enumerate(new):
            if j not in found and free.get(getattr(chapter, wanted)):
                found[j] = free[getattr(chapter, wanted)].pop(0)

    pair("sound")
    pair("title")
    for j, chapter in enumerate(new):
        if j in found or not chapter.lines:
            continue
        takes = Counter(line.take for line in chapter.lines)
        shared = {
            i: (takes & Counter(line.take for line in c.lines)).total()
            for i, c in enumerate(old)
            if i not in found.values()
        }
        best = max(shared, key=lambda i: shared[i], default=None)
        if best is not None and 2 * shared[best] >= len(chapter.lines):
            found[j] = best
    return found


def _longest_rising(order: Sequence[int]) -> frozenset[int]:
    """The chapters that kept their order; the fewest others were moved."""
    runs: list[list[int]] = [[]]
    for number in order:
        before = [run for run in runs if not run or run[-1] < number]
        longest: list[int] = max(before, key=len)
        runs.append([*longest, number])
    whole: list[int] = max(runs, key=len)
    return frozenset(whole)


def _changed(was: TimedChapter | None, now: TimedChapter, steady: bool) -> ChangedChapter | None:
    if was is None:
        return ChangedChapter(now, ("new",))
    spans, gone = _spans(was, now)
    other = (was.sound and now.sound and was.sound != now.sound) or abs(
        (was.end - was.start) - (now.end - now.start)
    ) > 0.001
    kinds: tuple[tuple[Change, bool], ...] = (
        ("changed", bool(spans or gone or other)),
        ("renamed", was.title != now.title),
        ("moved", not steady),
    )
    changes = tuple(change for change, holds in kinds if holds)
    return ChangedChapter(now, changes, was.title, spans, gone) if changes else None


def _spans(was: TimedChapter, now: TimedChapter) -> tuple[tuple[Span, ...], int]:
    old, new = ([line.take for line in chapter.lines] for chapter in (was, now))
    spans, gone = [], 0
    for what, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        gone += max(0, (i2 - i1) - (j2 - j1))
        heard = now.lines[j1:j2]
        if heard:
            numbers, texts = tuple(x.line for x in heard), tuple(x.text for x in heard)
            spans.append(Span(heard[0].start, heard[-1].end, numbers, texts))
    return tuple(spans), gone


def since(production: Production, old: Path) -> tuple[tuple[TimedChapter, ...], tuple[ChangedChapter, ...]]:
    """The chapters of the release that stands in output/, and what changed since `old`.

    old: another release's folder, its timeline.json, or an M4B; with an M4B alone, chapters are compared by
    their encoded frames and no line is named. Raises ProductionError, UsageError.
    """
    if not old.exists():
        raise ProductionError(
            "there is no such file or folder.",
            where=str(old),
            hint="Name an older release: its folder, its timeline.json or its M4B.",
        )
    if old.is_dir() and not (old / "timeline.json").exists():
        raise ProductionError(
            "no timeline.json lies in this folder.",
            where=str(old),
            hint="Name the folder of an older release, or its M4B.",
        )
    if old.suffix.lower() == ".m4b":
        books = sorted(production.output.glob("*.m4b"))
        if len(books) != 1:
            raise UsageError(
                f"{production.where(production.output)} holds {len(books)} M4B books, not one to compare.",
                hint="Name the old release's timeline.json instead.",
            )
        before, now = timelines.frames_of(old), timelines.frames_of(books[0])
    else:
        path = old / "timeline.json" if old.is_dir() else old
        before = timelines.read(path, str(path))
        now = timelines.read(production.timeline, production.where(production.timeline))
    return now, difference(before, now)
