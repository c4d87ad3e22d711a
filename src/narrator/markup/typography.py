"""Which marks a text uses for its quotations: seen by counting, or told by the producer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Style:
    """Marks of one typography. A mark in both `opens` and `closes` does either (straight marks).

    `single`: its closing mark looks like an apostrophe. `dashes`: a paragraph that begins with a dash is
    dialogue too, without any other mark.
    """

    opens: str
    closes: str
    single: bool = False
    dashes: bool = False

    @property
    def marks(self) -> re.Pattern[str]:
        """Finds each mark."""
        return re.compile(f"[{re.escape(''.join(sorted({*self.opens, *self.closes})))}]")


STYLES: Final[Mapping[str, Style]] = {
    "double": Style('“"', '”"'),
    "single": Style("‘'", "’'", single=True),
    "low": Style("„", "“”"),
    "angle": Style("«", "»"),
    "angle-inward": Style("»", "«"),
    "corner": Style("「『", "」』"),
}
"""Every typography by the name that book.toml takes; "dash" besides, which goes with any of them."""

TYPOGRAPHIES: Final = (*STYLES, "dash")
"""What a producer can say where the text's own marks mislead."""

DASH: Final = re.compile(r"(?:[—–―]|--?(?=\s)|--)\s*(?=[^\s\d—–―-])")
"""What opens a paragraph of dash dialogue."""

_SINGLE_CLOSING: Final = re.compile(r"[,.!?…—-][’'](?!\w)")
_LEAST: Final = 3
"""Paragraphs that open with a dash before a text is taken for dash dialogue."""


def style(paragraphs: Sequence[str], told: str = "") -> Style:
    """The typography of a whole text, given its paragraphs. `told`: the name of one, where it is known.

    "dash" says that paragraphs with a dash are dialogue; the marks of the others are still seen by counting.
    """
    text = "\n".join(paragraphs)
    found = STYLES[told] if told in STYLES else _seen(text, paragraphs)
    dashes = told == "dash" or (not told and _speaks_with_dashes(paragraphs, found))
    return Style(found.opens, found.closes, found.single, dashes)


def _seen(text: str, paragraphs: Sequence[str]) -> Style:
    doubles = text.count("“") + text.count('"') / 2
    low, angles = text.count("„"), text.count("«") + text.count("»")
    if low > 2 and low >= text.count("“") / 2:
        return STYLES["low"]
    if angles > 4 and angles / 2 > doubles:
        return STYLES["angle" if _points_out(text, paragraphs) else "angle-inward"]
    if text.count("「") > 2 and text.count("「") > doubles:
        return STYLES["corner"]
    singles = len(_SINGLE_CLOSING.findall(text))
    if singles > 2 and singles > doubles:
        return STYLES["single"]
    return STYLES["double"]


def _points_out(text: str, paragraphs: Sequence[str]) -> bool:
    """Whether « opens. What opens paragraphs tells; else what stands first."""
    out = sum(paragraph.startswith("«") for paragraph in paragraphs)
    inward = sum(paragraph.startswith("»") for paragraph in paragraphs)
    return out > inward if out != inward else text.find("«") < text.find("»")


def _speaks_with_dashes(paragraphs: Sequence[str], seen: Style) -> bool:
    dashed = sum(DASH.match(paragraph) is not None for paragraph in paragraphs)
    marked = sum(paragraph[:1] in seen.opens for paragraph in paragraphs if paragraph)
    return dashed >= _LEAST and dashed > marked
