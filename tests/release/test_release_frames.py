"""Frames are found wherever sound looks like a header, and never where there are none."""

from pathlib import Path

import numpy as np
import pytest

from narrator.errors import RenderError
from narrator.release import frames
from narrator.release.frames import adts_frames, mp3_frames

WHERE = Path("chapter")


def adts(size: int, body: bytes) -> bytes:
    """One ADTS frame of AAC-LC at 44.1 kHz, mono."""
    head = 0xFFF150 << 32 | 1 << 38 | size << 13 | 0x7FF << 2
    return head.to_bytes(7, "big") + body


def mp3(padded: bool, body: bytes) -> bytes:
    """One MPEG-1 layer III frame of 128 kbit/s at 44.1 kHz, mono."""
    return bytes([0xFF, 0xFB, 0x90 | padded << 1, 0xC0]) + body


def aac_stream(sizes: np.ndarray, dice: np.random.Generator) -> bytes:
    return b"".join(adts(size, dice.bytes(size - 7)) for size in sizes.tolist())


def test_sound_that_looks_like_a_header_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "_WINDOW", 1_000)  # many frames lie across two windows
    dice = np.random.default_rng(3)
    sizes = dice.integers(40, 400, 60)
    whole = bytearray(aac_stream(sizes, dice))
    starts = np.cumsum(sizes) - sizes
    for start in starts[::7].tolist():
        whole[start + 12 : start + 19] = adts(300, b"")
    whole[starts[30] + 20 : starts[30] + 27] = adts(
        int(starts[31] - starts[30]) - 20, b""
    )  # ends with its frame
    assert adts_frames(bytes(whole), WHERE).sizes.tolist() == sizes.tolist()


def test_both_sizes_of_mp3_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "_WINDOW", 500)
    padding = np.random.default_rng(5).random(50) < 0.9
    body = mp3(False, bytes(100))  # every frame carries another's header
    whole = b"tag" + b"".join(mp3(bool(p), body.ljust(413 + int(p), b"\xff")) for p in padding)
    assert mp3_frames(whole, WHERE, start=3).sizes.tolist() == (417 + padding).tolist()


@pytest.mark.parametrize("left", [0, 1, 7, 8, 39, 41, 101, 179])
def test_a_stream_cut_short_is_refused_where_it_breaks_off(left: int) -> None:
    dice = np.random.default_rng(7)
    whole = aac_stream(np.array([40, 60, 80]), dice)
    assert adts_frames(whole, WHERE).sizes.tolist() == [40, 60, 80]
    with pytest.raises(RenderError, match=r"break off at byte|is not raw AAC"):
        adts_frames(whole[:left], WHERE)
