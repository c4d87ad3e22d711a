"""A place of files at a URL, by fsspec: whole objects put and got, patiently.

An object is never seen half written: object stores show it once it is complete, elsewhere it is renamed into
its place. Two who put the same object put the same bytes; the last one stands.
"""

from __future__ import annotations

import logging
import random
import sys
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

from narrator.errors import MissingError, RenderError, UsageError
from narrator.whole import PART, write_bytes

T = TypeVar("T")
_Files: TypeAlias = Any
"""One of fsspec's file systems; it has no types."""

_WHOLE: Final = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az"})
"""Protocols whose objects appear when they are complete; everywhere else a temporary one is renamed."""

ATTEMPTS: Final = 8
"""How often a connection is tried, with pauses that double from _FIRST: half a minute."""

_FIRST: Final = 0.25

_AT_ONCE: Final = 10
"""Questions that are under way at a time: as many connections as S3's library keeps."""

_LOG: Final = logging.getLogger("narrator.store")

_traffic = [0, 0]


def traffic() -> tuple[int, int]:
    """Bytes that this process has read from shelves and written to them."""
    return _traffic[0], _traffic[1]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The files below `url`: s3://bucket/folder, file:///folder, or what else fsspec knows.

    Every method raises RenderError where the place does not answer for half a minute or refuses,
    MissingError without the package that speaks its protocol, and UsageError where the URL is none.
    """

    url: str

    def exists(self, name: str) -> bool:
        """Whether there is such an object."""
        return self._patiently(lambda fs, path: bool(fs.exists(f"{path}/{name}")))

    def existing(self, names: Sequence[str]) -> tuple[str, ...]:
        """Those objects that there are, in order; several are asked for at once."""
        with ThreadPoolExecutor(_AT_ONCE) as asking:
            answers = tuple(asking.map(self.exists, names))
        return tuple(name for name, there in zip(names, answers, strict=True) if there)

    def put(self, name: str, file: Path) -> None:
        """Make the object what `file` holds."""
        size = file.stat().st_size

        def put(fs: _Files, path: str) -> None:
            whole = f"{path}/{name}"
            if _protocol(fs) in _WHOLE:
                fs.put_file(str(file), whole)
                return
            part = f"{whole.rpartition('/')[0]}/{PART}-{uuid.uuid4().hex}"
            fs.makedirs(whole.rpartition("/")[0], exist_ok=True)
            try:
                fs.put_file(str(file), part)
                fs.mv(part, whole)
            finally:
                if fs.exists(part):
                    fs.rm_file(part)

        try:
            self._patiently(put)
        except FileNotFoundError as error:
            raise self._refuses(error, "Make the bucket first, or correct the place.") from error
        _traffic[1] += size

    def get(self, name: str, file: Path) -> bool:
        """Make `file`, whole or not at all, what the object holds; False where there is none."""

        try:
            data = self._patiently(lambda fs, path: bytes(fs.cat_file(f"{path}/{name}")))
        except FileNotFoundError:
            return False
        write_bytes(file, data)
        _traffic[0] += len(data)
        return True

    def names(self, folder: str) -> tuple[str, ...]:
        """The objects in the folders of `folder`, sorted, as `get` names them; temporary ones left out."""

        def names(fs: _Files, path: str) -> tuple[str, ...]:
            found = (str(name) for name in fs.find(f"{path}/{folder}"))
            inside = (name[name.index(f"/{folder}/") + 1 :] for name in found)
            return tuple(sorted(n for n in inside if not n.rpartition("/")[2].startswith(PART)))

        return self._patiently(names)

    def remove(self, name: str) -> None:
        """Have no such object any more."""

        def remove(fs: _Files, path: str) -> None:
            if fs.exists(f"{path}/{name}"):
                fs.rm_file(f"{path}/{name}")

        self._patiently(remove)

    def _patiently(self, do: Callable[[Any, str], T]) -> T:
        """Do it, once more after a pause where the connection is lost; FileNotFoundError is an answer."""
        fs, path = _opened(self.url)
        for attempt in range(ATTEMPTS):
            try:
                return do(fs, path)
            except (FileNotFoundError, RenderError):
                raise
            except PermissionError as error:
                raise self._refuses(
                    error, "Check who may read and write there, and with which key."
                ) from error
            except _failures() as error:
                if attempt == ATTEMPTS - 1:
                    hint = "When it answers again, type narrator render: what was recorded is kept."
                    raise self._refuses(error, hint) from error
                if not attempt:
                    _LOG.warning("%s: the shared store does not answer (%s): trying again", self.url, error)
                # Many workers lost it at the same moment; they must not all come back at another one.
                time.sleep(_FIRST * 2**attempt * random.uniform(0.75, 1.25))  # noqa: S311
        raise AssertionError("the last attempt returns or raises")

    def _refuses(self, error: BaseException, hint: str) -> RenderError:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        return RenderError(f"the shared store does not answer ({reason}).", where=self.url, hint=hint)


@cache
def _opened(url: str) -> tuple[Any, str]:
    """The file system behind a URL, and the path in it. Listings are not remembered: others write too."""
    check(url)
    try:
        from fsspec.core import url_to_fs

        fs, path = url_to_fs(url, use_listings_cache=False)
    except ImportError as error:
        raise MissingError(
            f"this needs a package that is not installed ({error}).",
            where=url,
            hint="Type `pip install 'narrator[shared]'`; for other than s3: and file:, what fsspec asks for.",
        ) from error
    except (ValueError, OSError) as error:
        raise UsageError(f"this is no place of a store ({error}).", where=url, hint=_HINT) from error
    return fs, str(path).rstrip("/")


_HINT: Final = "Type one like s3://bucket/folder or file:///folder."


def check(url: str) -> None:
    """Raise UsageError where a URL cannot name a store: it has no protocol, or chains several."""
    protocol, marks, path = url.partition("://")
    if not (marks and path.strip("/") and protocol.isalnum()) or "::" in url or any(c.isspace() for c in url):
        raise UsageError("this is no place of a store.", where=url, hint=_HINT)


def _protocol(fs: _Files) -> str:
    return fs.protocol if isinstance(fs.protocol, str) else str(fs.protocol[0])


def _failures() -> tuple[type[BaseException], ...]:
    """What a lost connection raises: the system's errors, and those of the libraries that are loaded."""
    known: Mapping[str, str] = {"botocore.exceptions": "BotoCoreError", "aiohttp": "ClientError"}
    loaded = [getattr(sys.modules[name], error) for name, error in known.items() if name in sys.modules]
    return (OSError, TimeoutError, *loaded)
