"""Words on a cover, set in the one font that comes with Pillow (Aileron, CC0).

It has ASCII and little else. Accents are therefore drawn over its letters, so that names in Latin script
keep their spelling; words in other scripts are not drawn at all rather than as empty boxes.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TypeAlias

from PIL import ImageDraw, ImageFont

_SPELLINGS = {
    "–": "-", "—": " - ", "‐": "-", "‑": "-", "−": "-", "¿": "", "¡": "", "ß": "ss", "ẞ": "SS", "æ": "ae",
    "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "Th", "ø": "o\u0338", "Ø": "O\u0338", "ł": "l\u0337",
    "Ł": "L\u0337", "đ": "d\u0335", "Đ": "D\u0335", "ð": "d\u0335", "Ð": "D\u0335",
}  # fmt: skip
"""How a letter is set that is neither in the font nor one of its letters with an accent."""

Stroke: TypeAlias = tuple[tuple[float, float], ...]

_TURN = tuple(2 * math.pi * step / 16 for step in range(17))
_RING: Stroke = tuple((0.075 * math.cos(a), -0.1 + 0.075 * math.sin(a)) for a in _TURN)
_WAVE: Stroke = tuple((0.046 * (a - math.pi), -0.08 - 0.035 * math.sin(a)) for a in _TURN)

_OVER: Mapping[str, tuple[Stroke, ...]] = {
    "\u0300": (((-0.11, -0.16), (0.05, -0.02)),),
    "\u0301": (((0.11, -0.16), (-0.05, -0.02)),),
    "\u0302": (((-0.14, -0.01), (0.0, -0.15), (0.14, -0.01)),),
    "\u0303": (_WAVE,),
    "\u0304": (((-0.14, -0.07), (0.14, -0.07)),),
    "\u0306": (((-0.13, -0.14), (-0.08, -0.05), (0.0, -0.03), (0.08, -0.05), (0.13, -0.14)),),
    "\u0307": (((0.0, -0.08), (0.0, -0.08)),),
    "\u0308": (((-0.11, -0.08), (-0.11, -0.08)), ((0.11, -0.08), (0.11, -0.08))),
    "\u030a": (_RING,),
    "\u030b": (((0.02, -0.16), (-0.11, -0.02)), ((0.18, -0.16), (0.05, -0.02))),
    "\u030c": (((-0.14, -0.15), (0.0, -0.01), (0.14, -0.15)),),
}
"""Accents over a letter as strokes, in ems from the middle of its top, y downwards."""

_BELOW: Mapping[str, tuple[Stroke, ...]] = {
    "\u0323": (((0.0, 0.1), (0.0, 0.1)),),
    "\u0326": (((0.03, 0.09), (-0.03, 0.2)),),
    "\u0327": (((0.01, 0.0), (0.0, 0.07), (0.07, 0.1), (0.06, 0.17), (-0.06, 0.18)),),
    "\u0328": (((0.1, 0.0), (0.03, 0.08), (0.05, 0.16), (0.13, 0.17)),),
}
"""Accents under a letter, from the middle of its foot."""

_THROUGH: Mapping[str, tuple[Stroke, ...]] = {
    "\u0335": (((-0.02, -0.2), (0.26, -0.2)),),
    "\u0337": (((-0.13, 0.08), (0.13, -0.08)),),
    "\u0338": (((0.2, -0.27), (-0.2, 0.27)),),
}
"""Strokes through a letter, from its middle."""

_WEIGHT = 0.068
"""The font's stem, in ems: what makes drawn accents look like the letters' own."""


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The font at `size` pixels an em."""
    face = ImageFont.load_default(size)
    if not isinstance(face, ImageFont.FreeTypeFont):
        raise TypeError("this Pillow was built without FreeType")
    return face


def spell(text: str) -> str | None:
    """`text` in letters of the font, each followed by its accents (NFD), white space made one space.

    None where a character can be neither set nor drawn.
    """
    composed = unicodedata.normalize("NFC", text)
    respelt = "".join(_SPELLINGS.get(char, char) for char in composed)
    spelt = unicodedata.normalize("NFD", " ".join(respelt.split()))
    return spelt if all(char == " " or _accent(char) or _drawable(char) for char in spelt) else None


def length(line: str, size: int, tracking: float = 0.0) -> float:
    """Pixels that a spelt line takes at `size` pixels an em; `tracking` ems lie between its letters."""
    letters = _letters(line)
    return font(size).getlength(letters) + tracking * size * max(0, len(letters) - 1)


def set_line(
    on: ImageDraw.ImageDraw, place: tuple[float, float], line: str, size: int, tracking: float = 0.0
) -> None:
    """Set a spelt line on an "L" image in white, the left end of its baseline at `place`."""
    x, y = place
    face, letters, at = font(size), _letters(line), -1
    starts = [x + face.getlength(letters[:i]) + i * tracking * size for i in range(len(letters))]
    for start, letter in zip(starts, letters, strict=True) if tracking else [(x, letters)]:
        on.text((start, y), letter, fill=255, font=face, anchor="ls")
    for char in line:
        if not _accent(char):
            at += 1
        elif at >= 0:
            _draw_accent(on, (starts[at], y), letters[at], char, size)


def break_lines(text: str, size: int, width: float) -> list[str]:
    """Spelt text in as few lines of at most `width` pixels as it takes, as even as they can be.

    A word that is wider is cut.
    """
    fewest = len(_fill(text, size, width))
    low = min(width, max(length(word, size) for word in text.split(" ")))
    high = width
    while high - low > size / 10:
        middle = (low + high) / 2
        if len(_fill(text, size, middle)) > fewest:
            low = middle
        else:
            high = middle
    return _fill(text, size, high)


def _fill(text: str, size: int, width: float) -> list[str]:
    lines: list[str] = []
    for word in (piece for whole in text.split(" ") for piece in _pieces(whole, size, width)):
        if lines and length(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _pieces(word: str, size: int, width: float) -> Iterator[str]:
    """The word, cut where it is wider than a line."""
    piece = ""
    for char in word:
        if piece and not _accent(char) and length(piece + char, size) > width:
            yield piece
            piece = ""
        piece += char
    yield piece


def _accent(char: str) -> bool:
    return char in _OVER or char in _BELOW or char in _THROUGH


def _letters(line: str) -> str:
    return "".join(char for char in line if not _accent(char))


def _drawable(char: str) -> bool:
    return char.isprintable() and _image(char) != _image("\U000e0fff")


@cache
def _image(char: str) -> tuple[tuple[int, int], bytes]:
    mask = font(48).getmask(char)
    return mask.size, bytes(mask)


def _draw_accent(
    on: ImageDraw.ImageDraw, place: tuple[float, float], letter: str, accent: str, size: int
) -> None:
    x, y = place
    left, top, right, bottom = font(size).getbbox(letter, anchor="ls")
    middle = x + (left + right) / 2
    if accent in _THROUGH:
        strokes, origin = _THROUGH[accent], (middle, y + (top + bottom) / 2)
    elif accent in _BELOW:
        strokes, origin = _BELOW[accent], (middle, y)
    else:
        if letter in "ij":  # the accent takes the place of the dot
            top = font(size).getbbox("x", anchor="ls")[1]
            on.rectangle((x + left - 1, y - size, x + right + 1, y + top - 0.02 * size), fill=0)
        strokes, origin = _OVER[accent], (middle, y + top - 0.055 * size)
    for stroke in strokes:
        _draw_stroke(on, origin, stroke, size)


def _draw_stroke(on: ImageDraw.ImageDraw, origin: tuple[float, float], stroke: Stroke, size: int) -> None:
    points = [(origin[0] + size * x, origin[1] + size * y) for x, y in stroke]
    width = _WEIGHT * size
    on.line(points, fill=255, width=round(width), joint="curve")
    for x, y in points:
        half = width / 2 if len(set(points)) > 1 else width * 0.65
        on.ellipse((x - half, y - half, x + half, y + half), fill=255)
