"""The cover: a producer's own picture, or one drawn from title and author."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError

from narrator.errors import SheetError
from narrator.release.landscape import PALETTES, Colour, paint, seed
from narrator.release.lettering import break_lines, length, set_line, spell

SIDE = 2_400
"""Pixels of a drawn cover's side: the least that ACX takes; Apple Podcasts takes 1,400 to 3,000."""

LARGEST = 3_000
"""Pixels to which a producer's picture is scaled down: the most that Apple Podcasts takes."""

_PIXELS = 100_000_000
"""More than any camera's cover; beyond, a small file could unpack into all of the memory."""

_HINT = "Give book.toml a JPEG or PNG picture."
_ORIENTATION = 0x0112  # the EXIF tag

_MARGIN = 0.085
"""The empty edge, as a share of the side."""

_SKY = 0.37
"""How far down a title may reach, below the margin: the horizon stays free."""

_SIZES = (460, 420, 380, 330, 300, 270, 240, 216, 192, 172, 154, 138, 124, 110, 96, 84, 72)
"""Sizes of a title, pixels an em."""

_LEADING = 1.08
_TRACKING = 0.14
_QUALITY = 86


def draw_cover(title: str, author: str) -> bytes:
    """A JPEG, 2,400 pixels square: title and author over a landscape that is the title's own.

    The same words give the same bytes (with the same Pillow and numpy). Words in a script that the font
    cannot set are left out; the landscape stands for itself.
    """
    dice = seed(f"{title}\n{author}")
    palette = PALETTES[dice.integers(len(PALETTES))]
    # A landscape of soft edges loses nothing by being painted at half the size, in a quarter of the time.
    picture = paint(SIDE // 2, palette, dice)
    # Grain of about a step hides the bands that eight bits leave in a sky.
    picture += 0.5 * dice.standard_normal((SIDE // 2, SIDE // 2, 1), np.float32)
    small = Image.fromarray(np.clip(np.rint(picture), 0, 255).astype(np.uint8))
    image = small.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    _ink(image, _title(title), palette.ink)
    _ink(image, _author(author), palette.foot)
    return _jpeg(image)


def load_cover(path: Path) -> bytes:
    """A producer's picture as a JPEG in RGB, upright, at most 3,000 pixels a side.

    A JPEG that is so already is taken byte for byte. SheetError where the file is no JPEG or PNG, is broken,
    or would unpack into more than 100 million pixels.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SheetError(
            f"the cover cannot be read ({error.strerror}).", where=str(path), hint=_HINT
        ) from error
    try:
        with _opened(data, path) as image:
            plain = image.mode == "RGB" and max(image.size) <= LARGEST
            if image.format == "JPEG" and plain and image.getexif().get(_ORIENTATION, 1) == 1:
                image.load()
                return data
            upright = ImageOps.exif_transpose(image)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise SheetError("the cover is not a JPEG or PNG picture.", where=str(path), hint=_HINT) from error
    upright.thumbnail((LARGEST, LARGEST), Image.Resampling.LANCZOS)
    return _jpeg(_opaque(upright))


def _opened(data: bytes, path: Path) -> Image.Image:
    """The picture, not yet unpacked: its header says how large it would be."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            image = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise _too_large(path) from error
    if image.width * image.height > _PIXELS:
        raise _too_large(path)
    return image


def _too_large(path: Path) -> SheetError:
    return SheetError(
        f"the cover would unpack into more than {_PIXELS:,} pixels.",
        where=str(path),
        hint=f"Save it at {LARGEST:,} pixels a side.",
    )


def _opaque(image: Image.Image) -> Image.Image:
    """In RGB, on white where it is transparent."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    ground = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(ground, layer).convert("RGB")


def _jpeg(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_QUALITY, optimize=True)
    return file.getvalue()


def _ink(image: Image.Image, mask: Image.Image | None, colour: Colour) -> None:
    """Lay words of `colour` on the picture."""
    if mask is not None:
        image.paste(colour, mask=mask)


def _title(title: str) -> Image.Image | None:
    """The title in the sky, from the top left: as large as the words allow, in few and even lines."""
    text = spell(title)
    if not text:
        return None
    width = SIDE * (1 - 2 * _MARGIN)
    size = next((size for size in _SIZES if _fits(text, size, width)), _SIZES[-1])
    mask = Image.new("L", (SIDE * 2, SIDE * 2))
    on = ImageDraw.Draw(mask)
    y = SIDE * _MARGIN + 0.72 * size
    for line in break_lines(text, size, width):
        set_line(on, (2 * (SIDE * _MARGIN - 0.06 * size), 2 * y), line, 2 * size)
        y += _LEADING * size
    return mask.resize((SIDE, SIDE), Image.Resampling.BOX)


def _fits(text: str, size: int, width: float) -> bool:
    """No word is cut, and the lines leave the horizon free."""
    if max(length(word, size) for word in text.split()) > width:
        return False
    return len(break_lines(text, size, width)) * _LEADING * size <= _SKY * SIDE


def _author(author: str) -> Image.Image | None:
    """The author at the foot: small capitals' air between capitals, one line that shrinks to fit."""
    text = spell(author.upper())
    if not text:
        return None
    mask = Image.new("L", (SIDE * 2, SIDE * 2))
    size = 2 * 76
    while size > 40 and length(text, size, _TRACKING) > 2 * SIDE * (1 - 2 * _MARGIN):
        size -= 4
    place = 2 * SIDE * _MARGIN, 2 * SIDE * (1 - _MARGIN)
    set_line(ImageDraw.Draw(mask), place, text, size, _TRACKING)
    return mask.resize((SIDE, SIDE), Image.Resampling.BOX)
