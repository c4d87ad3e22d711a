"""Noun phrases that mean a person: "the old officer", "her brother"."""

from __future__ import annotations

import re

from narrator.book import Gender
from narrator.markup import words

_OF = re.compile(r" of (staff|police|state|the \w+|\w+)")


def noun_phrase(match: re.Match[str], nouns: frozenset[str]) -> tuple[str, frozenset[str], int] | None:
    """Head noun, adjectives and end of the noun phrase that a determiner opens, None where it names no
    person."""
    features: list[str] = []
    end = match.end(1)
    found: tuple[str, frozenset[str], int] | None = None
    for word in match[2].split():
        base = re.split(r"[’']s?$", word)[0]
        low = base.lower()
        end = match.string.index(word, end) + len(base)
        if low in nouns:
            found = (low, frozenset(features), end)
            if base != word:
                return found
            features.append(low)
            continue
        if found is not None or low in words.FUNCTION_WORDS or base != word:
            break
        features.append(low)
    if found is None:
        return None
    head, adjectives, end = found
    of = _OF.match(match.string, end)
    if of and (of[1] in ("staff", "police", "state") or head in ("chief", "head", "captain", "master")):
        return f"{head} of {of[1]}", adjectives, of.end()
    return found


def compatible(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two sets of adjectives may mean one person."""
    return one <= other or other <= one or bool(one & other)


def noun_gender(head: str) -> Gender | None:
    """The gender that a noun tells."""
    if head in words.MALE_NOUNS:
        return "male"
    return "female" if head in words.FEMALE_NOUNS else None


def label(head: str, features: frozenset[str], words_there: str) -> str:
    """A name for a nameless person: "Chief of staff", "Young lieutenant", "Someone"."""
    kept = words_there.split()
    if kept and kept[0].lower() in words.DETERMINERS | {"each"}:
        kept = kept[1:]
    label = " ".join(kept) or head
    return label[:1].upper() + label[1:]
