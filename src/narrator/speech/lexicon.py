"""How names and words are said: the lexicon, and a line's words after it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from narrator.book import Line
from narrator.speech.engine import Word

_APOSTROPHES = "['’]"


@dataclass(frozen=True)
class Lexicon:
    """Words and their readings: a respelling, or phonemes between slashes.

    An entry matches whole words, the longest entry first. An entry in lower case matches any case, another
    only its own. White space in an entry matches any white space, an apostrophe either apostrophe.
    """

    entries: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        longest_first = sorted((entry for entry in self.entries if entry.strip()), key=lambda e: (-len(e), e))
        if not longest_first:
            return None
        return re.compile(rf"(?<![^\W_])(?:{'|'.join(map(_as_pattern, longest_first))})(?![^\W_])")

    @cached_property
    def _readings(self) -> Mapping[str, str]:
        return {_plain(entry): reading for entry, reading in self.entries.items()}

    def words(self, text: str) -> Iterator[Word]:
        """`text` as plain stretches and readings; their `written` joined are `text`."""
        end = 0
        for match in self._pattern.finditer(text) if self._pattern else ():
            if match.start() > end:
                yield Word(text[end : match.start()])
            found = _plain(match.group())
            yield _reading(match.group(), self._readings.get(found) or self._readings[found.lower()])
            end = match.end()
        if end < len(text):
            yield Word(text[end:])


def words(said: Line | str, lexicon: Lexicon) -> tuple[Word, ...]:
    """What is said of a line, or of a heading's text: its own readings, and the lexicon's everywhere else."""
    if isinstance(said, str):
        return tuple(lexicon.words(said))
    found: list[Word] = []
    plain = ""
    for piece in said.pieces:
        if piece.said is None:
            plain += piece.written
            continue
        found += [*lexicon.words(plain), _reading(piece.written, piece.said)]
        plain = ""
    return (*found, *lexicon.words(plain))


def has_something_to_say(said: Line | str) -> bool:
    """Whether there is a letter or a digit to say; a line without (`“…”`) is a pause and has no take."""
    if isinstance(said, str):
        return any(character.isalnum() for character in said)
    return any(has_something_to_say(piece.said or piece.written) for piece in said.pieces)


def _plain(text: str) -> str:
    return " ".join(text.replace("’", "'").split())


def _as_pattern(entry: str) -> str:
    pattern = r"\s+".join(
        _APOSTROPHES.join(map(re.escape, part.split("'"))) for part in _plain(entry).split()
    )
    return f"(?i:{pattern})" if entry == entry.lower() else pattern


def _reading(written: str, reading: str) -> Word:
    if len(reading) > 2 and reading[0] == reading[-1] == "/":
        return Word(written, phonemes=reading[1:-1])
    return Word(written, respelling=reading)
