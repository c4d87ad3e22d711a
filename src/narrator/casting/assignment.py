"""Who gets which voice: gender and age fit, nobody like another in their scene, those who talk apart."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from narrator.book import NARRATOR, Age, Chapter, Character, CharacterId, Voice
from narrator.casting.likely import likely
from narrator.casting.profiles import Profile, distance
from narrator.casting.talk import Talk
from narrator.errors import CastError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from narrator.casting.solving import Problem

YEARS: Final[Mapping[Age, int]] = {"child": 0, "young": 2, "adult": 3, "old": 5}
"""Ages on a scale on which a child is far from everybody, and the old are far from the young."""

_WRONG, _NARRATORS, _SHARED = 1e9, 1e6, 1e3
"""What no other cost makes up for: a voice of the wrong gender, or a child's for a grown-up; the narrator's;
a voice that somebody in the same scene has, each scene."""

_YEAR, _UNSAID, _ACCENT, _NATURAL, _RANK, _MIDDLE = 4.0, 4.0, 2.0, 6.0, 0.02, 0.5
"""A step of `YEARS`; a voice whose sheet says no gender, for somebody who has one; another accent than asked
for; a point of quality and a place further back in the list, for the one who says most; a semitone from
between man and woman, where nothing makes either likely."""

_BETWEEN_HZ: Final = 160.0
"""Between the pitch of men and of women: Profile.pitch of the house's and Kokoro's voices parts there."""

_NEAR: Final = 0.1
"""Keeps two equal voices from costing infinitely much; also their square distance that counts double."""

_STEEP: Final = 5.0
"""What a pair less than a step and a half apart costs beside that: two such are taken for one another."""


@dataclass(frozen=True, slots=True)
class Company:
    """The voices to cast from, and what is known of them.

    voices: the earliest is preferred where nothing else decides. held: voices that some character has
    already and that nobody else is to get. profiles: by voice name; where one is missing, gender and age
    stand in. accent: what who has no accent of their own should have, empty for any.
    """

    voices: Sequence[Voice]
    held: Sequence[Voice] = ()
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    accent: str = ""

    def apart(self, one: Voice, other: Voice) -> float:
        """How far apart two voices sound, in steps (`distance`)."""
        if one.name == other.name:
            return 0.0
        if one.name in self.profiles and other.name in self.profiles:
            return distance(self.profiles[one.name], self.profiles[other.name])
        if None not in (one.gender, other.gender) and one.gender != other.gender:
            return 3.0
        return 2.0 + abs(YEARS[one.age or "adult"] - YEARS[other.age or "adult"]) / 4


def cast_auto(
    chapters: Sequence[Chapter], characters: Sequence[Character], company: Company
) -> Mapping[CharacterId, str]:
    """A voice's name for every character, the same for the same arguments.

    A character that has a voice keeps it. The narrator gets the best voice, and nobody else gets that. Then
    costs are weighed: gender, where it is known or likely, and a child's voice only for a child; nobody with
    the voice of anybody in their scene while voices last; age, accent, the more two characters talk the
    further apart, and the more natural voices for those who say most. Raises CastError where there is no
    voice at all.
    """
    if not company.voices:
        raise CastError("there is no voice to cast", hint="Put a sheet into voices/.")
    stage = _Stage.of(chapters, characters, company)
    chosen = stage.solved()
    cast = {
        c.id: company.voices[place].name for c, place in zip(stage.people, chosen, strict=True) if not c.voice
    }
    return {c.id: c.voice or cast[c.id] for c in characters}


def shortlist(
    chapters: Sequence[Chapter],
    characters: Sequence[Character],
    company: Company,
    who: CharacterId,
    count: int,
) -> tuple[str, ...]:
    """The names of the `count` voices that suit a character best, as `cast_auto` weighs them, while the
    others have what they have or would get; fewer where fewer fit at all, but one.

    Raises CastError where there is no voice at all.
    """
    if not company.voices:
        raise CastError("there is no voice to cast", hint="Put a sheet into voices/.")
    people = [replace(c, voice="") if c.id == who else c for c in characters]
    stage = _Stage.of(chapters, people, company)
    chosen = stage.solved()
    row = next(place for place, c in enumerate(stage.people) if c.id == who)
    costs = stage.problem.costs(chosen)[row, : len(company.voices)]
    best = sorted(range(len(company.voices)), key=lambda place: (costs[place], place))
    fit = [place for place in best if costs[place] < _NARRATORS] or best[:1]
    return tuple(company.voices[place].name for place in fit[:count])


def least_apart(
    chapters: Sequence[Chapter], cast: Mapping[CharacterId, Voice], company: Company
) -> tuple[float, CharacterId, CharacterId] | None:
    """The two that sound most alike of all who ever speak right after one another, and how far apart they
    are; None where nobody does."""
    talk = Talk.of(chapters)
    pairs = (
        (company.apart(cast[one], cast[other]), one, other)
        for one in sorted(cast)
        for other in sorted(talk.turns.get(one, ()))
        if one < other and other in cast
    )
    return min(pairs, default=None)


@dataclass(frozen=True)
class _Stage:
    """The people whose voices are known or sought, and the problem they make."""

    people: tuple[Character, ...]
    problem: Problem

    @classmethod
    def of(cls, chapters: Sequence[Chapter], characters: Sequence[Character], company: Company) -> _Stage:
        voices = (*company.voices, *company.held)
        names = {voice.name: place for place, voice in enumerate(voices)}
        people = tuple(c for c in characters if not c.voice or c.voice in names)
        return cls(people, _problem(Talk.of(chapters), people, company, voices, names))

    def solved(self) -> NDArray[np.intp]:
        from narrator.casting.solving import solve

        return solve(self.problem)


def _problem(
    talk: Talk,
    people: Sequence[Character],
    company: Company,
    voices: Sequence[Voice],
    names: Mapping[str, int],
) -> Problem:
    import numpy as np

    from narrator.casting.solving import Problem

    most = max((talk.said[c.id] for c in people if c.id != NARRATOR), default=0)
    fit = np.array([[_fit(c, v, company, talk.said[c.id] / (most or 1)) for v in voices] for c in people])
    fit = fit.reshape(len(people), len(voices))
    parts = 1.0 if not most else np.array([talk.said[c.id] / most for c in people])[:, None]
    fit += parts * _RANK * np.arange(len(voices))
    fit[:, len(company.voices) :] = 10 * _WRONG
    fixed = np.array([names[c.voice] if c.voice else -1 for c in people], np.intp)
    for row, character in enumerate(people):
        if character.id == NARRATOR and fixed[row] < 0:
            fit[row, fixed[fixed >= 0]] += _NARRATORS  # somebody's already
            fixed[row] = int(np.argmin(fit[row]))
    apart = np.array([[company.apart(one, other) for other in voices] for one in voices])
    order = sorted(range(len(people)), key=lambda row: (-talk.said[people[row].id], row))
    return Problem(
        fit=fit,
        talk=_pairs(people, lambda one, other: _weight(talk, one, other)),
        alike=1 / (apart**2 + _NEAR) + _STEEP / (apart**6 + _NEAR),
        forbidden=_pairs(people, lambda one, other: _clash(talk, one, other)),
        fixed=fixed,
        order=tuple(order),
    )


def _pairs(
    people: Sequence[Character], value: Callable[[CharacterId, CharacterId], float]
) -> NDArray[np.float64]:
    import numpy as np

    return np.array([[0.0 if a is b else value(a.id, b.id) for b in people] for a in people]).reshape(
        len(people), len(people)
    )


def _weight(talk: Talk, one: CharacterId, other: CharacterId) -> float:
    """How much it matters that two sound apart: grows with what they say to each other, ever more slowly."""
    least = 1.0 if NARRATOR in (one, other) else 0.02
    return least + math.log1p(talk.met(one, other)) + math.log1p(talk.shared(one, other)) / 2


def _clash(talk: Talk, one: CharacterId, other: CharacterId) -> float:
    return _NARRATORS if NARRATOR in (one, other) else _SHARED * talk.shared(one, other)


def _fit(character: Character, voice: Voice, company: Company, part: float) -> float:
    """What a voice costs a character by itself. part: how much they say, 1 for who says most.

    A character without an age is an adult, as most in books are.
    """
    guess = likely(character) if character.gender is None else None
    gender = character.gender or (guess.gender if guess and character.id != NARRATOR else None)
    age, voiced = character.age or "adult", voice.age or "adult"
    unlike = None not in (gender, voice.gender) and gender != voice.gender
    childish = voiced == "child" and age != "child"
    cost = _WRONG * (unlike + childish) + _YEAR * abs(YEARS[age] - YEARS[voiced])
    if gender and voice.gender is None:
        cost += _UNSAID
    accent = character.accent or company.accent
    if accent and voice.accent and accent.casefold() != voice.accent.casefold():
        cost += _ACCENT
    profile = company.profiles.get(voice.name)
    if profile and gender is None and character.id != NARRATOR:
        cost += _MIDDLE * abs(12 * math.log2(profile.pitch / _BETWEEN_HZ))
    natural = profile.quality if profile and profile.quality is not None else _usual(company)
    return cost + _NATURAL * part * (5 - natural)


def _usual(company: Company) -> float:
    """The quality of a voice whose quality nobody measured: the middle of those that were."""
    known = sorted(p.quality for p in company.profiles.values() if p.quality is not None)
    return known[len(known) // 2] if known else 3.0
