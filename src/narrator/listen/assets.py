"""Style sheets and scripts of the pages: put under a name made of what they hold, so that they may be cached
for ever and a page never meets another version's script."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from narrator.whole import write_bytes

_HERE = Path(__file__).parent / "assets"

_PAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "book": (
        "base.css",
        "book.css",
        "reader.css",
        "player.css",
        "book.js",
        "controls.js",
        "icon.svg",
        "keyboard.js",
        "offline.js",
        "place.js",
        "player.js",
        "reader.js",
        "times.js",
    ),
    "shelf": ("base.css", "icon.svg", "shelf.css", "shelf.js"),
}


def asset_files(page: Literal["book", "shelf"]) -> dict[str, bytes]:
    """The files of a page, by their address from the folder that holds the page."""
    held = {name: (_HERE / name).read_bytes() for name in _PAGES[page]}
    digest = hashlib.sha256(b"".join(name.encode() + data for name, data in held.items())).hexdigest()[:12]
    return {f"assets/{digest}/{name}": data for name, data in held.items()}


def put_assets(folder: Path, page: Literal["book", "shelf"]) -> str:
    """Put the files of a page into `folder`; the address of the folder they are in."""
    files = asset_files(page)
    for href, data in files.items():
        if not (folder / href).exists():
            write_bytes(folder / href, data)
    return next(iter(files)).rpartition("/")[0]
