"""Names in a script: character ids, and the file names of chapters."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

LONGEST = 48
"""Characters of a chapter's file name before its suffix: enough to recognise, short enough to list."""


def is_id(text: str) -> bool:
    """Whether `text` may name a character: letters and marks of any script, digits and hyphens."""
    return bool(text) and all(c == "-" or unicodedata.category(c)[0] in "LMN" for c in text)


def slug(text: str) -> str:
    """`text` as an id: lower case, everything but letters and digits made one hyphen. May be empty."""
    kept = "".join(
        c if unicodedata.category(c)[0] in "LMN" else "'" if c in "'’" else " "
        for c in unicodedata.normalize("NFC", text).lower()
    )
    return "-".join(kept.replace("'", "").split())


def _cut(word: str) -> str:
    """The beginning of a word that is too long, no letter without its marks."""
    end = LONGEST
    while end < len(word) and unicodedata.category(word[end])[0] == "M":
        end -= 1
    return word[:end]


def file_name(title: str, taken: Collection[str]) -> str:
    """A name for the chapter called `title`, ending in `.nar`, that is not among `taken`.

    Cut at a word where the title is long; "chapter" where it has no letters.
    """
    words, name = slug(title).split("-"), ""
    for word in words:
        if name and len(name) + len(word) >= LONGEST:
            break
        name = f"{name}-{word}" if name else _cut(word)
    name = name or "chapter"
    candidate, number = f"{name}.nar", 2
    while candidate in taken:
        candidate, number = f"{name}-{number}.nar", number + 1
    return candidate
