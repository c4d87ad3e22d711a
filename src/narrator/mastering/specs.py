"""Delivery specs: what a listener's platform asks of a file, every number with its source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["aac", "mp3"]
"""How a chapter is encoded: raw ADTS frames for M4B, or MP3 frames."""


@dataclass(frozen=True, slots=True)
class DeliverySpec:
    """What a master must be.

    loudness: LUFS of a chapter, within TOLERANCE; also the level its lines are mixed at. ceiling: dBTP that
    the decoded file does not exceed. rms: the range in dBFS that the RMS of a whole file must fall in, None
    where nobody asks; it goes before loudness. floor: dBFS that the quietest 0.4 s must not exceed. beds:
    whether ambience is allowed. aac_rate, mp3_rate: bits a second.
    """

    name: str
    loudness: float
    ceiling: float
    rms: tuple[float, float] | None
    floor: float | None
    beds: bool
    aac_rate: int
    mp3_rate: int


_ALL = (
    # -18 LUFS lies between what audiobook stores take (-18 to -23) and what podcasts ask (-16): loud enough
    # for a phone outdoors. -1.5 dBTP leaves a store that encodes again its overshoot. Bit rates: for one
    # voice, AAC at 64k measured PESQ 4.3 and MP3 at 128k 4.6 of 4.64.
    DeliverySpec("house", -18.0, -1.5, None, None, True, 64_000, 128_000),
    # Apple Podcasts, audio requirements (podcasters.apple.com/support/893): -16 LUFS ± 1, true peak -1 dBFS.
    DeliverySpec("podcast", -16.0, -1.0, None, None, True, 96_000, 128_000),
    # ACX submission requirements (help page 200485520): RMS -23 to -18 dB, peak at most -3 dB, floor at most
    # -60 dB RMS, MP3 of at least 192 kbps CBR at 44.1 kHz. -20 LUFS: Findaway's mastering guide, to fit both.
    DeliverySpec("acx", -20.0, -3.0, (-23.0, -18.0), -60.0, False, 96_000, 192_000),
)

SPECS = {spec.name: spec for spec in _ALL}
"""The specs that narrator knows, by name."""

TOLERANCE = 0.5
"""LU that a master may be away from its loudness: EBU R 128 allows as much where it cannot be met exactly."""

SHORT = 20.0
"""Seconds below which a chapter gets no gain of its own: its lines are on target, and a title read out is not
the place to measure loudness."""

HEADROOM = 0.5
"""dB that the limiter stays under the ceiling: what AAC at 64k raised true peak by, measured 0.4."""


def aac_rate(spec: DeliverySpec, channels: int) -> int:
    """Bits a second of the spec's AAC in so many channels: half as much again for two.

    What the channels share, the voice in the middle, is coded once (mid/side).
    """
    return spec.aac_rate if channels == 1 else spec.aac_rate * 3 // 2


def mp3_rate(spec: DeliverySpec, channels: int) -> int:
    """Bits a second of the spec's MP3 in so many channels: as `aac_rate`, at a rate that MP3 has."""
    if channels == 1:
        return spec.mp3_rate
    return min((rate for rate in _MP3_RATES if 2 * rate >= 3 * spec.mp3_rate), default=_MP3_RATES[-1])


_MP3_RATES = (64_000, 80_000, 96_000, 112_000, 128_000, 160_000, 192_000, 224_000, 256_000, 320_000)
"""What an MPEG-1 layer III frame may say of itself (ISO/IEC 11172-3, 2.4.2.3), from 64 kbit/s up."""


def headroom(channels: int) -> float:
    """dB that the limiter stays under the ceiling: more in stereo, where the coder has less for each side
    (measured: 0.3 dB more at 96k than mono has at 64k)."""
    return HEADROOM if channels == 1 else HEADROOM + 0.5


LIVELY = 0.5
"""dB that a master keeps clear of the ends of an RMS range: a codec moves RMS by a tenth or two."""
