"""Where sentences end: abbreviations, initials, ellipses and closing marks considered."""

from __future__ import annotations

import re

from narrator.markup.words import DOTTED_TITLES, word_set

_END = re.compile(r"(?:[.!?…]+|[。！？])[”’\"')\]»“]*(?= |\Z)|[。！？]+[”’»」』]*")
_ABBREVIATIONS = DOTTED_TITLES | word_set(
    "etc e.g i.e vs viz cf approx dept est fig inc ltd no nos vol pp ed jan feb mar apr jun jul aug "
    "sept oct nov dec a.m p.m esq hon rt maj cmdr adm pvt cpl ave blvd mt ft"
)
_NUMBERED = word_set("no nos vol fig")
"""Abbreviations only where a number follows ("No. 5"); else they are words."""
_ALWAYS_GO_ON = DOTTED_TITLES - {"jr", "sr"} | word_set("e.g i.e vs viz cf hon rt maj cmdr adm pvt cpl mt ft")
_WORD = re.compile(r"[^\W_][\w.’'-]*\Z")
_OPENERS = "“‘\"'«„([—–-"


def split(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentences of `text[start:end]`, trimmed, in order; together they are all of it but single
    spaces."""
    found: list[tuple[int, int]] = []
    begin = start
    for match in _END.finditer(text, start, end):
        if match.end() < end and _ends(text, begin, match, end):
            found.append((begin, match.end()))
            begin = match.end()
    found.append((begin, end))
    return [trimmed for a, b in found if (trimmed := _trim(text, a, b))]


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start] == " ":
        start += 1
    while end > start and text[end - 1] == " ":
        end -= 1
    return (start, end) if start < end else None


def _ends(text: str, begin: int, match: re.Match[str], end: int) -> bool:
    """Whether a sentence ends at `match`, seen from what stands on both sides."""
    after = match.end()
    while after < end and (text[after] == " " or text[after] in _OPENERS):
        after += 1
    following = text[after] if after < end else ""
    if not following or following.islower() or following in ",;:":
        return False
    stop = match.group()
    if stop[0] != "." or stop.startswith(".."):
        return True
    word = _WORD.search(text, begin, match.start())
    if word is None:
        return True
    low = word.group().lower()
    if low in _NUMBERED:
        return not following.isdigit()
    if low in _ALWAYS_GO_ON:
        return False
    if low in _ABBREVIATIONS:
        return following.isupper() and low not in DOTTED_TITLES
    return not _is_initial(text, word, match)


def _is_initial(text: str, word: re.Match[str], stop: re.Match[str]) -> bool:
    """A capital letter alone: "J. Smith" goes on; "so am I. Then" does not."""
    letter = word.group()
    if re.fullmatch(r"(?:[^\W\d_]\.)+[^\W\d_]", letter):
        return letter[0].isupper()
    if len(letter) != 1 or not letter.isupper():
        return False
    if letter != "I":
        return len(stop.group()) == 1
    before = text[: word.start()].rstrip().split(" ")[-1]
    return bool(re.fullmatch(r"[^\W\d_]\.", before))
