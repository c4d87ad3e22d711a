"""The voices of the Kokoro pack, as voices that can be cast where the pack is installed."""

from __future__ import annotations

from collections.abc import Mapping

from narrator.book import Gender, Voice
from narrator.packs import packs

_ACCENTS = {"a": "American", "b": "British"}


def pack_voices() -> Mapping[str, Voice]:
    """The pack's voices by name ("kokoro/af_heart"); none where it is not installed.

    Kokoro's names say accent and gender: a, b for American, British; f, m for female, male.
    """
    pack = packs()["kokoro"]
    if not pack.installed:
        return {}
    names = (name.removeprefix("voices/").removesuffix(".bin") for name in pack.files if "/" in name)
    return {f"kokoro/{name}": _voice(name, pack.licence) for name in names}


def _voice(name: str, licence: str) -> Voice:
    gender: Gender = "female" if name[1] == "f" else "male"
    return Voice(
        name=f"kokoro/{name}",
        engine="kokoro",
        settings={"voice": name},
        gender=gender,
        age="adult",
        description=f"Kokoro's {name[3:].title()}, {_ACCENTS[name[0]]}.",
        licence=licence,
        accent=_ACCENTS[name[0]],
        source="Kokoro 82M, the pack of `narrator voices install kokoro`.",
    )
