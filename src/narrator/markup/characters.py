"""The persons that speak become characters: handles, names, gender and age."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from narrator.book import NARRATOR, Age, Character, CharacterId
from narrator.markup import words
from narrator.markup.calling import split
from narrator.markup.people import People, Person

_NARRATOR = Character(NARRATOR, "Narrator")
_NOT_ID = re.compile(r"[\W_]+")


def characters(
    people: People, speakers: Iterable[int], text: str
) -> tuple[tuple[Character, ...], dict[int, CharacterId]]:
    """The narrator and everybody who speaks, in the order of `speakers`; and each person's handle.

    The "I" of the narration is the narrator, with the names and the gender that others call him by.
    """
    called = Counter((m.person, text[m.start : m.end]) for m in people.mentions)
    found = [_NARRATOR]
    handles: dict[int, CharacterId] = {}
    taken: set[str] = {NARRATOR}
    names: set[str] = {_NARRATOR.name}
    for number in speakers:
        if number in handles:
            continue
        person = people.persons[number]
        if person.narrates:
            handles[number] = NARRATOR
            found[0] = replace(
                _NARRATOR, aliases=tuple(person.aliases), gender=person.gender, age=age(person)
            )
            continue
        handle = CharacterId(_free(slug(_short(person, called)) or "character", taken, "-"))
        name = _free(person.name, names, " ")
        aliases = tuple(alias for alias in dict.fromkeys(person.aliases) if alias != name)
        found.append(Character(handle, name, aliases, person.gender, age(person)))
        handles[number] = handle
    return tuple(found), handles


def slug(name: str) -> str:
    """Letters of any script, digits and hyphens."""
    return _NOT_ID.sub(
        "-", unicodedata.normalize("NFC", name).lower().replace("’", "").replace("'", "")
    ).strip("-")


def age(person: Person) -> Age | None:
    """The age that titles, nouns and adjectives tell."""
    told = {
        word.lower() for alias in (*person.aliases, person.name) for word in alias.split()
    } | person.features
    if told & words.OLD_WORDS:
        return "old"
    if told & words.CHILD_WORDS:
        return "child"
    if told & words.YOUNG_WORDS:
        return "young"
    titled = any(split(alias)[0] for alias in person.aliases) and not told & {"Miss", "miss", "master"}
    head = person.head.split(" of ")[0]
    worker = head in words.PERSON_NOUNS - words.KIN
    return "adult" if titled or worker else None


def _short(person: Person, called: Counter[tuple[int, str]]) -> str:
    """What the text calls the person most: the handle that an editor will want to type."""
    if not person.named:
        return person.name
    return max(person.aliases, key=lambda alias: (called[person.number, alias], -len(alias)))


def _free(wanted: str, taken: set[str], joint: str) -> str:
    """`wanted`, or with the first free number behind it; taken from now on."""
    number, found = 1, wanted
    while found in taken:
        number += 1
        found = f"{wanted}{joint}{number}"
    taken.add(found)
    return found
