"""The census of a text: everybody whom its narration mentions, found by name, by noun and by "I"."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence

from narrator.book import Character, Gender
from narrator.markup import words
from narrator.markup.calling import Named, split, title_gender
from narrator.markup.listed import NARRATES, nouns
from narrator.markup.people import Mention, Person, Role
from narrator.markup.phrases import compatible, label, noun_gender, noun_phrase
from narrator.markup.prose import Prose
from narrator.markup.quotations import Quote

_FIRST_PERSON = 0.005
"""Share of "I" among the narration's words above which the narrator is a person of the story."""
_TITLED, _NAMED, _GIVEN = 120.0, 20.0, 6.0
"""Weight of a title's, a given name's and a noun's gender, against 0.5 for each pronoun near a mention."""
_LETTERS = 5.5
"""Characters to a word of English, its space included."""

_CAPITAL = re.compile(r"(?<![\w])[^\W\d_a-z][\w]*")
_DETERMINED = re.compile(
    r"(?<![\w’'-])(the|a|an|his|her|my|their|our|its|this|that|another|one|some|each|The|A|An|His|Her|My|Their|Our|Its"
    r"|This|That|Another|One|Some|Each)(?=((?: [\w’'-]+){1,4}))"
)
_SOMEONE = re.compile(r"(?<![\w’'-])(?:[Ss]omeone|[Ss]omebody)(?: else)?(?![\w’'-])")
_I = re.compile(r"(?<![\w’'-])I(?![\w.-])")
_PREDICATE = re.compile(
    r"(?:\b(?:was|were|is|are|be|been|being|like|as|become|became|than|not|of|no|such|seemed|looked|remained)"
    r"(?: (?:only|just|merely|still|but|also))?) \Z",
    re.IGNORECASE,
)
_SENTENCE_START = re.compile(r"(?:\A|[.!?…:;—–“”\"»«]\s*|\n|,\s*(?:and|but|then|while|as|when)?\s*"
                             r"|\b(?:and|but|then|when|while|as|that|if)\s+)\Z")  # fmt: skip
_VERB_AFTER = re.compile(
    r"\s+(?:(?:\w+ly|then|also|only|just|still|now|never|always|had|himself|herself)\s+)?"
    r"(?:\w+ed|was|were|had|is|has|did|could|would|might|should|must|said|says|asked|told|took|went|came|sat|stood|felt|"
    r"knew|made|got|saw|kept|gave|held|let|put|ran|fell|began|rose|drew|left|met|heard|found|thought|shook|bent|spoke|"
    r"bit|broke|caught|cut|drove|flung|hid|laid|lay|lit|lost|paid|read|set|shot|shut|slid|spat|sprang|strode|struck|"
    r"swore|swung|threw|woke|wore|wrote|led|leapt|leaned|burst|blew|chose|sent|sought|spread|swept|understood)\b"
)
_EPITHET = re.compile(r"\b([Oo]ld|[Yy]oung|[Ll]ittle) \Z")
_EPITHETS = frozenset({"old", "young", "little"})
_NEAR = 160
"""Paragraphs after which "the officer" no longer means the officer last met."""
_RECENT = 8


class Census:
    """Collects the persons; one pass for names, one for nouns."""

    def __init__(self, prose: Prose, quotes: Sequence[Quote]) -> None:
        self.prose = prose
        self.text = prose.text
        self.starts = [quote.start for quote in quotes]
        self.quotes = quotes
        self.persons: list[Person] = []
        self.named_at: list[tuple[int, int]] = []
        self.named_starts: dict[int, int] = {}
        self.by_head: dict[str, list[Person]] = defaultdict(list)
        self.narrator: int | None = None
        self.aliases: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self.borne: dict[int, set[str]] = defaultdict(set)
        self.listed: dict[str, list[tuple[frozenset[str], Person]]] = defaultdict(list)
        self.surnames: dict[int, str] = {}
        self.elders: dict[tuple[str, Gender | None], int] = {}

    # ── names ──

    def name(self, found: list[Named]) -> None:
        """Take in the persons with names; an alias that two of them share stands for neither."""
        owners: dict[str, set[int]] = defaultdict(set)
        for named in found:
            person = self._new(_fullest(named), list(named.aliases), named=True)
            weight = _TITLED if any(title_gender(split(alias)[0]) for alias in named.aliases) else _NAMED
            person.male += weight if named.gender == "male" else 0.0
            person.female += weight if named.gender == "female" else 0.0
            for alias in (*named.aliases, *_parts(named)):
                owners[alias].add(person.number)
            self._family(named, person)
            self.borne[person.number] = {title.lower() for title, _ in map(split, named.aliases) if title}
        own = {alias: number for number, p in enumerate(self.persons) for alias in p.aliases}
        for alias, numbers in owners.items():
            if alias in own or len(numbers) == 1:
                number = own.get(alias, min(numbers))
                self.aliases[alias.split()[0].rstrip(".")].append((alias, number))
        for options in self.aliases.values():
            options.sort(key=lambda option: -len(option[0]))

    def know(self, given: Sequence[Character]) -> None:
        """Take in what a list of characters says beside their names: nouns, and who narrates."""
        for person, character in zip(self.persons, given, strict=False):
            person.name = " ".join(character.name.split())
            for head, features in nouns(character):
                person.head = head
                self.listed[head].append((features, person))
            if {name.casefold() for name in (character.name, *character.aliases)} & NARRATES:
                self.narrator = person.number

    def _family(self, named: Named, person: Person) -> None:
        """Who has which surname, and who is called Mr. or Mrs. with it."""
        if len(named.core) > 1:
            self.surnames[person.number] = named.core[-1]
        for title, core in map(split, named.aliases):
            if (title or "").lower() in _ELDERS:
                self.surnames.setdefault(person.number, core[-1])
                if len(core) == 1:
                    self.elders.setdefault((core[-1], title_gender(title)), person.number)

    def _relative(self, head: str, determiner: str, start: int, place: int) -> Person | None:
        """Whom "her father" means: the Mr. of the surname that the last woman named bears."""
        gender: Gender = "male" if determiner == "his" else "female"
        index = bisect_right(self.named_at, (start, -1)) - 1
        while index >= 0 and place - self.prose.at(self.named_at[index][0]) <= _RECENT:
            number = self.named_at[index][1]
            index -= 1
            if self.persons[number].gender != gender:
                continue
            elder = self.elders.get((self.surnames.get(number, ""), noun_gender(head)))
            return self.persons[elder] if elder is not None and elder != number else None
        return None

    def by_name(self) -> list[Mention]:
        """Every place where a person is called by a name, in quotations too."""
        found: list[Mention] = []
        after = 0
        text, aliases = self.text, self.aliases
        for match in _CAPITAL.finditer(text):
            start = match.start()
            options = aliases.get(match.group())
            if options is None or start < after:
                continue
            for alias, number in options:
                end = start + len(alias)
                if text.startswith(alias, start) and not text[end : end + 1].isalnum():
                    found.append(self._mention(start, end, number))
                    after = end
                    break
        self.named_at = [(m.start, m.person) for m in found if not m.quoted]
        for start, number in self.named_at:
            before = _EPITHET.search(text, max(0, start - 8), start)
            if before:
                self.borne[number].add(before[1].lower())
        self.named_starts = dict(self.named_at)
        return found

    def _mention(self, start: int, end: int, number: int) -> Mention:
        text = self.text
        if text[end : end + 2] in ("’s", "'s") or (
            text[end - 1] == "s" and text[end : end + 2] in ("’ ", "' ")
        ):
            role: Role = "possessive"
        elif _SENTENCE_START.search(text, max(0, start - 14), start) or _VERB_AFTER.match(text, end):
            role = "subject"
        else:
            role = "other"
        return Mention(start, end, number, role, self._quoted(start), self.prose.at(start))

    def _quoted(self, offset: int) -> bool:
        index = bisect_right(self.starts, offset) - 1
        return index >= 0 and offset < self.quotes[index].end and self.quotes[index].spoken

    # ── nouns ──

    def by_noun(self) -> list[Mention]:
        """Every place where the narration means a person by a noun: "a runner", "the runner", "someone"."""
        heads = words.PERSON_NOUNS | self._spoken_nouns() | set(self.listed)
        found: list[Mention] = []
        someone = [(m.start(), m) for m in _SOMEONE.finditer(self.text)]
        determined = [(m.start(), m) for m in _DETERMINED.finditer(self.text)]
        for start, match in sorted((*someone, *determined), key=lambda pair: pair[0]):
            if self._quoted(start):
                continue
            if match.re is _SOMEONE:
                person = self._nominal("someone", frozenset(), match.group(), start)
                found.append(self._mention(start, match.end(), person.number))
                continue
            phrase = noun_phrase(match, heads)
            if phrase is None:
                continue
            head, features, end = phrase
            apposed = self.named_starts.get(end + 1)
            if apposed is not None:
                # "her brother Mark": the name is the person, the noun tells the gender.
                self._lean(self.persons[apposed], head)
                continue
            known = self._identify(match[1].lower(), head, features, start, end)
            if known is not None:
                found.append(self._mention(start, end, known.number))
        return found

    def _spoken_nouns(self) -> frozenset[str]:
        """Nouns that the text itself makes speakers ("said the Sparrow"), twice at least."""
        counts: dict[str, int] = defaultdict(int)
        for match in _SPOKEN_NOUN.finditer(self.text):
            if match[1].lower() in words.CORE_SPEECH_VERBS:
                parts = [part for part in match[2].split() if part.lower() not in words.FUNCTION_WORDS]
                if parts and len(parts) == len(match[2].split()):
                    counts[parts[-1].lower()] += 1
        known = {alias.lower() for alias in self.aliases}
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
        chapter = self.prose.places[place].chapter
        phrase = self.text[start:end].split()
        generic = head in words.GENERIC_NOUNS and not (
            len(phrase) > 1 and all(w[0].isupper() for w in phrase[1:])
        )
        for person in options:
            if not generic or (person.chapter == chapter and place - person.last < _NEAR):
                person.last = place
                if not person.features and any(part[0].isupper() for part in phrase[1:]):
                    person.name = label(head, features, self.text[start:end])
                person.features |= features
                _remember(person, self.text[start:end])
                return person
        if generic or head in words.KIN:
            known = self._stands_for(head, determiner, start, place)
            known = known or self._as_listed(head, features)
            if known is not None:
                return known
        return self._nominal(head, features, self.text[start:end], start)

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
            if titles & self.borne[number] and gender in (None, person.gender):
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

    def _nominal(self, head: str, features: frozenset[str], words_there: str, start: int) -> Person:
        place = self.prose.at(start)
        person = self._new(label(head, features, words_there), [words_there])
        person.head, person.features = head, features
        person.chapter, person.last = self.prose.places[place].chapter, place
        self._lean(person, head)
        self.by_head[head].append(person)
        return person

    def _lean(self, person: Person, head: str) -> None:
        gender = noun_gender(head)
        person.male += _GIVEN if gender == "male" else 0.0
        person.female += _GIVEN if gender == "female" else 0.0

    def _new(self, name: str, aliases: list[str], *, named: bool = False) -> Person:
        person = Person(len(self.persons), name, aliases, named=named)
        self.persons.append(person)
        return person

    # ── the narrator as a person ──

    def by_i(self) -> list[Mention]:
        """Every "I" of the narration, where it says so often enough to be a person of the story."""
        places = [match.start() for match in _I.finditer(self.text) if not self._quoted(match.start())]
        narration = len(self.text) - sum(quote.end - quote.start for quote in self.quotes if quote.spoken)
        if len(places) < 3 or len(places) < _FIRST_PERSON * narration / _LETTERS:
            self.narrator = None
            return []
        narrator = self._new("Narrator", []) if self.narrator is None else self.persons[self.narrator]
        narrator.narrates = True
        self.narrator = narrator.number
        return [Mention(at, at + 1, narrator.number, "subject", False, self.prose.at(at)) for at in places]


_ELDERS = words.word_set("mr mrs sir lady captain colonel dr doctor admiral general major")
_PARENTS = words.word_set("father mother papa mamma mama husband wife")
_SPOKEN_NOUN = re.compile(
    r"(\w+) the ((?:[\w-]+ ){0,2}?[\w-]+)(?=[,.;:!?]| (?:in|with|to|as|and|at|from|who|again|\w+ly)\b)"
)
_NO_ONE = words.INDEFINITES | words.word_set(
    "same first last latter former second third two three men women other speaker rest"
)


def _fullest(named: Named) -> str:
    """The longest name, with a title where it had one."""
    return max(named.aliases, key=lambda alias: (len(split(alias)[1]), split(alias)[0] is not None))


def _parts(named: Named) -> list[str]:
    """Given name and surname, which may stand alone."""
    if len(named.core) < 2:
        return [named.core[0]] if len(named.core[0]) > 2 else []
    return [part for part in (named.core[0], named.core[-1]) if len(part) > 2]


_ALIASES = 6


def _remember(person: Person, words_there: str) -> None:
    """Keep how a nameless person was called, a few forms."""
    if not person.named and len(person.aliases) < _ALIASES and words_there not in person.aliases:
        person.aliases.append(words_there)
