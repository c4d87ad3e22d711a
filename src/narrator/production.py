"""A production on disk: the one place that knows where things lie (DESIGN section 2)."""

from __future__ import annotations

import os
import tomllib
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path

from narrator.errors import ProductionError, SheetError, UsageError
from narrator.shared_store import SharedStore, room
from narrator.shelf import Shelf, check
from narrator.store import Store


@dataclass(frozen=True, slots=True)
class Production:
    """The production in the folder `root`.

    cast: empty for script/cast.toml; "hq" for script/cast-hq.toml, whose releases go to output/hq/.
    part: empty for the whole book; "preview" for its beginning alone, released into a folder of that name.
    shared: the URL of a store that several machines use; empty for one in this folder.
    """

    root: Path
    cast: str = ""
    part: str = ""
    shared: str = ""

    @property
    def script(self) -> Path:
        """The recording script and its sheets."""
        return self.root / "script"

    @property
    def book_sheet(self) -> Path:
        """Title, credits, spec, chapter order."""
        return self.script / "book.toml"

    @property
    def cast_sheet(self) -> Path:
        """Characters and their voices."""
        return self.script / (f"cast-{self.cast}.toml" if self.cast else "cast.toml")

    @property
    def lexicon_sheet(self) -> Path:
        """How names and words are said."""
        return self.script / "lexicon.toml"

    @property
    def takes_sheet(self) -> Path:
        """Which take was chosen where it isn't the first."""
        return self.script / (f"takes-{self.cast}.toml" if self.cast else "takes.toml")

    @property
    def voices(self) -> Path:
        """The production's own voices."""
        return self.root / "voices"

    @property
    def sounds(self) -> Path:
        """The producer's own sounds: beds, effects, music."""
        return self.root / "sounds"

    @property
    def output(self) -> Path:
        """Releases and reports; may be deleted at any time."""
        return self.root / "output" / self.cast / self.part

    @property
    def ignored(self) -> Path:
        """What git leaves alone here."""
        return self.root / ".gitignore"

    @property
    def auditions(self) -> Path:
        """Characters heard in several voices."""
        return self.output / "auditions"

    @property
    def report(self) -> Path:
        """What the last render did and what it cost."""
        return self.output / "report.json"

    @property
    def timeline(self) -> Path:
        """When each line is heard in the release."""
        return self.output / "timeline.json"

    @property
    def site(self) -> Path:
        """What listeners are served."""
        return self.output / "site"

    @property
    def credits(self) -> Path:
        """Who is heard in the release, and under which licences."""
        return self.output / "credits.txt"

    @property
    def audiobookshelf(self) -> Path:
        """The release as Audiobookshelf scans it."""
        return self.output / "audiobookshelf"

    @property
    def digests(self) -> Path:
        """What the released files hold, so that publishing again need not read them."""
        return self.local / (f"digests-{self.cast}.json" if self.cast else "digests.json")

    @property
    def playable(self) -> Path:
        """The chapters' own files of a release that has the book only whole, for the listeners' site."""
        return self.local / (f"playable-{self.cast}" if self.cast else "playable")

    def single(self, number: int, title: str, suffix: str, *, last: int) -> Path:
        """A chapter's own file in the release. number: its place in the book; last: the highest there is."""
        return self.output / "chapters" / f"{numbered_title(number, title, last=last)}.{suffix}"

    @property
    def stems(self) -> Path:
        """Where `render --stems` writes the stems of each chapter."""
        return self.output / "stems"

    @property
    def local(self) -> Path:
        """What narrator keeps of the production here: the store, or copies from a shared one."""
        return self.root / ".narrator"

    @property
    def store(self) -> Store:
        """Takes and what is made from them."""
        return SharedStore(self.local, Shelf(self.shared), room()) if self.shared else Store(self.local)

    @property
    def lock(self) -> Path:
        """Held while something renders here."""
        return self.local / "lock"

    @property
    def holder(self) -> Path:
        """Who holds the lock; it stands only while somebody does, or after somebody was killed."""
        return self.local / "holder.json"

    @property
    def speeds(self) -> Path:
        """What this production's takes and chapters cost when they were last made."""
        return self.local / "speeds.json"

    @property
    def seal(self) -> Path:
        """What the last render of the whole book read and wrote."""
        return self.local / (f"seal-{self.cast}.json" if self.cast else "seal.json")

    @property
    def released(self) -> Path:
        """What each file of the last release was made of."""
        return self.local / ("-".join(filter(None, ("released", self.cast, self.part))) + ".json")

    @property
    def staging(self) -> Path:
        """Where the files of a release are completed before any old one is touched."""
        return self.output / ".part"

    @property
    def journal(self) -> Path:
        """Which staged file goes where; it stands only while they are moved, or after somebody was killed."""
        return self.staging / "journal.json"

    def releases(self, path: Path) -> bool:
        """Whether `path` lies where releases do, whatever a file that names it says."""
        return ".." not in path.parts and path.resolve().is_relative_to(self.output.resolve())

    def casts(self) -> tuple[Production, ...]:
        """The production with each cast that it has, its own first."""
        others = sorted(path.stem.removeprefix("cast-") for path in self.script.glob("cast-*.toml"))
        return tuple(replace(self, cast=name) for name in ("", *others))

    def where(self, path: Path) -> str:
        """`path` as the user would type it from the production's folder."""
        try:
            return str(path.relative_to(self.root))
        except ValueError:
            return str(path)

    def inside(self, name: str, folder: Path, *, where: str) -> Path:
        """The file called `name` in `folder`. Raises SheetError where the name leads out of it."""
        path = folder / name
        if Path(name).is_absolute() or not path.resolve().is_relative_to(folder.resolve()):
            raise SheetError(
                f"“{name}” leads out of {self.where(folder)}/.",
                where=where,
                hint="Name a file in that folder.",
            )
        return path


def find(root: Path, cast: str = "") -> Production:
    """The production in `root`, with another cast where one is named, and its store where NARRATOR_STORE or
    book.toml says. Raises ProductionError where there is none, UsageError for a cast that cannot be the name
    of a file and for a store's place that is none."""
    if cast and not cast.replace("-", "").isalnum():
        raise UsageError(f"“{cast}” cannot name a cast.", hint="--cast hq reads script/cast-hq.toml.")
    production = Production(root, cast)
    if not production.book_sheet.exists():
        raise ProductionError(
            "this folder is no production: it has no script/book.toml.",
            where=str(root),
            hint="Type `narrator init DIR` for a new one, or `narrator -C DIR …` for one elsewhere.",
        )
    return replace(production, shared=_shared(production))


def _shared(production: Production) -> str:
    """Where the production's store is shared, empty if nowhere. A sheet that cannot be read says nothing
    here: whoever loads the book will say what is wrong with it."""
    place: object = os.environ.get("NARRATOR_STORE", "")
    if not place:
        try:
            place = tomllib.loads(production.book_sheet.read_text(encoding="utf-8")).get("store", "")
        except (OSError, ValueError):
            return ""
    if not place or not isinstance(place, str):
        return ""
    check(place)
    return place.rstrip("/")


def productions(folder: Path) -> tuple[Production, ...]:
    """The productions that lie in `folder`, by name. Raises UsageError where there are none."""
    found = sorted(sheet.parents[1] for sheet in folder.glob("*/script/book.toml"))
    if not found:
        raise UsageError(
            "no production lies in this folder.",
            where=str(folder),
            hint="Name one whose folders are productions: FOLDER/a-book/script/book.toml.",
        )
    return tuple(Production(root) for root in found)


def catalogue_file(folder: Path) -> Path:
    """What the last render of all productions in `folder` did."""
    return folder / "catalogue.json"


def numbered_title(number: int, title: str, *, last: int) -> str:
    """The name of a chapter's file, without its suffix, by which files sort as they play: all numbers up to
    the `last` of the book are equally wide, two digits at least."""
    return f"{number:0{max(2, len(str(last)))}} {file_title(title)}"


_JOINERS = "\u200c\u200d"
"""Characters without width that hold letters and pictures together (or apart), as those of a family do."""


def file_title(title: str) -> str:
    """`title` as the name of a file that every system takes: no separators or control characters, at most
    120 bytes, cut between characters as readers see them, never hidden, "untitled" where nothing is left."""
    kept = "".join(" " if _unfit(c) else c for c in title)
    return _cut(" ".join(kept.split()), 120).strip(f" .{_JOINERS}") or "untitled"


def _unfit(c: str) -> bool:
    holds = c in _JOINERS or "\U000e0020" <= c <= "\U000e007f"  # the latter spell out a flag
    return c in '/\\:*?"<>|' or (unicodedata.category(c)[0] in "CZ" and not holds)


def _cut(text: str, most: int) -> str:
    """As much of the beginning of `text` as fits into so many bytes; what readers see as one is not cut."""
    if len(text.encode()) <= most:
        return text
    from rich.cells import split_graphemes  # only for long titles: it brings tables

    size = flags = 0
    for start, end, _ in split_graphemes(text)[0]:
        size += len(text[start:end].encode())
        if size > most:
            # Half a flag: rich takes its two letters for two characters.
            return text[: start - flags % 2 if _is_flag(text[start]) else start]
        flags = flags + 1 if _is_flag(text[start]) else 0
    return text


def _is_flag(c: str) -> bool:
    return "\U0001f1e6" <= c <= "\U0001f1ff"
