"""The store: takes and everything made from them, addressed by what they were made of.

    .narrator/
      takes/ab/abcdef….wav  .json        one recording, its facts and what the meter says of it
      mixes/ab/….json                    what a chapter's mix was made of
      chapters/ab/….aac .mp3 .opus .flac .json  one encoded chapter, its facts and its timeline
      covers/ab/….jpg .json              a cover that narrator drew
      proofs/ab/….json                   what was found in a chapter
      voices/ab/….json                   what a voice sounds like, measured
      sounds/ab/….wav .json              a producer's sound file, decoded
      parts/ab/….bin .json               a file that a voice is made from, on its way to other machines

A key is the hash of labelled facts, and the facts lie beside the artefact. The `.json` is written last: an
artefact without one was never finished and counts as absent. What an artefact's file must hash to stands in
its record too (`made["sha256"]`), so that a file which the disk has damaged is found before it is heard.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from narrator.errors import RenderError
from narrator.whole import PART, cannot_write, replacing, write_bytes

Kind: TypeAlias = Literal["takes", "mixes", "chapters", "covers", "voices", "sounds", "proofs", "parts"]
Facts: TypeAlias = Mapping[str, Any]
"""Labelled facts: JSON values only, so that they can be hashed, stored and shown."""

_TAG = b"Signature: 8a477f597d28d172789f06886806bc55\n# narrator's store; deleting it costs time, not work.\n"

_KEY: Final = re.compile(r"[0-9a-f]{64}$")


_CANONICAL: Final = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
)
"""One encoder for all keys: a plan makes ten thousand."""


def key(facts: Facts) -> str:
    """The address of what `facts` describe: 64 hexadecimal digits."""
    text = _CANONICAL.encode(facts)
    return hashlib.sha256(text.encode()).hexdigest()


def digest(data: bytes) -> str:
    """What `data` hash to, as a record keeps it: 64 hexadecimal digits (SHA-256)."""
    return hashlib.sha256(data).hexdigest()


def file_digest(path: Path) -> str:
    """`digest` of a file of any size. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _names(folder: Path) -> frozenset[str]:
    try:
        with os.scandir(folder) as entries:
            return frozenset(entry.name for entry in entries)
    except FileNotFoundError:
        return frozenset()


@dataclass(frozen=True, slots=True)
class Record:
    """What lies beside an artefact. facts: what it was made of. made: what came out of it."""

    facts: Facts
    made: Mapping[str, Any]

    def encoded(self) -> bytes:
        """The record as its file holds it."""
        text = json.dumps({"facts": self.facts, "made": self.made}, ensure_ascii=False, indent=1)
        return text.encode() + b"\n"


@dataclass(frozen=True, slots=True)
class Store:
    """The store in the folder `root`. Any number of processes may use it at once."""

    root: Path

    @property
    def is_shared(self) -> bool:
        """Whether other machines use it too, wherever its folder is."""
        return False

    @property
    def local(self) -> Store:
        """What of it lies on this machine."""
        return self

    def on_this_node(self) -> Store:
        """The store as a process on another machine opens it: a folder by its path."""
        return self

    def prepare(self) -> None:
        """Make the folder, tagged so that backups pass it over. Raises RenderError where it can't be."""
        tag = self.root / "CACHEDIR.TAG"
        if not tag.exists():
            write_bytes(tag, _TAG)

    def path(self, kind: Kind, key: str, suffix: str) -> Path:
        """Where the artefact's file with this suffix (".flac") lies or would lie."""
        return self.root / kind / key[:2] / f"{key}{suffix}"

    def has(self, kind: Kind, key: str, *suffixes: str) -> bool:
        """Whether the artefact is finished and all its files are there."""
        return all(self.path(kind, key, suffix).exists() for suffix in (".json", *suffixes))

    def absent(self, kind: Kind, keys: Iterable[str], suffix: str) -> frozenset[str]:
        """Those of the keys whose artefact is not finished, or lacks this file. Folders are listed:
        a book asks for ten thousand."""
        by_folder: dict[str, set[str]] = {}
        for key in keys:
            by_folder.setdefault(key[:2], set()).add(key)
        absent: set[str] = set()
        for folder, wanted in by_folder.items():
            there = _names(self.root / kind / folder)
            absent |= {key for key in wanted if not {f"{key}.json", f"{key}{suffix}"} <= there}
        return frozenset(absent)

    @contextmanager
    def adding(self, kind: Kind, key: str, suffix: str) -> Iterator[Path]:
        """A temporary path that becomes the artefact's file when the block ends well."""
        with replacing(self.path(kind, key, suffix)) as part:
            yield part

    def finish(self, kind: Kind, key: str, record: Record) -> None:
        """Say what the artefact was made of and what came out: from now on it counts as there."""
        write_bytes(self.path(kind, key, ".json"), record.encoded())

    def record(self, kind: Kind, key: str) -> Record:
        """What `finish` said. Raises RenderError where the record is damaged."""
        path = self.path(kind, key, ".json")
        try:
            value = json.loads(path.read_bytes())
            return Record(value["facts"], value["made"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RenderError(
                "this record of the store cannot be read.",
                where=str(path),
                hint=f"Delete it and render again: only what it describes is made anew ({error}).",
            ) from error

    def sound(self, kind: Kind, key: str, suffix: str) -> bool:
        """Whether the artefact's record can be read and its file still is what was put there.

        A record from before checksums were kept has none; then only the file's presence is told.
        """
        try:
            wanted = self.record(kind, key).made.get("sha256")
            path = self.path(kind, key, suffix)
            return path.exists() if wanted is None else file_digest(path) == wanted
        except (RenderError, OSError):
            return False

    def discard(self, kind: Kind, key: str, *suffixes: str) -> None:
        """Make the artefact absent, its record first. Raises RenderError where that can't be done."""
        for suffix in (".json", *suffixes):
            path = self.path(kind, key, suffix)
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise cannot_write(path, error) from error

    def keys(self, kind: Kind) -> tuple[str, ...]:
        """The keys of all finished artefacts of a kind, sorted."""
        return tuple(
            sorted(path.stem for path in (self.root / kind).glob("??/*.json") if _KEY.match(path.stem))
        )

    def unfinished(self) -> tuple[Path, ...]:
        """Files that a killed process left half written. Only who holds the production may take them away."""
        return tuple(sorted(self.root.rglob(f"{PART}-*")))
