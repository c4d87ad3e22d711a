"""How names and words are said: the lexicon, and a line's words after it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from narrator.book import NARRATOR, CharacterId, Line, Reading
from narrator.speech.engine import Word
from narrator.speech.reading import read

_APOSTROPHES = "['’]"
_TOKEN = re.compile(r"[^\W_]+")
_LETTER_BEFORE, _LETTER_AFTER = r"(?<![^\W_])", r"(?![^\W_])"


@dataclass(frozen=True)
class Lexicon:
    """Words and their readings, for everybody and for single characters.

    The longest entry wins, a character's own before everybody's. White space in an entry matches any white
    space, an apostrophe either apostrophe; case and whole words are the reading's (`narrator.book.Reading`).
    """

    entries: Mapping[str, str | Reading] = field(default_factory=dict)
    characters: Mapping[CharacterId, Mapping[str, str | Reading]] = field(default_factory=dict)

    @cached_property
    def _readers(self) -> Mapping[CharacterId | None, _Reader]:
        readers: dict[CharacterId | None, _Reader] = {None: _Reader(self.entries)}
        for who, entries in self.characters.items():
            readers[who] = _Reader({**self.entries, **entries})
        return readers

    def words(self, text: str, character: CharacterId | None = None) -> Iterator[Word]:
        """`text` as plain stretches and readings; their `written` joined are `text`."""
        readers = self._readers
        end = 0
        for match, _, reading in readers.get(character, readers[None]).found(text):
            if match.start() > end:
                yield Word(text[end : match.start()])
            yield _word(match.group(), reading)
            end = match.end()
        if end < len(text):
            yield Word(text[end:])

    def used(
        self, text: str, character: CharacterId | None = None
    ) -> Iterator[tuple[CharacterId | None, str]]:
        """The entries that apply in `text`, each with the character whose own it is."""
        readers = self._readers
        own = self.characters.get(character, {}) if character else {}
        for _, entry, _ in readers.get(character, readers[None]).found(text):
            yield (character if entry in own else None), entry

    def all(self) -> Iterator[tuple[CharacterId | None, str]]:
        """Every entry, each with the character whose own it is."""
        yield from ((None, entry) for entry in self.entries)
        yield from ((who, entry) for who, entries in self.characters.items() for entry in entries)


class _Reader:
    """Entries, found by their first word: a lexicon may hold thousands, a line a few of them."""

    def __init__(self, entries: Mapping[str, str | Reading]) -> None:
        readings = {entry: reading_of(value) for entry, value in entries.items() if entry.strip()}
        longest_first = sorted(readings, key=lambda entry: (-len(entry), entry))
        self._entries = tuple((entry, readings[entry]) for entry in longest_first)
        self._beginning: dict[str, list[int]] = {}
        self._anywhere: list[int] = []
        for place, (entry, reading) in enumerate(self._entries):
            first = _TOKEN.search(_plain(entry).casefold())
            at_words = (
                self._beginning.setdefault(first.group(), []) if first and reading.whole else self._anywhere
            )
            at_words.append(place)
        self._patterns: dict[tuple[int, ...], re.Pattern[str]] = {}

    def found(self, text: str) -> Iterator[tuple[re.Match[str], str, Reading]]:
        """Each match, with its entry."""
        if not self._entries:
            return
        begun = (self._beginning.get(token, ()) for token in set(_TOKEN.findall(text.casefold())))
        places = tuple(sorted({*self._anywhere, *(place for places in begun for place in places)}))
        if not places:
            return
        if places not in self._patterns:
            self._patterns[places] = re.compile(
                "|".join(f"({_as_pattern(*self._entries[n])})" for n in places)
            )
        for match in self._patterns[places].finditer(text):
            entry, reading = self._entries[places[(match.lastindex or 1) - 1]]
            yield match, entry, reading


def words(said: Line | str, lexicon: Lexicon, *, language: str = "en") -> tuple[Word, ...]:
    """What is said of a line, or of a heading's text: its own readings, the lexicon's everywhere else, and in
    English figures and abbreviations as words (`narrator.speech.reading`)."""
    if isinstance(said, str):
        return tuple(_heard(said, lexicon, NARRATOR, language, heading=True))
    found: list[Word] = []
    plain = ""
    for piece in said.pieces:
        if piece.said is None:
            plain += piece.written
            continue
        found += [
            *_heard(plain, lexicon, said.character, language),
            _word(piece.written, reading_of(piece.said)),
        ]
        plain = ""
    return (*found, *_heard(plain, lexicon, said.character, language))


def has_something_to_say(said: Line | str) -> bool:
    """Whether there is a letter or a digit to say; a line without (`“…”`) is a pause and has no take."""
    if isinstance(said, str):
        return any(character.isalnum() for character in said)
    return any(has_something_to_say(piece.said or piece.written) for piece in said.pieces)


def reading_of(value: str | Reading) -> Reading:
    """A reading as it is typed: a respelling, `/phonemes/`, or both: `VLAH-sof /vlɑsəf/`."""
    if isinstance(value, Reading):
        return value
    match = _TYPED.fullmatch(value)
    if match is None or (match[1] is not None and not match[1].strip()):
        return Reading(respelling=value)
    return Reading(respelling=match[1], phonemes=match[2])


_TYPED = re.compile(r"(?:(.*?)\s+)?/([^/]+)/", re.DOTALL)


def _heard(
    text: str, lexicon: Lexicon, character: CharacterId, language: str, *, heading: bool = False
) -> Iterator[Word]:
    for word in lexicon.words(text, character):
        if word.respelling is None and word.phonemes is None and language.lower().split("-")[0] == "en":
            yield from (
                Word(written, respelling=reading) for written, reading in read(word.written, heading=heading)
            )
        else:
            yield word


def _plain(text: str) -> str:
    return " ".join(text.replace("’", "'").split())


def _as_pattern(entry: str, reading: Reading) -> str:
    pattern = r"\s+".join(
        _APOSTROPHES.join(map(re.escape, part.split("'"))) for part in _plain(entry).split()
    )
    exact = entry != entry.lower() if reading.case is None else reading.case
    pattern = pattern if exact else f"(?i:{pattern})"
    return f"{_LETTER_BEFORE}{pattern}{_LETTER_AFTER}" if reading.whole else pattern


def _word(written: str, reading: Reading) -> Word:
    return Word(written, respelling=reading.respelling, phonemes=reading.phonemes)
