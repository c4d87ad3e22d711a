"""Mastering: a chapter's mix brought to its delivery spec, encoded, and listened to once.

facts = master((block.mix for block in mix(...)), spec, outputs={"aac": path}, scratch=folder)
hearing = check(path, "aac", spec, facts.samples)
while adjustment := hearing.adjusted(adjustment): ...   # master and check again with it
hearing.demand()
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from narrator.mastering.hearing import FIRST, Adjustment, Hearing
from narrator.mastering.specs import SPECS, DeliverySpec, Kind, own_spec

if TYPE_CHECKING:
    from narrator.audio import Samples

__all__ = [
    "FIRST",
    "REVISION",
    "SPECS",
    "Adjustment",
    "DeliverySpec",
    "Hearing",
    "Kind",
    "Mastered",
    "check",
    "decoded",
    "encoder_facts",
    "master",
    "own_spec",
]

REVISION = 2
"""Part of every encoded chapter's key: raised when the same mix would come out different."""


@dataclass(frozen=True, slots=True)
class Mastered:
    """What mastering did to a chapter.

    samples: its length. loudness (LUFS, None for silence), rms (dBFS): of the mix, before. gain: the static
    gain in dB. adjustment: what it was mastered with beyond its spec. deepest: the strongest limiting in dB,
    0 or less. true_peak: dBTP before encoding. sizes: bytes of each output. What it is afterwards is for
    `check` to say, which listens to the encoded file.
    """

    samples: int
    loudness: float | None
    rms: float
    gain: float
    adjustment: Mapping[str, float]
    deepest: float
    true_peak: float
    sizes: Mapping[Kind, int]

    def as_facts(self) -> dict[str, object]:
        """The same as JSON holds it: None for the level of silence."""
        silent = {name: None for name in ("rms", "true_peak") if getattr(self, name) == -math.inf}
        return {**asdict(self), **silent}


def master(
    blocks: Iterable[Samples],
    spec: DeliverySpec,
    *,
    outputs: Mapping[Kind, Path],
    scratch: Path,
    adjustment: Adjustment = FIRST,
    channels: int = 1,
) -> Mastered:
    """Bring a mix (float32 blocks, 44.1 kHz, a multiple of GRID in all) to `spec` and encode it.

    channels: 1, or 2 for blocks of shape (n, 2): both get the same gain, so that nothing moves sideways.

    outputs: where each kind of file goes; the names appear when all files are whole. scratch: a folder with
    space for the mix (4 bytes a sample and channel) while this runs. adjustment: what a hearing of an earlier
    try asked for. The same mix and adjustment give the same bytes. Raises MasterError for a mix off the grid,
    RenderError where an encoder fails.
    """
    from narrator.mastering import chapter
    from narrator.mastering.limiter import Limiter
    from narrator.mastering.specs import headroom

    limiter = Limiter(spec.ceiling - headroom(channels) - adjustment.room, channels)
    with chapter.scratch_file(scratch) as file:
        meter, forecast = chapter.spool(blocks, file, channels)
        change = chapter.static_gain(meter, forecast, spec, adjustment)
        with chapter.encoders(outputs, spec, channels) as writers:
            chapter.encode(file, change, limiter, writers, channels)
    return Mastered(
        samples=meter.samples,
        loudness=meter.loudness,
        rms=meter.rms,
        gain=change,
        adjustment=asdict(adjustment),
        deepest=limiter.deepest,
        true_peak=limiter.true_peak,
        sizes={kind: path.stat().st_size for kind, path in outputs.items()},
    )


def check(path: Path, kind: Kind, spec: DeliverySpec, samples: int, channels: int = 1) -> Hearing:
    """Decode an encoded chapter, measure it, and say what was heard and where it misses the spec.

    It must decode to exactly `samples` samples and meet the spec's numbers. A chapter under 20 s is not held
    to the loudness. Raises MasterError where it cannot be decoded, or to another number of channels.
    """
    from narrator.mastering.checking import listen

    return listen(path, kind, spec, samples, channels)


def decoded(path: Path, kind: Kind, channels: int = 1) -> Iterator[Samples]:
    """The samples of an encoded chapter in portions, as a listener gets them. Raises MasterError where it
    cannot be decoded."""
    from narrator.mastering import checking

    yield from checking.decoded(path, kind, channels)


def encoder_facts(kind: Kind, spec: DeliverySpec, channels: int = 1) -> dict[str, str]:
    """What decides an encoded chapter's bytes beside its mix and spec: encoder, version, arguments."""
    from narrator.mastering import encoders

    return encoders.facts(kind, spec, channels)
