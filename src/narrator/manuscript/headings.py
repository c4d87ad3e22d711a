"""What is a heading, a title line, an author's line or a scene mark. Conservative: when in doubt, it is
prose."""

from __future__ import annotations

import re
from itertools import pairwise

_UNITS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth last"
)
_SPELT = "|".join([*_UNITS.split(), *_ORDINALS.split()])
_SPELT_TENS = rf"(?:{'|'.join(_TENS.split())})(?:[-\s](?:{'|'.join(_UNITS.split()[:9])}))?"
_NUMBER = rf"(?:the\s+)?(?:\d{{1,3}}|[ivxlc]+|{_SPELT_TENS}|{_SPELT})"
_SUBTITLE = r"(?:\s*[.:—–-]+\s*(?P<subtitle>.*)|\s+(?P<bare>\S.*))?"
_NUMBERED = re.compile(
    rf"(?P<word>chapter|stave|canto|letter|scene|part|book|volume|vol\.|act)\s+(?P<number>{_NUMBER})\b{_SUBTITLE}",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:(?:the\s+)?(?:prologue|epilogue|preface|foreword|introduction|afterword|interlude|postscript)|acknowledge?ments"
    rf"|author['’]s\s+note){_SUBTITLE}",
    re.IGNORECASE,
)
_NUMERAL = re.compile(r"(?:(?P<roman>[IVXLC]+)|(?P<digits>\d{1,3}))\.?")
_SCENE_MARK = re.compile(r"(?=.*[*#~•·⁂⁎=_–—-])[\s*#~•·⁂⁎=_–—-]+")
_AUTHOR = re.compile(r"(?:by|author:)\s+(?P<name>\S.{1,60})", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:table of )?contents\.?", re.IGNORECASE)
_APPARATUS = re.compile(
    r"(?:cover|title\s*page|half[- ]title|copyright(?:\s+page)?|colophon|(?:table of )?contents"
    r"|list of .{1,40}|index|(?:foot|end)?notes|bibliography|also by .{1,60}|other books .{1,60}"
    r"|about the (?:author|publisher)|dedication|imprint|landmarks|the full project gutenberg.{0,30}"
    r"|newsletter.{0,40})\.?",
    re.IGNORECASE,
)
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_BIG = {"part", "book", "volume", "vol.", "act"}

DIVISION, CHAPTER, NUMERAL = 1, 2, 3
"""Ranks of headings: a volume or part; a chapter; a number alone."""

_TITLE_LENGTH = 150
_SUBTITLE_LENGTH = 80


def rank(lines: list[str]) -> int | None:
    """The rank of the heading that these lines are, None where they are prose.

    A heading is one line, or one with up to two short lines of subtitle.
    """
    if not lines or len(lines) > 3 or not all(is_subtitle(line) for line in lines[1:]):
        return None
    first = lines[0].strip()
    found = _NUMBERED.fullmatch(first) or _NAMED.fullmatch(first)
    if found is None:
        return NUMERAL if len(lines) == 1 and _NUMERAL.fullmatch(first) else None
    subtitle, bare = found["subtitle"] or "", found["bare"] or ""
    if len(subtitle) > _SUBTITLE_LENGTH or subtitle.endswith((",", ";")):
        return None
    if bare and not (is_subtitle(bare) and is_titled(bare)):
        return None
    word = found.groupdict().get("word") or ""
    return DIVISION if word.lower() in _BIG else CHAPTER


def numeral(text: str) -> int:
    """The value of a number that stands alone ("IV.", "12")."""
    found = _NUMERAL.fullmatch(text.strip())
    if found is None:
        return 0
    if found["digits"]:
        return int(found["digits"])
    values = [_ROMAN[letter] for letter in found["roman"]]
    after = [*values[1:], 0]
    return sum(-value if value < following else value for value, following in zip(values, after, strict=True))


def in_sequence(values: list[int]) -> bool:
    """Whether numbers that stand alone count chapters: from 1 upwards, two at least, starting over in a new
    part."""
    return len(values) > 1 and values[0] == 1 and all(b in (a + 1, 1) for a, b in pairwise(values))


def is_scene_mark(text: str) -> bool:
    """Whether a line is nothing but a mark between scenes: `***`, `* * *`, `---`, `#` …"""
    return bool(_SCENE_MARK.fullmatch(text.strip()))


def is_contents(text: str) -> bool:
    """Whether a line heads a table of contents."""
    return bool(_CONTENTS.fullmatch(text.strip()))


def is_apparatus(text: str) -> bool:
    """Whether a part of a book so called is its apparatus: copyright, notes, index and the like."""
    return bool(_APPARATUS.fullmatch(text.strip()))


def author(text: str) -> str:
    """The author that a line "By …" names, empty where it is no such line."""
    found = _AUTHOR.fullmatch(text.strip())
    if found is None or not (is_titled(found["name"]) and found["name"][-1].isalnum()):
        return ""
    return found["name"]


def is_subtitle(text: str) -> bool:
    """A short line that does not end as a sentence does."""
    text = text.strip()
    return 0 < len(text) <= _SUBTITLE_LENGTH and text[-1] not in ".,;:" and text[0] not in "“\"«„'‘—"


def is_titled(text: str) -> bool:
    """Whether the words that carry meaning are capitalised, as in a title."""
    words = [word for word in re.findall(r"[^\W\d_][\w'’]*", text) if len(word) > 3 or word[0].isupper()]
    return bool(words) and sum(word[0].isupper() for word in words) >= 0.75 * len(words)


def title(text: str) -> str:
    """The title that the first line of a text is, without quotation marks; empty where it opens the story."""
    text = text.strip().removeprefix("Title: ")
    bare = text[1:-1].strip() if len(text) > 2 and (text[0], text[-1]) in _PAIRS else text
    quoted = bare != text
    if not bare or len(text) > _TITLE_LENGTH or not is_titled(bare):
        return ""
    if bare[-1] in ".,;:…—-" or (quoted and bare[-1] in "!?"):
        return ""
    return "" if any(mark in bare for mark in '“”"«»') else bare


_PAIRS = {("“", "”"), ('"', '"'), ("«", "»"), ("„", "“")}
