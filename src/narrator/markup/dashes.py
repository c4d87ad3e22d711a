"""Dash dialogue (—Yes, he said. Come in.): nothing marks where the speech ends, so the words have to tell."""

from __future__ import annotations

import re
from typing import Final, Literal

from narrator.markup import sentences
from narrator.markup.typography import DASH
from narrator.markup.words import SPEECH_VERBS, TITLES, word_set

Kind = Literal["speech", "told"]

_VERBS: Final = SPEECH_VERBS - word_set(
    "say says ask asks asking saying reply answer answers call calls tell tells put read lied ended "
    "finished granted allowed trembled offered ordered noted speaks speaking speak began begins "
    "cursed guessed"
)
_VERB = rf"(?:{'|'.join(sorted(_VERBS | {'began', 'says'}, key=len, reverse=True))})"
_TITLE = rf"(?:{'|'.join(sorted((t.capitalize() for t in TITLES), key=len, reverse=True))})\.?"
_NAME = rf"(?:{_TITLE}\s+|[A-Z][\w’'-]*\.?\s+)*[A-Z][\w’'-]+"
_NOUN = r"(?:the|a|an|my|his|her|their|our|another|one)\s+(?:[\w’'-]+\s+){0,3}?[\w’'-]+"
_PRONOUN = r"(?:he|she|they|we|I)"
_SAID_HE = re.compile(rf"{_VERB}\s+(?:{_PRONOUN}\b|{_NAME}|{_NOUN}\b)")
_HE_SAID = re.compile(
    rf"(?P<who>{_PRONOUN}|{_NAME}|{_NOUN})\s+(?:[a-z]+ly\s+|had\s+|then\s+)?{_VERB}\b"
    r"(?=\s*(?:[.,;:!?—–-]|\Z)|\s+(?:\w+ly|to|with|in|at|as|and|when|while|after|from|over|again|out|back|up|on"
    r"|his|her|him|\w+ing)\b)",
)
_BEFORE: Final = re.compile(r"[,.!?…;:—–-][”’\"»]?\s+|[—–]")
"""What stands between a speech and the narration that reports it."""
_GOES_ON: Final = re.compile(
    r"\s*(?:\w+ing|\w+ed|with|as|and|who|whose|when|while|in|into|after|at|for|but|his|her|their|still|without"
    r"|to|on|from|then|turning|half|\w+ly)\b",
)
"""How a clause begins that goes on with narration after a comma."""
_CLAUSE: Final = re.compile(r"[,;:]\s+|\s?--\s?|[—–]")

_TOLD_OPENING: Final = re.compile(
    rf"(?:He|She|They|It|The\s+\w+|His|Her|Then|And\s+(?:he|she|they)|{_NAME})\b"
)
_PAST: Final = re.compile(
    r"\b(?:was|were|had|did|went|came|took|looked|turned|stood|sat|rose|put|held|began|made|saw|felt|gave|ran"
    r"|got|knew|thought|heard|left|fell|kept|let|drew|shook|spoke|threw|could|would|[a-z]{2,}ed)\b"
)
_SPOKEN: Final = re.compile(
    r"\b(?:you|your|yours|we|our|us|I|my|me|mine|is|are|am|isn[’']t|aren[’']t|don[’']t|doesn[’']t|can|can[’']t|will"
    r"|won[’']t|shall|must|may|has|have|do|does)\b|[’'](?:m|re|ll|ve)\b|[?!]",
)


def spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """What is said in the paragraph `text[start:end]`, which opens with a dash; the dash is in the first."""
    found: list[tuple[int, int, Kind]] = []
    for a, b in sentences.split(text, start, end):
        opening = DASH.match(text, a) if a == start else None
        found += _sentence(text, a, b, words=opening.end() if opening else a)
    joined: list[tuple[int, int, Kind]] = []
    for a, b, kind in found:
        if joined and joined[-1][2] == kind:
            joined[-1] = (joined[-1][0], b, kind)
        else:
            joined.append((a, b, kind))
    return [(a, b) for a, b, kind in joined if kind == "speech"]


def _sentence(text: str, start: int, end: int, *, words: int) -> list[tuple[int, int, Kind]]:
    """One sentence (its words begin at `words`), cut into what is said and what is told."""
    tag = _tag(text, words, end)
    if tag is None:
        told = words == start and _is_told(text[start:end])
        return [(start, end, "told" if told else "speech")]
    stop = _end_of_tag(text, tag[1], end)
    found: list[tuple[int, int, Kind]] = []
    if tag[0] > words:
        found.append((start, _rtrim(text, start, tag[0]), "speech"))
    found.append((tag[0], _rtrim(text, tag[0], stop), "told"))
    if stop < end:
        found.append((stop, end, "speech"))
    return found


def _tag(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where "he said" stands in a sentence: after a mark, or, with a name, at its very start."""
    first = _HE_SAID.match(text, start, end)
    if first and first["who"] not in ("I", "We"):
        return start, first.end()
    for mark in _BEFORE.finditer(text, start, end):
        found = _SAID_HE.match(text, mark.end(), end) or _HE_SAID.match(text, mark.end(), end)
        if found:
            return mark.end(), found.end()
    return None


def _end_of_tag(text: str, at: int, end: int) -> int:
    """Where the narration after "he said" gives way to speech within its sentence; `end` where it does
    not."""
    for mark in _CLAUSE.finditer(text, at, end):
        if mark.group()[0] == ":":
            return mark.end()
        if mark.group()[0] == ";":
            if _SPOKEN.search(text, mark.end(), end):
                return mark.end()
        elif not _GOES_ON.match(text, mark.end(), end):
            return mark.end()
    return end


def _is_told(sentence: str) -> bool:
    """Whether a sentence without "he said" tells an action instead of being said."""
    return bool(_TOLD_OPENING.match(sentence) and _PAST.search(sentence) and not _SPOKEN.search(sentence))


def _rtrim(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end
