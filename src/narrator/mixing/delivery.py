"""How loud a delivery is beside the plain voice: a whisper below, a shout above."""

from __future__ import annotations

from typing import Final

_LEVELS: Final = {
    "whisper": -6.0,
    "murmur": -4.0,
    "mutter": -4.0,
    "mumbl": -4.0,
    "soft": -3.0,
    "quiet": -3.0,
    "gentl": -2.0,
    "hoarse": -2.0,
    "gasp": -2.0,
    "loud": 2.0,
    "angr": 2.0,
    "call": 3.0,
    "shout": 3.0,
    "scream": 4.0,
}
"""Beginnings of words (`whispering`, `in a whisper`, `whispered`), and dB. Real whispers lie 20 dB under
speech and shouts 20 above; in an audiobook, heard in traffic, the voice tells which it is and the level only
hints at it."""


def delivery_level(delivery: str) -> float:
    """dB above (below) the plain voice for the script's parenthetical; 0 for one that says nothing of it."""
    words = delivery.lower().replace(",", " ").split()
    return next((db for word in words for begun, db in _LEVELS.items() if word.startswith(begun)), 0.0)
