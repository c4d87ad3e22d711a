"""The house voices: sheets that come with narrator, the same files as in the repository's voices/."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from narrator.book import Voice
from narrator.casting.sheets import voice_from_sheet
from narrator.errors import MissingError

ENGINE: Final = "hibari"

_NAMES: Final = (
    *("wren", "alder"),  # the narrators, who come first where any voice would do
    *("sable", "rowan", "ivy", "flint", "plover", "heron", "slate"),
    *("linnet", "finch", "fern", "birch"),
    *("hazel", "thorn", "yarrow", "bracken"),
    *("tansy", "pip", "midge"),
)


def house_sheet(name: str) -> str:
    """The TOML of the house voice "hibari/wren", for a producer to copy. Raises MissingError without one."""
    bare = name.removeprefix(f"{ENGINE}/")
    if bare not in _NAMES:
        raise MissingError(f"there is no house voice {name!r}", hint=f"There are {', '.join(_NAMES)}.")
    return (files("narrator.casting") / "house" / f"{bare}.toml").read_text(encoding="utf-8")


@cache
def house_voices() -> Mapping[str, Voice]:
    """Every house voice by its name, "hibari/wren", in the order in which casting prefers them."""
    names = {f"{ENGINE}/{name}": house_sheet(name) for name in _NAMES}
    return {name: voice_from_sheet(name, tomllib.loads(sheet)) for name, sheet in names.items()}
