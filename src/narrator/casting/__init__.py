"""Casting: the voices there are, and who gets which.

house_voices() and a production's own sheets give voices; cast_auto() proposes one for every character.
"""

from __future__ import annotations

from narrator.casting.assignment import cast_auto
from narrator.casting.fetching import install
from narrator.casting.house import ENGINE, house_sheet, house_voices
from narrator.casting.kokoro import pack_voices
from narrator.casting.sheets import FORMAT, voice_from_sheet

__all__ = [
    "ENGINE",
    "FORMAT",
    "cast_auto",
    "house_sheet",
    "house_voices",
    "install",
    "pack_voices",
    "voice_from_sheet",
]
