"""How a release gets onto the disk: whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from narrator import whole


@contextmanager
def replacing(out: Path) -> Iterator[BinaryIO]:
    """A file to write to that takes the place of `out` when the block ends without an exception.

    See `narrator.whole.replacing`. RenderError where the disk refuses.
    """
    with whole.replacing(out) as part, part.open("wb") as file:
        yield file
