"""AAC in segments: no join is heard, and the bytes do not depend on who encodes which."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from narrator.audio import RATE
from narrator.mastering import aac
from narrator.mastering.checking import decoded

FRAMES = 2 * aac.SEGMENT + 700


def sound(kind: str) -> np.ndarray:
    """Three segments' worth: steady noise, bursts as of speech, or clicks right where segments meet."""
    rng = np.random.default_rng(5)
    samples = rng.standard_normal(FRAMES * aac.FRAME).astype(np.float32) * 0.05
    if kind == "bursts":
        samples *= np.repeat(rng.random(FRAMES * 2) < 0.5, aac.FRAME // 2)
    if kind == "clicks":
        samples *= 0.02
        for segment in (1, 2):
            for away in range(-3000, 3000, 700):
                samples[segment * aac.SEGMENT * aac.FRAME + away] = 0.7
    return samples


def encode(path: Path, samples: np.ndarray, step: int) -> bytes:
    with aac.writing(path, 64_000) as write:
        for start in range(0, len(samples), step):
            write(samples[start : start + step])
    return path.read_bytes()


def error(path: Path, samples: np.ndarray) -> np.ndarray:
    heard = np.concatenate(list(decoded(path, "aac")))
    assert len(heard) == len(samples)
    return np.abs(heard - samples)


@pytest.mark.parametrize("kind", ["noise", "bursts", "clicks"])
def test_a_join_is_as_good_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    samples = sound(kind)
    encode(tmp_path / "joined.aac", samples, 73_728)
    joined = error(tmp_path / "joined.aac", samples)
    monkeypatch.setattr(aac, "SEGMENT", 10 * FRAMES)
    encode(tmp_path / "whole.aac", samples, 73_728)
    whole = error(tmp_path / "whole.aac", samples)
    for cut in (1, 2):
        around = slice((cut * 1_290 - 4) * aac.FRAME, (cut * 1_290 + 4) * aac.FRAME)
        assert joined[around].max() <= 1.5 * whole[around].max() + 1e-4
        assert joined[around].std() <= 1.25 * whole[around].std() + 1e-5


def test_the_bytes_do_not_depend_on_how_the_sound_arrives(tmp_path: Path) -> None:
    samples = sound("bursts")
    first = encode(tmp_path / "a.aac", samples, 73_728)
    assert encode(tmp_path / "b.aac", samples, 9_216) == first
    assert encode(tmp_path / "c.aac", samples, len(samples)) == first


def test_every_length_has_its_frames(tmp_path: Path) -> None:
    for frames in (9, aac.SEGMENT, aac.SEGMENT + 1, aac.SEGMENT + aac.AFTER, 2 * aac.SEGMENT):
        samples = np.zeros(frames * aac.FRAME, np.float32)
        samples[: RATE // 2] = 0.1
        encode(tmp_path / "a.aac", samples, 73_728)
        assert len(np.concatenate(list(decoded(tmp_path / "a.aac", "aac")))) == len(samples)
