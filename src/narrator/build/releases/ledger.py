"""The ledger of a release: what each of its files and chapters was made of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from narrator.build.plan import Encoding
from narrator.production import Production


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the last release was made of. chapters: name -> encoding -> key. files: path -> key and stamp.
    facts: path -> what the key is of, as far as that is known: what changed can then be named."""

    chapters: Mapping[str, Mapping[Encoding, str]]
    files: Mapping[Path, tuple[str, list[int]]]
    facts: Mapping[Path, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, production: Production) -> Ledger:
        """The ledger; empty where there is none, or none that can be read: then all is released anew. Files
        that are said to lie elsewhere than releases do are none of ours."""
        try:
            value = json.loads(production.released.read_bytes())
            files = {production.root / path: (k, stamp) for path, (k, stamp) in value["files"].items()}
            files = {p: e for p, e in files.items() if production.releases(p)}
            facts = {production.root / path: dict(told) for path, told in value.get("facts", {}).items()}
            return cls(value["chapters"], files, {p: told for p, told in facts.items() if p in files})
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls({}, {})

    @property
    def paths(self) -> frozenset[Path]:
        """The files of the release."""
        return frozenset(self.files)

    def holds(self, path: Path, made_of: str) -> bool:
        """Whether the file stands as we left it and would be made of the same."""
        known = self.files.get(path)
        return known is not None and known == (made_of, stamp(path))

    def text(self, production: Production) -> str:
        """The ledger as its file holds it."""
        files = {production.where(path): entry for path, entry in self.files.items()}
        facts = {production.where(path): told for path, told in self.facts.items()}
        return json.dumps({"chapters": self.chapters, "files": files, "facts": facts}, indent=1)


def stamp(path: Path) -> list[int]:
    """Size and time of change: enough to see that a file is not the one we left; [] where there is none."""
    try:
        stat = path.stat()
    except OSError:
        return []
    return [stat.st_size, stat.st_mtime_ns]
