"""Who is called by a name: capitalised words that behave like people, gathered into persons with their
aliases."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from narrator.book import Gender
from narrator.markup import given_names, words
from narrator.markup.quotations import Quote

_TITLE = "|".join(sorted((title.capitalize() for title in words.TITLES), key=len, reverse=True))
_WORD = r"[^\W\d_a-z][^\W\d_]*(?:[-’'][^\W\d_a-z][^\W\d_]+)*"
_PARTICLE = r"(?:(?:de|von|van|der|du|la|le|da|di|del|ter|al|bin) ){0,2}"
_CAPITALISED = re.compile(
    rf"(?<![\w’'])(?:(?P<title>{_TITLE})\b\.? )?"
    rf"(?P<name>{_WORD}(?: {_PARTICLE}(?!(?:{_TITLE})\b){_WORD}){{0,3}})"
)
_LOWER = re.compile(r"(?<![^\W\d_])[a-z]{2,}(?![^\W\d_])")
_NEXT_WORD = re.compile(r"(?:\s+|,\s+)([a-z]+)")
_PAST = re.compile(r"\w+ed\Z")
_DOING = words.word_set(
    "was had is has did could would took went came sat stood looked felt knew made got saw turned "
    "kept gave held let put ran fell began rose drew left met heard found thought shook bent stared "
    "wore"
)
_WHERE = words.word_set("in at to from near of through into towards between reached left across outside")
_FAMILY = words.word_set(
    "aunt uncle cousin nurse sister brother father mother lady sir king queen prince princess"
)


@dataclass(slots=True)
class Named:
    """A person with a name. `core`: the words of the fullest name without its title."""

    core: tuple[str, ...]
    aliases: list[str]
    gender: Gender | None
    count: int
    said: int = 0


@dataclass(slots=True)
class _Evidence:
    """What a name did, counted over the text."""

    count: int = 0
    inside: int = 0
    said: int = 0
    called: int = 0
    acted: int = 0
    place: int = 0
    article: int = 0
    apposed: int = 0


@dataclass(slots=True)
class _Sightings:
    """Every capitalised name of the text."""

    seen: dict[str, _Evidence] = field(default_factory=dict)
    lower: Counter[str] = field(default_factory=Counter)


def given_gender(name: str) -> Gender | None:
    """The gender that a given name tells, None where it tells none."""
    low = name.lower()
    male, female = low in given_names.MALE_NAMES, low in given_names.FEMALE_NAMES
    if male == female:
        return None
    return "male" if male else "female"


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


def discover(text: str, quotes: Sequence[Quote]) -> list[Named]:
    """The persons with names, most mentioned first."""
    short = len(text) < _SHORT
    sightings = _sightings(text, quotes)
    kept = {
        name: evidence
        for name, evidence in sightings.seen.items()
        if _is_person(name, evidence, sightings.lower, short)
        and (evidence.count > 1 or evidence.said or _stands_alone(name, short))
    }
    people = _clusters(kept)
    return sorted((p for p in people if short or p.count > 1 or p.said), key=lambda p: -p.count)


_SHORT = 60_000
"""Characters (some 10,000 words) to which a given name that stands once may be a person of the story."""


def _stands_alone(name: str, short: bool) -> bool:
    """Whether a name that stands just once is believed: by its title, or as a known given name."""
    title, core = split(name)
    return len(core) < 3 and (title is not None or (short and given_gender(core[0]) is not None))


def _sightings(text: str, quotes: Sequence[Quote]) -> _Sightings:
    found = _Sightings(lower=Counter(_LOWER.findall(text)))
    starts = [quote.start for quote in quotes]
    for match in _CAPITALISED.finditer(text):
        trimmed = _trimmed(match, found.lower)
        if trimmed is None:
            continue
        name, start, end = trimmed
        evidence = found.seen.setdefault(name, _Evidence())
        evidence.count += 1
        index = bisect_right(starts, start) - 1
        quoted = index >= 0 and start < quotes[index].end
        _weigh(evidence, text, start, end, quoted)
    return found


def _trimmed(match: re.Match[str], lower: Counter[str]) -> tuple[str, int, int] | None:
    """The name in a run of capitalised words, without words that only a sentence's start made capital."""
    title, start, end = match["title"], match.start("name"), match.end()
    parts = match["name"].split()
    if not title:
        while parts and (parts[0].lower() in words.NOT_NAMES or _is_common(parts, lower)):
            start = match.string.find(parts[0], start) + len(parts[0])
            parts = parts[1:]
            if parts:
                start = match.string.find(parts[0], start)
        if parts and len(parts) > 1 and parts[0].lower() in words.TITLES:
            title, parts = parts[0], parts[1:]
    while parts and (len(parts) > 1 or not title) and parts[-1].lower() in words.NOT_NAMES:
        end = match.string.rfind(parts[-1], start, end)
        parts = parts[:-1]
    if not parts or not parts[-1][0].isupper() or (len(parts[0]) < 2 and len(parts) == 1):
        return None
    if title and parts[0].lower() in words.FUNCTION_WORDS:
        return None
    if all(part.lower() in words.TITLES for part in parts):
        return None
    head = f"{match.string[match.start('title') : match.end('title')] or title}" if title else ""
    dot = (
        "."
        if title and head.lower() in words.DOTTED_TITLES and match.string[match.end("title")] == "."
        else ""
    )
    name = " ".join([head + dot, *parts]) if title else " ".join(parts)
    return name, (match.start() if title and match["title"] else start), len(match.string[:end].rstrip())


def _is_common(parts: list[str], lower: Counter[str]) -> bool:
    """Whether the first of several capitalised words is an ordinary word at the start of a sentence."""
    first = parts[0].lower()
    return len(parts) > 1 and (first.endswith("ly") or lower[first] > 20) and given_gender(first) is None


def _weigh(evidence: _Evidence, text: str, start: int, end: int, quoted: bool) -> None:
    before = text[max(0, start - 25) : start].rstrip()
    last = before.split()[-1] if before.split() else ""
    after = text[end : end + 30]
    word = last.lower().strip(".,;:!?—“”\"‘’'")
    if last and (last[-1].isalpha() or last[-1] == ","):
        evidence.inside += 1
    evidence.apposed += last.isalpha() and word in words.PERSON_NOUNS
    if word in ("the", "a", "an"):
        evidence.article += 1
    if word in _WHERE:
        evidence.place += 1
    if quoted:
        if (last[-1:] in ',“"‘' and after[:1] in tuple(',!?.”"’')) or word in ("dear", "my", "oh"):
            evidence.called += 1
        return
    following = _NEXT_WORD.match(after)
    verb = following[1] if following else ""
    if word in words.CORE_SPEECH_VERBS or verb in words.CORE_SPEECH_VERBS:
        evidence.said += 1
    if verb in _DOING or _PAST.match(verb):
        evidence.acted += 1


def _is_person(name: str, evidence: _Evidence, lower: Counter[str], short: bool) -> bool:
    """Whether a name behaves like a person's. A short text has less to tell, so less is asked of it."""
    title, core = split(name)
    if title:
        return True
    first = core[0]
    if 2 * evidence.article > evidence.count:
        return False
    if lower[first.lower()] > 1.5 * evidence.count and evidence.said < 3:
        return False
    if given_gender(first):
        return True
    score = min(3.0, evidence.said)
    score += 1.0 if evidence.called >= (1 if short else 2) else 0.0
    acts = evidence.acted >= (1 if short else 3) and evidence.acted > 0.08 * evidence.count
    score += 1.0 if acts else 0.0
    score += 1.5 if evidence.apposed else 0.0
    if evidence.place > 0.45 * evidence.count and evidence.said < 2:
        score -= 2.0
    if not evidence.inside and evidence.said < 2:
        score -= 1.0
    return score >= 1.5


# ── which names are one person ──────────────────────────────────────────────────────────────────────


def _clusters(kept: dict[str, _Evidence]) -> list[Named]:
    order = sorted(kept, key=lambda name: (-len(split(name)[1]), -kept[name].count, name))
    people: list[Named] = []
    for name in order:
        title, core = split(name)
        evidence = kept[name]
        gender = title_gender(title) or (given_gender(core[0]) if not title or len(core) > 1 else None)
        person = _match(people, title, core, gender)
        if person is None or _is_namesake(person, title, core, evidence.count):
            people.append(Named(core, [name], gender, evidence.count, evidence.said))
            continue
        person.aliases.append(name)
        person.count += evidence.count
        person.said += evidence.said
        person.gender = person.gender or gender
    return people


def _match(
    people: list[Named], title: str | None, core: tuple[str, ...], gender: Gender | None
) -> Named | None:
    """The person whom a name means among those known so far (fuller names come first)."""
    if len(core) > 1:
        return next((p for p in people if _same_full(p, title, core, gender)), None)
    word = core[0]
    options = [p for p in _bearers(people, title, word) if _agrees(p, title, gender)]
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


def _is_namesake(person: Named, title: str | None, core: tuple[str, ...], count: int) -> bool:
    """Whether "Mr. Smith" is another than "Mr. John Smith": the short form is far commoner than the long
    one."""
    low = (title or "").lower()
    long = any((t or "").lower() == low and len(c) > 1 for t, c in map(split, person.aliases))
    return low in ("mr", "mrs", "miss") and len(core) == 1 and long and count > 2 * person.count


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
    return given or surname or single


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
)
"""Titles that one person does not have both of: "Captain Moss" is not "Mrs. Moss"."""
