"""Does a finished Opus or FLAC file hold what it promises? Read back by other code than wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from narrator.audio import RATE
from narrator.errors import RenderError
from narrator.release.chapters import EncodedChapter, clean, marks
from narrator.release.checksums import FRAME as WHOLE
from narrator.release.checksums import checksum
from narrator.release.flac import FRAME, blocks
from narrator.release.opus import OPUS_RATE, PACKET, opus_marks

MARK_TOLERANCE = 0.0006
"""Seconds a mark may lie beside its sample: these count in whole milliseconds."""

_AGAIN = "Delete it and type: narrator render"


def check_opus(path: Path, chapters: Sequence[EncodedChapter]) -> None:
    """Refuse an Opus file that is not the book of `chapters`: RenderError says what is off.

    libavformat reads the codec, the length (from the last page, so a file that was cut short is known) and
    the chapters as players see them; mutagen reads the length too.
    """
    from mutagen import MutagenError
    from mutagen.oggopus import OggOpus

    places = opus_marks(chapters)
    _check_seen(path, chapters, [place / OPUS_RATE for place in places], "opus", hidden=PACKET / OPUS_RATE)
    try:
        length = OggOpus(path).info.length
    except MutagenError as error:
        raise _unreadable(path, error) from error
    _check_near("its length as mutagen reads it", length, places[-1] / OPUS_RATE, path)


def check_flac(path: Path, chapters: Sequence[EncodedChapter]) -> None:
    """Refuse a FLAC file that is not the book of `chapters`: RenderError says what is off.

    libavformat reads as in `check_opus`; mutagen reads the number of samples and the seek table; the frame
    that its last point names is the last one, and whole.
    """
    from mutagen import MutagenError
    from mutagen.flac import FLAC

    places = marks(chapters)
    _check_seen(path, chapters, [place / RATE for place in places], "flac")
    try:
        book = FLAC(path)
        point = book.seektable.seekpoints[-1]
        with path.open("rb") as file:
            for _ in blocks(file):
                pass  # the frames stand behind them
            file.seek(point.byte_offset, 1)
            last = file.read()
    except (MutagenError, AttributeError, IndexError, OSError) as error:
        raise _unreadable(path, error) from error
    if book.info.total_samples != places[-1] or point.first_sample != places[-1] - FRAME:
        raise RenderError(
            f"it has {book.info.total_samples:,} samples, its chapters {places[-1]:,}.",
            where=str(path),
            hint=_AGAIN,
        )
    if not last or checksum(last, WHOLE):
        raise RenderError("its last frame is not whole.", where=str(path), hint=_AGAIN)


def _check_seen(
    path: Path,
    chapters: Sequence[EncodedChapter],
    places: Sequence[float],
    codec: str,
    *,
    hidden: float = 0.0,
) -> None:
    """One track of the codec, as long as its chapters, and their marks. places: in seconds, and the end.
    hidden: seconds before the first sample that libavformat counts into the length (Opus' pre-skip)."""
    import av

    try:
        with av.open(path) as book:
            sound = book.streams.audio
            found = [track.codec_context.codec.canonical_name for track in sound]
            track = sound[0]
            lasts = float((track.duration or 0) * (track.time_base or 0))
            seen = [
                (m["metadata"].get("title", ""), float(m["start"] * m["time_base"])) for m in book.chapters()
            ]
    except (av.FFmpegError, IndexError, OSError) as error:
        raise _unreadable(path, error) from error
    if found != [codec]:
        raise RenderError(f"its tracks are {found}, not {codec}.", where=str(path), hint=_AGAIN)
    _check_near("its length", lasts - hidden, places[-1], path)
    wanted = chapters if len(chapters) > 1 else ()
    if len(seen) != len(wanted):
        raise RenderError(
            f"it has {len(seen)} marks for {len(wanted)} chapters.", where=str(path), hint=_AGAIN
        )
    for number, ((title, start), chapter, place) in enumerate(zip(seen, wanted, places, strict=False), 1):
        if title != clean(chapter.title):
            raise RenderError(f"title {number} is {title!r}.", where=str(path), hint=_AGAIN)
        _check_near(f"mark {number}", start, place, path)


def _check_near(what: str, found: float, wanted: float, path: Path) -> None:
    if abs(found - wanted) > MARK_TOLERANCE:
        raise RenderError(f"{what} is {found:.4f} s instead of {wanted:.4f} s.", where=str(path), hint=_AGAIN)


def _unreadable(path: Path, error: Exception) -> RenderError:
    return RenderError(f"the file cannot be read back ({error}).", where=str(path), hint=_AGAIN)
