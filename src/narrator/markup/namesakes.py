"""Which names mean one person: aliases, nicknames and titles, and namesakes kept apart."""

from __future__ import annotations

from collections.abc import Iterable

from narrator.book import Gender
from narrator.markup import given_names, words
from narrator.markup.calling import Evidence, Named, given_gender, name_gender, split, title_gender

_FAMILY = words.word_set(
    "aunt uncle cousin nurse sister brother father mother lady sir king queen prince princess"
)


def without_groups(kept: dict[str, Evidence]) -> dict[str, Evidence]:
    """Without families ("the Miss Weirs") and without what capitals repeat ("ANN")."""
    found: dict[str, Evidence] = {}
    cores = {word for name in kept for word in split(name)[1]}
    for name, evidence in kept.items():
        if name.isupper() and name.title() in kept:
            continue
        title, core = split(name)
        if title and core[-1].endswith("s") and core[-1][:-1] in cores:
            continue
        found[name] = evidence
    return found


class Gathering:
    """Puts names together that mean one person, the fullest names first."""

    def __init__(self, kept: dict[str, Evidence], paragraphs: int) -> None:
        self.kept = kept
        self.paragraphs = paragraphs
        self.found: list[Named] = []

    def people(self) -> list[Named]:
        """The persons, each with all names."""
        order = sorted(self.kept, key=self._rank)
        for name in order:
            title, core = split(name)
            evidence = self.kept[name]
            gender = title_gender(title) or (name_gender(core) if not title or len(core) > 1 else None)
            person = self._match(title, core, gender)
            if person is None or (len(core) == 1 and self._is_another(person, name, title, core[0])):
                self.found.append(Named(core, [name], gender, evidence.count, evidence.said))
                continue
            person.aliases.append(name)
            person.count += evidence.count
            person.said += evidence.said
            person.gender = person.gender or gender
        return self.found

    def _rank(self, name: str) -> tuple[int, bool, int, str]:
        """The fullest names first; a surname alone after those who bear it with a title."""
        title, core = split(name)
        return -len(core), title is None and given_gender(core[0]) is None, -self.kept[name].count, name

    def _match(self, title: str | None, core: tuple[str, ...], gender: Gender | None) -> Named | None:
        """The person whom a name means among those known so far."""
        people = self.found
        if len(core) > 1:
            return next((p for p in people if _same_full(p, title, core, gender)), None)
        word = core[0]
        options = [p for p in _bearers(people, title, word) if _agrees(p, title, gender)]
        if (title or "").lower() == "miss":
            options = self._eldest(options, word)
        if not options:
            return None
        if not title and given_gender(word) is None:
            # A bare surname means the man of the house in most books.
            options = [p for p in options if p.gender == "male"] or options
        best = max(options, key=lambda p: p.count)
        rivals = [p for p in options if p is not best and 3 * p.count > best.count]
        if rivals and not title and given_gender(word) is None:
            return None
        return best

    def _eldest(self, sisters: list[Named], surname: str) -> list[Named]:
        """Who may be "Miss Weir" among the Weirs: the eldest, not those who are told from her by their given
        names ("Miss Ann")."""
        if not all(len(p.core) > 1 and p.core[-1] == surname for p in sisters):
            return sisters
        elder = [p for p in sisters if self._count(f"Miss {p.core[0]}") < _STYLED]
        styled = {p.core[0]: self._count(f"Miss {p.core[0]}", f"Miss {p.core[0]} {surname}") for p in elder}
        return [p for p in elder if styled[p.core[0]] == min(styled.values())]

    def _count(self, *names: str) -> int:
        return sum(self.kept[name].count for name in names if name in self.kept)

    def _is_another(self, person: Named, name: str, title: str | None, word: str) -> bool:
        """Whether a title with a surname is not the person of that surname whom the text calls by a given
        name.

        "Mrs. Weir" may be Ann Weir’s mother, "Mr. Weir" her father: two who stand in one paragraph
        much more often than chance would have it are two. Somebody of two names is called by one at a time.
        """
        low = (title or "").lower()
        if len(person.core) < 2 or person.core[-1] != word or not title or low in ("miss", "master"):
            return len(person.core) > 1 and not title and self._is_guest(person, word)
        given, known = self.kept.get(person.core[0]), self.kept[name]
        full = max((len(self.kept[a].told) for a in person.aliases if _is_full(a, low)), default=0)
        if full >= _ENOUGH and known.count > 2 * person.count:
            return True
        if given is None or len(given.told) < _FEW:
            return False
        both = len(given.told & known.told)
        lift = both * self.paragraphs / max(1, len(given.told) * len(known.told))
        if low in _MARRIED:
            return not full and (len(known.told) < _MANY or lift > _APART)
        return lift > _TOGETHER and len(known.told) >= _ENOUGH

    def _is_guest(self, person: Named, word: str) -> bool:
        """Whether a full name with a title of rank is a passing namesake: "Kate" is not Lady Kate Orrow,
        who comes once."""
        ranks = {(t or "").lower() for t, _ in map(split, person.aliases)}
        return ranks <= {"lady", "lord"} and 20 * person.count < self.kept[word].count


def _is_full(name: str, title: str) -> bool:
    """Whether a name has that title, a given name and a surname ("Mr. Paul Weir")."""
    borne, core = split(name)
    return (borne or "").lower() == title and len(core) > 1


_STYLED = 2
"""Times that a sister is called "Miss Ann" to be no "Miss Weir"."""
_FEW, _ENOUGH, _MANY = 4, 9, 20
"""Paragraphs in which a name is told, to say something of how it goes with another."""
_TOGETHER, _APART = 2.0, 0.8
"""Times as often as by chance that two names stand in one paragraph: from the first on they are two people,
to the second one person."""


def _same_full(person: Named, title: str | None, core: tuple[str, ...], gender: Gender | None) -> bool:
    return (
        len(person.core) > 1
        and person.core[0] == core[0]
        and person.core[-1] == core[-1]
        and _agrees(person, title, gender)
    )


def _bearers(people: list[Named], title: str | None, word: str) -> Iterable[Named]:
    """Those who may be called by one word, with this title or none."""
    long = [p for p in people if len(p.core) > 1]
    given = [p for p in long if p.core[0] == word] or _formally(people, title, word)
    surname = [p for p in long if p.core[-1] == word]
    single = [p for p in people if p.core == (word,)]
    low = (title or "").lower()
    if low in _FAMILY:
        return given or single
    if title:
        return surname or (given if low in ("miss", "master", "mr") else []) or single
    return given or [*surname, *single]


def _formally(people: list[Named], title: str | None, word: str) -> list[Named]:
    """Those whose given name a nickname stands for ("Lizzy" for an Elizabeth), where just one bears it."""
    formal = given_names.NICKNAMES.get(word.lower(), ())
    if title and title.lower() not in ("miss", "master"):
        return []
    found = [p for p in people if p.core[0].lower() in formal]
    return (
        found if len(found) == 1 and split(found[0].aliases[0])[0] not in ("Lady", "Sir", "Mrs", "Mr") else []
    )


def _agrees(person: Named, title: str | None, gender: Gender | None) -> bool:
    if person.gender and gender and person.gender != gender:
        return False
    titles = {alias_title.lower() for alias in person.aliases if (alias_title := split(alias)[0])}
    low = (title or "").lower()
    return not any(low in these and titles & others for these, others in _EXCLUSIVE)


_MARRIED = frozenset({"mrs", "lady", "madame", "mme"})
_UNMARRIED = frozenset({"miss", "mademoiselle", "mlle", "master"})
_RANKS = words.OTHER_TITLES - frozenset(
    {"dr", "doctor", "professor", "prof", "cousin", "comrade", "saint", "st"}
)
_DOCTORS = frozenset({"dr", "doctor"})
_WOMEN = _MARRIED | _UNMARRIED
_EXCLUSIVE = (
    (_MARRIED, _UNMARRIED),
    (_UNMARRIED, _MARRIED),
    (_RANKS, _WOMEN),
    (_WOMEN, _RANKS),
    (_DOCTORS, _WOMEN),
    (_WOMEN, _DOCTORS),
    (frozenset({"sir", "lord"}), frozenset({"mr"})),
    (frozenset({"mr"}), frozenset({"sir", "lord"})),
)
"""Titles that one person does not have both of: "Captain Moss" is not "Mrs. Moss"."""
