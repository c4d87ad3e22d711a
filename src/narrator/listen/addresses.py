"""Names in addresses: short, ASCII, the same for the same words."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Container

_LONGEST = 60


def address(words: str, taken: Container[str] = ()) -> str:
    """`words` as a part of a web address: lower-case ASCII letters, digits and hyphens, 1 to about 60.

    Letters that ASCII cannot spell are left out; where nothing is left, a digest of the words stands in.
    A number is added where the name is in `taken`.
    """
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower().replace("'", "")
    name = re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST].strip("-")
    name = name or f"x{hashlib.sha256(words.encode('utf-8', 'replace')).hexdigest()[:8]}"
    number, unique = 1, name
    while unique in taken:
        number += 1
        unique = f"{name}-{number}"
    return unique
