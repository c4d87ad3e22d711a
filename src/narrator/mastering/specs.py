"""Delivery specs: what a listener's platform asks of a file, every number with its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal, TypeAlias

from narrator.errors import SheetError

Kind: TypeAlias = Literal["aac", "mp3", "opus", "flac"]
"""How a chapter is encoded: raw ADTS frames for M4B, MP3 frames, Opus packets in Ogg, or FLAC frames."""

Range: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class DeliverySpec:
    """What a master must be. None: nobody asks, so it is measured and not checked.

    loudness: LUFS of a chapter, within TOLERANCE; also the level its lines are mixed at. ceiling: dBTP that
    the decoded file does not exceed; peak: dBFS that its samples do not. rms: the range in dBFS that the RMS
    of a whole file must fall in; it goes before loudness. floor: dBFS that the quietest 0.4 s must not
    exceed, silence: that it must not fall under. head, tail: ranges in seconds of the quiet before the first
    and after the last sound over EDGE. minutes: the longest file. channels: 1 or 2. beds: whether ambience is
    allowed. aac_rate, mp3_rate, opus_rate: bits a second, in Opus on average. sample: whether a retail sample
    is released. note: what a producer has to know. sources: where each number comes from, by the name of its
    field.
    """

    name: str
    loudness: float
    ceiling: float
    peak: float | None = None
    rms: Range | None = None
    floor: float | None = None
    silence: float | None = None
    head: Range | None = None
    tail: Range | None = None
    minutes: float | None = None
    channels: int | None = None
    beds: bool = True
    aac_rate: int = 64_000
    mp3_rate: int = 128_000
    opus_rate: int = 64_000
    sample: bool = False
    note: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)

    def as_facts(self) -> dict[str, Any]:
        """What decides whether a chapter is right: part of its key. Neither words nor sources are; the rate
        of Opus is among the encoder's facts."""
        facts = asdict(self)
        for words in ("opus_rate", "sample", "note", "sources"):
            del facts[words]
        return facts


_PESQ = "measured: for one voice PESQ rates AAC at 64 kbit/s 4.3 and MP3 at 128 kbit/s 4.6 of 4.64"
_OPUS = "narrator: as AAC, which it is no worse than (measured, docs/sound.md)"
_ACX = "ACX audio submission requirements (acx.com, help page 200485520)"
_APPLE = "Apple Podcasts, audio requirements (podcasters.apple.com/support/893)"
_LIBRIVOX = "LibriVox wiki, Tech Specs: about 89 dB (-16 to -21 LUFS), MP3 128 kbit/s CBR, mono"
_READERS = "LibriVox readers' practice (Tech Specs names neither): 0.5 to 1 s before, 5 s and more after"
_CHECKER = "Audacity's ACX Check: a quietest 0.4 s under -90 dB “sounds unnatural”"
_OURS = "narrator"

_ALL = (
    DeliverySpec(
        "house",
        loudness=-18.0,
        ceiling=-1.5,
        sources={
            "loudness": f"{_OURS}: between what stores take (-18 to -23) and podcasts ask (-16)",
            "ceiling": f"{_OURS}: leaves a shop that encodes again its overshoot (0.5 dB and more, measured)",
            "aac_rate": _PESQ,
            "mp3_rate": _PESQ,
            "opus_rate": _OPUS,
        },
    ),
    DeliverySpec(
        "podcast",
        loudness=-16.0,
        ceiling=-1.0,
        aac_rate=96_000,
        opus_rate=96_000,
        sources={
            "loudness": f"{_APPLE}: -16 LUFS ± 1",
            "ceiling": f"{_APPLE}: true peak at most -1 dB",
            "aac_rate": f"{_OURS}: shops and aggregators encode podcasts again",
            "mp3_rate": _PESQ,
            "opus_rate": _OPUS,
        },
    ),
    DeliverySpec(
        "acx",
        loudness=-20.0,
        ceiling=-3.0,
        peak=-3.0,
        rms=(-23.0, -18.0),
        floor=-60.0,
        silence=-90.0,
        head=(0.5, 1.0),
        tail=(1.0, 5.0),
        minutes=120.0,
        channels=1,
        beds=False,
        aac_rate=96_000,
        mp3_rate=192_000,
        opus_rate=96_000,
        sample=True,
        note="ACX takes no synthetic narration without its agreement: only its numbers are met here.",
        sources={
            "loudness": "Findaway's mastering guide: -20 LUFS fits ACX's RMS and its own range",
            "ceiling": f"{_ACX}: peak at most -3 dB, kept between the samples too",
            "peak": f"{_ACX}: at most -3 dB",
            "rms": f"{_ACX}: -23 to -18 dB",
            "floor": f"{_ACX}: at most -60 dB RMS",
            "silence": _CHECKER,
            "head": f"{_ACX}: 0.5 to 1 s of room tone",
            "tail": f"{_ACX}: 1 to 5 s of room tone",
            "minutes": f"{_ACX}: at most 120 minutes a file",
            "channels": f"{_ACX}: all mono or all stereo; mono is advised",
            "beds": f"{_ACX}: a floor of -60 dB leaves no room for ambience",
            "aac_rate": f"{_OURS}: ACX takes MP3 alone",
            "mp3_rate": f"{_ACX}: at least 192 kbit/s, CBR",
            "opus_rate": _OPUS,
        },
    ),
    DeliverySpec(
        "librivox",
        loudness=-18.0,
        ceiling=-1.0,
        head=(0.5, 1.0),
        tail=(5.0, 10.0),
        channels=1,
        beds=False,
        note="LibriVox takes recordings by human volunteers alone: its numbers are for readers of your own.",
        sources={
            "loudness": _LIBRIVOX,
            "ceiling": f"{_OURS}: LibriVox asks that nothing clips",
            "head": _READERS,
            "tail": _READERS,
            "channels": _LIBRIVOX,
            "beds": f"{_OURS}: LibriVox's Checker takes the quietest part of a file for its noise",
            "mp3_rate": _LIBRIVOX,
            "aac_rate": _PESQ,
            "opus_rate": _OPUS,
        },
    ),
)

SPECS = {spec.name: spec for spec in _ALL}
"""The specs that narrator knows, by name."""

TOLERANCE = 0.25
"""LU that a master may be away from its loudness: any two chapters are within 0.5 LU of one another."""

SHORT = 20.0
"""Seconds below which a chapter gets no gain of its own: its lines are on target, and a title read out is not
the place to measure loudness."""

HEADROOM = 0.5
"""dB that the limiter stays under the ceiling at first: what AAC at 64k mostly raises true peak by."""


def aac_rate(spec: DeliverySpec, channels: int) -> int:
    """Bits a second of the spec's AAC in so many channels: half as much again for two.

    What the channels share, the voice in the middle, is coded once (mid/side).
    """
    return spec.aac_rate if channels == 1 else spec.aac_rate * 3 // 2


def opus_rate(spec: DeliverySpec, channels: int) -> int:
    """Bits a second of the spec's Opus in so many channels: as `aac_rate`."""
    return spec.opus_rate if channels == 1 else spec.opus_rate * 3 // 2


def mp3_rate(spec: DeliverySpec, channels: int) -> int:
    """Bits a second of the spec's MP3 in so many channels: as `aac_rate`, at a rate that MP3 has."""
    if channels == 1:
        return spec.mp3_rate
    return min((rate for rate in MP3_RATES if 2 * rate >= 3 * spec.mp3_rate), default=MP3_RATES[-1])


def headroom(channels: int) -> float:
    """dB that the limiter stays under the ceiling: more in stereo, where the coder has less for each side
    (measured: 0.3 dB more at 96k than mono has at 64k)."""
    return HEADROOM if channels == 1 else HEADROOM + 0.5


LIVELY = 0.5
"""dB that a master keeps clear of the ends of an RMS range: a codec moves RMS by a tenth or two."""

EDGE = -50.0
"""dBFS over which 10 ms count as sound, where head and tail are measured."""

MP3_RATES = tuple(1_000 * k for k in (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320))
"""The bit rates that MPEG-1 layer III knows (ISO/IEC 11172-3, 2.4.2.3)."""


def own_spec(name: str, changes: Mapping[str, Any], *, where: str) -> DeliverySpec:
    """A producer's own spec: the one that `changes["like"]` names (house, if none), with other numbers.

    Raises SheetError for a name that is taken, an unknown `like`, an MP3 bit rate that does not exist, a
    range whose ends are the wrong way round, and for numbers that no chapter could meet together.
    """
    like, own = changes.get("like", "house"), {k: v for k, v in changes.items() if k != "like"}
    if name in SPECS:
        raise SheetError(f"“{name}” is narrator's own spec.", where=where, hint="Give yours another name.")
    if like not in SPECS:
        raise SheetError(
            f"spec “{name}” is like “{like}”, which there is not.",
            where=where,
            hint=f"Use {', '.join(SPECS)}.",
        )
    if own.get("mp3_rate", MP3_RATES[0]) not in MP3_RATES:
        raise SheetError(
            f"spec “{name}”: MP3 knows no {own['mp3_rate']} bits/s.",
            where=where,
            hint="Use 128000 or 192000.",
        )
    for key, value in own.items():
        if isinstance(value, tuple) and value[0] >= value[1]:
            raise SheetError(
                f"spec “{name}”: {key} goes from {value[0]:g} to {value[1]:g}.",
                where=where,
                hint="The lower number stands first.",
            )
    known = {f.name for f in fields(DeliverySpec)}
    sources = {**SPECS[like].sources, **dict.fromkeys(own.keys() & known, where)}
    spec = replace(SPECS[like], name=name, **{k: v for k, v in own.items() if k in known}, sources=sources)
    for what, hint in _contradictions(spec):
        raise SheetError(f"spec “{name}”: {what}.", where=where, hint=hint)
    return spec


CREST = 10.0
"""dB that a voice's loudness and RMS lie below its peaks at least. Closer to the ceiling the limiter takes
what the gain adds: a house voice misses a loudness 12 dB under the ceiling by 1.7 LU, 10 dB under it by 3.2
(measured)."""


def _contradictions(spec: DeliverySpec) -> Iterator[tuple[str, str]]:
    """Numbers of a spec that no chapter could meet together, each with what to type."""
    if spec.peak is not None and spec.peak < spec.ceiling:
        yield (
            f"its peak {spec.peak:g} lies under its ceiling {spec.ceiling:g}, to which chapters are limited",
            f"Set ceiling = {spec.peak:g}.",
        )
    highest = spec.ceiling - CREST
    if spec.loudness > highest:
        yield (
            f"no voice has {spec.loudness:g} LUFS and no peak over {spec.ceiling:g}",
            f"Set loudness = {highest:g} or less, or a higher ceiling.",
        )
    if spec.rms and spec.rms[0] + LIVELY > highest:
        yield (
            f"no voice has an RMS of {spec.rms[0]:g} and no peak over {spec.ceiling:g}",
            f"Let rms begin at {highest - LIVELY:g} or less, or set a higher ceiling.",
        )
    if spec.rms and spec.rms[1] - spec.rms[0] < 2 * LIVELY:
        yield (
            f"rms goes from {spec.rms[0]:g} to {spec.rms[1]:g}, and encoding alone moves it by more",
            f"Let it span {2 * LIVELY:g} dB at least.",
        )
    if spec.floor is not None and spec.silence is not None and spec.silence >= spec.floor:
        yield (
            f"nothing is at most {spec.floor:g} (floor) and at least {spec.silence:g} (silence)",
            "Set silence lower than floor.",
        )
