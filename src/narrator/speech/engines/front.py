"""hibari's text front-end on disk: where it lies, and what it holds. Kokoro reads with it too."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from narrator.errors import MissingError

_NOT_FRONT: Final = ("hibari.onnx", "voices.json")


@cache
def package() -> Path:
    """Where hibari is installed, found without importing it. Raises MissingError without it."""
    spec = find_spec("hibari")
    if spec is None or spec.origin is None:
        raise MissingError("the package hibari-tts is not installed", hint="pip install 'hibari-tts[fast]'")
    return Path(spec.origin).parent


def assets() -> Path:
    """Its model, lexicons and tables."""
    return package() / "assets"


@cache
def front_digest(*, british: bool = False) -> str:
    """sha256 of all between text and its phonemes, in American or British English."""
    other = "_us" if british else "_gb"
    british_only = "oov_gb" if british else "oov."
    tables = [
        path
        for path in sorted(assets().iterdir())
        if path.is_file()
        and path.name not in _NOT_FRONT
        and other not in path.name
        and (not path.name.startswith("oov") or path.name.startswith(british_only))
    ]
    digest = sha256()
    for path in (*tables, *sorted((package() / "g2p").glob("*.py"))):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
