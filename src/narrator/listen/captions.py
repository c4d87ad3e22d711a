"""Captions: WebVTT and SubRip, a cue a line, each from its line's first sample to its last, to the ms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from narrator.listen.publication import Publication, PublishedChapter

_JOINER = "\u2060"
"""WORD JOINER: invisible, of no width. It keeps a player of SubRip from taking words for a tag."""


def webvtt(book: Publication, chapters: Sequence[PublishedChapter]) -> str:
    """The chapters as one WebVTT file, timed from the start of the first; the speaker is the cue's voice."""
    names = {part.id: part.name for part in book.cast}
    cues = [
        f"{number}\n{_time(start, '.')} --> {_time(end, '.')}\n<v {_vtt(names[character])}>{_vtt(text)}</v>\n"
        for number, (start, end, character, text) in enumerate(_cues(chapters), 1)
    ]
    return "\n".join(["WEBVTT\n", *cues])


def subrip(chapters: Sequence[PublishedChapter]) -> str:
    """The chapters as one SubRip file, timed from the start of the first."""
    cues = [
        f"{number}\n{_time(start, ',')} --> {_time(end, ',')}\n{_srt(text)}\n"
        for number, (start, end, _, text) in enumerate(_cues(chapters), 1)
    ]
    return "\n".join(cues)


def _cues(chapters: Sequence[PublishedChapter]) -> Iterator[tuple[int, int, str, str]]:
    """Start and end in ms, character and words of each spoken line."""
    first = chapters[0].start if chapters else 0.0
    for chapter in chapters:
        for spoken in chapter.spoken:
            offset = chapter.start - first
            start = round((offset + spoken.start) * 1_000)
            end = max(start + 1, round((offset + spoken.end) * 1_000))
            yield start, end, spoken.line.character, spoken.line.text


def _time(ms: int, point: str) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1_000 % 60:02}{point}{ms % 1_000:03}"


def _vtt(text: str) -> str:
    """Words that no parser takes for a tag, an arrow or the end of a cue."""
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _srt(text: str) -> str:
    """The same for SubRip, which knows no escapes: a joiner stands where a tag would start."""
    return re.sub(r"([<{])(?=\S)|(--)(?=>)", lambda m: m[0] + _JOINER, " ".join(text.split()))
