"""Meeting the people of a text: the census, and the pronouns that tell their gender."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from narrator.markup import words
from narrator.markup.census import Census
from narrator.markup.names import discover, split
from narrator.markup.people import Mention, People, Person
from narrator.markup.prose import Prose
from narrator.markup.quotations import Quote


def meet(prose: Prose, quotes: Sequence[Quote]) -> People:
    """Everybody in the prose."""
    census = Census(prose, quotes)
    census.name(discover(prose.text, quotes))
    mentions = sorted((*census.by_name(), *census.by_noun(), *census.by_i()), key=lambda m: (m.start, -m.end))
    kept: list[Mention] = []
    for mention in mentions:
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    by_place: dict[int, list[Mention]] = defaultdict(list)
    for mention in kept:
        by_place[mention.place].append(mention)
        if not mention.quoted:
            census.persons[mention.person].mentions += 1
    by_start = {mention.start: mention for mention in kept}
    people = People(census.persons, kept, by_place, by_start, census.narrator, _callings(census.persons))
    _weigh_pronouns(prose, people)
    return people


def _callings(persons: list[Person]) -> dict[str, list[int]]:
    """Titles and nouns by which persons can be addressed."""
    found: dict[str, list[int]] = defaultdict(list)
    for person in persons:
        titles = {title.lower() for alias in person.aliases if (title := split(alias)[0])}
        for word in titles | ({person.head} if person.head else set()):
            found[word].append(person.number)
    return found


_PRONOUN = re.compile(r"\b(he|him|his|himself|she|her|hers|herself)\b", re.IGNORECASE)
_WINDOW = 140


def _weigh_pronouns(prose: Prose, people: People) -> None:
    """Pronouns after a mention, up to the next one or the next mark, are evidence of gender."""
    text = prose.text
    for place, mentions in people.by_place.items():
        told = [mention for mention in mentions if not mention.quoted]
        bounds = [*(mention.start for mention in told[1:]), prose.places[place].end]
        for mention, bound in zip(told, bounds[-len(told) :], strict=False):
            end = min(mention.end + _WINDOW, bound)
            person = people.persons[mention.person]
            weight = 0.5 if mention.role != "possessive" else 0.25
            stretch = text[mention.end : end]
            mark = min((at for at in map(stretch.find, '“”"') if at >= 0), default=len(stretch))
            for found in _PRONOUN.finditer(stretch, 0, mark):
                if found[1].lower() in words.MALE_PRONOUNS:
                    person.male += weight
                else:
                    person.female += weight
