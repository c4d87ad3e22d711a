"""Stems as files: what `narrator render --stems` leaves for a sound engineer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from narrator.audio import RATE
from narrator.production import numbered_title
from narrator.whole import cannot_write, replacing

if TYPE_CHECKING:
    from narrator.build.loading import BookChapter
    from narrator.mixing import Stems
    from narrator.production import Production

_LONGEST_WAV = (1 << 32) - (1 << 16)
"""Bytes that a plain WAV can hold; a longer chapter is written as RF64, which editors read alike."""

_HEAD = 256
"""Bytes in which a WAV's chunks stand before its sound."""


_STEM = re.compile(r"(\d+) .* - (?:dialogue|ambience)\.wav")


def stem_paths(production: Production, place: BookChapter, last: int) -> tuple[Path, Path]:
    """Where a chapter's dialogue and ambience go. last: the highest number of a chapter in the book."""
    name = numbered_title(place.number, place.chapter.title, last=last)
    return production.stems / f"{name} - dialogue.wav", production.stems / f"{name} - ambience.wav"


def clear_old_stems(
    production: Production, book: Iterable[BookChapter], written: Iterable[BookChapter]
) -> None:
    """Delete stems that an older render wrote for these chapters under other names, and those of numbers that
    the book does not have any more. Raises RenderError where one cannot be deleted."""
    places = tuple(book)
    last, numbers = places[-1].number, {place.number for place in written}
    current = {path for place in places for path in stem_paths(production, place, last)}
    there = {place.number for place in places}
    for path in sorted(production.stems.glob("*.wav")):
        named = _STEM.fullmatch(path.name)
        if named and path not in current and (int(named[1]) in numbers or int(named[1]) not in there):
            try:
                path.unlink()
            except OSError as error:
                raise cannot_write(path, error) from error


def write_stems(blocks: Iterable[Stems], length: int, dialogue: Path, ambience: Path) -> None:
    """Write both stems of a chapter of `length` samples, whole or not at all: 32-bit float WAV at 44.1 kHz.

    Their sum is the mix as mastering gets it (in stereo within a rounding), not yet raised to the spec. The
    same chapter is the same bytes. Raises RenderError where they cannot be written.
    """
    import soundfile

    writers: list[soundfile.SoundFile] = []
    with ExitStack() as files:
        parts = [files.enter_context(replacing(path)) for path in (dialogue, ambience)]
        for block in blocks:
            sounds = (block.wide_dialogue, block.wide_ambience)
            if not writers:
                channels = sounds[0].ndim
                kind = "WAV" if 4 * channels * length < _LONGEST_WAV else "RF64"
                writers = [
                    files.enter_context(soundfile.SoundFile(part, "w", RATE, channels, "FLOAT", format=kind))
                    for part in parts
                ]
            for writer, sound in zip(writers, sounds, strict=True):
                writer.write(sound)
        for writer, part in zip(writers, parts, strict=False):
            writer.close()
            _undate(part)


def _undate(path: Path) -> None:
    """Blank the second that libsndfile notes in a WAV of floats: in PEAK, after name, size and version."""
    with path.open("r+b") as file:
        at = file.read(_HEAD).find(b"PEAK")
        if at >= 0:
            file.seek(at + 12)
            file.write(bytes(4))
