"""How a release gets onto the disk: whole, or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from narrator.errors import RenderError


@contextmanager
def replacing(out: Path) -> Iterator[BinaryIO]:
    """A file to write to that takes the place of `out` when the block ends without an exception.

    Until then `out` is what it was, and afterwards there is nothing else in its folder. The folder is made
    where it is missing. RenderError where the disk refuses.
    """
    part = out.with_name(f".{uuid.uuid4().hex}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("xb") as file:
                yield file
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise RenderError(
            f"the file cannot be written ({error.strerror or error}).", where=str(out)
        ) from error
