"""A character whose gender the book never says: what title or work make likely. A guess, and told as one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from narrator.book import Character, Gender


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WOMEN: Final = _words(
    "mrs miss ms lady madam madame mademoiselle dame queen princess duchess countess empress girl woman "
    "mother sister daughter aunt wife widow grandmother granny niece bride maid housemaid nurse matron "
    "midwife governess housekeeper landlady waitress seamstress laundress hostess witch nun actress heroine "
    "mistress washerwoman charwoman stewardess"
)
_MEN: Final = _words(
    # forms of address and kin
    "mr sir lord king prince duke count baron earl emperor man boy father brother son uncle husband widower "
    "grandfather nephew lad fellow gentleman "
    # ranks and trades that books nearly always give to men, unless they say otherwise
    "captain general sergeant lieutenant colonel major corporal private admiral marshal brigadier commander "
    "commodore ensign cadet soldier trooper rifleman gunner sniper conscript recruit sentry guard orderly "
    "adjutant aide chief officer commissar scout sailor boatswain bosun seaman midshipman coachman groom "
    "footman butler valet innkeeper barman blacksmith smith carpenter miner hunter shepherd fisherman "
    "ferryman miller mason jailer warder constable policeman bailiff magistrate sheriff bishop priest monk "
    "friar abbot vicar parson curate pope rabbi imam deacon sexton wizard knight squire pirate robber "
    "smuggler executioner undertaker headmaster schoolmaster"
)
_WORD: Final = re.compile(r"[^\W\d_]+")
_OWNER: Final = re.compile(r"[^\W\d_]+[’']s\b")


@dataclass(frozen=True, slots=True)
class Guess:
    """A gender that is likely, and the word that makes it so; neither where nothing does."""

    gender: Gender | None = None
    because: str = ""


def likely(character: Character) -> Guess:
    """What the words of the name and the aliases make likely; nothing where they say nothing.

    Only for a character whose gender is not known. A form of address says more than a trade: a “Mrs. Captain”
    is a woman; and the captain's wife is no captain.
    """
    names = (_OWNER.sub("", name) for name in (character.name, *character.aliases))
    called = [word.lower() for name in names for word in _WORD.findall(name)]
    woman = next((word for word in called if word in _WOMEN), "")
    man = next((word for word in called if word in _MEN), "")
    if woman:
        return Guess("female", woman)
    return Guess("male", man) if man else Guess()
