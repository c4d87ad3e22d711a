"""Chapters that browsers play: where a release holds the book only whole, each gets a file of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from narrator import release as release_room
from narrator.build.plan import ENCODING_OF
from narrator.build.releases.binding import JOINS, tags_of
from narrator.build.releases.ledger import Ledger
from narrator.production import Production, numbered_title
from narrator.release import EncodedChapter, Tags
from narrator.sheets import BookSheet
from narrator.store import digest, key
from narrator.whole import replacing

FORMS: Final = ("mp3", "m4b", "opus", "flac")
"""The forms that a site can play from, the one that most listeners' programs take first."""

_SUFFIX: Final = {"m4b": "m4a"}
"""How a single chapter's file is called: one chapter is no book, and podcast programs know M4A."""


@dataclass(frozen=True, slots=True)
class TimelineChapter:
    """A chapter as the timeline of a release has it. mix: the key of its sound, empty where not told."""

    number: int
    name: str
    title: str
    mix: str


def state(
    production: Production, form: str, chapters: Iterable[TimelineChapter]
) -> Literal["same", "other", "unknown"]:
    """Whether a form was last released with the sound of these chapters. Unknown without a ledger."""
    known, store = Ledger.read(production).chapters, production.store
    mixes: list[bool] = []
    for chapter in chapters:
        address = known.get(chapter.name, {}).get(ENCODING_OF[form])
        if address is None or not chapter.mix or not store.has("chapters", address):
            return "unknown"
        mixes.append(store.record("chapters", address).facts.get("mix") == chapter.mix)
    return "same" if all(mixes) else "other"


def playable(
    production: Production, sheet: BookSheet, form: str, chapters: Sequence[TimelineChapter], cover: bytes
) -> Mapping[str, Path]:
    """A file for each chapter, by name: the release's own MP3s, or made of what the book was joined from.

    What was made before is not made again; what an older release had goes. Raises RenderError where an
    encoded chapter is damaged or the disk refuses.
    """
    last = max((c.number for c in chapters), default=0)
    if form == "mp3":
        return {c.name: production.single(c.number, c.title, "mp3", last=last) for c in chapters}
    known, tags = Ledger.read(production).chapters, tags_of(sheet)
    suffix = _SUFFIX.get(form, form)
    made: dict[str, Path] = {}
    for chapter in chapters:
        name = f"{numbered_title(chapter.number, chapter.title, last=last)}.{suffix}"
        address = known[chapter.name][ENCODING_OF[form]]
        made[chapter.name] = _single(production, form, chapter.title, address, tags, cover, name)
    for folder in {*production.playable.iterdir()} - {path.parent for path in made.values()}:
        shutil.rmtree(folder, ignore_errors=True)
    return made


def _single(
    production: Production, form: str, title: str, address: str, tags: Tags, cover: bytes, name: str
) -> Path:
    """The chapter that was encoded at `address`, as a file called `name`."""
    facts = {
        "kind": "playable",
        "form": form,
        "tags": [getattr(tags, field) for field in tags.__slots__],
        "cover": digest(cover),
        "made_of": [address, title],
        "revision": release_room.REVISION,
    }
    path = production.playable / key(facts)[:16] / name
    if path.is_file():
        return path
    store, (join, check) = production.store, JOINS[form]
    made = store.record("chapters", address).made
    encoded = store.path("chapters", address, f".{ENCODING_OF[form]}")
    sound = EncodedChapter(title, encoded, made["samples"], made.get("sha256", ""))
    with replacing(path) as part:
        join([sound], tags, cover, part)
        check(part, [sound])
    return path
