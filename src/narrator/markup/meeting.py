"""Meeting the people of a text: the census, and the pronouns that tell their gender."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from narrator.book import Character
from narrator.markup import words
from narrator.markup.calling import split
from narrator.markup.census import Census
from narrator.markup.listed import listed
from narrator.markup.names import discover
from narrator.markup.nouns import Nouns
from narrator.markup.people import Mention, People, Person
from narrator.markup.prose import Prose
from narrator.markup.quotations import Quote


def meet(prose: Prose, quotes: Sequence[Quote], given: Sequence[Character] = ()) -> People:
    """Everybody in the prose. Where characters are `given`, nobody else speaks."""
    census = Census(prose, quotes)
    named = discover(prose.text, quotes)
    census.name(listed(given, named) if given else named)
    census.know(given)
    mentions = sorted(
        (*census.by_name(), *Nouns(census).mentions(), *census.by_i()), key=lambda m: (m.start, -m.end)
    )
    kept: list[Mention] = []
    for mention in mentions:
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    kept = _introduce(prose, census, kept)
    by_place: dict[int, list[Mention]] = defaultdict(list)
    for mention in kept:
        by_place[mention.place].append(mention)
        if not mention.quoted:
            census.persons[mention.person].mentions += 1
    by_start = {mention.start: mention for mention in kept}
    people = People(census.persons, kept, by_place, by_start, census.narrator, _callings(census.persons))
    for person in census.persons[len(given) :] if given else ():
        person.barred = not person.narrates
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


_CALLED = re.compile(r"[,!?.;”“»«\"—…’']")
_CALLS, _SELDOM = 3, 0.25
"""Times that others must call the narrator by a name, and how seldom beside that he may tell it himself."""
_SIR = re.compile(
    r"[,“„»«\"‘] ?(?:my |dear |old |good )*(?:(sir|monsieur|mister|fellow|chap|boy|man|lad)"
    r"|(madam|madame|ma['’]am|miss|mademoiselle|girl|lady|woman))[,.!?;”“»«\"—]",
    re.IGNORECASE,
)


def _introduce(prose: Prose, census: Census, mentions: list[Mention]) -> list[Mention]:
    """The mentions, with the narrator's name known as the narrator's: the one whom others call beside an "I"
    and of whom the narration never tells anything."""
    if census.narrator is None or census.persons[census.narrator].named:
        return mentions
    narrator = census.persons[census.narrator]
    beside = {m.place + step for m in mentions if m.person == census.narrator for step in (-1, 0, 1)}
    told: Counter[int] = Counter()
    called: Counter[int] = Counter()
    for mention in mentions:
        if not mention.quoted:
            told[mention.person] += 1
        elif mention.place in beside and _CALLED.match(prose.text, mention.end):
            called[mention.person] += 1
    acting = {word for number in told for alias in census.persons[number].aliases for word in split(alias)[1]}
    options = [
        (count, -number)
        for number, count in called.items()
        if census.persons[number].named
        and count >= _CALLS
        and told[number] <= _SELDOM * count
        and (told[number] or not acting & {w for a in census.persons[number].aliases for w in split(a)[1]})
    ]
    _address(prose, beside, narrator)
    if not options:
        return mentions
    known = census.persons[-max(options)[1]]
    narrator.aliases += [alias for alias in known.aliases if alias not in narrator.aliases]
    narrator.male, narrator.female = narrator.male + known.male, narrator.female + known.female
    known.named, known.aliases = False, []
    return [
        replace(mention, person=narrator.number) if mention.person == known.number else mention
        for mention in mentions
    ]


def _address(prose: Prose, beside: set[int], narrator: Person) -> None:
    """What others call the narrator tells his gender ("sir", "my dear girl")."""
    for place in beside:
        if 0 <= place < len(prose.places):
            where = prose.places[place]
            for found in _SIR.finditer(prose.text, where.start, where.end):
                narrator.male += 1.0 if found[1] else 0.0
                narrator.female += 1.0 if found[2] else 0.0


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
            if person.narrates:
                continue
            weight = 0.5 if mention.role != "possessive" else 0.25
            stretch = text[mention.end : end]
            mark = min((at for at in map(stretch.find, '“”„»«"') if at >= 0), default=len(stretch))
            for found in _PRONOUN.finditer(stretch, 0, mark):
                if found[1].lower() in words.MALE_PRONOUNS:
                    person.male += weight
                else:
                    person.female += weight
