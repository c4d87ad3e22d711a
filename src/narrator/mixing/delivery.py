"""How loud a delivery is beside the plain voice: a whisper below, a shout above."""

from __future__ import annotations

from typing import Final

_LEVELS: Final = {
    "whispering": -6.0,
    "murmuring": -4.0,
    "muttering": -4.0,
    "mumbling": -4.0,
    "softly": -3.0,
    "quietly": -3.0,
    "gently": -2.0,
    "hoarse": -2.0,
    "gasping": -2.0,
    "loudly": 2.0,
    "angrily": 2.0,
    "calling": 3.0,
    "shouting": 3.0,
    "screaming": 4.0,
}
"""dB. Real whispers lie 20 dB under speech and shouts 20 above; in an audiobook, heard in traffic, the voice
tells which it is and the level only hints at it."""


def delivery_level(delivery: str) -> float:
    """dB above (below) the plain voice for the script's parenthetical; 0 for one that says nothing of it."""
    words = delivery.lower().replace(",", " ").split()
    return next((_LEVELS[word] for word in words if word in _LEVELS), 0.0)
