"""Who was mentioned lately: in the narration around a speech, and in the paragraphs before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from narrator.markup.people import Mention
from narrator.markup.tags import Speech

BACK = 14
"""Paragraphs that a mention is remembered."""
_FAR = 4000


def pronoun(speech: Speech) -> int:
    """1 where the strongest tag is "he", -1 where it is "she", else 0."""
    tag = speech.tag
    if tag is None or tag.gender is None:
        return 0
    return 1 if tag.gender == "male" else -1


@dataclass(slots=True)
class Here:
    """The mentions in the narration of the speech's own paragraph and of those beside it."""

    before: list[Mention]
    after: list[Mention]
    previous: list[Mention]
    following: list[Mention]
    ahead: Counter[int]

    def row(self, person: int) -> list[float]:
        """What these mentions say of one person."""
        return [
            sum(m.person == person for m in self.before),
            sum(m.person == person for m in self.after),
            float(bool(self.before) and self.before[0].person == person),
            float(bool(self.after) and self.after[0].person == person),
            float(any(m.person == person and m.role == "subject" for m in self.before)),
            float(any(m.person == person and m.role == "subject" for m in self.after)),
            float(any(m.person == person and m.role == "other" for m in self.after)),
            sum(m.person != person for m in self.before),
            sum(m.person != person for m in self.after),
            sum(m.person == person for m in self.previous),
            float(bool(self.previous) and self.previous[0].person == person),
            float(bool(self.previous) and self.previous[-1].person == person),
            float(any(m.person == person and m.role == "subject" for m in self.previous)),
            len({m.person for m in self.previous} - {person}),
            sum(m.person == person for m in self.following),
            float(bool(self.following) and self.following[0].person == person),
        ]


class Lately:
    """Who was mentioned before a speech, the last first: in narration (`told`), in quotations (`heard`)."""

    def __init__(
        self,
        speech: Speech,
        narrated: Mapping[int, Sequence[Mention]],
        quoted: Mapping[int, Sequence[Mention]],
        leaning: Sequence[float],
    ) -> None:
        self.told: dict[int, tuple[int, int, int, Mention]] = {}
        self.heard: dict[int, int] = {}
        self.subjects: dict[int, int] = {}
        self.counts: Counter[int] = Counter()
        for back in range(min(BACK, speech.place + 1)):
            place = speech.place - back
            for mention in reversed(narrated.get(place, ())):
                if back == 0 and mention.start >= speech.start:
                    continue
                person = mention.person
                self.counts[person] += 1
                if person not in self.told:
                    self.told[person] = (back, speech.start - mention.start, len(self.told), mention)
                if mention.role == "subject" and person not in self.subjects:
                    self.subjects[person] = len(self.subjects)
            for mention in reversed(quoted.get(place, ())):
                if mention.person not in self.heard and mention.start < speech.start:
                    self.heard[mention.person] = back
        sign = pronoun(speech)
        fitting = [p for p in self.told if sign and leaning[p] * sign > 0.1]
        self.rank = {person: rank for rank, person in enumerate(fitting)}
        fitting = [p for p in self.subjects if sign and leaning[p] * sign > 0.1]
        self.subject_rank = {person: rank for rank, person in enumerate(fitting)}

    def row(self, person: int, sign: int) -> list[float]:
        """How lately one person was mentioned; `sign`: the gender of the tag's pronoun."""
        back, distance, rank, mention = self.told.get(person, (BACK, _FAR, BACK, None))
        return [
            back,
            min(_FAR, distance),
            min(rank, BACK),
            -1.0 if mention is None else _ROLES[mention.role],
            min(self.subjects.get(person, 9), 9),
            min(self.counts[person], 20),
            self.heard.get(person, BACK),
            min(self.rank.get(person, 9), 9) if sign else -1.0,
            min(self.subject_rank.get(person, 9), 9) if sign else -1.0,
        ]


_ROLES = {"other": 0.0, "possessive": 1.0, "subject": 2.0}
