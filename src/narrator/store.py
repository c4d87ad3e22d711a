"""The store: takes and everything made from them, addressed by what they were made of.

    .narrator/
      takes/ab/abcdef….flac  .json       one recording, its facts and what the meter says of it
      chapters/ab/….aac .mp3 .json       one encoded chapter, its facts and its timeline
      covers/ab/….jpg .json              a cover that narrator drew
      voices/ab/….json                   what a voice sounds like, measured
      sounds/ab/….wav .json              a producer's sound file, decoded

A key is the hash of labelled facts, and the facts lie beside the artefact. The `.json` is written last: an
artefact without one was never finished and counts as absent.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from narrator.errors import RenderError
from narrator.whole import replacing, write_bytes

Kind: TypeAlias = Literal["takes", "chapters", "covers", "voices", "sounds"]
Facts: TypeAlias = Mapping[str, Any]
"""Labelled facts: JSON values only, so that they can be hashed, stored and shown."""

_TAG = b"Signature: 8a477f597d28d172789f06886806bc55\n# narrator's store; deleting it costs time, not work.\n"


def key(facts: Facts) -> str:
    """The address of what `facts` describe: 64 hexadecimal digits."""
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Record:
    """What lies beside an artefact. facts: what it was made of. made: what came out of it."""

    facts: Facts
    made: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Store:
    """The store in the folder `root`. Any number of processes may use it at once."""

    root: Path

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

    @contextmanager
    def adding(self, kind: Kind, key: str, suffix: str) -> Iterator[Path]:
        """A temporary path that becomes the artefact's file when the block ends well."""
        with replacing(self.path(kind, key, suffix)) as part:
            yield part

    def finish(self, kind: Kind, key: str, record: Record) -> None:
        """Say what the artefact was made of and what came out: from now on it counts as there."""
        text = json.dumps({"facts": record.facts, "made": record.made}, ensure_ascii=False, indent=1)
        write_bytes(self.path(kind, key, ".json"), text.encode() + b"\n")

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
