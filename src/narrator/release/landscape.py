"""The picture of a drawn cover: ridges in mist below an evening sky, another one for every title."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels: TypeAlias = NDArray[np.float32]
    """RGB, shape (height, width, 3), 0 to 255."""

    Line: TypeAlias = NDArray[np.float32]
    """A height for every column: pixels from the top, shape (width,)."""

Colour: TypeAlias = tuple[int, int, int]

RIDGES = 6


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a cover. high and low: the sky at its top and at the horizon. far and near: the
    ridges. ink: words on the sky. foot: words on the nearest ridge.
    """

    high: Colour
    low: Colour
    far: Colour
    near: Colour
    sun: Colour
    ink: Colour
    foot: Colour = (244, 238, 226)


PALETTES = (
    Palette((24, 34, 58), (196, 128, 104), (150, 104, 104), (14, 18, 34), (246, 208, 164), (250, 241, 228)),
    Palette((20, 50, 58), (166, 180, 160), (116, 146, 138), (8, 26, 32), (240, 232, 204), (244, 242, 230)),
    Palette((238, 230, 214), (228, 190, 150), (196, 152, 128), (48, 40, 52), (206, 92, 62), (44, 38, 48)),
    Palette((48, 28, 46), (206, 116, 92), (150, 78, 82), (22, 12, 26), (250, 206, 150), (252, 240, 226)),
    Palette((222, 230, 230), (190, 206, 206), (146, 168, 174), (26, 44, 56), (250, 250, 244), (24, 42, 54)),
    Palette((16, 22, 30), (78, 98, 120), (62, 80, 100), (6, 9, 14), (226, 230, 226), (236, 238, 236)),
    Palette((236, 228, 206), (200, 200, 160), (142, 158, 126), (28, 46, 40), (214, 140, 70), (34, 48, 42)),
)


def seed(text: str) -> np.random.Generator:
    """The dice of a text: the same text throws the same."""
    return np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))


def paint(side: int, palette: Palette, dice: np.random.Generator) -> Pixels:
    """A square picture of `side` pixels: sky, sun, ridges."""
    down = np.linspace(0, 1, side, dtype=np.float32)[:, None, None]
    sky = _mixed(palette.high, palette.low, np.clip(down / 0.72, 0, 1) ** 1.5)
    picture = np.repeat(sky, side, axis=1)
    _sun(picture, palette.sun, dice)
    depths = [number / (RIDGES - 1) for number in range(RIDGES)]
    crests = [_crest(side, depth, dice) for depth in depths]
    feet = [int(crest.max()) + 2 for crest in crests[1:]] + [side]
    for depth, crest, foot in zip(depths, crests, feet, strict=True):
        rock = _mixed(palette.far, palette.near, np.float32(depth**1.1))
        mist = _mixed(palette.low, palette.near, np.float32(0.55 * depth))
        _ridge(picture[:foot], crest, rock, rock + (mist - rock) * np.float32(0.75 * (1 - depth)))
    return picture


def _mixed(one: Colour, other: Colour, share: NDArray[np.float32] | np.float32) -> Pixels:
    """`share` 0 gives `one`, 1 the other."""
    start = np.array(one, np.float32)
    return np.asarray(start + (np.array(other, np.float32) - start) * share, np.float32)


def _sun(picture: Pixels, colour: Colour, dice: np.random.Generator) -> None:
    side = len(picture)
    x, y, radius = dice.uniform(0.58, 0.8) * side, dice.uniform(0.53, 0.57) * side, 0.072 * side
    rows = slice(int(y - radius) - 1, int(y + radius) + 2)
    columns = slice(int(x - radius) - 1, int(x + radius) + 2)
    down, across = np.mgrid[rows, columns].astype(np.float32)
    inside = np.clip(radius - np.hypot(down - y, across - x) + 0.5, 0, 1)[:, :, None]
    picture[rows, columns] += (np.array(colour, np.float32) - picture[rows, columns]) * inside


def _crest(side: int, depth: float, dice: np.random.Generator) -> Line:
    """How far down a ridge begins. depth: 0 for the farthest, 1 for the nearest."""
    relief = _noise(dice, side, waves=3.2 - 1.2 * depth) * (0.10 + 0.06 * depth)
    return np.asarray((0.66 + 0.24 * depth - relief) * side, np.float32)


def _ridge(picture: Pixels, crest: Line, rock: Pixels, mist: Pixels) -> None:
    """A ridge over what is painted already, from `rock` at its crest to `mist` below."""
    side = picture.shape[1]
    top = int(crest.min()) - 1
    rows = np.arange(top, len(picture), dtype=np.float32)[:, None]
    inside = np.clip(rows - crest + 0.5, 0, 1)[:, :, None]
    fog = np.clip((rows - crest) / (0.22 * side), 0, 1)[:, :, None]
    picture[top:] += (rock + (mist - rock) * fog - picture[top:]) * inside


def _noise(dice: np.random.Generator, points: int, waves: float) -> Line:
    """A smooth curve of about -0.5 to 0.5: value noise, each octave lower and twice as dense."""
    total = np.zeros(points)
    for octave in range(7):
        place = np.linspace(0, waves * 2**octave, points) + dice.uniform(0, 1)
        knots = dice.uniform(-0.5, 0.5, int(place[-1]) + 2)
        left = place.astype(int)
        part = place - left
        smooth = part * part * (3 - 2 * part)
        total += (knots[left] + (knots[left + 1] - knots[left]) * smooth) * 0.44**octave
    return total.astype(np.float32)
