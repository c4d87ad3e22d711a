"""A release read back: its chapters, and which line is heard when."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from narrator.errors import ProductionError

if TYPE_CHECKING:
    from av.container import InputContainer


@dataclass(frozen=True, slots=True)
class TimedLine:
    """A line as it is heard in a release. start, end: seconds of the release. take: its key."""

    line: int
    character: str
    text: str
    start: float
    end: float
    take: str


@dataclass(frozen=True, slots=True)
class TimedChapter:
    """A chapter of a release. sound: what its mix was made of, or its encoded frames; empty where unknown."""

    number: int
    title: str
    file: str
    start: float
    end: float
    sound: str
    lines: tuple[TimedLine, ...] = ()


def read(path: Path, where: str) -> tuple[TimedChapter, ...]:
    """The chapters of the release whose timeline is at `path`. Raises ProductionError, placed at `where`."""
    try:
        value = json.loads(path.read_bytes())
        lines: dict[int, list[TimedLine]] = {}
        for x in value["lines"]:
            heard = TimedLine(x["line"], x["character"], x["text"], x["start"], x["end"], x["take"])
            lines.setdefault(x["chapter"], []).append(heard)
        return tuple(
            TimedChapter(
                c["chapter"],
                c["title"],
                c.get("file", ""),
                c["start"],
                c["end"],
                c.get("sound", ""),
                tuple(lines.get(c["chapter"], ())),
            )
            for c in value["chapters"]
        )
    except FileNotFoundError as error:
        raise ProductionError(
            "there is no release here.", where=where, hint="Type `narrator render` first."
        ) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProductionError("this is no timeline of narrator's.", where=where) from error


def at(chapters: Sequence[TimedChapter], seconds: float) -> tuple[TimedChapter, TimedLine | None, bool]:
    """The chapter at a time, the line that is heard there or was heard last, and whether it is heard now.

    Raises ProductionError past the end.
    """
    for chapter in chapters:
        if chapter.start <= seconds < chapter.end:
            begun = [line for line in chapter.lines if line.start <= seconds]
            if not begun:
                return chapter, None, False
            return chapter, begun[-1], seconds < begun[-1].end
    raise ProductionError(f"the release ends at {chapters[-1].end if chapters else 0.0:.0f} s.")


def frames_of(path: Path) -> tuple[TimedChapter, ...]:
    """The chapters of an M4B, their sound told by their encoded frames: no line is known, every byte is.

    Raises ProductionError where it is no book with chapters.
    """
    import av

    try:
        with av.open(path) as book:
            marks = [
                (
                    m["metadata"].get("title", ""),
                    float(m["start"] * m["time_base"]),
                    float(m["end"] * m["time_base"]),
                )
                for m in book.chapters()
            ]
            sounds = list(_hashed(book, [start for _, start, _ in marks])) if marks else []
    except (av.FFmpegError, OSError, IndexError) as error:
        raise ProductionError("this is no audiobook that can be read.", where=str(path)) from error
    if not marks:
        raise ProductionError("this audiobook has no chapters.", where=str(path))
    return tuple(
        TimedChapter(n, title, "", start, end, sound)
        for n, ((title, start, end), sound) in enumerate(zip(marks, sounds, strict=True))
    )


def _hashed(book: InputContainer, starts: Sequence[float]) -> Iterator[str]:
    stream = book.streams.audio[0]
    digests = [hashlib.sha256() for _ in starts]
    current = 0
    for packet in book.demux(stream):
        if packet.pts is None or packet.pts < 0:
            continue
        seconds = float(packet.pts * packet.time_base) + 0.001  # marks are kept to the millisecond
        while current + 1 < len(starts) and starts[current + 1] <= seconds:
            current += 1
        digests[current].update(bytes(packet))
    yield from (digest.hexdigest() for digest in digests)
