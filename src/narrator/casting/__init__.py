"""Casting: the voices there are, what they sound like, what they may be used for, and who gets which.

house_voices(), pack_voices() and a production's own sheets give voices; measure() says what one sounds like,
cast_auto() proposes one for every character, shortlist() the best for one.
"""

from __future__ import annotations

from narrator.casting.assignment import Company, cast_auto, least_apart, shortlist
from narrator.casting.fetching import install
from narrator.casting.house import ENGINE, house_sheet, house_voices
from narrator.casting.kokoro import pack_voices
from narrator.casting.likely import Guess, likely
from narrator.casting.profiles import REVISION, TEXT, Profile, distance, measure, shipped
from narrator.casting.references import Recording, check_references
from narrator.casting.rights import Stance, forbids, stance
from narrator.casting.sheets import FORMAT, voice_from_sheet

__all__ = [
    "ENGINE",
    "FORMAT",
    "REVISION",
    "TEXT",
    "Company",
    "Guess",
    "Profile",
    "Recording",
    "Stance",
    "cast_auto",
    "check_references",
    "distance",
    "forbids",
    "house_sheet",
    "house_voices",
    "install",
    "least_apart",
    "likely",
    "measure",
    "pack_voices",
    "shipped",
    "shortlist",
    "stance",
    "voice_from_sheet",
]
