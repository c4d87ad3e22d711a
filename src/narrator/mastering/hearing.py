"""What was heard of an encoded chapter, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from narrator.errors import MasterError

SPARE = 0.1
"""dB of room added beyond what a peak was over: encoded anew, a peak comes out a little otherwise."""

MOST_ROOM = 3.0
"""dB of room at most. AAC at 64 kbit/s raises speech by up to 0.6 dB and pulses by 1.3 (measured); more than
this is no overshoot but a fault."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """An encoded chapter as decoded. facts: what was measured. misses: what is wrong, each with how much.
    over: dB by which its true peak exceeds the ceiling, 0 where it does not."""

    spec: str
    facts: Mapping[str, float | int | str | None]
    misses: tuple[str, ...]
    over: float

    def more_room(self, room: float) -> float:
        """The room in dB to limit with next, where it was limited with `room`; `room` again where the peak
        is right, or where more would not mend it."""
        if self.over <= 0 or room >= MOST_ROOM:
            return room
        return min(MOST_ROOM, round(room + self.over + SPARE, 2))

    def demand(self) -> None:
        """Raise MasterError, saying by how much, where the chapter misses its spec."""
        if self.misses:
            raise MasterError(f"The chapter misses “{self.spec}”: {'; '.join(self.misses)}.")
