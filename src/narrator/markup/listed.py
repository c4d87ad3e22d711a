"""A list of characters that was given, in the form in which the text's own names come."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from narrator.book import Character
from narrator.markup import words
from narrator.markup.calling import Named, split, title_gender

NARRATES = frozenset({"narrator", "narr", "_narr", "i"})
"""Names under which the list may know the "I" of the narration."""
_BEFORE_NAMES = words.word_set("my dear dearest poor old young little good baby")
"""Words that a list may put before a name ("My Dear Jane"); the name can do without them."""
_TAIL = re.compile(r"(?:,| - |\s+[Oo]f\s).*")
"""What a list puts behind a name ("Bill, the Baker", "Paul of the Ferry")."""
_OWNER = re.compile(r"[’'][sS]\b")


def listed(given: Sequence[Character], found: Sequence[Named]) -> list[Named]:
    """One for each character of the list, in its order, with what the text calls them besides (`found`); then
    those found whom the list does not know."""
    known = [_known(character) for character in given]
    claims = _Claims(known)
    strangers: list[Named] = []
    for person in found:
        number = claims.whose(person)
        if number is None:
            strangers.append(person)
            continue
        mine = known[number].aliases
        mine += [alias for alias in person.aliases if alias not in mine and claims.free(alias, number)]
    return [*known, *strangers]


def _known(character: Character) -> Named:
    names = [name for name in dict.fromkeys((character.name, *character.aliases)) if name.strip()]
    own = [name for name in names if name.casefold() not in NARRATES] or [character.name]
    called = [" ".join(name.split()) for name in own]
    short = [name for name in map(_without_article, called) if name.lower() not in words.GENERIC_NOUNS]
    called += [name for name in short if name[:1].isupper()]
    core = max(map(_core, called), key=len)
    return Named(core, list(dict.fromkeys(called)), character.gender, 1)


def _core(name: str) -> tuple[str, ...]:
    """The words of a name that may stand alone; a description ("the old cabman") is one word, whole."""
    if is_description(name):
        return (_without_article(name),)
    core = split(_TAIL.sub("", name))[1] or split(name)[1]
    while len(core) > 1 and core[0].lower() in _BEFORE_NAMES | words.TITLES:
        core = core[1:]
    return core


def is_description(name: str) -> bool:
    """Whether a list says by a name what somebody is ("the old cabman", "a friend of hers", "Ann’s brother")
    rather than what he is called."""
    parts = name.lower().split()
    title, core = split(name)
    if parts[0] in words.DETERMINERS or _OWNER.search(name):
        return True
    return title is None and len(core) > 1 and core[-1].lower() in words.PERSON_NOUNS - words.TITLES


class _Claims:
    """Which character of the list may be called by a name."""

    def __init__(self, known: Sequence[Named]) -> None:
        self.known = known
        self.full: dict[str, set[int]] = defaultdict(set)
        self.part: dict[str, set[int]] = defaultdict(set)
        for number, named in enumerate(known):
            for alias in named.aliases:
                self.full[alias.casefold()].add(number)
                core = _core(alias)
                for part in {" ".join(core), core[0], core[-1]}:
                    self.part[part.casefold()].add(number)

    def free(self, alias: str, number: int) -> bool:
        """Whether the list does not give the alias to another."""
        return self.full.get(alias.casefold(), {number}) == {number}

    def whose(self, person: Named) -> int | None:
        """The character that most of a person's names mean, None where they mean none or several."""
        votes: Counter[int] = Counter()
        for alias in person.aliases:
            full = self.full.get(alias.casefold(), set())
            core = " ".join(split(alias)[1]).casefold()
            options = full or {n for n in self.part.get(core, set()) if self._fits(n, alias)}
            if len(options) == 1:
                votes[next(iter(options))] += _FULL if full else 1
        top = votes.most_common(1)
        return top[0][0] if top and top[0][1] >= _MOST * votes.total() else None

    def _fits(self, number: int, alias: str) -> bool:
        gender, told = self.known[number].gender, title_gender(split(alias)[0])
        return gender is None or told is None or gender == told


_FULL, _MOST = 2, 0.6
"""Weight of a name that the list has as it stands; share of the votes that decides."""


def nouns(character: Character) -> list[tuple[str, frozenset[str]]]:
    """Head noun and adjectives of what a list calls somebody without a name ("the old cabman", "the lady in
    black")."""
    found: list[tuple[str, frozenset[str]]] = []
    for name in (character.name, *character.aliases):
        if not name.strip() or not is_description(name) or _OWNER.search(name):
            continue
        parts = _without_article(" ".join(name.split())).lower().replace(",", "").split()
        at = next((i for i, part in enumerate(parts[:_HEAD]) if part in words.PERSON_NOUNS), None)
        if at is None and len(parts) < _HEAD:
            at = len(parts) - 1
        if at is not None and (at == len(parts) - 1 or at > 0):
            found.append((parts[at], frozenset(parts[:at])))
    return found


_HEAD = 4
"""Words among which the noun of a description stands."""


def _without_article(name: str) -> str:
    first, _, rest = name.partition(" ")
    return rest if rest and first.lower() in words.DETERMINERS else name
