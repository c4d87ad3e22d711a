"""The attribution door: what another judge of who says what is shown, what it may answer, how it is found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Protocol, TypeAlias, runtime_checkable

from narrator.book import Character, CharacterId, Span
from narrator.errors import ProductionError
from narrator.plugins import plugin, plugin_names

GROUP: Final = "narrator.attributors"
"""The entry point group. An entry's name is the attributor's, its value a class called without arguments."""

Settings: TypeAlias = Mapping[str, str | float]


@dataclass(frozen=True, slots=True)
class Asked:
    """One speech as narrator's own judge sees it.

    spans: its quotations as offsets into the dialogue's text, marks included. speaker: None where nobody was
    found. confidence: 0 to 1.
    """

    number: int
    spans: tuple[Span, ...]
    speaker: CharacterId | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A whole book's dialogue: the text, its paragraphs in it, the speeches in order, and who may speak.

    chapters: of each paragraph, counted from 0.
    """

    text: str
    paragraphs: tuple[Span, ...]
    chapters: tuple[int, ...]
    speeches: tuple[Asked, ...]
    characters: tuple[Character, ...]


@dataclass(frozen=True, slots=True)
class Opinion:
    """Who says a speech, and how sure that is (0 to 1); under 0.8 the script marks it with a `?`."""

    speaker: CharacterId
    confidence: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """Opinions by the number of the speech, for as many as there is one; and what the user should be told."""

    opinions: Mapping[int, Opinion]
    remarks: tuple[str, ...] = ()


@runtime_checkable
class Attributor(Protocol):
    """A plug-in that judges who says what. It names speakers and nothing else: no word can change."""

    name: str

    def attribute(self, dialogue: Dialogue, settings: Settings) -> Judgement:
        """Its judgement. `settings` are those of book.toml's [attribution], without `by`.

        What it says of speeches and characters that are not in the dialogue is not heard. Raises a
        NarratorError where it cannot work at all.
        """
        ...


def attributor_names() -> tuple[str, ...]:
    """The names of the installed attributors, sorted."""
    return plugin_names(GROUP)


@cache
def attributor(name: str) -> Attributor:
    """The installed attributor called `name`.

    Raises MissingError where none is called so or its plug-in lacks a module, ProductionError where the
    plug-in is broken.
    """
    found = plugin(GROUP, name, "attributor")
    if not isinstance(found, Attributor):
        raise ProductionError(f"{type(found)} is not an attributor", hint="It has name, attribute.")
    return found


def heard(dialogue: Dialogue, judgement: Judgement) -> Mapping[int, Opinion]:
    """The opinions that count: of speeches that were asked for, naming characters that are there."""
    numbers = {speech.number for speech in dialogue.speeches}
    ids = {character.id for character in dialogue.characters}
    return {
        number: Opinion(opinion.speaker, min(1.0, max(0.0, opinion.confidence)))
        for number, opinion in judgement.opinions.items()
        if number in numbers and opinion.speaker in ids
    }


def uncertain(speeches: Sequence[Asked], below: float) -> list[Asked]:
    """The speeches of which narrator's own judge is less sure than `below`."""
    return [speech for speech in speeches if speech.confidence < below]
