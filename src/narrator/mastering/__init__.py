"""Mastering: a chapter's mix brought to its delivery spec, encoded, and listened to once.

facts = master((block.mix for block in mix(...)), spec, outputs={"aac": path}, scratch=folder)
check(path, "aac", spec, facts.samples)
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from narrator.mastering.specs import SPECS, DeliverySpec, Kind

if TYPE_CHECKING:
    from narrator.audio import Samples

__all__ = ["REVISION", "SPECS", "DeliverySpec", "Kind", "Mastered", "check", "encoder_facts", "master"]

REVISION = 1
"""Part of every encoded chapter's key: raised when the same mix would come out different."""


@dataclass(frozen=True, slots=True)
class Mastered:
    """What mastering did to a chapter.

    samples: its length. loudness (LUFS, None for silence), rms (dBFS): of the mix, before. gain: the static
    gain in dB. deepest: the strongest limiting in dB, 0 or less. true_peak: dBTP before encoding. sizes:
    bytes of each output. What it is afterwards is for `check` to say, which listens to the encoded file.
    """

    samples: int
    loudness: float | None
    rms: float
    gain: float
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
    channels: int = 1,
) -> Mastered:
    """Bring a mix (float32 blocks, 44.1 kHz, a multiple of GRID in all) to `spec` and encode it.

    channels: 1, or 2 for blocks of shape (n, 2): both get the same gain, so that nothing moves sideways.

    outputs: where each kind of file goes; the names appear when all files are whole. scratch: a folder with
    room for the mix (4 bytes a sample and channel) while this runs. The same mix gives the same bytes.
    Raises MasterError for a mix off the grid, RenderError where an encoder fails.
    """
    from narrator.mastering import chapter
    from narrator.mastering.limiter import Limiter
    from narrator.mastering.specs import headroom

    limiter = Limiter(spec.ceiling - headroom(channels), channels)
    with chapter.scratch_file(scratch) as file:
        meter, forecast = chapter.spool(blocks, file, channels)
        change = chapter.static_gain(meter, forecast, spec)
        with chapter.encoders(outputs, spec, channels) as writers:
            chapter.encode(file, change, limiter, writers, channels)
    return Mastered(
        samples=meter.samples,
        loudness=meter.loudness,
        rms=meter.rms,
        gain=change,
        deepest=limiter.deepest,
        true_peak=limiter.true_peak,
        sizes={kind: path.stat().st_size for kind, path in outputs.items()},
    )


def check(
    path: Path, kind: Kind, spec: DeliverySpec, samples: int, channels: int = 1
) -> dict[str, float | int | str | None]:
    """Decode an encoded chapter, measure it, and give the facts: samples, loudness, RMS, peaks, floor.

    Raises MasterError, saying by how much, where it does not decode to exactly `samples` samples in so many
    channels, or misses the spec's loudness, RMS, ceiling or floor. A chapter under 20 s is not held to the
    loudness.
    """
    from narrator.mastering.checking import listen

    return listen(path, kind, spec, samples, channels)


def encoder_facts(kind: Kind, spec: DeliverySpec, channels: int = 1) -> dict[str, str]:
    """What decides an encoded chapter's bytes beside its mix and spec: encoder, version, arguments."""
    from narrator.mastering.specs import aac_rate, mp3_rate

    if kind == "aac":
        from narrator.mastering import aac

        return aac.facts(aac_rate(spec, channels), channels)
    from narrator.mastering import mp3

    return mp3.facts(mp3_rate(spec, channels), channels)
