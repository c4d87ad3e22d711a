"""Whom a noun means: "a runner", "the old officer", "her father", "someone"."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence

from narrator.book import Gender
from narrator.markup import words
from narrator.markup.census import Census
from narrator.markup.people import Mention, Person
from narrator.markup.phrases import compatible, label, noun_gender, noun_phrase

_DETERMINED = re.compile(
    r"(?<![\w’'-])(the|a|an|his|her|my|their|our|its|this|that|another|one|some|each|The|A|An|His|Her|My|Their|Our|Its"
    r"|This|That|Another|One|Some|Each)(?=((?: [\w’'-]+){1,4}))"
)
_SOMEONE = re.compile(r"(?<![\w’'-])(?:[Ss]omeone|[Ss]omebody)(?: else)?(?![\w’'-])")
_PREDICATE = re.compile(
    r"(?:\b(?:was|were|is|are|be|been|being|like|as|become|became|than|not|of|no|such|seemed|looked|remained)"
    r"(?: (?:only|just|merely|still|but|also))?) \Z",
    re.IGNORECASE,
)
_EPITHETS = frozenset({"old", "young", "little"})
_NEAR = 160
"""Paragraphs after which "the officer" no longer means the officer last met."""
_RECENT = 8
_PARENTS = words.word_set("father mother papa mamma mama husband wife")
_SPOKEN_NOUN = re.compile(
    r"(\w+) the ((?:[\w-]+ ){0,2}?[\w-]+)(?=[,.;:!?]| (?:in|with|to|as|and|at|from|who|again|\w+ly)\b)"
)
_NO_ONE = words.INDEFINITES | words.word_set(
    "same first last latter former second third two three men women other speaker rest"
)


class Nouns:
    """Goes through a text whose names a census has taken in."""

    def __init__(self, census: Census) -> None:
        self.census = census
        self.prose = census.prose
        self.text = census.text
        self.persons = census.persons
        self.named_at = census.named_at
        self.listed = census.listed
        self.by_head: dict[str, list[Person]] = defaultdict(list)

    def mentions(self) -> list[Mention]:
        """Every place where the narration means a person by a noun: "a runner", "the runner", "someone"."""
        heads = words.PERSON_NOUNS | self._spoken_nouns() | set(self.listed)
        found: list[Mention] = []
        someone = [(m.start(), m) for m in _SOMEONE.finditer(self.text)]
        determined = [(m.start(), m) for m in _DETERMINED.finditer(self.text)]
        for start, match in sorted((*someone, *determined), key=lambda pair: pair[0]):
            if self.census.quoted(start):
                continue
            if match.re is _SOMEONE:
                person = self._nominal("someone", frozenset(), match.group(), start)
                found.append(self.census.mention(start, match.end(), person.number))
                continue
            phrase = noun_phrase(match, heads)
            if phrase is None:
                continue
            head, features, end = phrase
            apposed = self.census.named_starts.get(end + 1)
            if apposed is not None:
                # "her brother Mark": the name is the person, the noun tells the gender.
                self.census.lean(self.persons[apposed], head)
                continue
            known = self._identify(match[1].lower(), head, features, start, end)
            if known is not None:
                found.append(self.census.mention(start, end, known.number))
        return found

    def _spoken_nouns(self) -> frozenset[str]:
        """Nouns that the text itself makes speakers ("said the Sparrow"), twice at least."""
        counts: dict[str, int] = defaultdict(int)
        for match in _SPOKEN_NOUN.finditer(self.text):
            if match[1].lower() in words.CORE_SPEECH_VERBS:
                parts = [part for part in match[2].split() if part.lower() not in words.FUNCTION_WORDS]
                if parts and len(parts) == len(match[2].split()):
                    counts[parts[-1].lower()] += 1
        known = {alias.lower() for alias in self.census.aliases}
        return frozenset(noun for noun, count in counts.items() if count > 1 and noun not in _NO_ONE | known)

    def _identify(
        self, determiner: str, head: str, features: frozenset[str], start: int, end: int
    ) -> Person | None:
        place = self.prose.at(start)
        if head == "voice" and determiner in words.POSSESSIVES:
            return None
        listed = self._listed(determiner, head, features)
        if listed is not None:
            listed.last = place
            return listed
        if determiner in words.INDEFINITE_DETERMINERS:
            before = self.text[max(0, start - 24) : start]
            if _PREDICATE.search(before) or (head == "voice" and before.endswith(("in ", "with "))):
                return None
            return self._nominal(head, features, self.text[start:end], start)
        if head in _PARENTS and determiner in ("his", "her"):
            relative = self._relative(head, determiner, start, place)
            if relative is not None:
                return relative
        options = [p for p in reversed(self.by_head[head]) if compatible(p.features, features)]
        if determiner == "the":
            bearer = self._bearer(head, features, start, place)
            if bearer is not None and not any(p.last > bearer.last for p in options):
                bearer.last = place
                return bearer
        phrase = self.text[start:end]
        generic = head in words.GENERIC_NOUNS and not _titled(phrase)
        known = self._met(options, head, features, phrase, place, generic)
        if known is None and (generic or head in words.KIN):
            known = self._stands_for(head, determiner, start, place) or self._as_listed(head, features)
        return known or self._nominal(head, features, phrase, start)

    def _met(
        self,
        options: Sequence[Person],
        head: str,
        features: frozenset[str],
        phrase: str,
        place: int,
        generic: bool,
    ) -> Person | None:
        """The first of `options` whom the phrase means again; a generic noun means somebody near alone."""
        chapter = self.prose.places[place].chapter
        for person in options:
            if not generic or (person.chapter == chapter and place - person.last < _NEAR):
                person.last = place
                if not person.features and any(part[0].isupper() for part in phrase.split()[1:]):
                    person.name = label(head, features, phrase)
                person.features |= features
                _remember(person, phrase)
                return person
        return None

    def _listed(self, determiner: str, head: str, features: frozenset[str]) -> Person | None:
        """The person of a given list whom the noun means: whom else, where only that list speaks. What means
        somebody else at every turn ("the man", "her friend") must be said just as the list says it."""
        if head not in self.listed or (head in words.KIN and determiner in words.POSSESSIVES):
            return None
        same = self._as_listed(head, features)
        if same and (features or head not in words.GENERIC_NOUNS):
            return same
        if head in words.GENERIC_NOUNS:
            return None
        near = [person for told, person in self.listed[head] if compatible(told, features)]
        return near[0] if len(near) == 1 or (near and not features) else None

    def _as_listed(self, head: str, features: frozenset[str]) -> Person | None:
        """The first of a given list whom it calls just so."""
        return next((p for told, p in self.listed.get(head, ()) if told == features), None)

    def _bearer(self, head: str, features: frozenset[str], start: int, place: int) -> Person | None:
        """The named person whom "the captain" or "the old man" means: who was called Captain Verrin, or old
        Anselm, and was named last of those."""
        if head in words.TITLES and not features:
            titles, reach = frozenset({head}), _NEAR
        elif head in words.GENERIC_NOUNS and len(features) == 1:
            titles, reach = features & _EPITHETS, _RECENT
        else:
            return None
        gender = noun_gender(head)
        index = bisect_right(self.named_at, (start, -1)) - 1
        while titles and index >= 0:
            at, number = self.named_at[index]
            named_place = self.prose.at(at)
            if place - named_place > reach:
                return None
            person = self.persons[number]
            if titles & self.census.borne[number] and gender in (None, person.gender):
                person.last = max(person.last, named_place)
                return person
            index -= 1
        return None

    def _stands_for(self, head: str, determiner: str, start: int, place: int) -> Person | None:
        """Whom "the man" means where no man was introduced: somebody unseen just before, else a named
        person."""
        for person in reversed(self.by_head["someone"]):
            if place - person.last <= 2 and determiner == "the":
                person.name = head.capitalize()
                person.last = place
                _remember(person, f"the {head}")
                return person
        gender = noun_gender(head)
        index = bisect_right(self.named_at, (start, -1)) - 1
        while index >= 0 and place - self.prose.at(self.named_at[index][0]) <= _RECENT:
            person = self.persons[self.named_at[index][1]]
            if gender and person.gender == gender:
                return person
            index -= 1
        return None

    def _relative(self, head: str, determiner: str, start: int, place: int) -> Person | None:
        """Whom "her father" means: the Mr. of the surname that the last woman named bears."""
        gender: Gender = "male" if determiner == "his" else "female"
        index = bisect_right(self.named_at, (start, -1)) - 1
        while index >= 0 and place - self.prose.at(self.named_at[index][0]) <= _RECENT:
            number = self.named_at[index][1]
            index -= 1
            if self.persons[number].gender != gender:
                continue
            elder = self.census.elders.get((self.census.surnames.get(number, ""), noun_gender(head)))
            return self.persons[elder] if elder is not None and elder != number else None
        return None

    def _nominal(self, head: str, features: frozenset[str], words_there: str, start: int) -> Person:
        place = self.prose.at(start)
        person = self.census.new(label(head, features, words_there), [words_there])
        person.head, person.features = head, features
        person.chapter, person.last = self.prose.places[place].chapter, place
        self.census.lean(person, head)
        self.by_head[head].append(person)
        return person


_ALIASES = 6


def _titled(phrase: str) -> bool:
    """Whether a noun is written as a name: “the Old Man”, not “the old man”."""
    more = phrase.split()[1:]
    return bool(more) and all(word[0].isupper() for word in more)


def _remember(person: Person, words_there: str) -> None:
    """Keep how a nameless person was called, a few forms."""
    if not person.named and len(person.aliases) < _ALIASES and words_there not in person.aliases:
        person.aliases.append(words_there)
