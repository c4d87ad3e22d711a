"""Whom "he" and "she" mean in the narration: the person in focus, followed from left to right."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from narrator.markup.people import Mention, People
from narrator.markup.prose import Prose
from narrator.markup.tags import Speech

_PRONOUN = re.compile(r"\b[Hh]e\b|\b[Ss]he\b")
_LEANS = 0.1
_STALE = 2
"""Paragraphs after which a mention that is no subject takes the focus too."""


@dataclass(frozen=True, slots=True)
class Focus:
    """Who is in focus before a speech: the last man, the last woman, the last subject, and the subject of the
    paragraph's own narration so far."""

    he: int | None
    she: int | None
    subject: int | None
    paragraph: int | None


def follow(
    prose: Prose, people: People, narrated: Mapping[int, Sequence[Mention]], speeches: Sequence[Speech]
) -> list[Focus]:
    """The focus before every speech."""
    spoken: dict[int, list[Speech]] = {}
    for speech in speeches:
        spoken.setdefault(speech.place, []).append(speech)
    follower = _Follower(people)
    found: list[Focus] = []
    chapter = -1
    for number, place in enumerate(prose.places):
        if place.chapter != chapter:
            follower.forget()
            chapter = place.chapter
        follower.paragraph = None
        waiting = spoken.get(number, [])
        events: list[tuple[int, int, Mention | int | Speech]] = [
            (mention.start, 1, mention) for mention in narrated.get(number, ())
        ]
        quoted = [(speech.start, speech.end) for speech in waiting]
        for match in _PRONOUN.finditer(prose.text, place.start, place.end):
            if not any(start <= match.start() < end for start, end in quoted):
                events.append((match.start(), 2, 1 if len(match.group()) == 2 else -1))
        events += [(speech.start, 0, speech) for speech in waiting]
        events.sort(key=lambda event: event[:2])
        for _, _, event in events:
            if isinstance(event, Mention):
                follower.mention(event, number)
            elif isinstance(event, Speech):
                found.append(follower.focus())
                follower.speech(event, number)
            else:
                follower.pronoun(event, number)
    return found


class _Follower:
    def __init__(self, people: People) -> None:
        self.leaning = [person.leaning() for person in people.persons]
        self.forget()

    def forget(self) -> None:
        self.last: dict[int, tuple[int, int, bool]] = {}
        self.subject: int | None = None
        self.paragraph: int | None = None

    def focus(self) -> Focus:
        he, she = self.last.get(1), self.last.get(-1)
        return Focus(he[0] if he else None, she[0] if she else None, self.subject, self.paragraph)

    def mention(self, mention: Mention, place: int) -> None:
        self._seen(mention.person, place, mention.role == "subject")

    def speech(self, speech: Speech, place: int) -> None:
        tag = speech.tag
        if tag is not None and tag.person is not None:
            self._seen(tag.person, place, acts=True)

    def pronoun(self, sign: int, place: int) -> None:
        known = self.last.get(sign)
        if known is not None:
            self._seen(known[0], place, acts=True)

    def _seen(self, person: int, place: int, acts: bool) -> None:
        if acts:
            self.subject = person
            self.paragraph = self.paragraph if self.paragraph is not None else person
        lean = self.leaning[person]
        for sign in (1, -1):
            if lean * sign < _LEANS:
                continue
            known = self.last.get(sign)
            if acts or known is None or place - known[1] > _STALE or known[0] == person:
                self.last[sign] = (person, place, acts)
