"""The pages: a book's own, one a chapter with its text, and the service worker that keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from narrator.listen.covers import PAGE, measured
from narrator.listen.editions import Edition
from narrator.listen.media import Stored
from narrator.listen.publication import Publication, PublishedChapter
from narrator.listen.templating import render

_BLOCK = 12
"""Paragraphs that a browser lays out together; those far from the screen cost it nothing."""


@dataclass(frozen=True, slots=True)
class Download:
    """A file that is offered whole. name: what it is called on the listener's disk."""

    label: str
    file: Stored
    name: str


def book(
    publication: Publication,
    edition: Edition,
    sounds: Mapping[str, Stored],
    covers: Mapping[str, Stored],
    downloads: tuple[Download, ...],
    assets: str,
) -> str:
    """The book's own page."""
    width, height = measured(publication.cover)
    scale = min(1.0, PAGE / max(width, height))
    return render(
        "book.html",
        book=publication,
        edition=edition,
        sounds=sounds,
        covers=covers,
        downloads=downloads,
        assets=assets,
        cover_size=(round(width * scale), round(height * scale)),
        speakers=[part for part in publication.cast if part.lines],
    )


def chapter(
    publication: Publication, one: PublishedChapter, sounds: Mapping[str, Stored], assets: str
) -> str:
    """The text of a chapter with its sound: a page of its own, and what the player reads."""
    chapters = publication.chapters
    at = chapters.index(one)
    blocks = one.blocks
    return render(
        "chapter.html",
        book=publication,
        chapter=one,
        sound=sounds[one.name],
        groups=[blocks[n : n + _BLOCK] for n in range(0, len(blocks), _BLOCK)],
        parts={part.id: part for part in publication.cast},
        before=chapters[at - 1] if at else None,
        after=chapters[at + 1] if at + 1 < len(chapters) else None,
        assets=f"../{assets}",
    )


def worker(edition: str) -> str:
    """The service worker. edition: letters and digits; another one makes browsers fetch what is new."""
    return render("sw.js", edition=edition)
