"""What was heard of an encoded chapter, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from narrator.errors import MasterError

SPARE = 0.1
"""dB of room added beyond what a peak was over: encoded anew, a peak comes out a little otherwise."""

MOST_ROOM = 2.5
"""dB of more room at most. AAC at 64 kbit/s raises speech by up to 0.6 dB and pulses by 1.5 (measured); more
than this is no overshoot but a fault."""

MOST_TRIM = 1.0
"""dB of gain at most that are added to or taken from the foreseen gain, which is right within a tenth or two
for speech; a sound that needs more is no speech, and the limiter would take what is added."""

MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What a chapter is mastered with beyond its spec. room: dB that the limiter stays lower than `headroom`
    has it, for what encoding adds to peaks. trim: dB added to the foreseen gain. tries: how many went
    before."""

    room: float = 0.0
    trim: float = 0.0
    tries: int = 0


FIRST = Adjustment()
"""What a chapter is mastered with before anybody heard it."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """An encoded chapter as decoded. facts: what was measured. misses: what is wrong, each with how much.

    over: dB by which its true peak exceeds the ceiling, 0 where it does not. away: LU by which it misses its
    loudness, 0 where it does not. hint: what to type against a miss, where that is known.
    """

    spec: str
    facts: Mapping[str, float | int | str | None]
    misses: tuple[str, ...]
    over: float = 0.0
    away: float = 0.0
    hint: str = ""

    def adjusted(self, last: Adjustment) -> Adjustment | None:
        """What to master the chapter with next, where `last` was not right; None where it was, or where
        trying again would not mend it. It is the same for the same chapter on every machine."""
        if last.tries >= MOST_TRIES:
            return None
        room = min(MOST_ROOM, round(last.room + self.over + SPARE, 2)) if self.over else last.room
        trim = max(-MOST_TRIM, min(MOST_TRIM, round(last.trim - self.away, 2)))
        if (room, trim) == (last.room, last.trim):
            return None
        return Adjustment(room, trim, last.tries + 1)

    def demand(self) -> None:
        """Raise MasterError, saying by how much, where the chapter misses its spec."""
        if self.misses:
            what = f"The chapter misses “{self.spec}”: {'; '.join(self.misses)}."
            raise MasterError(what, hint=self.hint)
