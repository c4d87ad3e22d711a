"""How far apart a cast sounds: `cast_auto` against random casts that fit as well.

    python benchmarks/casting.py [MANUSCRIPT ...]

For this repository's demo and every manuscript, cast from the house, and from the house with Kokoro where
that pack is installed. Neighbours speak right after one another. In a random cast everybody has a voice of
the right gender and the nearest age, one that nobody in the scene has while there is one; the median of 200
is shown.

shared    pairs who share a voice in a scene; in how many scenes they do so although a voice that would fit
          one of them is left there
least     steps between the two neighbours most alike, narrator apart
narrator  steps between the narrator and the nearest neighbour
mean      steps between neighbours, over all their turns
beaten    random casts whose least distance is not greater
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import combinations
from pathlib import Path
from typing import TypeAlias

from narrator import casting, manuscript, markup
from narrator.book import NARRATOR, Chapter, Character, CharacterId, Line, SceneBreak, Voice
from narrator.build.loading import chapters_of
from narrator.casting import Company
from narrator.casting.assignment import YEARS
from narrator.casting.talk import Talk
from narrator.production import Production
from narrator.sheets import read_cast

CASTS = 200
People: TypeAlias = Mapping[CharacterId, Character]


@dataclass(frozen=True)
class Figures:
    """What the head of this file explains."""

    shared: int
    avoidable: int
    least: float
    narrator: float
    mean: float


def figures(
    chapters: Sequence[Chapter],
    talk: Talk,
    cast: Mapping[CharacterId, Voice],
    people: People,
    company: Company,
) -> Figures:
    pairs = [(a, b) for a, b in combinations(sorted(cast), 2) if talk.met(a, b)]
    apart = {(a, b): company.apart(cast[a], cast[b]) for a, b in pairs}
    others = {pair: steps for pair, steps in apart.items() if NARRATOR not in pair}
    turns = sum(talk.met(*pair) for pair in others)
    shared = sum(
        bool(talk.shared(a, b)) for a, b in combinations(sorted(cast), 2) if cast[a].name == cast[b].name
    )
    return Figures(
        shared,
        sum(avoidable(scene, cast, people, company) for scene in scenes(chapters)),
        min(others.values(), default=0.0),
        min((steps for pair, steps in apart.items() if NARRATOR in pair), default=0.0),
        sum(steps * talk.met(*pair) for pair, steps in others.items()) / max(1, turns),
    )


def scenes(chapters: Sequence[Chapter]) -> Iterator[set[CharacterId]]:
    for chapter in chapters:
        speaking: set[CharacterId] = set()
        for element in chapter.elements:
            if isinstance(element, SceneBreak):
                yield speaking
                speaking = set()
            elif isinstance(element, Line):
                speaking.add(element.character)
        yield speaking


def avoidable(
    scene: set[CharacterId], cast: Mapping[CharacterId, Voice], people: People, company: Company
) -> bool:
    """Whether two share a voice there although one that fits either is free there."""
    taken = Counter(cast[who].name for who in scene | {NARRATOR})
    return any(
        taken[cast[who].name] > 1 and any(v.name not in taken for v in fitting(people[who], cast, company))
        for who in scene - {NARRATOR}
    )


def fitting(character: Character, cast: Mapping[CharacterId, Voice], company: Company) -> list[Voice]:
    gender = character.gender or casting.likely(character).gender
    return [
        v
        for v in company.voices
        if v.name != cast[NARRATOR].name
        and gender in (None, v.gender)
        and (v.age != "child" or character.age == "child")
    ]


def random_cast(
    talk: Talk, people: People, company: Company, narrator: Voice, rng: random.Random
) -> Mapping[CharacterId, Voice]:
    cast = {NARRATOR: narrator}
    others = [c for c in people.values() if c.id != NARRATOR]
    for character in sorted(others, key=lambda c: -talk.said[c.id]):
        fit = fitting(character, cast, company)
        taken = {voice.name for other, voice in cast.items() if talk.shared(character.id, other)}
        free = [v for v in fit if v.name not in taken] or fit
        years = [abs(YEARS[v.age or "adult"] - YEARS[character.age or "adult"]) for v in free]
        cast[character.id] = rng.choice([v for v, far in zip(free, years, strict=True) if far == min(years)])
    return cast


def compare(name: str, chapters: Sequence[Chapter], found: Sequence[Character], company: Company) -> None:
    talk = Talk.of(chapters)
    people = {c.id: replace(c, voice="") for c in found if talk.said[c.id] or c.id == NARRATOR}
    by_name = {v.name: v for v in company.voices}
    started = time.process_time()
    chosen = casting.cast_auto(chapters, list(people.values()), company)
    seconds = time.process_time() - started
    cast = {who: by_name[voice] for who, voice in chosen.items()}
    ours = figures(chapters, talk, cast, people, company)
    rng = random.Random(1)
    chance = [
        figures(chapters, talk, random_cast(talk, people, company, cast[NARRATOR], rng), people, company)
        for _ in range(CASTS)
    ]
    usual = [statistics.median(getattr(c, field.name) for c in chance) for field in fields(Figures)]
    beaten = sum(ours.least >= c.least for c in chance)
    print(
        f"{name[:28]:28}{len(people):5} {ours.shared:5}/{ours.avoidable} {usual[0]:5.0f}/{usual[1]:.0f}"
        f" {ours.least:6.2f} {usual[2]:5.2f} {ours.narrator:6.2f} {usual[3]:5.2f}"
        f" {ours.mean:6.2f} {usual[4]:5.2f}"
        f" {beaten:5} {seconds:5.2f}"
    )


def main() -> None:
    demo = Production(Path(__file__).parents[1])
    house = list(casting.house_voices().values())
    packs = list(casting.pack_voices().values())
    for title, voices in (("the house", house), ("with Kokoro", [*house, *packs])):
        if title == "with Kokoro" and not packs:
            return
        known = {v.name: profile for v in voices if (profile := casting.shipped(v))}
        company = Company(voices, profiles=known)
        print(f"\n{title}, {len(voices)} voices: ours, random")
        print(f"{'':28}people  shared        least         narrator      mean        beaten  CPU s")
        compare("the demo", chapters_of(demo), read_cast(demo.cast_sheet, where="cast"), company)
        for path in map(Path, sys.argv[1:]):
            marked = markup.mark_up(manuscript.read(path))
            compare(path.stem, marked.chapters, marked.characters, company)


if __name__ == "__main__":
    main()
