"""Does a finished file hold what it promises? Read back by other code than wrote it, without decoding."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import accumulate
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from narrator.audio import RATE
from narrator.errors import RenderError
from narrator.release.boxes import NERO_CHAPTERS, NERO_TITLE
from narrator.release.chapters import MARK_TOLERANCE, EncodedChapter, clean, cut, marks
from narrator.release.frames import AAC_FRAME, MP3_FRAME, mp3_frames
from narrator.release.opus import OPUS_RATE, opus_places

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.container.core import Chapter
    from mutagen.id3 import ID3

_AGAIN = "Delete it and type: narrator render"

Mark: TypeAlias = tuple[str, float]
"""A chapter's title and start in seconds, as a reader sees them."""


def check_m4b(path: Path, chapters: Sequence[EncodedChapter]) -> None:
    """Refuse an M4B that is not the book of `chapters`: RenderError says what is off.

    libavformat reads the frames (number, priming, last byte), the length, the QuickTime track by itself and
    the chapters as its players see them; mutagen reads Nero's list, up to 255 chapters. Titles must be equal
    and every mark within `MARK_TOLERANCE` of the sum of the samples before it. Time does not grow with the
    sound, only with its index: 10 hours take about a second.
    """
    import av
    from mutagen import MutagenError
    from mutagen.mp4 import MP4

    try:
        with av.open(path, options={"ignore_chapters": "1"}) as book:
            _check_sound(book, path, chapters)
            _check_marks("QuickTime chapters", _quicktime(book, path), path, chapters)
        with av.open(path) as book:
            _check_marks("chapters", [_seen(mark) for mark in book.chapters()], path, chapters)
        nero = [(mark.title, mark.start) for mark in MP4(path).chapters or ()]
    except (av.FFmpegError, MutagenError, OSError) as error:
        raise _unreadable(path, error) from error
    if len(chapters) <= NERO_CHAPTERS:
        _check_marks("Nero chapters", nero, path, chapters, limit=NERO_TITLE)


def check_mp3(path: Path, chapters: Sequence[EncodedChapter]) -> None:
    """Refuse a book's MP3 that is not the book of `chapters`: RenderError says what is off.

    mutagen reads the CHAP frames, the tables that name them and the length that a player would show; the
    frames behind the tag are counted. Titles, marks and cost as in `check_m4b`.
    """
    from mutagen import MutagenError
    from mutagen.mp3 import MP3

    try:
        book = MP3(path)
    except MutagenError as error:
        raise _unreadable(path, error) from error
    tag = book.tags
    if tag is None:
        raise RenderError("the file has no ID3 tag.", where=str(path), hint=_AGAIN)
    listed = list(_listed(tag, "toc"))
    found = [tag.get(f"CHAP:{name}") for name in listed]
    if None in found or len(found) != len(tag.getall("CHAP")):
        raise RenderError("the table of contents and the chapters disagree.", where=str(path), hint=_AGAIN)
    seen = [(str(mark.sub_frames.get("TIT2", "")), mark.start_time / 1_000) for mark in found]
    _check_marks("chapters", seen, path, chapters)
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        frames = len(mp3_frames(data, path, start=tag.size).sizes)
    _check("MP3 frames", frames, marks(chapters)[-1] // MP3_FRAME, path)
    # mutagen has bytes and bit rate to go by; a frame is the finest it can see.
    _check_length(book.info.length, MP3_FRAME / RATE, path, chapters)


def mark_places(lengths: Sequence[int], suffix: str) -> list[float]:
    """Where chapters of so many samples start in a release of that suffix, in seconds, and where it ends."""
    places = tuple(accumulate(lengths, initial=0))
    if suffix == ".opus":
        return [place / OPUS_RATE for place in opus_places(places)]
    return [place / RATE for place in places]


def read_marks(path: Path) -> dict[str, list[Mark]]:
    """The chapter marks in a finished release, by the kind of list they stand in. RenderError where the
    file cannot be read."""
    import av
    from mutagen import MutagenError
    from mutagen.mp3 import MP3
    from mutagen.mp4 import MP4

    try:
        if path.suffix in (".opus", ".flac"):
            with av.open(path) as book:
                return {"Vorbis": [_seen(mark) for mark in book.chapters()]}
        if path.suffix == ".mp3":
            tag = MP3(path).tags
            found = [tag[f"CHAP:{name}"] for name in _listed(tag, "toc")] if tag else []
            return {"ID3": [(str(c.sub_frames.get("TIT2", "")), c.start_time / 1_000) for c in found]}
        with av.open(path, options={"ignore_chapters": "1"}) as book:
            lists = {"QuickTime": list(_quicktime(book, path))}
        nero = [(mark.title, mark.start) for mark in MP4(path).chapters or ()]
    except (av.FFmpegError, MutagenError, OSError, KeyError) as error:
        raise _unreadable(path, error) from error
    return {**lists, "Nero": nero} if nero else lists


def _listed(tag: ID3, table: str) -> Iterator[str]:
    """The chapters that a table of contents names, those of its own tables in their place."""
    toc = tag.get(f"CTOC:{table}")
    for name in toc.child_element_ids if toc else ():
        if f"CTOC:{name}" in tag:
            yield from _listed(tag, name)
        else:
            yield name


def _check_sound(book: InputContainer, path: Path, chapters: Sequence[EncodedChapter]) -> None:
    """One AAC track whose first frame is priming and hidden, and whose last byte is there."""
    samples = marks(chapters)[-1]
    sound = book.streams.audio
    _check("sound tracks", len(sound), 1, path)
    _check("the codec", sound[0].codec_context.name, "aac", path)
    index = sound[0].index_entries
    _check("AAC frames", len(index), samples // AAC_FRAME + 1, path)
    _check("the priming's place", index[0].timestamp, -AAC_FRAME, path)
    _check("the last frame's place", index[-1].timestamp, samples - AAC_FRAME, path)
    if index[-1].pos + index[-1].size > path.stat().st_size:
        raise RenderError("the file is cut short.", where=str(path), hint=_AGAIN)
    _check_length(_seconds(sound[0].duration, sound[0].time_base), MARK_TOLERANCE, path, chapters)


def _quicktime(book: InputContainer, path: Path) -> Iterator[Mark]:
    """The marks of the text track by itself: where a Nero list exists, it would hide that this is missing."""
    tracks = book.streams.subtitles
    _check("QuickTime chapter tracks", len(tracks), 1, path)
    with path.open("rb") as file:
        for entry in tracks[0].index_entries:
            file.seek(entry.pos)
            text = file.read(entry.size)
            title = text[2 : 2 + int.from_bytes(text[:2], "big")]
            yield title.decode("utf-8", "replace"), _seconds(entry.timestamp, tracks[0].time_base)


def _seconds(ticks: int | None, unit: Fraction | None) -> float:
    """Infinite where the file does not say, which no check takes."""
    return math.inf if ticks is None or unit is None else float(ticks * unit)


def _seen(mark: Chapter) -> Mark:
    return mark["metadata"].get("title", ""), _seconds(mark["start"], mark["time_base"])


def _check_marks(
    kind: str, seen: Iterable[Mark], path: Path, chapters: Sequence[EncodedChapter], limit: int = 0xFFFF
) -> None:
    marked = tuple(seen)
    _check(f"the number of {kind}", len(marked), len(chapters), path)
    wanted = zip(chapters, marks(chapters), strict=False)
    for number, ((title, start), (chapter, mark)) in enumerate(zip(marked, wanted, strict=True), 1):
        _check(f"title {number} of the {kind}", title, cut(clean(chapter.title), limit).decode(), path)
        if abs(start - mark / RATE) > MARK_TOLERANCE:
            raise RenderError(
                f"mark {number} of the {kind} stands at {start:.4f} s, its chapter starts at "
                f"{mark / RATE:.4f} s.",
                where=str(path),
                hint=_AGAIN,
            )


def _check_length(seconds: float, tolerance: float, path: Path, chapters: Sequence[EncodedChapter]) -> None:
    wanted = marks(chapters)[-1] / RATE
    if abs(seconds - wanted) > tolerance:
        raise RenderError(
            f"it lasts {seconds:.3f} s, its chapters {wanted:.3f} s.", where=str(path), hint=_AGAIN
        )


def _check(what: str, found: object, wanted: object, path: Path) -> None:
    if found != wanted:
        raise RenderError(f"{what}: {found!r} instead of {wanted!r}.", where=str(path), hint=_AGAIN)


def _unreadable(path: Path, error: Exception) -> RenderError:
    return RenderError(f"the file cannot be read back ({error}).", where=str(path), hint=_AGAIN)
