"""A book's folder on the site, made anew: what it is made of first, the pages that point there last.

site/
  index.html  404.html  assets/           the shelf
  ADDRESS/
    index.html                            the book: player, credits, downloads
    read/CHAPTER.html                     the text of a chapter, with its sound
    captions/CHAPTER.vtt .srt  book.vtt   captions
    feed.xml  publication.json  manifest.json  app.webmanifest  offline.json  sw.js
    media/NAME-DIGEST.mp3 …               sound, covers, EPUB: named by what they hold
    book.json  edition.json               what the shelf shows; what changed and when
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from narrator.errors import RenderError
from narrator.listen import captions, covers, editions, epub, manifests, pages, shelf
from narrator.listen.assets import asset_files
from narrator.listen.editions import Edition
from narrator.listen.feed import feed, scene_marks
from narrator.listen.media import Digests, Folder, Stored, sweep
from narrator.listen.publication import Publication
from narrator.production import file_title
from narrator.report import Progress
from narrator.whole import cannot_write

REVISION = 1
"""Part of the key of what is made here: raised when the same book would be made into other bytes."""

_LOCK = ".publishing.lock"
_WHOLE = {".m4b": "M4B audiobook", ".mp3": "One MP3", ".opus": "One Opus file", ".flac": "One FLAC file"}
_DAY = 86_400
_STAGE = "publishing"


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication did. before: the edition that stood there. files, written: addresses in the book's
    folder, all of them and the new ones. kept: old files that can still be fetched. feed: the podcast feed's
    web address, empty where the site's is not known."""

    folder: Path
    edition: Edition
    before: Edition | None
    files: frozenset[str]
    written: frozenset[str]
    kept: frozenset[str]
    feed: str


@dataclass(frozen=True, slots=True)
class Shelved:
    """Where the parts of a book are, in its folder."""

    sounds: Mapping[str, Stored]
    covers: Mapping[str, Stored]
    downloads: tuple[pages.Download, ...]
    assets: str


def publish(book: Publication, site: Path, memory: Path, now: int, progress: Progress) -> Published:
    """Publish the book into `site`. Content is in place before a page points at it, and files that a new
    edition replaces stay for KEEP_DAYS: a listener in the middle of a download notices nothing.

    memory: a file for the digests of sounds. now: seconds since 1970, the date of what is new. The same book
    into the same site gives the same bytes. Raises RenderError where the disk refuses, ProductionError where
    the site holds a damaged record.
    """
    root = site / book.address
    try:
        with _alone(site):
            return _publish(book, root, Digests(memory), now, progress)
    except OSError as error:
        raise cannot_write(Path(error.filename or root), error) from error


def _publish(book: Publication, root: Path, digests: Digests, now: int, progress: Progress) -> Published:
    folder = Folder(root, digests)
    progress.begin(_STAGE, len(book.chapters), "chapters")
    record = root / "edition.json"
    before = editions.read(record, where=str(record))
    sounds = {c.name: digests.of(c.sound) for c in book.chapters}
    edition = editions.follow(before, book, sounds, _about(book), digests.of(book.cover), now)
    put = _put_media(folder, book, edition)
    _put_texts(folder, book, put, progress)
    _put_records(folder, book, edition, put)
    digests.write()
    edition = editions.with_files(edition, before, frozenset(folder.files), now)
    kept = sweep(root, edition.retired, now - editions.KEEP_DAYS * _DAY)
    edition = edition.model_copy(update={"retired": kept})
    Folder(root, digests).put("edition.json", editions.text_of(edition))
    shelf.rebuild(root.parent)
    files, written = frozenset(folder.files), frozenset(folder.written)
    feed_address = f"{book.home}feed.xml" if book.url else ""
    return Published(root, edition, before, files, written, frozenset(kept), feed_address)


def _put_media(folder: Folder, book: Publication, edition: Edition) -> Shelved:
    sounds = {c.name: folder.link(c.sound, c.name) for c in book.chapters}
    sizes = {
        "whole": folder.link(book.cover, "cover"),
        "page": _cover(folder, book, covers.PAGE),
        "shelf": _cover(folder, book, covers.SHELF),
        "icon": _cover(folder, book, covers.ICON, square=True),
    }
    title, form = file_title(book.title), book.form
    downloads = [
        pages.Download(_WHOLE[path.suffix], folder.link(path, book.address), path.name) for path in book.books
    ]
    archive = _archive(folder, book)
    downloads.append(pages.Download(f"{form.name} chapters (ZIP)", archive, f"{title} ({form.name}).zip"))
    if form.epub:
        read_along = _read_along(folder, book, edition)
        downloads.append(pages.Download("Read-along EPUB", read_along, f"{title}.epub"))
    for href, data in asset_files("book").items():
        folder.put(href, data)
    assets = next(iter(asset_files("book"))).rpartition("/")[0]
    return Shelved(sounds, sizes, tuple(downloads), assets)


def _cover(folder: Folder, book: Publication, side: int, *, square: bool = False) -> Stored:
    facts = {"cover": folder.digests.of(book.cover), "side": side, "square": square, "revision": REVISION}
    return folder.make(
        facts,
        f"cover-{side}",
        ".jpg",
        lambda part: _write(part, covers.scaled(book.cover, side, square=square)),
    )


def _archive(folder: Folder, book: Publication) -> Stored:
    members = {c.sound.name: c.sound for c in book.chapters}
    facts = {
        "zip": [[name, folder.digests.of(path)] for name, path in members.items()],
        "cover": folder.digests.of(book.cover),
        "revision": REVISION,
    }

    def write(part: Path) -> None:
        with zipfile.ZipFile(part, "w") as archive:
            for name, path in {**members, "cover.jpg": book.cover}.items():
                epub.copy_in(archive, path, f"{file_title(book.title)}/{name}")

    return folder.make(facts, f"{book.address}-{book.form.name}", ".zip", write)


def _read_along(folder: Folder, book: Publication, edition: Edition) -> Stored:
    facts = {
        "epub": _about(book),
        "cover": folder.digests.of(book.cover),
        "text": [_digest(repr(chapter.lines)) for chapter in book.chapters],
        "sound": [folder.digests.of(chapter.sound) for chapter in book.chapters],
        "edition": edition.note.date,
        "revision": REVISION,
    }
    return folder.make(facts, book.address, ".epub", lambda part: epub.write(book, edition, part))


def _put_texts(folder: Folder, book: Publication, put: Shelved, progress: Progress) -> None:
    folder.put("captions/book.vtt", captions.webvtt(book, book.chapters))
    folder.put("captions/book.srt", captions.subrip(book.chapters))
    for chapter in book.chapters:
        folder.put(f"captions/{chapter.name}.vtt", captions.webvtt(book, [chapter]))
        folder.put(f"captions/{chapter.name}.srt", captions.subrip([chapter]))
        folder.put(f"captions/{chapter.name}.chapters.json", scene_marks(chapter))
        folder.put(f"read/{chapter.name}.html", pages.chapter(book, chapter, put.sounds, put.assets))
        progress.advance(_STAGE)


def _put_records(folder: Folder, book: Publication, edition: Edition, put: Shelved) -> None:
    """What points at the rest: the book's own page last."""
    folder.put("publication.json", manifests.audiobook(book, edition, put.sounds, put.covers["whole"]))
    folder.put("manifest.json", manifests.readium(book, edition, put.sounds, put.covers["whole"]))
    folder.put("app.webmanifest", manifests.web_app(book, put.covers["icon"]))
    if book.url:
        folder.put("feed.xml", feed(book, edition, dict(put.sounds), put.covers["whole"]))
    folder.put(shelf.CARD, _card(book, edition, put))
    page = pages.book(book, edition, put.sounds, put.covers, put.downloads, put.assets)
    kept_offline = _offline(book, put)
    folder.put("offline.json", kept_offline)
    folder.put("sw.js", pages.worker(_digest(kept_offline + page)))
    folder.put("index.html", page)


def _card(book: Publication, edition: Edition, put: Shelved) -> str:
    card = shelf.Card(
        address=book.address,
        title=book.title,
        author=book.author,
        narrator=book.narrator,
        language=book.language,
        description=book.description,
        seconds=round(book.seconds, 3),
        chapters=len(book.chapters),
        edition=edition.number,
        updated=edition.note.day,
        cover=put.covers["shelf"].href,
    )
    return card.model_dump_json(indent=1) + "\n"


def _offline(book: Publication, put: Shelved) -> str:
    """What the service worker keeps: the pages at once, the sound when a listener asks for it."""
    value = {
        "pages": [
            "./",
            "app.webmanifest",
            *sorted(asset_files("book")),
            put.covers["page"].href,
            put.covers["icon"].href,
            *(f"read/{chapter.name}.html" for chapter in book.chapters),
        ],
        "sound": [put.sounds[chapter.name].href for chapter in book.chapters],
        "bytes": sum(put.sounds[chapter.name].size for chapter in book.chapters),
    }
    return json.dumps(value, indent=1) + "\n"


@contextmanager
def _alone(site: Path) -> Iterator[None]:
    """Hold the site: two publications at once would write one shelf over the other."""
    site.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(site / _LOCK).acquire(timeout=30):
            yield
    except Timeout as error:
        raise RenderError(
            "another narrator is publishing into this site.",
            where=str(site),
            hint="Wait until it has ended.",
        ) from error


def _about(book: Publication) -> str:
    """A digest of what is said of the book, apart from its chapters."""
    said = [
        book.title,
        book.author,
        book.narrator,
        book.language,
        book.description,
        book.publisher,
        book.credits,
        book.date,
    ]
    return _digest(json.dumps([*said, [[part.name, part.voice] for part in book.cast]]))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)
