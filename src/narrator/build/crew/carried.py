"""Files that a voice is made from, carried to the nodes of a cluster through a shared store: a reference
recording, a model of one's own. Each goes once, whatever books and voices use it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from narrator.store import Record, Store, file_digest, key

if TYPE_CHECKING:
    from narrator.book import Voice

MOST: Final = 256 << 20
"""Bytes of the files behind one setting above which they are not carried: every node must have them."""

_SUFFIX: Final = ".bin"


@dataclass(frozen=True, slots=True)
class Carried:
    """What was carried for one voice. files: where each is to lie in a folder of their own, with its key in
    the store. settings: where the voice's settings find them in that folder."""

    files: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)


def pack(store: Store, voice: Voice) -> Carried:
    """Put the voice's files into the store, those of a setting that are more than MOST left out.

    Raises RenderError where the store does not take them, OSError where they cannot be read.
    """
    from narrator import speech

    files: dict[str, str] = {}
    settings: dict[str, str] = {}
    for setting, parts in speech.voice_files(voice).items():
        if not parts or sum(part.stat().st_size for part in parts) > MOST:
            continue
        files |= {f"{setting}/{part.name}": _put(store, part) for part in parts}
        named = Path(voice.folder) / str(voice.settings[setting])
        settings[setting] = setting if named.is_dir() else f"{setting}/{named.name}"
    return Carried(files, settings)


def unpack(store: Store, voice: Voice, carried: Carried) -> Voice:
    """The voice as it finds on this node what was carried for it. Raises RenderError, OSError.

    The files lie under their own names, since engines go by these, as links to the store's.
    """
    if not carried.files:
        return voice
    folder = store.root.resolve() / "carried" / key(carried.files)[:32]
    for name, address in carried.files.items():
        link, file = folder / name, store.path("parts", address, _SUFFIX)
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.is_symlink():
            with suppress(FileExistsError):  # another worker of this node was faster
                link.symlink_to(file.resolve())
    found = {setting: str(folder / place) for setting, place in carried.settings.items()}
    return replace(voice, settings={**voice.settings, **found})


def _put(store: Store, part: Path) -> str:
    """The file's key in the store, where it is from now on."""
    digest = file_digest(part)
    facts = {"kind": "part", "digest": digest}
    address = key(facts)
    if not store.has("parts", address, _SUFFIX):
        with store.adding("parts", address, _SUFFIX) as copy:
            copy.write_bytes(part.read_bytes())
        store.finish("parts", address, Record(facts, {"sha256": digest}))
    return address
