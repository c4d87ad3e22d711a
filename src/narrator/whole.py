"""Files that appear whole or not at all: written beside their place, then renamed into it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from narrator.errors import RenderError

PART = ".part"
"""How the name of a file begins that is still being written; anything so named may be deleted."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`; it takes the place of `path` when the block ends without an error.

    Missing folders are made. On an error the temporary file goes and `path` stays as it was. Raises
    RenderError where the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f"{PART}-", suffix=path.suffix, dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise cannot_write(path, error) from error
    part = Path(name)
    try:
        yield part
        part.chmod(0o644)
        part.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        part.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes) -> None:
    """Put `data` at `path`, whole or not at all. Raises RenderError where that cannot be done."""
    with replacing(path) as part:
        part.write_bytes(data)


def write_text(path: Path, text: str) -> None:
    """Put `text` at `path` as UTF-8 with its line ends as they are. Raises RenderError as `write_bytes`."""
    write_bytes(path, text.encode())


def cannot_write(path: Path, error: OSError) -> RenderError:
    """The sentence for a file that the system will not let us write."""
    reason = (error.strerror or str(error)).lower()
    return RenderError(
        f"cannot be written ({reason}).",
        where=str(path),
        hint="Free space or change the folder's permissions, then run the command again.",
    )
