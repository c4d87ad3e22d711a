"""Bytes to text: UTF-8 or a refusal that says what to type. An encoding is never guessed silently."""

from __future__ import annotations

import codecs
import shlex
from pathlib import Path

from narrator.errors import ManuscriptError

_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_CONTROLS = bytes({*range(0x20)} - {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1A})
_TOLERATED = 0.002
"""Share of control bytes above which a file is no text (a stray one comes from old word processors)."""


def decode(data: bytes, path: Path) -> str:
    """The text of `data`, without its byte order mark.

    Raises ManuscriptError for UTF-16, UTF-32, one-byte encodings and binary data. `path` is for
    the message.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            raise _wrong_encoding(path, name)
    if b"\0" in data:
        raise _zeros(data, path)
    if _controls(data) > _TOLERATED:
        raise _binary(path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _one_byte(data, path) from error


def _controls(data: bytes) -> float:
    """The share of control bytes that no text has."""
    return (len(data) - len(data.translate(None, _CONTROLS))) / max(1, len(data))


def _zeros(data: bytes, path: Path) -> ManuscriptError:
    """NUL bytes: UTF-16 without its mark has them at every second place in Latin text; else it is binary."""
    half = len(data) // 2
    for first, name in ((1, "UTF-16LE"), (0, "UTF-16BE")):
        here, there = data[first::2].count(0), data[1 - first :: 2].count(0)
        if here > 0.5 * half and there < 0.05 * half:
            return _wrong_encoding(path, name)
    return _binary(path)


def _one_byte(data: bytes, path: Path) -> ManuscriptError:
    try:
        data.decode("cp1252")
    except UnicodeDecodeError:
        return _binary(path)
    return _wrong_encoding(path, "WINDOWS-1252")


def _wrong_encoding(path: Path, name: str) -> ManuscriptError:
    old, new = shlex.quote(str(path)), shlex.quote(str(path.with_name(f"{path.stem}-utf8{path.suffix}")))
    return ManuscriptError(
        f"the manuscript is not UTF-8; it looks like {name}.",
        where=str(path),
        hint=f"Convert it first: iconv -f {name} -t UTF-8 {old} > {new}",
    )


def _binary(path: Path) -> ManuscriptError:
    return ManuscriptError(
        "the file holds binary data, not text.",
        where=str(path),
        hint="Export the manuscript as plain text (UTF-8) or Markdown.",
    )
