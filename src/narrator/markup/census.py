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
from narrator.markup.phrases import noun_gender
from narrator.markup.prose import Prose
from narrator.markup.quotations import Quote

_FIRST_PERSON = 0.005
"""Share of "I" among the narration's words above which the narrator is a person of the story."""
_TITLED, _NAMED, _GIVEN = 120.0, 20.0, 6.0
"""Weight of a title's, a given name's and a noun's gender, against 0.5 for each pronoun near a mention."""
_LETTERS = 5.5
"""Characters to a word of English, its space included."""

_CAPITAL = re.compile(r"(?<![\w])[^\W\d_a-z][\w]*")
_I = re.compile(r"(?<![\w’'-])I(?![\w.-])")
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


class Census:
    """Collects the persons: those with names, and the "I"; `nouns.Nouns` adds those without."""

    def __init__(self, prose: Prose, quotes: Sequence[Quote]) -> None:
        self.prose = prose
        self.text = prose.text
        self.starts = [quote.start for quote in quotes]
        self.quotes = quotes
        self.persons: list[Person] = []
        self.named_at: list[tuple[int, int]] = []
        self.named_starts: dict[int, int] = {}
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
            person = self.new(_fullest(named), list(named.aliases), named=True)
            weight = _TITLED if any(title_gender(split(alias)[0]) for alias in named.aliases) else _NAMED
            person.male += weight if named.gender == "male" else 0.0
            person.female += weight if named.gender == "female" else 0.0
            for alias in (*named.aliases, *_parts(named)):
                owners[alias].add(person.number)
            self._family(named, person)
            borne = self.borne[person.number] = {t.lower() for t, _ in map(split, named.aliases) if t}
            person.male += _GIVEN if named.gender is None and borne & words.MANNISH_TITLES else 0.0
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
                    found.append(self.mention(start, end, number))
                    after = end
                    break
        self.named_at = [(m.start, m.person) for m in found if not m.quoted]
        for start, number in self.named_at:
            before = _EPITHET.search(text, max(0, start - 8), start)
            if before:
                self.borne[number].add(before[1].lower())
        self.named_starts = dict(self.named_at)
        return found

    def mention(self, start: int, end: int, number: int) -> Mention:
        """The mention of a person at `text[start:end]`, with its role in the sentence."""
        text = self.text
        if text[end : end + 2] in ("’s", "'s") or (
            text[end - 1] == "s" and text[end : end + 2] in ("’ ", "' ")
        ):
            role: Role = "possessive"
        elif _SENTENCE_START.search(text, max(0, start - 14), start) or _VERB_AFTER.match(text, end):
            role = "subject"
        else:
            role = "other"
        return Mention(start, end, number, role, self.quoted(start), self.prose.at(start))

    def quoted(self, offset: int) -> bool:
        """Whether the offset lies in somebody's speech."""
        index = bisect_right(self.starts, offset) - 1
        return index >= 0 and offset < self.quotes[index].end and self.quotes[index].spoken

    def lean(self, person: Person, head: str) -> None:
        """Take the gender that a noun tells as evidence of a person's."""
        gender = noun_gender(head)
        person.male += _GIVEN if gender == "male" else 0.0
        person.female += _GIVEN if gender == "female" else 0.0

    def new(self, name: str, aliases: list[str], *, named: bool = False) -> Person:
        """A person more."""
        person = Person(len(self.persons), name, aliases, named=named)
        self.persons.append(person)
        return person

    # ── the narrator as a person ──

    def by_i(self) -> list[Mention]:
        """Every "I" of the narration, where it says so often enough to be a person of the story."""
        places = [match.start() for match in _I.finditer(self.text) if not self.quoted(match.start())]
        narration = len(self.text) - sum(quote.end - quote.start for quote in self.quotes if quote.spoken)
        if len(places) < 3 or len(places) < _FIRST_PERSON * narration / _LETTERS:
            self.narrator = None
            return []
        narrator = self.new("Narrator", []) if self.narrator is None else self.persons[self.narrator]
        narrator.narrates = True
        self.narrator = narrator.number
        return [Mention(at, at + 1, narrator.number, "subject", False, self.prose.at(at)) for at in places]


_ELDERS = words.word_set("mr mrs sir lady captain colonel dr doctor admiral general major")


def _fullest(named: Named) -> str:
    """The longest name, with a title where it had one."""
    return max(named.aliases, key=lambda alias: (len(split(alias)[1]), split(alias)[0] is not None))


def _parts(named: Named) -> list[str]:
    """Given name and surname, which may stand alone."""
    if len(named.core) < 2:
        return [named.core[0]] if len(named.core[0]) > 2 else []
    return [part for part in (named.core[0], named.core[-1]) if len(part) > 2]
