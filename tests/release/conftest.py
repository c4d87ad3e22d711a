"""Chapters as mastering encodes them, made on the spot from computed sound."""

import io
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np
import pytest

from narrator.audio import DRY, RATE
from narrator.mastering import flac, opus
from narrator.release import EncodedChapter
from narrator.release.frames import mp3_frames

MARKER_AT = 4_410
MARKER = np.random.default_rng(7).uniform(-0.5, 0.5, RATE // 105).astype(np.float32)
"""40 ms of noise, 100 ms into every chapter: what can be found again to the sample."""

TITLES = (
    'He said "it\'s over"; key=value #1 \\ back/slash',
    "First line\nsecond line\r\n\ttabbed",
    "Эпилог 🎧🏔️ 終章 — 👩‍👩‍👧",
    "",
    "   ",
    "x" * 1_000,
    "é" * 300,
    "🏔️" * 80,
    "title=Another\n[CHAPTER]\nSTART=0",
    "NUL\0and half a pair \ud83c",
)
"""Titles that break list files, fixed fields and careless cutting."""


def sound(samples: int, seed: int) -> np.ndarray:
    """A chapter of at least 10,000 samples: the marker, and a quiet tone up to the dry end."""
    mono = np.zeros(samples, np.float32)
    mono[MARKER_AT : MARKER_AT + len(MARKER)] = MARKER
    tone = mono[max(MARKER_AT + len(MARKER), samples - RATE) : -DRY]
    tone += 0.05 * np.sin(np.arange(len(tone)) * (0.03 + 0.01 * seed))
    return mono


Studio = Callable[..., tuple[EncodedChapter, ...]]


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """Records chapters of so many samples and encodes each into a file of its own, by kind."""

    def make(kind: str, lengths: Sequence[int], titles: Sequence[str] = ()) -> tuple[EncodedChapter, ...]:
        names = titles or [f"Chapter {number}" for number in range(1, len(lengths) + 1)]
        chapters = []
        for number, (title, samples) in enumerate(zip(names, lengths, strict=True)):
            path = tmp_path / f"{number}.{kind}"
            path.write_bytes(ENCODERS[kind](sound(samples, number % 7)))
            chapters.append(EncodedChapter(title, path, samples))
        return tuple(chapters)

    return make


def encode_aac(mono: np.ndarray) -> bytes:
    """ADTS with the frame of priming in front."""
    return _encoded(mono, "aac", "adts", 64, {}, {"aac_coder": "fast"})


def encode_mp3(mono: np.ndarray, reservoir: bool = False) -> bytes:
    """CBR frames that decode to the samples given: LAME's delay made one frame, and dropped."""
    padded = np.concatenate([np.zeros(47, np.float32), mono])
    raw = {"write_xing": "0", "id3v2_version": "0"}
    data = _encoded(padded, "libmp3lame", "mp3", 128, raw, {"reservoir": str(int(reservoir))})
    sizes = mp3_frames(data, Path("encoder")).sizes
    return data[sizes[0] : sum(sizes[: len(mono) // 1_152 + 1])]


def encode_opus(mono: np.ndarray) -> bytes:
    """Ogg Opus, a packet of priming in front."""
    return _written(lambda path: opus.writing(path, 64_000), mono)


def encode_flac(mono: np.ndarray) -> bytes:
    """FLAC whose seek table names every frame."""
    return _written(flac.writing, mono)


def _written(writing: Callable[..., AbstractContextManager[Callable[..., None]]], mono: np.ndarray) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "chapter"
        with writing(path) as write:
            write(mono)
        return path.read_bytes()


ENCODERS = {"aac": encode_aac, "mp3": encode_mp3, "opus": encode_opus, "flac": encode_flac}


def _encoded(
    mono: np.ndarray, codec: str, container: str, kbps: int, muxing: dict[str, str], coding: dict[str, str]
) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=container, options=muxing) as out:
        stream = out.add_stream(codec, rate=RATE, layout="mono", options=coding)
        stream.bit_rate = kbps * 1_000
        frame = av.AudioFrame.from_ndarray(mono[None, :], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            out.mux(packet)
    return file.getvalue()


def decoded(path: Path) -> np.ndarray:
    """The file's sound from its first to its last sample, in one go: seeking may land a frame beside."""
    with av.open(path) as book:
        return np.concatenate([frame.to_ndarray()[0] for frame in book.decode(audio=0)])


def drift(heard: np.ndarray, marks: list[float]) -> list[float]:
    """Seconds by which the marker after each mark stands late, searched for a tenth of a second around."""
    late = []
    for mark in marks:
        expected = round(mark * RATE) + MARKER_AT
        first = max(0, expected - RATE // 10)
        window = heard[first : expected + RATE // 10 + len(MARKER)]
        found = first + int(np.argmax(np.correlate(window, MARKER, "valid")))
        late.append((found - MARKER_AT) / RATE - mark)
    return late
