"""Which encoder makes which kind of file, and what decides its bytes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from narrator.mastering import aac, flac, mp3, opus
from narrator.mastering.specs import DeliverySpec, Kind, aac_rate, mp3_rate, opus_rate

if TYPE_CHECKING:
    from narrator.audio import Samples

ORDER: tuple[Kind, ...] = ("mp3", "aac", "opus", "flac")
"""The MP3 first: its encoder is a process of its own, and begins while the others are fed."""


def writing(
    kind: Kind, path: Path, spec: DeliverySpec, channels: int
) -> AbstractContextManager[Callable[[Samples], None]]:
    """Give the function that encodes samples to the file at `path`, as the spec asks."""
    match kind:
        case "mp3":
            return mp3.writing(path, mp3_rate(spec, channels), channels)
        case "aac":
            return aac.writing(path, aac_rate(spec, channels), channels)
        case "opus":
            return opus.writing(path, opus_rate(spec, channels), channels)
        case "flac":
            return flac.writing(path, channels)


def facts(kind: Kind, spec: DeliverySpec, channels: int) -> dict[str, str]:
    """Encoder, version and arguments."""
    match kind:
        case "mp3":
            return mp3.facts(mp3_rate(spec, channels), channels)
        case "aac":
            return aac.facts(aac_rate(spec, channels), channels)
        case "opus":
            return opus.facts(opus_rate(spec, channels), channels)
        case "flac":
            return flac.facts(channels)
