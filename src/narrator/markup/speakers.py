"""Who says each speech: tags first, then evidence weighed from left to right."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from narrator.markup.people import People
from narrator.markup.prose import Prose
from narrator.markup.tags import Speech


@dataclass(frozen=True, slots=True)
class Verdict:
    """The speaker of a speech, None where nobody fits, and how sure that is (0 to 1)."""

    person: int | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Weights:
    """What each piece of evidence is worth, in nats.

    Found by coordinate search on 19 novels of the Project Dialogism Novel Corpus, which is used to measure
    and is no part of narrator.
    """

    tag: float = 0.97
    other_tag: float = -1.05
    gender: float = 1.47
    recent_subject: float = 2.2
    recent_other: float = 1.97
    decay: float = 0.97
    previous: float = -1.51
    turn: float = 1.6
    turn_gap: float = 0.14
    called: float = -7.38
    named: float = -3.39
    answers: float = 3.94
    next_same: float = -3.14
    next_turn: float = 2.21
    fame: float = 0.04
    spoke: float = 0.3
    nameless: float = -1.08
    beat: float = 2.73
    anaphor: float = 1.5
    lately: float = 0.56
    fade: float = 0.8
    beside: float = -0.35
    spoken_to: float = 1.46
    stranger: float = -0.74


_SURE = 2.2
"""Strength of a tag that names its person from which nothing else is asked."""
_UNKNOWN, _ACTED = 0.34, 0.9
_LEARNT = 0.5
_COOL = 0.8
"""Makes confidence about what accuracy is on the annotated novels."""
_BACK = 12
"""Paragraphs that a mention is remembered."""


def attribute(
    prose: Prose, people: People, speeches: Sequence[Speech], weights: Weights | None = None
) -> list[Verdict]:
    """A verdict for every speech."""
    return _Judge(prose, people, speeches, weights or Weights()).verdicts()


class _Judge:
    """Decides from left to right; names that tags tell are known in both directions."""

    def __init__(self, prose: Prose, people: People, speeches: Sequence[Speech], weights: Weights) -> None:
        self.prose = prose
        self.people = people
        self.speeches = speeches
        self.weights = weights
        self.told = [_told(speech) for speech in speeches]
        self.spoke = Counter(person for person in self.told if person is not None)
        self.top = [person for person, _ in self.spoke.most_common(2)]
        self.decided: list[int | None] = []

    def verdicts(self) -> list[Verdict]:
        found: list[Verdict] = []
        for index, speech in enumerate(self.speeches):
            if speech.continues and found and self.told[index] in (None, found[-1].person):
                verdict = found[-1]
            elif self.told[index] is not None:
                tag = speech.tags[0]
                verdict = Verdict(self.told[index], 0.98 if tag.strength >= 2.8 else 0.93)
            else:
                verdict = self._weigh(index, speech)
            self._learn(speech, verdict)
            found.append(verdict)
            self.decided.append(verdict.person)
        return found

    def _learn(self, speech: Speech, verdict: Verdict) -> None:
        """A pronoun in the tag tells the gender of a speaker of whom it was not known."""
        if verdict.person is None or verdict.confidence < 0.8:
            return
        person = self.people.persons[verdict.person]
        for tag in speech.tags[:1]:
            person.male += _LEARNT if tag.gender == "male" else 0.0
            person.female += _LEARNT if tag.gender == "female" else 0.0

    def _weigh(self, index: int, speech: Speech) -> Verdict:
        scores = self._scores(index, speech)
        if not scores:
            return Verdict(None, 0.0)
        ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
        best, top = ranked[0]
        rest = sum(math.exp(_COOL * (score - top)) for _, score in ranked[1:])
        return Verdict(best, round(1 / (1 + rest), 3))

    def _scores(self, index: int, speech: Speech) -> dict[int, float]:
        weights = self.weights
        scores = self._recency(speech)
        for tag in speech.tags:
            if tag.person is not None:
                scores.setdefault(tag.person, 0.0)
        history = [self.decided[at] for at in range(max(0, index - 8), index)]
        for person in (*history, *self.told[index + 1 : index + 5], *self.top):
            if person is not None:
                scores.setdefault(person, 0.0)
        for person in scores:
            who = self.people.persons[person]
            score = scores[person]
            score += self._by_tag(speech, person)
            score += self._by_turn(index, speech, person)
            score += self._by_scene(index, speech, person)
            score += weights.fame * math.log1p(who.mentions) + weights.spoke * math.log1p(self.spoke[person])
            score += weights.called * (person in speech.called) + weights.named * (person in speech.named)
            score += weights.nameless * (not who.named and not who.narrates)
            scores[person] = score
        return scores

    def _recency(self, speech: Speech) -> dict[int, float]:
        """Who was mentioned lately; subjects count more, and the last of them most."""
        weights = self.weights
        scores: dict[int, float] = {}
        chapter = self.prose.places[speech.place].chapter
        seen: set[int] = set()
        for back in range(_BACK):
            place = speech.place - back
            if place < 0 or self.prose.places[place].chapter != chapter:
                break
            for mention in reversed(self.people.by_place.get(place, ())):
                if mention.quoted or (back == 0 and mention.start >= speech.start) or mention.person in seen:
                    continue
                seen.add(mention.person)
                value = weights.recent_subject if mention.role != "other" else weights.recent_other
                scores[mention.person] = value * weights.decay ** (back + len(seen) - 1)
        return scores

    def _by_tag(self, speech: Speech, person: int) -> float:
        weights = self.weights
        tag = speech.tag
        if tag is None:
            return 0.0
        if tag.person is not None:
            return (weights.tag if tag.person == person else weights.other_tag) * tag.strength
        if tag.gender is not None:
            leaning = self.people.persons[person].leaning() * (1 if tag.gender == "male" else -1)
            if leaning > -_UNKNOWN and any(t.where == "before" and t.person == person for t in speech.tags):
                # "A student raised a hand. “…,” he asked": the pronoun means who just acted.
                return weights.gender * _ACTED * min(2.0, tag.strength) + weights.anaphor
            return weights.gender * leaning * min(2.0, tag.strength)
        return 0.0

    def _by_scene(self, index: int, speech: Speech, person: int) -> float:
        """Beats before the speech, who takes part in the conversation, who stands beside the tag."""
        weights = self.weights
        score = 0.0
        for tag in speech.tags:
            if tag.where == "before" and tag.person == person:
                score += weights.beat * tag.strength
        tagged = {tag.person for tag in speech.tags}
        if person not in tagged and any(
            m.person == person and m.start > speech.start and m.role == "other" for m in speech.narrated
        ):
            score += weights.beside
        if index:
            before = self.speeches[index - 1]
            if speech.gap <= 1 and self.decided[index - 1] != person:
                spoken_to = any(m.person == person and m.start > before.start for m in before.narrated)
                score += weights.spoken_to * spoken_to
        distance = 0
        for at in range(index - 1, max(-1, index - 10), -1):
            distance += 1 + min(4, self.speeches[at + 1].gap)
            if self.decided[at] == person:
                return score + weights.lately * weights.fade**distance
        return score + weights.stranger

    def _by_turn(self, index: int, speech: Speech, person: int) -> float:
        weights = self.weights
        score = 0.0
        before = self.decided[index - 1] if index else None
        near = speech.gap == 0 and index > 0
        beat = bool(speech.tags) and speech.tags[0].where != "paragraph" and speech.tags[0].person == person
        if before == person and not beat:
            score += weights.previous if near else weights.previous * weights.turn_gap
        if index > 1 and self.decided[index - 2] == person and before != person:
            both = near and self.speeches[index - 1].gap == 0
            score += weights.turn if both else weights.turn * weights.turn_gap
        if index and person in self.speeches[index - 1].called:
            score += weights.answers if speech.gap <= 1 else 0.0
        if index + 1 < len(self.speeches) and self.speeches[index + 1].gap == 0:
            score += weights.next_same * (self.told[index + 1] == person)
            if index + 2 < len(self.speeches) and self.speeches[index + 2].gap == 0:
                score += weights.next_turn * (self.told[index + 2] == person)
        return score


def _told(speech: Speech) -> int | None:
    """The person whom a strong tag names."""
    tag = speech.tag
    if tag is None or tag.person is None or tag.strength < _SURE:
        return None
    return tag.person
