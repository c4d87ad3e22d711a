"""What is published: a released book as its listeners meet it. Frozen values, no I/O.

Publication ── title, credits, chapters; everything a page, a feed or a read-along is made of
PublishedChapter ── one chapter: its sound and its text, each line with its seconds
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

Join: TypeAlias = Literal["glued", "space", "verse", "paragraph", "scene"]
"""How a line follows the one before: at once, after a space, on a new verse, paragraph or scene."""

CREDITS = {"opening": "opening-credits", "closing": "closing-credits"}
"""The names of the chapters that every book may have, by the names that a timeline gives them."""

VOICE_COLOURS = 10
"""How many colours the pages have for characters; the eleventh character shares the first one's."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a file of sound is called and told to programs. type: its media type. epub: the same as EPUB wants
    it, empty where EPUB takes no such sound."""

    name: str
    type: str
    epub: str


FORMS: Final[Mapping[str, Form]] = {
    ".mp3": Form("MP3", "audio/mpeg", "audio/mpeg"),
    ".m4a": Form("M4A", "audio/mp4", "audio/mp4"),
    ".opus": Form("Opus", "audio/ogg", "audio/ogg; codecs=opus"),
    ".flac": Form("FLAC", "audio/flac", ""),
}
"""The sounds that a chapter may have, by suffix: those that all current browsers play."""

_RIGHT_TO_LEFT = ("ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi")


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line of the text. number: its physical line in the script. start, end: seconds from the start of its
    chapter, None for a line that is not spoken (“…”). heading: it is the chapter's title."""

    number: int
    character: str
    text: str
    join: Join
    start: float | None
    end: float | None
    heading: bool = False

    @property
    def id(self) -> str:
        """Its address in a page of text."""
        return f"l{self.number}"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line with the stretch of sound that is its own. start, end: seconds from the start of its chapter."""

    line: ReadLine
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A paragraph. opens_scene: a scene break stands before it."""

    lines: tuple[ReadLine, ...]
    opens_scene: bool


@dataclass(frozen=True, slots=True)
class PublishedChapter:
    """A chapter. name: what stays the same while the book changes, letters, digits and hyphens. number: its
    place from 1; 0 for the opening credits. sound: its file, in one of FORMS. start: seconds from the start
    of the book."""

    name: str
    number: int
    title: str
    sound: Path
    start: float
    seconds: float
    lines: tuple[ReadLine, ...]

    @property
    def form(self) -> Form:
        """What its sound is."""
        return FORMS[self.sound.suffix]

    @property
    def heading(self) -> ReadLine | None:
        """The title as it is spoken; None where it is not."""
        return next((line for line in self.lines if line.heading), None)

    @property
    def spoken(self) -> tuple[Spoken, ...]:
        """The lines that are heard, in order."""
        return tuple(
            Spoken(line, line.start, line.end)
            for line in self.lines
            if line.start is not None and line.end is not None
        )

    @property
    def blocks(self) -> tuple[TextBlock, ...]:
        """The text in paragraphs, without the title."""
        return tuple(self._blocks())

    def _blocks(self) -> Iterator[TextBlock]:
        lines: list[ReadLine] = []
        for line in (line for line in self.lines if not line.heading):
            if lines and line.join in ("paragraph", "scene"):
                yield TextBlock(tuple(lines), lines[0].join == "scene")
                lines = []
            lines.append(line)
        if lines:
            yield TextBlock(tuple(lines), lines[0].join == "scene")


@dataclass(frozen=True, slots=True)
class Part:
    """A member of the cast. colour: 0 for the narrator, 1 to VOICE_COLOURS. lines: how many it speaks."""

    id: str
    name: str
    voice: str
    colour: int
    lines: int


@dataclass(frozen=True, slots=True)
class Publication:
    """A released book.

    address: the name of its folder on the site. url: where the site will stand, ending in "/"; empty where
    nobody has said. books: the release's whole files, an M4B first. cover: JPEG. credits: the voices and
    their licences, as the release states them. Texts hold no character that XML forbids. language:
    a BCP 47 tag.
    """

    address: str
    url: str
    title: str
    author: str
    narrator: str
    language: str
    description: str
    publisher: str
    date: str
    contact: str
    category: str
    explicit: bool
    chapters: tuple[PublishedChapter, ...]
    cast: tuple[Part, ...]
    books: tuple[Path, ...]
    cover: Path
    credits: str = ""

    @property
    def seconds(self) -> float:
        """How long the book is."""
        return sum(chapter.seconds for chapter in self.chapters)

    @property
    def form(self) -> Form:
        """What the chapters' sounds are: all of one form."""
        return self.chapters[0].form if self.chapters else FORMS[".mp3"]

    @property
    def right_to_left(self) -> bool:
        """Whether the book is read from right to left."""
        return self.language.lower().partition("-")[0] in _RIGHT_TO_LEFT

    @property
    def home(self) -> str:
        """The book's own page, absolute; empty where the site's address is not known."""
        return f"{self.url}{self.address}/" if self.url else ""

    @property
    def dated(self) -> str:
        """Its date where that is a year, a month or a day of the calendar (ISO 8601); else empty."""
        return self.date if re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", self.date) else ""

    @property
    def day(self) -> str:
        """Its date where that is a day; else empty."""
        return self.dated if len(self.dated) == len("2026-01-31") else ""

    def part(self, character: str) -> Part:
        """The member of the cast with this id."""
        return next(part for part in self.cast if part.id == character)


_FORBIDDEN = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
"""What XML or HTML does not take: control characters, halves of surrogate pairs, points that are none."""


def clean(text: str) -> str:
    """`text` without the characters that XML and HTML forbid. Tabs become spaces; line ends stay."""
    return _FORBIDDEN.sub("", text.replace("\t", " "))


def language_tag(language: str) -> str:
    """`language` as a BCP 47 tag; "und" (undetermined) for what is none."""
    tag = language.strip().replace("_", "-")
    return tag if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", tag) else "und"
