"""What people are called: names with their titles, and what these tell."""

from __future__ import annotations

from dataclasses import dataclass, field

from narrator.book import Gender
from narrator.markup import given_names, words


@dataclass(slots=True)
class Named:
    """A person with a name. `core`: the words of the fullest name without its title."""

    core: tuple[str, ...]
    aliases: list[str]
    gender: Gender | None
    count: int
    said: int = 0


@dataclass(slots=True)
class Evidence:
    """What a name did, counted over the text. `told`: the paragraphs whose narration has it."""

    count: int = 0
    inside: int = 0
    said: int = 0
    called: int = 0
    acted: int = 0
    place: int = 0
    article: int = 0
    apposed: int = 0
    told: set[int] = field(default_factory=set)


def given_gender(name: str) -> Gender | None:
    """The gender that a given name tells, None where it tells none."""
    low = name.lower()
    male, female = low in given_names.MALE_NAMES, low in given_names.FEMALE_NAMES
    if male == female:
        return None
    return "male" if male else "female"


def name_gender(core: tuple[str, ...]) -> Gender | None:
    """The gender that a name without its title tells: by a given name, or a noun ("Grandmamma")."""
    if len(core) == 1 and core[0].lower() in words.MALE_NOUNS | words.FEMALE_NOUNS:
        return "male" if core[0].lower() in words.MALE_NOUNS else "female"
    return given_gender(core[0])


def title_gender(title: str | None) -> Gender | None:
    """The gender that a title tells ("Mrs" female), None where it tells none."""
    low = (title or "").lower().strip(".")
    if low in words.MALE_TITLES:
        return "male"
    return "female" if low in words.FEMALE_TITLES else None


def split(name: str) -> tuple[str | None, tuple[str, ...]]:
    """A name's title, if any, and its other words."""
    parts = name.split()
    if len(parts) > 1 and parts[0].strip(".").lower() in words.TITLES:
        rest = parts[1:]
        if len(rest) > 1 and rest[0].strip(".").lower() in words.TITLES:
            rest = rest[1:]
        return parts[0].strip("."), tuple(rest)
    return None, tuple(parts)
