"""A store that several machines share: at a URL, with copies of what is used here in a folder.

The layout below the URL is the store's own. What is added goes there first, its record last; only then does
the copy here count as there. So a record here says that the artefact is whole in the shared place.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, get_args

from narrator.errors import UsageError
from narrator.shelf import Shelf
from narrator.store import Kind, Record, Store
from narrator.whole import replacing

ROOM: Final = 20 << 30
"""Bytes of copies that a machine keeps, unless NARRATOR_CACHE_GB says otherwise: some fifty books' takes."""

GRACE: Final = 600.0
"""Seconds since its last use for which a copy stays whatever its size: somebody is reading it."""

_EVERY: Final = 64
"""Files that come between two looks at how much there is."""

_SAMPLE: Final = 32
"""Keys of many that are asked for first: where none of them is there, the book is new."""

_DEARER: Final = 40
"""Objects that are listed in the time of one question (measured: 0.15 and 7 ms of a core)."""

_FOLDERS: Final = 256
"""Folders that the artefacts of a kind lie in, evenly: their names begin with two hexadecimal digits."""

_came: dict[Path, int] = {}


@dataclass(frozen=True, slots=True)
class SharedStore(Store):
    """A store at `shelf`; copies lie in `root` as in a store of one machine. room: bytes of them to keep."""

    shelf: Shelf
    room: int = ROOM

    @property
    def is_shared(self) -> bool:
        """It is."""
        return True

    def on_this_node(self) -> Store:
        """The same store with this machine's own copies."""
        name = sha256(self.shelf.url.encode()).hexdigest()[:16]
        return SharedStore(_cache_folder() / name, self.shelf, self.room)

    @property
    def local(self) -> Store:
        """This machine's copies alone."""
        return Store(self.root)

    def path(self, kind: Kind, key: str, suffix: str) -> Path:
        """Where the artefact's file lies here, got from the shared place if it wasn't; where it would lie, if
        it is not there either."""
        here = self.local.path(kind, key, suffix)
        try:
            stat = here.stat()
            # Backups and seals look at the time of change: only that of use says how long a copy is unused.
            os.utime(here, ns=(time.time_ns(), stat.st_mtime_ns))
        except OSError:
            if self.shelf.get(_name(kind, key, suffix), here):
                self._make_room()
        return here

    def has(self, kind: Kind, key: str, *suffixes: str) -> bool:
        """Whether the artefact is finished: a copy here says so, or its record in the shared place."""
        return self.local.has(kind, key, *suffixes) or self.shelf.exists(_name(kind, key, ".json"))

    def absent(self, kind: Kind, keys: Iterable[str], suffix: str) -> frozenset[str]:
        """Those of the keys that are not there. Where hardly any is, a few may be named that are: whoever
        makes one asks again.

        A store of a thousand books is not listed for the sake of one: it is asked for a few, and only then
        for all, one by one, or with one listing where there is little to list.
        """
        wanted = [key for key in keys if not self.local.has(kind, key, suffix)]
        sample = wanted[:: len(wanted) // _SAMPLE + 1]
        there = self._there(kind, sample)
        if not there or len(sample) == len(wanted):
            return frozenset(wanted) - there
        if len(self.shelf.names(f"{kind}/00")) * _FOLDERS <= _DEARER * len(wanted):
            return frozenset(wanted).difference(self.keys(kind))
        return frozenset(wanted) - self._there(kind, wanted)

    def _there(self, kind: Kind, keys: Iterable[str]) -> frozenset[str]:
        by_name = {_name(kind, key, ".json"): key for key in keys}
        return frozenset(by_name[name] for name in self.shelf.existing(tuple(by_name)))

    @contextmanager
    def adding(self, kind: Kind, key: str, suffix: str) -> Iterator[Path]:
        """A temporary path; what it holds when the block ends well becomes the artefact's file."""
        with self.local.adding(kind, key, suffix) as part:
            yield part
        self.shelf.put(_name(kind, key, suffix), self.local.path(kind, key, suffix))
        self._make_room()

    def finish(self, kind: Kind, key: str, record: Record) -> None:
        """Say what the artefact was made of: in the shared place first, which then counts as whole."""
        with replacing(self.local.path(kind, key, ".json")) as part:
            part.write_bytes(record.encoded())
            self.shelf.put(_name(kind, key, ".json"), part)

    def sound(self, kind: Kind, key: str, suffix: str) -> bool:
        """Whether the artefact's file is what was put there. A damaged copy here is got once more."""
        if Store.sound(self, kind, key, suffix):
            return True
        for damaged in (".json", suffix):
            self.local.path(kind, key, damaged).unlink(missing_ok=True)
        return Store.sound(self, kind, key, suffix)

    def discard(self, kind: Kind, key: str, *suffixes: str) -> None:
        """Make the artefact absent for everybody, its record first."""
        for suffix in (".json", *suffixes):
            self.shelf.remove(_name(kind, key, suffix))
        self.local.discard(kind, key, *suffixes)

    def keys(self, kind: Kind) -> tuple[str, ...]:
        """The keys of all finished artefacts of a kind in the shared place, sorted."""
        names = (Path(name) for name in self.shelf.names(kind))
        return tuple(sorted(name.stem for name in names if name.suffix == ".json" and len(name.stem) == 64))

    def _make_room(self) -> None:
        """Now and then, take away the copies that were used longest ago, until those left fit."""
        _came[self.root] = _came.get(self.root, _EVERY - 1) + 1
        if _came[self.root] >= _EVERY:
            _came[self.root] = 0
            trim(self.root, self.room)


def room() -> int:
    """Bytes of copies that this machine keeps. Raises UsageError where NARRATOR_CACHE_GB is no such size."""
    said = os.environ.get("NARRATOR_CACHE_GB", "")
    try:
        size = float(said) if said else ROOM / (1 << 30)
    except ValueError:
        size = -1.0
    if not 0 <= size < 1e9:
        raise UsageError(f"NARRATOR_CACHE_GB is “{said}”, which is no size.", hint="Set it to 20, for 20 GB.")
    return int(size * (1 << 30))


def trim(root: Path, room: int, grace: float = GRACE) -> None:
    """Take away copies, those unused longest first, until at most `room` bytes are left; none that was used
    within `grace` seconds. Only artefacts go: locks and ledgers beside them stay."""
    found = []
    for path in (p for kind in get_args(Kind) for p in (root / kind).glob("??/*")):
        try:
            stat = path.stat()
        except OSError:  # another process took it away
            continue
        found.append((max(stat.st_atime, stat.st_mtime), stat.st_size, path))
    size, oldest = sum(s for _, s, _ in found), time.time() - grace
    for used, bytes_, path in sorted(found):
        if size <= room or used > oldest:
            return
        path.unlink(missing_ok=True)
        size -= bytes_


def _name(kind: Kind, key: str, suffix: str) -> str:
    return f"{kind}/{key[:2]}/{key}{suffix}"


def _cache_folder() -> Path:
    from platformdirs import user_cache_path

    named = os.environ.get("NARRATOR_CACHE")
    return Path(named) if named else user_cache_path("narrator") / "store"
