"""Voices of very different loudness in one chapter, measured in the rendered file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyebur128
import pytest
import soundfile

from narrator import mixing

LONG = "the rope was older than the house and nobody would ever say who had first tied it there"
SHORT = "nobody knew"
CAST = "".join(
    f'[character.{who}]\nname = "{who}"\nvoice = "{voice}"\n'
    for who, voice in {
        "narrator": "hibari/alder",
        "quiet": "quiet",
        "loud": "loud",
        "woman": "hibari/wren",
    }.items()
)
ONE = f"""\
# One
{LONG}.
{SHORT}.
@quiet: {LONG}.
@quiet: {SHORT}.
@loud: {LONG}.
@loud: {SHORT}.
@loud (whispering): {LONG}.
@loud (shouting): {LONG}.
@quiet (whispering): {SHORT}.
@quiet (shouting): {SHORT}.
@woman: {LONG}.
@woman: {SHORT}.
"""
BOOK = (
    'title = "The Well"\nbeds = false\n[credits]\nopening = ""\nclosing = ""\n'
    '[[chapter]]\nfile = "one.nar"\nspeak_title = false\n'
)


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> dict[int, np.ndarray]:
    """Each line's samples in the released file, by its number."""
    from narrator.build import rendering, summary
    from narrator.build.loading import load
    from narrator.production import find
    from narrator.report import Silent

    root = tmp_path_factory.mktemp("levels")
    voice = 'format = 1\nengine = "hums"\n[settings]\nhertz = {}\nlevel = {}\n'
    for name, text in {
        "script/book.toml": BOOK,
        "script/cast.toml": CAST,
        "script/one.nar": ONE,
        "voices/quiet.toml": voice.format(120, -40),
        "voices/loud.toml": voice.format(170, -10),
    }.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    book = load(find(root))
    rendered = rendering.render(book, rendering.Order(frozenset(), ("mp3",), 1), Silent())
    summary.write(book, rendered, 0.0)
    return dict(_cut(root))


def _cut(root: Path) -> Iterator[tuple[int, np.ndarray]]:
    told = json.loads((root / "output" / "timeline.json").read_text(encoding="utf-8"))
    (path,) = (root / "output").glob("*.mp3")
    samples, rate = soundfile.read(path, dtype="float32")
    assert rate == told["rate"]
    for line in told["lines"]:
        yield line["line"], np.ascontiguousarray(samples[line["start_sample"] : line["end_sample"]])


def loudness(samples: np.ndarray) -> float:
    assert len(samples) > 3 * 44_100
    state = pyebur128.R128State(1, 44_100, pyebur128.MeasurementMode.MODE_I)
    state.add_frames(samples, len(samples))
    return float(pyebur128.get_loudness_global(state))


def active(samples: np.ndarray) -> float:
    """RMS in dBFS of what is within 16 dB of itself: the words without the gaps."""
    assert len(samples) < 3 * 44_100
    power = (samples[: len(samples) // 882 * 882].reshape(-1, 882).astype(np.float64) ** 2).mean(axis=1)
    level = power[power > power.max() * 1e-4].mean()
    return float(10 * np.log10(power[power > level * 10**-1.59].mean()))


def test_long_lines_are_within_one_lu(lines):
    levels = [loudness(lines[number]) for number in (2, 4, 6, 12)]
    assert max(levels) - min(levels) <= 1.0, levels


def test_short_lines_are_within_two_db(lines):
    levels = [active(lines[number]) for number in (3, 5, 7, 13)]
    assert max(levels) - min(levels) <= 2.0, levels


def test_a_whisper_is_below_and_a_shout_above(lines):
    plain, whisper, shout = (loudness(lines[number]) for number in (6, 8, 9))
    assert -8 < whisper - plain < -4
    assert 2 < shout - plain < 5
    plain, whisper, shout = (active(lines[number]) for number in (5, 10, 11))
    assert -8 < whisper - plain < -4
    assert 2 < shout - plain < 5


@pytest.mark.parametrize(
    ("delivery", "level"),
    [
        ("whispering", -6),
        ("in a whisper", -6),
        ("whispered, tight", -6),
        ("softly", -3),
        ("he shouts", 3),
        ("", 0),
        ("tight", 0),
        ("unwhispered", 0),
    ],
)
def test_a_parenthetical_says_how_loud(delivery, level):
    assert mixing.delivery_level(delivery) == level
