"""Reading: figures, dates, money and abbreviations as a reader says them; English only.

One front-end for every engine: what it changes reaches the engine as a respelling, so a take's key holds what
is said, and only lines that are said otherwise are ever recorded anew. It has no revision of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from narrator.speech.reading import abbreviations, dates, figures, measures, money, roman
from narrator.speech.reading.rule import Rule

_WORDS: Final = (*abbreviations.RULES, *roman.RULES)
_RULES: Final = (*dates.RULES, *money.RULES, *measures.RULES, *_WORDS, *figures.RULES)
"""The first rule that reads a stretch has it."""

# Most lines hold nothing to read, and a plan reads every line of the book: look before trying each rule.
_FIGURES: Final = re.compile(r"[0-9½¼¾⅓⅔⅛⅜⅝⅞⅕⅖⅗⅘⅙⅚]")
_SIGNS: Final = re.compile(r"&|\b(?:[IVXLC]{2,}|[ivxl]{2,}|[A-Za-z]+ [IVX]|vs|Xmas|etc)\b")
_DOTTED: Final = re.compile(r"(?<![A-Za-z])([A-Za-z]{1,6}(?:\.[a-z])?)\.")


def read(text: str, *, heading: bool = False) -> Iterator[tuple[str, str | None]]:
    """`text` in stretches, each with how it is said where that is not as it stands.

    The first parts, joined, are `text`. heading: a title, where a Roman numeral may stand alone.
    """
    end = 0
    for start, stop, reading in sorted(_readings(text, _rules(text, heading))):
        if start > end:
            yield text[end:start], None
        yield text[start:stop], reading
        end = stop
    if end < len(text):
        yield text[end:], None


def said(text: str, *, heading: bool = False) -> str:
    """`text` as words alone."""
    return "".join(reading or written for written, reading in read(text, heading=heading))


def _rules(text: str, heading: bool) -> tuple[Rule, ...]:
    first = (roman.HEADING,) if heading else ()
    if _FIGURES.search(text):
        return (*first, *_RULES)
    if _SIGNS.search(text) or not abbreviations.KNOWN.isdisjoint(_DOTTED.findall(text)):
        return (*first, *_WORDS)
    return first


def _readings(text: str, rules: tuple[Rule, ...]) -> list[tuple[int, int, str]]:
    """Start, end and reading of every stretch that is said otherwise; none overlaps another."""
    found: list[tuple[int, int, str]] = []
    read_already = bytearray(len(text))
    for rule in rules:
        for match in rule.pattern.finditer(text):
            start, stop = match.span()
            if start == stop or any(read_already[start:stop]):
                continue
            reading = rule.said(match)
            if reading is not None and reading != match.group():
                found.append((start, stop, reading))
                read_already[start:stop] = b"\1" * (stop - start)
    return found
