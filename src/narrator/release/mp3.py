"""MP3s: the whole book with its chapter marks, and one tagged file a chapter.

The frames are those that mastering made; only the ID3 tag before them is new. No Xing or Info frame is put
in front: a CBR file needs none to be sought exactly (time is bytes over bit rate), and a player that believes
one drops 529 samples of "decoder delay" that these frames do not have.

ID3v2.3 rather than 2.4: the chapter addendum covers both, and 2.3 is what Windows, cars and old players read.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from mutagen import id3

from narrator.audio import RATE
from narrator.release.chapters import EncodedChapter, Tags, clean, marks, refuse_empty
from narrator.release.files import replacing
from narrator.release.frames import (
    MP3_FRAME,
    Frames,
    chapter_frames,
    mp3_frames,
    refuse_borrowed,
    refuse_mixture,
    whole_frames,
)
from narrator.release.languages import three_letters

CTOC_CHILDREN = 255
"""The most entries a table of contents can hold (its count is a byte); longer books get a table of tables."""

_NO_OFFSET = 0xFFFF_FFFF
"""The byte offset of a CHAP frame that goes by time alone (ID3v2 Chapter Frame Addendum, 3.1)."""

_TAG_HEADER = _FRAME_HEADER = 10
"""Bytes of either in ID3v2.3, whose sizes are plain numbers."""

_UTF16 = id3.Encoding.UTF16


def join_mp3(chapters: Sequence[EncodedChapter], tags: Tags, cover: bytes, out: Path) -> None:
    """Write `out`: the chapters' frames end to end, with marks, tags and cover (JPEG, or empty for none).

    Each chapter is a file of samples/1,152 raw CBR frames, so a chapter starts at the sum of the samples
    before it; its mark is that, rounded to the millisecond in which CHAP frames count. The same input gives
    the same bytes. RenderError where a chapter's file is not as said, or the disk is full; `out` is then
    what it was.
    """
    refuse_empty(chapters, out)
    tag = _tag(tags, tags.title, cover, marks(chapters)[-1])
    for frame in _contents(chapters):
        tag.add(frame)
    first: Frames | None = None
    with replacing(out) as file:
        file.write(_rendered(tag))
        for chapter in chapters:
            data, frames = _checked(chapter)
            first = first or frames
            refuse_mixture(first, frames, chapter.path)
            file.write(data)


def chapter_mp3(
    chapter: EncodedChapter, tags: Tags, number: int, total: int, cover: bytes, out: Path
) -> None:
    """Write `out`: one chapter with the tags of the book, its own title, and its place (`number` of `total`).

    `number` counts from 1. The rest is as in `join_mp3`; a single chapter carries no chapter marks.
    """
    tag = _tag(tags, chapter.title, cover, chapter.samples)
    tag.add(id3.TRCK(encoding=_UTF16, text=f"{number}/{total}"))
    data, _ = _checked(chapter)
    with replacing(out) as file:
        file.write(_rendered(tag))
        file.write(data)


def sample_mp3(
    chapter: EncodedChapter, samples: int, title: str, tags: Tags, cover: bytes, out: Path
) -> None:
    """Write `out`: the first `samples` of a chapter, rounded down to a frame, with tags and its own title.

    No frame leans on another, so it may end anywhere; the caller sees to it that it ends in a pause. The rest
    is as in `join_mp3`.
    """
    data, frames = _checked(chapter)
    kept = frames.sizes[: samples // MP3_FRAME]
    tag = _tag(tags, title, cover, len(kept) * MP3_FRAME)
    with replacing(out) as file:
        file.write(_rendered(tag))
        file.write(data[frames.start : frames.start + int(kept.sum())])


def milliseconds(samples: int) -> int:
    """`samples` in the unit of ID3, rounded to the nearest."""
    return (samples * 1_000 + RATE // 2) // RATE


def _checked(chapter: EncodedChapter) -> tuple[bytes, Frames]:
    data = chapter.read()
    frames = mp3_frames(data, chapter.path)
    refuse_borrowed(data, frames, chapter.path)
    return data, chapter_frames(chapter, frames, whole_frames(chapter, MP3_FRAME))


def _contents(chapters: Sequence[EncodedChapter]) -> Iterator[id3.Frame]:
    """A CHAP frame a chapter, and the tables that name them in order."""
    starts = [milliseconds(mark) for mark in marks(chapters)]
    names = [f"ch{number:04}" for number in range(1, len(chapters) + 1)]
    for name, chapter, start, end in zip(names, chapters, starts, starts[1:], strict=False):
        title = clean(chapter.title)
        yield id3.CHAP(
            element_id=name,
            start_time=start,
            end_time=end,
            start_offset=_NO_OFFSET,
            end_offset=_NO_OFFSET,
            sub_frames=[id3.TIT2(encoding=_UTF16, text=title)] if title else [],
        )
    top = id3.CTOCFlags.TOP_LEVEL | id3.CTOCFlags.ORDERED
    if len(names) <= CTOC_CHILDREN:
        yield id3.CTOC(element_id="toc", flags=top, child_element_ids=names, sub_frames=[])
        return
    parts = [names[at : at + CTOC_CHILDREN] for at in range(0, len(names), CTOC_CHILDREN)]
    tables = [f"toc{number}" for number in range(1, len(parts) + 1)]
    yield id3.CTOC(element_id="toc", flags=top, child_element_ids=tables, sub_frames=[])
    for table, part in zip(tables, parts, strict=True):
        yield id3.CTOC(element_id=table, flags=id3.CTOCFlags.ORDERED, child_element_ids=part, sub_frames=[])


def _tag(tags: Tags, title: str, cover: bytes, samples: int) -> id3.ID3:
    """What the file says about itself; the narrator is the composer, as audiobook players expect."""
    texts = {
        id3.TIT2: title,
        id3.TALB: tags.title,
        id3.TPE1: tags.author,
        id3.TPE2: tags.author,
        id3.TCOM: tags.narrator,
        id3.TCON: tags.genre,
        id3.TDRC: tags.date,
        id3.TPUB: tags.publisher,
        id3.TLAN: three_letters(tags.language) if tags.language else "",
        id3.TLEN: str(milliseconds(samples)),
    }
    own = {
        "NARRATOR": tags.narrator,
        "SERIES": tags.series,
        "SERIES-PART": tags.part,
        "TRANSLATOR": tags.translator,
        "ISBN": tags.isbn,
    }
    tag = id3.ID3()
    for frame, text in texts.items():
        if text:
            tag.add(frame(encoding=_UTF16, text=clean(text)))
    for name, text in own.items():
        if text:
            tag.add(id3.TXXX(encoding=_UTF16, desc=name, text=clean(text)))
    if tags.description:
        language = three_letters(tags.language)
        tag.add(id3.COMM(encoding=_UTF16, lang=language, desc="", text=clean(tags.description)))
    if cover:
        front = id3.PictureType.COVER_FRONT
        tag.add(id3.APIC(encoding=0, mime="image/jpeg", type=front, desc="", data=cover))
    return tag


def _rendered(tag: id3.ID3) -> bytes:
    """The tag as the file starts with it, without padding."""
    tag.update_to_v23()
    file = io.BytesIO()
    tag.save(file, v2_version=3, padding=lambda _: 0)
    return _in_order(file.getvalue())


def _in_order(tag: bytes) -> bytes:
    """The tag with its chapters in the order of the book.

    mutagen writes frames by their size. Most players go by the table of contents or by time, but ffprobe,
    and with it Audiobookshelf, lists chapters as they stand.
    """
    frames, at = [], _TAG_HEADER
    while at < len(tag):
        end = at + _FRAME_HEADER + int.from_bytes(tag[at + 4 : at + 8], "big")
        frames.append(tag[at:end])
        at = end
    chapters = iter(sorted((frame for frame in frames if frame[:4] == b"CHAP"), key=_start))
    ordered = (next(chapters) if frame[:4] == b"CHAP" else frame for frame in frames)
    return tag[:_TAG_HEADER] + b"".join(ordered)


def _start(chapter: bytes) -> tuple[int, bytes]:
    """When the chapter of a CHAP frame starts, in ms; and its name, which counts up, for chapters of no
    length."""
    name, _, times = chapter[_FRAME_HEADER:].partition(b"\0")
    return int.from_bytes(times[:4], "big"), name
