"""Who is called by a name: capitalised words that behave like people, gathered into persons with their
aliases."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from narrator.markup import words
from narrator.markup.calling import Evidence, Named, given_gender, split
from narrator.markup.namesakes import Gathering, without_groups
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


@dataclass(slots=True)
class _Sightings:
    """Every capitalised name of the text."""

    seen: dict[str, Evidence] = field(default_factory=dict)
    paragraphs: int = 1
    lower: Counter[str] = field(default_factory=Counter)


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
    people = Gathering(without_groups(kept), sightings.paragraphs).people()
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
    breaks = [at.start() for at in re.finditer("\n", text)]
    found.paragraphs = len(breaks) + 1
    for match in _CAPITALISED.finditer(text):
        trimmed = _trimmed(match, found.lower)
        if trimmed is None:
            continue
        name, start, end = trimmed
        evidence = found.seen.setdefault(name, Evidence())
        evidence.count += 1
        index = bisect_right(starts, start) - 1
        quoted = index >= 0 and start < quotes[index].end
        if not quoted:
            evidence.told.add(bisect_right(breaks, start))
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


def _weigh(evidence: Evidence, text: str, start: int, end: int, quoted: bool) -> None:
    before = text[max(0, start - 25) : start].rstrip()
    last = before.split()[-1] if before.split() else ""
    after = text[end : end + 30]
    word = last.lower().strip(".,;:!?—“”„»«\"‘’'")
    if last and (last[-1].isalpha() or last[-1] == ","):
        evidence.inside += 1
    evidence.apposed += last.isalpha() and word in words.PERSON_NOUNS
    if word in ("the", "a", "an"):
        evidence.article += 1
    if word in _WHERE:
        evidence.place += 1
    if quoted:
        if (last[-1:] in ',“„»«"‘' and after[:1] in tuple(',!?.”“»«"’')) or word in ("dear", "my", "oh"):
            evidence.called += 1
        return
    following = _NEXT_WORD.match(after)
    verb = following[1] if following else ""
    if word in words.CORE_SPEECH_VERBS or verb in words.CORE_SPEECH_VERBS:
        evidence.said += 1
    if verb in _DOING or _PAST.match(verb):
        evidence.acted += 1


_OFTEN = 4
"""Times that a name is called in speech to be believed for that alone."""


def _is_person(name: str, evidence: Evidence, lower: Counter[str], short: bool) -> bool:
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
        # Towns bear names of women too: one where things only happen is no person.
        return evidence.place <= 0.3 * evidence.count or evidence.said > 0 or evidence.called > 1
    score = min(3.0, evidence.said)
    score += 1.0 if evidence.called >= (1 if short else 2) else 0.0
    score += 0.5 if evidence.called >= _OFTEN and 2 * evidence.called > evidence.count else 0.0
    acts = evidence.acted >= (1 if short else 3) and evidence.acted > 0.08 * evidence.count
    score += 1.0 if acts else 0.0
    score += 1.5 if evidence.apposed else 0.0
    if evidence.place > 0.45 * evidence.count and evidence.said < 2:
        score -= 2.0
    if not evidence.inside and evidence.said < 2:
        score -= 1.0
    return score >= 1.5
