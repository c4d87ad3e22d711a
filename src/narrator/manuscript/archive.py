"""Manuscripts that are zip files, and XML inside them: opened as if whoever made them meant harm."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol, cast
from urllib.parse import unquote, urlsplit

from narrator.errors import ManuscriptError

LARGEST: Final = 16 * 2**20
"""Bytes of a file that is read: a novel of a million words has 6 million."""
_LARGEST_PART: Final = 32 * 2**20
"""Bytes of one part of an archive: word processors write five times as much about words as words."""
_MOST: Final = 2**30
"""Bytes that an archive may unpack to, pictures and fonts included, which are never unpacked."""
_FILES: Final = 20_000


class Element(Protocol):
    """An element of lxml's, as far as it is used here."""

    tag: object
    text: str | None
    tail: str | None

    def get(self, key: str) -> str | None:
        """The value of an attribute."""

    def items(self) -> Sequence[tuple[str, str]]:
        """All attributes."""

    def iter(self) -> Iterator[Element]:
        """The element and everything in it, in order."""

    def itertext(self) -> Iterator[str]:
        """All words in it."""

    def getparent(self) -> Element:
        """What it stands in."""

    def __iter__(self) -> Iterator[Element]: ...

    def __reversed__(self) -> Iterator[Element]: ...


def read_bytes(path: Path) -> bytes:
    """The file's bytes. Raises ManuscriptError where it cannot be opened or has more than 16 MB."""
    try:
        if path.stat().st_size > LARGEST:
            raise too_large(str(path), path.stat().st_size, LARGEST)
        return path.read_bytes()
    except OSError as error:
        raise unopened(path, error) from error


def unopened(path: Path, error: OSError) -> ManuscriptError:
    """The sentence for a file that the system does not let us read."""
    reason = error.strerror or type(error).__name__
    return ManuscriptError(
        f"the manuscript cannot be opened ({reason}).",
        where=str(path),
        hint="Check the path and its permissions.",
    )


def too_large(where: str, size: int, most: int) -> ManuscriptError:
    """The sentence for a text beyond all books."""
    return ManuscriptError(
        f"this holds {size / 2**20:,.0f} MB of text, and narrator reads {most // 2**20} at most.",
        where=where,
        hint="Cut it into volumes, or save it without pictures inside the text.",
    )


def damaged(path: Path, what: str) -> ManuscriptError:
    """The sentence for a file that is not what its suffix says."""
    return ManuscriptError(
        f"the {path.suffix.lstrip('.').upper()} file is damaged: {what}.",
        where=str(path),
        hint="Open it in the program that made it, and save it again.",
    )


class Archive:
    """The files of a zip archive by name; nothing is ever written to disk."""

    def __init__(self, path: Path, files: zipfile.ZipFile) -> None:
        self.path = path
        self._files = files
        self.names = frozenset(files.namelist())
        for member in files.infolist():
            parts = member.filename.replace("\\", "/").split("/")
            if ".." in parts or member.filename.startswith(("/", "\\")) or ":" in parts[0]:
                raise damaged(path, f"the name “{member.filename[:60]}” leads out of it")
        whole = sum(member.file_size for member in files.infolist())
        if whole > _MOST or len(self.names) > _FILES:
            raise damaged(path, f"it unpacks to {len(self.names):,} files of {whole / 2**20:,.0f} MB")

    def read(self, name: str) -> bytes:
        """The bytes of the file `name`. Raises ManuscriptError where it is missing, too large or broken."""
        if name not in self.names:
            raise damaged(self.path, f"there is no {name[:80]} in it")
        size = self._files.getinfo(name).file_size
        if size > _LARGEST_PART:
            raise too_large(f"{self.path}: {name}", size, _LARGEST_PART)
        try:
            return self._files.read(name)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise damaged(self.path, f"{name[:80]} cannot be unpacked") from error
        except (RuntimeError, NotImplementedError) as error:
            raise damaged(self.path, f"{name[:80]} is locked with a password") from error

    def xml(self, name: str) -> Element:
        """The root of the XML file `name`. Raises ManuscriptError as `read` does, and for what is no XML."""
        return parse_xml(self.read(name), f"{self.path}: {name}")

    def inside(self, base: str, reference: str) -> tuple[str, str]:
        """The name and the fragment that `reference` means in the file `base`; an empty name where it leads
        elsewhere."""
        try:
            parts = urlsplit(reference)
        except ValueError:
            return "", ""
        if parts.scheme or parts.netloc:
            return "", ""
        own = unquote(parts.path)
        name = posixpath.normpath(posixpath.join(posixpath.dirname(base), own)) if own else base
        return (name if name in self.names else ""), unquote(parts.fragment)


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The archive at `path`. Raises ManuscriptError where it is none, or one that unpacks to too much."""
    try:
        with zipfile.ZipFile(path) as files:
            yield Archive(path, files)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, ValueError) as error:
        raise damaged(path, "it is no zip archive") from error
    except OSError as error:
        raise unopened(path, error) from error


def parse_xml(data: bytes, where: str) -> Element:
    """The root of an XML text. No entity is expanded and nothing is fetched.

    Raises ManuscriptError for a text that is not well-formed or declares entities of its own.
    """
    from lxml import etree

    if b"<!ENTITY" in data:
        raise ManuscriptError(
            "the XML declares entities of its own, which no manuscript needs.",
            where=where,
            hint="Save it again in a word processor.",
        )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return cast(Element, etree.fromstring(data, parser))
    except etree.XMLSyntaxError as error:
        raise ManuscriptError(
            f"the XML is not well-formed ({str(error).split(' (')[0]}).",
            where=where,
            hint="Open the manuscript in the program that made it, and save it again.",
        ) from error


def word_set(words: str) -> frozenset[str]:
    """The words of a string."""
    return frozenset(words.split())


def local(element: Element) -> str:
    """The name of an element without its namespace, lower case; empty for a comment or an instruction."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def attribute(element: Element, name: str) -> str:
    """The value of an attribute whatever its namespace; empty without one."""
    found = element.get(name)
    if found is not None:
        return str(found)
    return next((str(v) for k, v in element.items() if k.rpartition("}")[2] == name), "")
