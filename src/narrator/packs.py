"""Voice packs: models too large to come along, installed once for all productions of a user.

What a pack holds is fixed here, each file by its SHA-256, whoever it is fetched from.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack of voices. files: name -> SHA-256 in hexadecimal. size: megabytes to fetch, about."""

    name: str
    title: str
    licence: str
    size: int
    files: Mapping[str, str]

    @property
    def folder(self) -> Path:
        """Where it is, or would be, installed."""
        return home() / "packs" / self.name

    @property
    def installed(self) -> bool:
        """Whether all of its files are there."""
        return all((self.folder / name).is_file() for name in self.files)


def home() -> Path:
    """The user's folder of narrator: NARRATOR_HOME, or where the system keeps such things."""
    given = os.environ.get("NARRATOR_HOME")
    if given:
        return Path(given)
    import platformdirs

    return platformdirs.user_data_path("narrator", appauthor=False)


@cache
def packs() -> Mapping[str, Pack]:
    """Every pack that narrator knows, by name."""
    table = json.loads((files("narrator") / "packs.json").read_text(encoding="utf-8"))
    return {name: Pack(name=name, **facts) for name, facts in table.items()}
