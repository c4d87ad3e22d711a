"""Mixing: takes become the stems of a chapter, laid out, levelled, with ambience under them.

measures = {number: measure(take)}         once a take, beside its recording
plan = timeline(chapter, measures, ...)    where everything lies; no sound is touched
for block in mix(plan, take): ...          float32 stems at 44.1 kHz, in blocks
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from narrator.mixing.catalogue import BEDS, EFFECTS, SPACES
from narrator.mixing.cues import check_cue, cue_file, space_who
from narrator.mixing.delivery import delivery_level
from narrator.mixing.measure import METER, Measure, measure
from narrator.mixing.pauses import Pauses
from narrator.mixing.shots import Shot
from narrator.mixing.spans import BED_LEVEL, BedSpan
from narrator.mixing.timeline import Clip, Timeline, has_words, timeline

if TYPE_CHECKING:
    from narrator.audio import Audio, Samples
    from narrator.mixing.sounds import Sound

__all__ = [
    "BEDS",
    "BED_LEVEL",
    "EFFECTS",
    "METER",
    "REVISION",
    "ROOM_TONE",
    "SOUND_REVISION",
    "SPACES",
    "STEREO_LEVEL",
    "BedSpan",
    "Clip",
    "Measure",
    "Pauses",
    "Shot",
    "Stems",
    "Timeline",
    "bring",
    "check_cue",
    "cue_file",
    "delivery_level",
    "has_words",
    "measure",
    "mix",
    "refuse_short",
    "ringing",
    "sound",
    "space_who",
    "timeline",
]

REVISION = 3
"""Part of every mix's key: raised when the same timeline and takes would sound different."""

SOUND_REVISION = 2
"""Part of the key of every sound that was brought: raised when the same file would be decoded otherwise."""

ROOM_TONE = -72.0
"""dBFS RMS of the floor under everything: ACX wants it under -60, and its checker warns under -90."""


STEREO_LEVEL = -3.01
"""dB by which a voice in the middle of stereo is turned down to be as loud as the same voice in mono: BS.1770
adds up both channels."""


@dataclass(frozen=True, slots=True, eq=False)
class Stems:
    """A block of a chapter, one array a stem: float32, 44.1 kHz, equally long.

    side: in stereo, what of the ambience lies beside the middle, (left - right) / 2. Mono is always safe: the
    channels' mean is `mono`, to the last bit but rounding.
    """

    dialogue: Samples
    ambience: Samples
    side: Samples | None = None

    @property
    def mono(self) -> Samples:
        """The stems' sum."""
        return self.dialogue + self.ambience

    @property
    def mix(self) -> Samples:
        """What is heard: shape (n,), or (n, 2) in stereo."""
        return _opened(self.mono, self.side)

    @property
    def wide_ambience(self) -> Samples:
        """The ambience as it is heard beside the dialogue: shape (n,), or (n, 2) in stereo."""
        return _opened(self.ambience, self.side)

    @property
    def wide_dialogue(self) -> Samples:
        """The dialogue as it is heard: in stereo the same in both channels."""
        import numpy as np

        return self.dialogue if self.side is None else np.stack([self.dialogue, self.dialogue], axis=1)


def _opened(middle: Samples, side: Samples | None) -> Samples:
    import numpy as np

    return middle if side is None else np.stack([middle + side, middle - side], axis=1)


def bring(file: Path, out: Path) -> Sound:
    """Decode a producer's sound file (any usual format) to `out`, for `mix` to read. See `sounds.bring`."""
    from narrator.mixing import sounds

    return sounds.bring(file, out)


def refuse_short(name: str, sound: Sound) -> None:
    """Raise RenderError where a sound, which the script calls `name`, is too short to be a bed."""
    from narrator.mixing import sounds

    sounds.refuse_short(name, sound)


def ringing(space: str) -> float:
    """Seconds for which a space, one of SPACES or none, rings on after a line."""
    from narrator.mixing import spaces

    return spaces.ringing(space) if space else 0.0


def sound(path: Path, facts: Mapping[str, Any]) -> Sound:
    """The sound that `bring` made at `path`, from what it said of it."""
    from narrator.mixing.sounds import Sound

    return Sound.from_facts(path, facts)


def mix(
    plan: Timeline,
    take: Callable[[int], Audio],
    *,
    beds: bool = True,
    room_tone: float | None = ROOM_TONE,
    sounds: Mapping[str, Sound] = MappingProxyType({}),
    stereo: bool = False,
) -> Iterator[Stems]:
    """Mix a chapter in blocks, `plan.length` samples in all.

    take: gives the take of a line, by its number; called once a clip, in order. beds: False leaves them out.
    room_tone: dBFS RMS, None for none. sounds: the producer's files that the plan plays, by name. stereo:
    give the ambience's side too. The first and last DRY samples are digital zero in both stems.
    Raises RenderError where a take is not the one that was measured.
    """
    from narrator.mixing.mixer import Ambience, Dialogue, blocks

    dialogue = Dialogue(plan, take)
    ambience = Ambience(plan, sounds, beds=beds, room_tone_level=room_tone)
    side = Ambience(plan, sounds, beds=beds, room_tone_level=room_tone, side=True) if stereo else None
    for start, end in blocks(plan.length):
        yield Stems(
            dialogue.render(start, end),
            ambience.render(start, end),
            side.render(start, end) if side else None,
        )
