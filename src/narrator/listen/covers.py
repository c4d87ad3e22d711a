"""The cover in the sizes that pages and apps ask for."""

from __future__ import annotations

import io
from pathlib import Path

PAGE = 960
"""Pixels of a side on the page: 480 CSS pixels at twice the density."""

SHELF = 480
"""Pixels of a side on the shelf."""

ICON = 512
"""Pixels of an installed app's icon."""

_QUALITY = 82


def scaled(cover: Path, side: int, *, square: bool = False) -> bytes:
    """The cover as a JPEG of at most `side` pixels; square: cut to a square of exactly that."""
    from PIL import Image, ImageOps

    with Image.open(cover) as opened:
        opened.draft("RGB", (side, side))  # a JPEG is unpacked no larger than it must be
        image = opened.convert("RGB")
    if square:
        image = ImageOps.fit(image, (side, side), Image.Resampling.LANCZOS)
    else:
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return file.getvalue()


def measured(cover: Path) -> tuple[int, int]:
    """Width and height of the cover in pixels."""
    from PIL import Image

    with Image.open(cover) as opened:
        return opened.size
