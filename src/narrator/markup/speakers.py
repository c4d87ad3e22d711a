"""Who says each speech: candidates, two looks at the dialogue by trained networks, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from narrator.markup import words
from narrator.markup.evidence import Candidates, Matrix, gather
from narrator.markup.lately import pronoun
from narrator.markup.people import People, Person
from narrator.markup.prose import Prose
from narrator.markup.ranker import Network, panel_from, score
from narrator.markup.tags import Speech
from narrator.markup.turns import Floats, best, second_look, softmax

_MODEL = Path(__file__).with_name("speakers.npz")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The speaker of a speech, None where nobody fits, and how sure that is (0 to 1)."""

    person: int | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Judge:
    """The trained networks: for the first look, the second, and for doubt (docs/attribution.md)."""

    first: tuple[Network, ...]
    second: tuple[Network, ...]
    doubt: tuple[Network, ...]


@cache
def judge() -> Judge:
    """The judge that ships with narrator."""
    with np.load(_MODEL, allow_pickle=False) as arrays:
        parts = {name: arrays[name] for name in arrays.files}
    return Judge(*(panel_from(parts, name) for name in ("first", "second", "doubt")))


def attribute(prose: Prose, people: People, speeches: Sequence[Speech]) -> list[Verdict]:
    """A verdict for every speech."""
    return decide(judge(), gather(prose, people, speeches), speeches, people)


def decide(here: Judge, found: Candidates, speeches: Sequence[Speech], people: People) -> list[Verdict]:
    """The verdicts of `here` on the candidates of all speeches."""
    if not len(found.person):
        return [Verdict(None, 0.0)] * len(speeches)
    opinion = chances(here.first, found.rows, found, len(speeches))
    looked = np.hstack([found.rows, second_look(found, opinion, speeches, leanings(people))])
    decided = settle(chances(here.second, looked, found, len(speeches)), found, speeches, people)
    sure = certainty(here.doubt, doubts(found, opinion, decided, len(speeches)))
    winner = best(decided, found.speech, len(speeches))
    verdicts = [
        Verdict(int(found.person[row]), round(float(sure[index]), 3)) if row >= 0 else Verdict(None, 0.0)
        for index, row in enumerate(winner)
    ]
    return _tagged_sure(verdicts, speeches) if len(speeches) < _SHORT else verdicts


def _tagged_sure(verdicts: Sequence[Verdict], speeches: Sequence[Speech]) -> list[Verdict]:
    """The verdicts of a short text, where "said the keeper" leaves no doubt: the networks of doubt know such
    tags from long novels, whose keeper may have a name."""
    return [
        replace(verdict, confidence=max(verdict.confidence, _TAGGED))
        if verdict.person is not None
        and speech.tag is not None
        and speech.tag.person == verdict.person
        and speech.tag.strength >= _SAID
        else verdict
        for verdict, speech in zip(verdicts, speeches, strict=True)
    ]


_TAGGED = 0.9
"""How sure a verdict is at least that a tag beside the quotation tells, in a short text."""


def leanings(people: People) -> Floats:
    """Each person's gender as a number, 1 male to -1 female."""
    return np.array([person.leaning() for person in people.persons])


def chances(panel: Sequence[Network], rows: Matrix, found: Candidates, count: int) -> Floats:
    """How likely each candidate is the speaker, as the networks see it together."""
    return softmax(score(panel, rows), found.speech, count)


_SAID, _SETTLED = 2.8, 0.97
"""Strength of a tag that leaves no choice ("said Ann"), and how far it is believed."""
_AGAINST = -0.3
_SHORT = 150
"""Speeches (some 10,000 words) below which a text is short."""


def settle(decided: Floats, found: Candidates, speeches: Sequence[Speech], people: People) -> Floats:
    """The chances with what is beyond doubt: who is tagged beside the quotation says it, and a speech that
    was left open in the paragraph before goes on. A long text knows many phrases that look like people: there
    a tag must name somebody, and strangers are left out.
    """
    short = len(speeches) < _SHORT
    settled = _of_gender(decided, found, speeches, leanings(people))
    first = np.searchsorted(found.speech, np.arange(len(speeches) + 1))
    for index, speech in enumerate(speeches):
        rows = slice(first[index], first[index + 1])
        person = _said_by(speech, people.persons, short)
        if person is not None and (short or people.persons[person].named):
            settled[rows] *= 1 - _SETTLED
            settled[rows][found.person[rows] == person] += _SETTLED
        elif speech.continues and index and (speech.tag is None or speech.tag.person is None):
            before = slice(first[index - 1], first[index])
            known = dict(zip(found.person[before].tolist(), settled[before].tolist(), strict=True))
            share = np.array([known.get(person, 0.0) for person in found.person[rows].tolist()])
            settled[rows] = share / share.sum() if share.sum() > 0 else settled[rows]
    return settled if short else without_strangers(settled, found, people, len(speeches))


def _said_by(speech: Speech, persons: Sequence[Person], short: bool) -> int | None:
    """The person whom the tags leave no choice but to take. A short text, of which little is learnt, is told
    by who acts before the quotation, too ("A scout came in. “No way through,” he said")."""
    tag = speech.tag
    if tag is None:
        return None
    if tag.person is not None and tag.strength >= _SAID and tag.subject == "person":
        return tag.person
    if not short or tag.subject not in ("pronoun", "person"):
        return None
    for other in speech.tags:
        if other.person is not None and other.where != "after":
            fits = persons[other.person].leaning() * pronoun(speech) > _AGAINST
            return other.person if fits else None
    return None


_OTHER, _UNLIKELY = -0.5, 0.05
"""How far somebody must lean to the other gender than "he said" has, and what is left of his chance then."""


def _of_gender(decided: Floats, found: Candidates, speeches: Sequence[Speech], lean: Floats) -> Floats:
    """The chances with those that a tag's "he" or "she" rules out made small."""
    strength = np.array([speech.tag.strength if speech.tag else 0.0 for speech in speeches])
    against = lean[found.person] * found.pronoun[found.speech] < _OTHER
    against &= strength[found.speech] >= _SAID
    return _shares(np.where(against, decided * _UNLIKELY, decided), found, len(speeches))


_EVER, _EVER_ANY = 0.6, 0.95
_STRANGER = 1e-3
_ANYBODY = words.KIN | words.GENERIC_NOUNS


def without_strangers(decided: Floats, found: Candidates, people: People, count: int) -> Floats:
    """The chances where somebody who is likely in no speech of the whole text is likely in none at all: most
    of those are phrases taken for people, and "the girl" or "his aunt" is mostly somebody with a name."""
    ever = np.zeros(len(people.persons))
    np.maximum.at(ever, found.person, decided)
    anybody = [not person.named and person.head in _ANYBODY for person in people.persons]
    strange = ever < np.where(anybody, _EVER_ANY, _EVER)
    return _shares(np.where(strange[found.person], decided * _STRANGER, decided), found, count)


def _shares(weights: Floats, found: Candidates, count: int) -> Floats:
    """Weights of candidates as chances within each speech."""
    total = np.bincount(found.speech, weights, count)
    shares: Floats = weights / np.maximum(total[found.speech], 1e-12)
    return shares


_AROUND = (-2, -1, 1, 2)


def doubts(found: Candidates, opinion: Floats, decided: Floats, count: int) -> Matrix:
    """A row for each speech of what makes a verdict doubtful."""
    winner = best(decided, found.speech, count)
    has = winner >= 0
    row = np.maximum(winner, 0)
    top = np.where(has, decided[row], 0.0)
    second = np.zeros(count)
    rest = winner[found.speech] != np.arange(len(decided))
    np.maximum.at(second, found.speech[rest], decided[rest])
    first = np.zeros(count)
    np.maximum.at(first, found.speech, opinion)
    who = np.where(has, found.person[row], -1)
    columns = [top, second, top - second, np.where(has, opinion[row], 0.0), first]
    for step in _AROUND:
        at = np.clip(np.arange(count) + step, 0, count - 1)
        columns += [top[at], (who[at] == who).astype(np.float64)]
    told = np.column_stack(columns).astype(np.float32)
    return np.hstack([told, np.where(has[:, None], found.rows[row], np.float32(0))])


def certainty(panel: Sequence[Network], rows: Matrix) -> Floats:
    """The chance that the verdict is right, by the networks of doubt; a row of zeros is their even chance."""
    even = score(panel, np.zeros((1, rows.shape[1]), dtype=np.float32))[0]
    sure: Floats = 1 / (1 + np.exp(even - score(panel, rows)))
    return sure
