"""For listeners: a released book as a site with player, text, feed, captions and read-along; and its preview.

publication ── what is published: Publication, PublishedChapter, ReadLine, Part
publish ────── a book's folder and the shelf, made anew
serve ──────── the site on loopback
"""

from narrator.listen.addresses import address
from narrator.listen.audiobookshelf import put as put_on_audiobookshelf
from narrator.listen.publication import (
    CREDITS,
    VOICE_COLOURS,
    Join,
    Part,
    Publication,
    PublishedChapter,
    ReadLine,
    clean,
    language_tag,
)
from narrator.listen.serving import app, serve
from narrator.listen.site import Published, publish

__all__ = [
    "CREDITS",
    "VOICE_COLOURS",
    "Join",
    "Part",
    "Publication",
    "Published",
    "PublishedChapter",
    "ReadLine",
    "address",
    "app",
    "clean",
    "language_tag",
    "publish",
    "put_on_audiobookshelf",
    "serve",
]
