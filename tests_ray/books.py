"""What the engine `waits` was asked to say, and what came of it."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path


class Diary:
    """What the engine was asked to say."""

    def __init__(self) -> None:
        self._folder = Path(os.environ["NARRATOR_DIARY"])

    def clear(self) -> None:
        for entry in self._folder.glob("*.txt"):
            entry.unlink()

    def __len__(self) -> int:
        return len(list(self._folder.glob("*.txt")))

    def entries(self) -> list[Path]:
        """Its entries, in the order in which they were begun."""
        return sorted(self._folder.glob("*.txt"))

    def at(self, node: str) -> int:
        """How many lines were begun on the node whose NARRATOR_NODE is this."""
        return len(list(self._folder.glob(f"*-{node}.txt")))

    def said(self) -> Counter[str]:
        return Counter(entry.read_text() for entry in self._folder.glob("*.txt"))

    def speakers(self) -> set[int]:
        """The processes that spoke."""
        return {int(entry.name.split("-")[1]) for entry in self._folder.glob("*.txt")}


def contents(root: Path) -> dict[str, bytes]:
    """The files of a release, without the report: it tells of the render, not of the book."""
    output = root / "output"
    files = (p for p in sorted(output.rglob("*")) if p.is_file() and p.name != "report.json")
    return {str(p.relative_to(output)): p.read_bytes() for p in files}
