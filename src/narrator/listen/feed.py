"""The podcast feed: RSS 2.0 with the iTunes and Podcasting 2.0 names, an episode a chapter.

An episode's guid is made of the book's address and the chapter's name: a chapter that was made anew is an
update of the same episode, at a new address of its sound. Written as the big directories ask: Apple's
"Podcasters guide to RSS", Spotify's delivery specification, the PSP-1 feed standard.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from email.utils import formatdate
from typing import Final

from narrator.listen.editions import Edition
from narrator.listen.epub import episode
from narrator.listen.media import Stored
from narrator.listen.publication import Publication, PublishedChapter
from narrator.listen.templating import render

_PODCASTS: Final = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""The name space of podcast:guid, as the Podcasting 2.0 name space defines it."""

_SCENE_WORDS = 6
"""How many of a scene's first words name it."""


@dataclass(frozen=True, slots=True)
class Episode:
    """A chapter in the feed. published: RFC 822. change: what was new when it was last changed."""

    chapter: PublishedChapter
    guid: str
    sound: Stored
    published: str
    change: str


def feed(book: Publication, edition: Edition, sounds: dict[str, Stored], cover: Stored) -> str:
    """The feed; `book.url` is not empty. sounds: by chapter name. cover: 1,400 to 3,000 pixels square."""
    total = len(book.chapters)
    episodes = [
        Episode(
            chapter,
            episode(book, chapter),
            sounds[chapter.name],
            # Apps sort by date: chapters published at once stand a minute apart, the last one at the date.
            formatdate(edition.chapters[chapter.name].published - 60 * (total - place), usegmt=True),
            edition.chapters[chapter.name].change,
        )
        for place, chapter in enumerate(book.chapters, 1)
    ]
    address = f"{book.home}feed.xml"
    return render(
        "feed.xml",
        book=book,
        address=address,
        guid=str(uuid.uuid5(_PODCASTS, address.partition("://")[2].rstrip("/"))),
        episodes=episodes,
        edition=edition,
        built=formatdate(edition.note.date, usegmt=True),
        cover=cover,
    )


def scene_marks(chapter: PublishedChapter) -> str:
    """The chapter's scenes as Podcasting 2.0 chapters (JSON): where each begins, named by its first words."""
    marks: list[dict[str, object]] = [{"startTime": 0, "title": chapter.title}]
    for block in chapter.blocks:
        start = next((line.start for line in block.lines if line.start is not None), None)
        if block.opens_scene and start is not None:
            words = " ".join(line.text for line in block.lines).split()
            more = "…" if len(words) > _SCENE_WORDS else ""
            marks.append({"startTime": round(start, 3), "title": " ".join(words[:_SCENE_WORDS]) + more})
    return json.dumps({"version": "1.2.0", "chapters": marks}, ensure_ascii=False, indent=1)
