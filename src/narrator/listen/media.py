"""The files of a book's folder: put whole, named by what they hold, kept for a while once replaced."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from narrator.listen.addresses import address
from narrator.store import Facts, key
from narrator.whole import replacing, write_bytes

_DIGITS = 16
"""Hexadecimal digits of a digest in an address: 64 bits, as many as no library of books will make collide."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file of the site. href: its address from the book's folder. size: bytes."""

    href: str
    size: int


class Digests:
    """SHA-256 of files, remembered in `memory` by size and time of change: an hour of sound is read once."""

    def __init__(self, memory: Path) -> None:
        self._memory = memory
        try:
            known = json.loads(memory.read_bytes())
            self._known = {path: (list(stamp), str(digest)) for path, (stamp, digest) in known.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            self._known = {}  # only speed is lost
        self._used: dict[str, tuple[list[int], str]] = {}

    def of(self, path: Path) -> str:
        """The digest of a file's content."""
        stat = path.stat()
        stamp = [stat.st_size, stat.st_mtime_ns]
        known = self._known.get(str(path))
        if known is None or known[0] != stamp:
            with path.open("rb") as file:
                known = (stamp, hashlib.file_digest(file, "sha256").hexdigest())
        self._used[str(path)] = known
        return known[1]

    def write(self) -> None:
        """Remember them for the next time; files that were not asked for are forgotten."""
        write_bytes(self._memory, json.dumps(self._used, indent=1).encode())


@dataclass(slots=True)
class Folder:
    """A book's folder on the site. files: what this edition is made of; written: which of it is new."""

    root: Path
    digests: Digests
    files: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)

    def link(self, source: Path, name: str) -> Stored:
        """Put the file `source` under media/, named by its content: as a second name of the same bytes, or as
        a copy where the disk allows none. A file of that name is that file and stays as it is."""
        href = f"media/{address(name)}-{self.digests.of(source)[:_DIGITS]}{source.suffix}"
        target = self.root / href
        size = source.stat().st_size
        if not target.exists() or target.stat().st_size != size:
            with replacing(target) as part:
                part.unlink()
                try:
                    os.link(source, part)
                except OSError:  # another disk, or a file system without links
                    shutil.copyfile(source, part)
            self.written.add(href)
        self.files.add(href)
        return Stored(href, size)

    def make(self, facts: Facts, name: str, suffix: str, write: Callable[[Path], None]) -> Stored:
        """Put a file under media/ that `write` makes of `facts`; the same facts are not made twice."""
        href = f"media/{address(name)}-{key(facts)[:_DIGITS]}{suffix}"
        target = self.root / href
        if not target.exists():
            with replacing(target) as part:
                write(part)
            self.written.add(href)
        self.files.add(href)
        return Stored(href, target.stat().st_size)

    def put(self, href: str, text: str | bytes) -> Stored:
        """Put a file under an address of its own; one that holds the same already is left alone."""
        data = text.encode() if isinstance(text, str) else text
        target = self.root / href
        if not target.exists() or target.read_bytes() != data:
            write_bytes(target, data)
            self.written.add(href)
        self.files.add(href)
        return Stored(href, len(data))


def sweep(root: Path, retired: Mapping[str, int], before: int) -> dict[str, int]:
    """Delete the files that were retired earlier than `before` (seconds since 1970); those that stay."""
    kept: dict[str, int] = {}
    for href, since in retired.items():
        target = root / href
        if since >= before and target.exists():
            kept[href] = since
        elif target.resolve().is_relative_to(root.resolve()):
            target.unlink(missing_ok=True)
            for folder in target.parents:
                if folder == root or not folder.is_dir() or any(folder.iterdir()):
                    break
                folder.rmdir()
    return kept
