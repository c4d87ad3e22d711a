"""What a render tells afterwards: output/report.json and output/timeline.json."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from narrator import speech
from narrator.audio import RATE
from narrator.build import costs
from narrator.build.jobs import heard_lines
from narrator.build.loading import Book, BookChapter
from narrator.build.releases.binding import ReleasedChapter
from narrator.build.rendering import Rendered
from narrator.whole import write_text


@dataclass(frozen=True, slots=True)
class ChapterSummary:
    """One chapter of the release. loudness: LUFS of the encoded file, as decoded. seconds: its duration."""

    number: int
    title: str
    seconds: float
    voices: tuple[str, ...]
    loudness: float | None
    lines: int
    recorded: int
    mixed: bool


def chapter_summaries(book: Book, rendered: Rendered) -> tuple[ChapterSummary, ...]:
    """The chapters that were released, in reading order."""
    return tuple(_chapter(book, rendered, released) for released in rendered.release.chapters)


def _chapter(book: Book, rendered: Rendered, released: ReleasedChapter) -> ChapterSummary:
    chapter, made = released.plan, released.record.made
    characters = dict.fromkeys(line.character for _, line in chapter.place.chapter.lines)
    return ChapterSummary(
        number=chapter.place.number,
        title=chapter.place.chapter.title,
        seconds=made["samples"] / RATE,
        voices=tuple(dict.fromkeys(book.cast[c].voice for c in characters)),
        loudness=made["check"]["loudness"],
        lines=len(chapter.takes),
        recorded=sum(request.key in rendered.work.recorded for request in chapter.takes.values()),
        mixed=chapter.place.name in rendered.work.finished,
    )


def report(book: Book, rendered: Rendered, seconds: float) -> dict[str, Any]:
    """The render as `output/report.json` holds it. seconds: wall time of the whole command."""
    work, released = rendered.work, rendered.release
    chapters = chapter_summaries(book, rendered)
    total = sum(c.lines for c in chapters)
    recorded = sum(c.recorded for c in chapters)
    mixed = sum(c.mixed for c in chapters)
    stems = {"stems": sorted(book.production.where(path) for path in work.stems)} if work.stems else {}
    far = {"cluster": dict(work.cluster)} if work.cluster else {}
    lost = {"lost": len(work.lost)} if work.lost else {}
    return {
        **stems,
        **far,
        **lost,
        "audio_seconds": round(sum(c.seconds for c in chapters), 3),
        "seconds": round(seconds, 3),
        "stages": {stage: round(value, 3) for stage, value in work.wall.items()},
        "cpu_seconds": {stage: round(value, 3) for stage, value in work.cpu.items()},
        "lines": {"total": total, "recorded": recorded, "reused": total - recorded},
        "takes_recorded": len(work.recorded),
        "rates": rates(len(work.recorded), work.sound, work.recording),
        "chapters": {
            "total": len(chapters),
            "mixed": mixed,
            "encoded": mixed,
            "reused": len(chapters) - mixed,
        },
        "doubts": doubts(book),
        "findings": [dict(finding) for finding in findings(rendered)],
        "not_listened_to": [
            v.name for v in book.voices.values() if speech.hallucinates(v) and not speech.listener(v)
        ],
        "spec": book.spec.name,
        "note": book.spec.note,
        "peak_rss_mb": round(work.memory.peak_mb(rendered.jobs), 1),
        "mended": list(work.mended),
        "unused_choices": list(rendered.unused),
        "doubtful_choices": list(rendered.doubtful),
        "files": [book.production.where(path) for path in released.files],
        "written": sorted(book.production.where(path) for path in released.written),
        "not_rendered": list(released.left_out),
    }


def rates(takes: int, sound: float, seconds: float) -> Mapping[str, float]:
    """How fast takes were recorded in so many seconds: takes, and seconds of sound, a second."""
    through = seconds or 1.0
    return {"takes_per_second": round(takes / through, 3), "sound_per_second": round(sound / through, 3)}


def doubts(book: Book) -> int:
    """How many lines are marked `?`: the tool is unsure who speaks them."""
    return sum(line.unsure for place in book.chapters for _, line in place.chapter.lines)


def findings(rendered: Rendered) -> Iterator[Mapping[str, Any]]:
    """What is wrong with takes that were kept because none of their line was better, and which lines have
    none because each attempt took its worker with it."""
    for plan in rendered.plans if rendered.work.lost else ():
        for line, request in plan.takes.items():
            if why := rendered.work.lost.get(request.key):
                yield _finding(plan.place, line, f"{why.what}, so it was not recorded")
    for released in rendered.release.chapters:
        place = released.plan.place
        for line, what in released.record.made.get("findings", ()):
            yield _finding(place, line, what)


def _finding(place: BookChapter, line: int, what: str) -> Mapping[str, Any]:
    return {"chapter": place.number, "line": line, "where": f"{place.where}:{line}", "what": what}


def timeline(book: Book, rendered: Rendered) -> dict[str, Any]:
    """When each line is heard in the release, as `output/timeline.json` holds it."""
    lines: list[dict[str, Any]] = []
    marks: list[dict[str, Any]] = []
    offset = 0
    for released in rendered.release.chapters:
        place, made = released.plan.place, released.record.made
        marks.append(
            {
                "chapter": place.number,
                "name": place.name,
                "title": place.chapter.title,
                "file": place.where,
                "sound": released.record.facts["mix"],
                **_times(offset, made["samples"]),
            }
        )
        lines += _lines(released, offset)
        offset += made["samples"]
    return {"rate": RATE, "title": book.sheet.title, **_times(0, offset), "chapters": marks, "lines": lines}


def _lines(released: ReleasedChapter, offset: int) -> Iterator[dict[str, Any]]:
    """The lines as the script has them now; as they were, where the chapter went in as last released."""
    place, made = released.plan.place, released.record.made
    keys = {number: request.key for number, request in released.plan.takes.items()}
    heard = heard_lines(place.chapter, keys) if released.current else map(tuple, made["lines"])
    for (line, character, text, take), clip in zip(heard, made["timeline"]["clips"], strict=True):
        yield {
            "chapter": place.number,
            "line": line,
            "character": character,
            "text": text,
            **_times(offset + clip["start"], clip["length"]),
            "take": take,
        }


def _times(start: int, length: int) -> dict[str, float | int]:
    return {
        "start": round(start / RATE, 6),
        "end": round((start + length) / RATE, 6),
        "start_sample": start,
        "end_sample": start + length,
    }


def write(book: Book, rendered: Rendered, seconds: float) -> dict[str, Any]:
    """Write both files; the report is returned. Raises RenderError where they cannot be written.

    The timeline is of the last whole release: a render of single chapters leaves it as it was.
    """
    told = report(book, rendered, seconds)
    if not rendered.release.left_out:
        text = _spread(timeline(book, rendered))
        path = book.production.timeline
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            write_text(path, text)
    costs.note(book.production, rendered)
    if _tells_more(told, book.production.report):
        write_text(book.production.report, json.dumps(told, ensure_ascii=False, indent=1))
    return told


def _spread(told: Mapping[str, Any]) -> str:
    """A timeline as `json.dumps` writes it with an indent of 1, ten times as fast: its lines are flat."""
    flat = json.JSONEncoder(ensure_ascii=False, separators=(",\n   ", ": "))
    lines = ",\n  ".join(f"{{\n   {flat.encode(line)[1:-1]}\n  }}" for line in told["lines"])
    rest = json.dumps({**told, "lines": []}, ensure_ascii=False, indent=1)
    return rest.removesuffix("[]\n}") + (f"[\n  {lines}\n ]\n}}" if lines else "[]\n}")


_STANDING: Final = (
    "audio_seconds",
    "doubts",
    "spec",
    "files",
    "not_rendered",
    "unused_choices",
    "doubtful_choices",
)
"""What a report says of the production, and not of the render that wrote it."""


def _tells_more(told: Mapping[str, Any], path: Path) -> bool:
    """Whether the render made anything, or the production is no longer what the last report says: where
    nothing changed, no file changes."""
    if told["takes_recorded"] or told["chapters"]["mixed"] or told["written"] or told["findings"]:
        return True
    try:
        last = json.loads(path.read_bytes())
        same = all(last[name] == told[name] for name in _STANDING)
        return not same or last["lines"]["total"] != told["lines"]["total"]
    except (OSError, ValueError, KeyError, TypeError):
        return True
