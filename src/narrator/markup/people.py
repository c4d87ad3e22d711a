"""Everybody the narration mentions, named or not, and every place where it mentions them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from narrator.book import Gender

Role = Literal["subject", "possessive", "other"]

_LATEST = 60
"""Paragraphs within which a title or a noun still calls somebody mentioned there."""


@dataclass(slots=True)
class Person:
    """Somebody, while the text is being understood.

    `head` and `features`: the noun and the adjectives that name a nameless one. `male`, `female`: weight of
    the evidence. `narrates`: the "I" of the narration. `barred`: not in the list that was
    given.
    """

    number: int
    name: str
    aliases: list[str]
    head: str = ""
    features: frozenset[str] = frozenset()
    named: bool = False
    narrates: bool = False
    male: float = 0.0
    female: float = 0.0
    mentions: int = 0
    chapter: int = 0
    last: int = 0
    barred: bool = False

    def leaning(self) -> float:
        """From -1 (female) to 1 (male), 0 where nothing is known."""
        return (self.male - self.female) / (self.male + self.female + 1.0)

    @property
    def gender(self) -> Gender | None:
        """The likelier gender."""
        if self.male == self.female:
            return None
        return "male" if self.male > self.female else "female"


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a person is mentioned. `quoted`: inside a quotation."""

    start: int
    end: int
    person: int
    role: Role
    quoted: bool
    place: int


@dataclass(frozen=True, slots=True)
class People:
    """Who is there (`persons[i].number == i`), and all mentions: in order, by paragraph, and by where they
    start."""

    persons: list[Person]
    mentions: list[Mention]
    by_place: dict[int, list[Mention]] = field(repr=False)
    by_start: dict[int, Mention] = field(repr=False)
    first_person: int | None
    called: dict[str, list[int]] = field(repr=False)

    def latest(self, word: str, before: int, place: int) -> int | None:
        """The last person mentioned before `before`, within 60 paragraphs, whom title or noun `word`
        names."""
        bearers = self.called.get(word)
        if not bearers:
            return None
        for back in range(_LATEST):
            for mention in reversed(self.by_place.get(place - back, ())):
                if mention.person in bearers and mention.start < before and not mention.quoted:
                    return mention.person
        return None
