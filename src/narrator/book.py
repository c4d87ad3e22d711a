"""The words as they flow between rooms: manuscript, script, cast. Frozen values, no I/O.

Manuscript ── chapters of paragraphs, each character traceable to the source
Script ────── chapters of elements: what is spoken, heard, or neither, in reading order
Character, Voice ── who speaks, and with what
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NewType, TypeAlias

CharacterId = NewType("CharacterId", str)
"""A character's handle in the script: letters of any script, digits and hyphens."""

NARRATOR = CharacterId("narrator")

Gender: TypeAlias = Literal["male", "female"]
Age: TypeAlias = Literal["child", "young", "adult", "old"]
Use: TypeAlias = Literal["commercial", "noncommercial"]
"""What a release is for: anything, money included, or nothing that earns any."""


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of code points."""

    start: int
    end: int


# ── the manuscript: the text as its author gave it ──────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a paragraph that stands in the source one to one.

    `text[i]` is `source[start + i]`, except that every white-space character has become a space, and that a
    character spelt as an entity (`&amp;`) is a run of its own that starts where the entity does.
    """

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph with runs of white space made one space and none at its ends.

    `emphasis` holds the emphasised ranges, as offsets into `text`. `opens_scene`: a scene break stood before.
    `furniture`: in the book, but not for reading aloud (a title line, a note mark). `verse`: where lines of
    verse end: offsets into `text` of the space that stands for the line's end.
    """

    runs: tuple[Run, ...]
    emphasis: tuple[Span, ...] = ()
    opens_scene: bool = False
    furniture: bool = False
    verse: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """The words."""
        return "".join(run.text for run in self.runs)

    def source(self, offset: int) -> int:
        """Where the character at `offset` of `text` stands in the manuscript's source (code points).

        `offset` may equal `len(text)`: then one past the source place of the last character.
        """
        starts, position = [], 0
        for run in self.runs:
            starts.append(position)
            position += len(run.text)
        index = max(0, bisect_right(starts, offset) - 1)
        if offset == position and offset > 0:
            return self.source(offset - 1) + 1
        return self.runs[index].start + offset - starts[index]


@dataclass(frozen=True, slots=True)
class ManuscriptChapter:
    """A chapter of the manuscript.

    `title` is what listeners see. `heading` is the paragraph it stands in, None where narrator proposed the
    chapter: only a heading that stands in the manuscript is spoken by default.
    """

    title: str
    heading: Paragraph | None
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Manuscript:
    """The text as its author gave it. `title` and `author` are empty where the text does not say.

    `source` is the decoded file where that is plain text or Markdown, else the words that were read from it.
    `left_out`: what of the file is in no paragraph ("2 pictures").
    """

    source: str
    chapters: tuple[ManuscriptChapter, ...]
    title: str = ""
    author: str = ""
    left_out: tuple[str, ...] = ()


# ── the script: the manuscript marked up for recording ──────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line's words.

    `written` is what the book says. `said` is how to say it where that differs: a respelling, or phonemes
    between slashes. `emphasised`: leaned on, where the engine can.
    """

    written: str
    said: str | None = None
    emphasised: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """The smallest thing one voice says: one physical line of the script, one take.

    `unsure`: narrator doubts the character; an editor confirms by deleting the `?`. `glued`: no space stands
    between this line and the next. `verse`: a verse ends with this line. No two plain pieces stand side by
    side, none is empty, and the line neither starts nor ends with white space.
    """

    character: CharacterId
    pieces: tuple[Piece, ...]
    delivery: str = ""
    unsure: bool = False
    glued: bool = False
    verse: bool = False
    raw: str | None = field(default=None, compare=False, repr=False)
    """The physical line as the editor typed it, where that is not how narrator would write it."""

    @property
    def written(self) -> str:
        """The book's words."""
        return "".join(piece.written for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Heading:
    """`# Title`: the first line of a chapter, its name and mark."""

    title: str
    raw: str | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Cue:
    """Heard, not spoken: a pause, a bed, an effect. `[bed blizzard level=-26]`."""

    name: str
    values: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    raw: str | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Unspoken:
    """`% text`: in the book, not spoken."""

    text: str
    raw: str | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Note:
    """`// text`: the editor's own, not in the book."""

    text: str
    raw: str | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ParagraphBreak:
    """A blank line."""

    raw: str | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class SceneBreak:
    """`---`."""

    raw: str | None = field(default=None, compare=False, repr=False)


Element: TypeAlias = Line | Heading | Cue | Unspoken | Note | ParagraphBreak | SceneBreak


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter of the script. Element i is physical line i + 1 of its file.

    `ended`: the file's last line ends with a newline, as it should.
    """

    elements: tuple[Element, ...]
    ended: bool = field(default=True, compare=False)

    @property
    def title(self) -> str:
        """The name in its heading, empty without one."""
        return next((e.title for e in self.elements if isinstance(e, Heading)), "")

    @property
    def lines(self) -> tuple[tuple[int, Line], ...]:
        """Every spoken line with its number in the file, from 1."""
        return tuple((i, e) for i, e in enumerate(self.elements, 1) if isinstance(e, Line))


# ── the lexicon: how words are said ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Reading:
    """How a word of the lexicon is said: a respelling, phonemes (IPA, no slashes), or the same in both.

    An engine that takes phonemes gets them; any other says the respelling, or else what is written. case:
    whether only the entry's own capitals match; None: only where it has any. whole: not inside a word.
    """

    respelling: str | None = None
    phonemes: str | None = None
    case: bool | None = None
    whole: bool = True


# ── the cast ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Character:
    """Who speaks; the narrator is one of them.

    `voice` is a voice's name, empty while none is chosen. `accent` ("British") is empty where any will do.
    """

    id: CharacterId
    name: str
    aliases: tuple[str, ...] = ()
    gender: Gender | None = None
    age: Age | None = None
    voice: str = ""
    accent: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """How a voice changes for a delivery. pace, level: in place of the voice's own, None leaves them.
    settings: laid over the voice's."""

    pace: float | None = None
    level: float | None = None
    settings: Mapping[str, str | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Voice:
    """An engine with its settings.

    name: the file's name in voices/, or "engine/name" for a built-in. engine: the plug-in's name.
    settings: what the engine itself takes (numbers and strings; the engine checks them).
    pace: 1.0 is the engine's own; 1.2 speaks a fifth faster. level: dB above (below) the other voices.
    listen: whether its takes are transcribed and held against their words, or by which ears; None: where
    its engine hallucinates. patience: seconds to wait for a take of few words; one of many has more.
    source: where the voice comes from. consent: who agreed, and how, to be its reference recording.
    deliveries: variants by the words of a delivery ("whispering").
    cores, gpus: what a worker that speaks it holds of a cluster's node; None where the book's sheet or one
    core says enough.
    folder: where its sheet lies, from which files that it names are found.
    """

    name: str
    engine: str
    settings: Mapping[str, str | float]
    pace: float = 1.0
    level: float = 0.0
    gender: Gender | None = None
    age: Age | None = None
    language: str = "en"
    description: str = ""
    licence: str = ""
    listen: bool | str | None = None
    patience: float = 60.0
    folder: str = ""
    accent: str = ""
    source: str = ""
    consent: str = ""
    deliveries: Mapping[str, Variant] = field(default_factory=dict)
    cores: float | None = None
    gpus: float | None = None

    def saying(self, delivery: str) -> Voice:
        """The voice for a line with this delivery: itself, or its variant whose words stand in it, the
        longest where several do. A variant has a name of its own: it is opened and remembered apart."""
        said = f" {_WORDS.sub(' ', delivery.casefold())} "
        named = [words for words in self.deliveries if f" {_WORDS.sub(' ', words.casefold())} " in said]
        if not named:
            return self
        words = max(named, key=lambda name: (len(name), name))
        variant = self.deliveries[words]
        return replace(
            self,
            name=f"{self.name} ({words})",
            settings={**self.settings, **variant.settings},
            pace=self.pace if variant.pace is None else variant.pace,
            level=self.level if variant.level is None else variant.level,
            deliveries={},
        )


_WORDS = re.compile(r"\W+")
"""What stands between the words of a delivery."""


# ── attribution: what the mark-up believes about each quotation ─────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quoted stretch of the source, marks outside.

    `kind`: "speech"; "thought", which is said to oneself; "letter", which is written; or "quoted" for
    words in marks that nobody says. Only the first two have a speaker. `confidence`: 0 to 1. Stretches of
    one interrupted speech share `speech`.
    """

    span: Span
    speaker: CharacterId | None
    confidence: float
    kind: Literal["speech", "thought", "letter", "quoted"] = "speech"
    speech: int | None = None


@dataclass(frozen=True, slots=True)
class MarkedUp:
    """What mark-up makes of a manuscript: one script chapter a manuscript chapter, the characters in order of
    appearance (the narrator first), and the attribution behind it. `remarks`: what another judge did."""

    chapters: tuple[Chapter, ...]
    characters: tuple[Character, ...]
    quotations: tuple[Quotation, ...]
    remarks: tuple[str, ...] = ()
