"""What speaks for and against each person as the speaker of each speech, as numbers for the ranker."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from narrator.markup.focus import follow
from narrator.markup.lately import Here, Lately, pronoun
from narrator.markup.narration import Tag
from narrator.markup.people import Mention, People, Person
from narrator.markup.prose import Prose
from narrator.markup.tags import Speech

Matrix = NDArray[np.float32]

_HEARD, _AHEAD = 6, 3
"""Paragraphs in which a mention makes a candidate: quoted before, told after."""
_TOLD_BACK, _TOLD_AHEAD = 12, 8
"""Speeches in which a tag makes one."""
_TOP, _TOP_OF_CHAPTER = 2, 5
_MOST = 40
_COMING = 8
_SURE = 2.2
_NEVER = 15


@dataclass(frozen=True, slots=True)
class Candidates:
    """Every candidate of every speech: row i says what speaks for `person[i]` in speech `speech[i]`.

    Rows are in the order of the speeches; those of one speech are together.
    """

    speech: NDArray[np.int64]
    person: NDArray[np.int64]
    rows: Matrix
    pronoun: NDArray[np.int8]


def told(speech: Speech) -> int | None:
    """The person whom a strong tag names."""
    tag = speech.tag
    if tag is None or tag.person is None or tag.strength < _SURE:
        return None
    return tag.person


def gather(prose: Prose, people: People, speeches: Sequence[Speech]) -> Candidates:
    """The candidates of all speeches with their evidence."""
    witness = _Witness(prose, people, speeches)
    who: list[int] = []
    whose: list[int] = []
    rows: list[list[float]] = []
    for index in range(len(speeches)):
        persons, found = witness.hear(index)
        who += persons
        whose += [index] * len(persons)
        rows += found
    signs = np.array([pronoun(speech) for speech in speeches], dtype=np.int8)
    matrix = np.array(rows, dtype=np.float32) if rows else np.zeros((0, 1), dtype=np.float32)
    return Candidates(np.array(whose, dtype=np.int64), np.array(who, dtype=np.int64), matrix, signs)


_WHERE = {"after": 1.0, "before": 2.0, "paragraph": 3.0}


class _Witness:
    """Knows the whole text; is heard about one speech after the other."""

    def __init__(self, prose: Prose, people: People, speeches: Sequence[Speech]) -> None:
        self.prose = prose
        self.people = people
        self.speeches = speeches
        self.told = [told(speech) for speech in speeches]
        self.spoke = Counter(person for person in self.told if person is not None)
        self.total = sum(self.spoke.values()) + 1
        self.top = [person for person, _ in self.spoke.most_common(_TOP)]
        self.mentions = sum(person.mentions for person in people.persons) + 1
        self.narrated: dict[int, list[Mention]] = defaultdict(list)
        self.quoted: dict[int, list[Mention]] = defaultdict(list)
        for place, mentions in people.by_place.items():
            for mention in mentions:
                (self.quoted if mention.quoted else self.narrated)[place].append(mention)
        self.leaning = [person.leaning() for person in people.persons]
        self.fame = [_fame(person, self.mentions, self.spoke, self.total) for person in people.persons]
        self.by_chapter: dict[int, Counter[int]] = defaultdict(Counter)
        for speech, person in zip(speeches, self.told, strict=True):
            if person is not None:
                self.by_chapter[prose.places[speech.place].chapter][person] += 1
        self.focus = follow(prose, people, self.narrated, speeches)
        self.first = _runs(speeches)
        self.before: list[int] = []
        self.address = [_address(prose.text, speech) for speech in speeches]
        self.told_in = _by_chapter(prose, self.narrated)
        self.known = [
            person.named or person.narrates or self.spoke[person.number] > 0 for person in people.persons
        ]

    def hear(self, index: int) -> tuple[list[int], list[list[float]]]:
        speech = self.speeches[index]
        lately = Lately(speech, self.narrated, self.quoted, self.leaning)
        before, after = self._told_around(index)
        persons = list(lately.told)
        persons += [p for p, back in lately.heard.items() if back <= _HEARD and p not in lately.told]
        chapter = self.prose.places[speech.place].chapter
        more = [*before, *after, *self.top, *(t.person for t in speech.tags if t.person is not None)]
        more += [person for person, _ in self.by_chapter[chapter].most_common(_TOP_OF_CHAPTER)]
        if self.people.first_person is not None:
            more.append(self.people.first_person)
        for back in range(1, _AHEAD + 1):
            more += [m.person for m in self.narrated.get(speech.place + back, ())]
        if speech.continues:
            more += self.before
        tagged = {tag.person for tag in speech.tags}
        people = self.people.persons
        persons = [p for p in dict.fromkeys([*persons, *more]) if p in tagged or self.known[p]]
        persons = self.before = [person for person in persons if not people[person].barred][:_MOST]
        common = self._common(index, lately, len(persons), before, after)
        around = self._neighbours(index)
        here = self._here(speech)
        return persons, [
            self._row(index, person, lately, before, after, around, here) + common for person in persons
        ]

    # ── one candidate ──

    def _row(
        self,
        index: int,
        person: int,
        lately: Lately,
        before: dict[int, int],
        after: dict[int, int],
        around: tuple[list[int | None], list[int]],
        here: Here,
    ) -> list[float]:
        speech = self.speeches[index]
        who = self.people.persons[person]
        sign = pronoun(speech)
        names, genders = around
        row = _by_tags(speech.tags, person, self.leaning[person], sign, who.narrates)
        row += lately.row(person, sign)
        row += here.row(person)
        row += self._by_focus(index, person, sign)
        row += self._by_fame(speech, person)
        row += _by_turns(person, before, after)
        row += _by_call(speech, person)
        row += self._by_what_is_called(index, person)
        counts, total = self.told_in[self.prose.places[speech.place].chapter]
        row += [counts[person] / total, math.log1p(counts[person]), here.ahead[person]]
        row += [0.0 if name is None else 1.0 if name == person else -1.0 for name in names]
        row += [self.leaning[person] * gender for gender in genders]
        return row

    def _by_focus(self, index: int, person: int, sign: int) -> list[float]:
        """Whom a pronoun would mean here, and whether it means this person."""
        tags, focus, lean = self.speeches[index].tags, self.focus[index], self.leaning[person]
        return [
            lean * sign * (tags[0].strength if tags else 0.0),
            lean,
            abs(lean),
            float(focus.he == person) * (sign > 0) + float(focus.she == person) * (sign < 0),
            float(focus.he == person or focus.she == person),
            float(focus.subject == person),
            float(focus.paragraph == person),
        ]

    def _by_fame(self, speech: Speech, person: int) -> list[float]:
        """How much the book, and the chapter, make of this person."""
        return [*self.fame[person], self.by_chapter[self.prose.places[speech.place].chapter][person]]

    def _by_what_is_called(self, index: int, person: int) -> list[float]:
        """Who is called, named and addressed as a man or a woman in the speeches around this one."""
        row: list[float] = []
        for back in (-1, -2, 1, 2):
            at = index + back
            near = self.speeches[at] if 0 <= at < len(self.speeches) else None
            row.append(float(near is not None and person in near.called))
            row.append(float(near is not None and person in near.named))
        for at in range(index - 2, index + 3):
            row.append(self.leaning[person] * self.address[at] if 0 <= at < len(self.address) else 0.0)
        return row

    def _here(self, speech: Speech) -> Here:
        before = [m for m in speech.narrated if m.start < speech.start]
        after = [m for m in speech.narrated if m.start >= speech.start]
        place = speech.place
        previous = self.narrated.get(place - 1, ())
        following = self.narrated.get(place + 1, ())
        ahead = Counter(
            mention.person
            for step in range(1, _COMING + 1)
            for mention in self.narrated.get(place + step, ())
        )
        return Here(before, after, list(previous), list(following), ahead)

    def _told_around(self, index: int) -> tuple[dict[int, int], dict[int, int]]:
        """Persons whom tags name in the speeches before and after, with their distance."""
        before: dict[int, int] = {}
        for at in range(index - 1, max(-1, index - 1 - _TOLD_BACK), -1):
            person = self.told[at]
            if person is not None and person not in before:
                before[person] = index - at
        after: dict[int, int] = {}
        for at in range(index + 1, min(len(self.told), index + 1 + _TOLD_AHEAD)):
            person = self.told[at]
            if person is not None and person not in after:
                after[person] = at - index
        return before, after

    def _neighbours(self, index: int) -> tuple[list[int | None], list[int]]:
        names: list[int | None] = []
        genders: list[int] = []
        for step in (-1, -2, -3, -4, 1, 2, 3):
            at = index + step
            inside = 0 <= at < len(self.speeches)
            names.append(self.told[at] if inside else None)
            if step in (-1, -2, 1, 2):
                genders.append(pronoun(self.speeches[at]) if inside else 0)
        return names, genders

    # ── the speech itself ──

    def _common(
        self, index: int, lately: Lately, count: int, before: dict[int, int], after: dict[int, int]
    ) -> list[float]:
        speech = self.speeches[index]
        previous = self.speeches[index - 1] if index else None
        following = self.speeches[index + 1] if index + 1 < len(self.speeches) else None
        tag = speech.tag
        return [
            _SUBJECTS[tag.subject] if tag else 0.0,
            tag.strength if tag else 0.0,
            _WHERE[tag.where] if tag else 0.0,
            len(speech.tags),
            min(9, speech.gap),
            min(9, following.gap) if following else 9.0,
            min(9, previous.gap) if previous else 9.0,
            index - self.first[index],
            float(speech.continues),
            float(following is not None and following.continues),
            float(speech.asks),
            float(previous is not None and previous.asks),
            min(2000, speech.end - speech.start),
            len(speech.quotes),
            len(speech.narrated),
            len(lately.told),
            count,
            len(before),
            len(after),
            float(self.people.first_person is not None),
            float(tag is not None and tag.gender is not None and tag.strength >= _SURE),
        ]


_SUBJECTS = {"person": 1.0, "pronoun": 2.0, "i": 3.0, "they": 4.0, "noun": 5.0}


_SIR = re.compile(
    r"\b(?:(sir|monsieur|mister|fellow|chap|papa|father)|(madam|madame|ma['’]am|miss|mamma|mother|girl))[,.!?;”“»«\"’—]",
    re.IGNORECASE,
)


def _address(text: str, speech: Speech) -> int:
    """The gender of whom a speech addresses: 1 "sir", -1 "madam", 0 nobody."""
    found = _SIR.search(text, speech.start, speech.end)
    return 0 if found is None else 1 if found[1] else -1


def _by_chapter(
    prose: Prose, narrated: Mapping[int, Sequence[Mention]]
) -> dict[int, tuple[Counter[int], int]]:
    """How often each person is told of in each chapter, and the sum."""
    counts: dict[int, Counter[int]] = defaultdict(Counter)
    for place, mentions in narrated.items():
        counts[prose.places[place].chapter].update(mention.person for mention in mentions)
    return defaultdict(lambda: (Counter(), 1)) | {
        chapter: (count, sum(count.values()) + 1) for chapter, count in counts.items()
    }


def _fame(person: Person, mentions: int, spoke: Counter[int], total: int) -> list[float]:
    said = spoke[person.number]
    return [
        math.log1p(person.mentions),
        person.mentions / mentions,
        math.log1p(said),
        said / total,
        float(person.named),
        float(person.narrates),
        said / (person.mentions + 3),
    ]


def _runs(speeches: Sequence[Speech]) -> list[int]:
    """For each speech, the first of the dialogue that leads to it without narration between."""
    found: list[int] = []
    for index, speech in enumerate(speeches):
        found.append(found[-1] if index and speech.gap == 0 else index)
    return found


def _by_turns(person: int, before: Mapping[int, int], after: Mapping[int, int]) -> list[float]:
    """How many speeches ago, and ahead, this person is told to speak; whether it is their turn."""
    return [
        before.get(person, _NEVER),
        after.get(person, _NEVER),
        before.get(person, 0) % 2,
        after.get(person, 0) % 2,
    ]


def _by_call(speech: Speech, person: int) -> list[float]:
    """Who is spoken to does not speak."""
    return [
        float(person in speech.called),
        float(person in speech.named),
        len(speech.called) - (person in speech.called),
    ]


def _by_tags(tags: Sequence[Tag], person: int, lean: float, sign: int, narrates: bool) -> list[float]:
    first = tags[0] if tags else None
    own = other = leading = gender = paragraph = 0.0
    for tag in tags:
        if tag.person is None:
            if tag.gender is not None:
                gender += lean * (1 if tag.gender == "male" else -1) * min(tag.strength, 2.0)
            elif tag.subject == "i":
                own = max(own, tag.strength * narrates)
            continue
        if tag.person == person:
            own = max(own, tag.strength)
            leading = max(leading, tag.strength * (tag.where == "before"))
            paragraph = max(paragraph, tag.strength * (tag.where == "paragraph"))
        else:
            other = max(other, tag.strength)
    named = first is not None and first.person is not None
    return [
        first.strength * (1 if first.person == person else -1) if first and named else 0.0,
        own,
        other,
        leading,
        paragraph,
        gender,
        float(sign != 0 and lean * sign < -0.3),
    ]
