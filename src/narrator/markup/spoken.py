"""Which quotations somebody says, and which are words in marks: titles, signs, letters, a word under
discussion."""

from __future__ import annotations

import re

from narrator.markup.prose import Place
from narrator.markup.words import CORE_SPEECH_VERBS, SPEECH_VERBS

_SAYING = CORE_SPEECH_VERBS - {"called", "told", "began", "spoke", "returned", "continued", "added"}
"""Verbs that make even a lower-case word in marks a speech (she said “no”)."""
ENDED = ".,!?…—–-;:"
_SHORT = 2
_PERSONAL = re.compile(r"\b(?:I|me|my|you|your|we|our)\b")
"""Words that only somebody who speaks uses of himself and of whom he speaks to."""
_LONG = 7
"""Words above which a quotation inside a sentence is taken for speech."""
_NAMING = re.compile(
    r"\b(?:called|calls?|calling|named|termed|styled|nicknamed|christened|entitled|marked|labelled)\Z"
)
"""Verbs after which words in marks are a name."""
_WORD_BEFORE = re.compile(r"([^\W\d_]+)\W*\Z")
_WORD_AFTER = re.compile(r"\W*([^\W\d_]+)")


def is_said(text: str, place: Place, start: int, end: int) -> bool:
    """Whether somebody says the quotation: by the punctuation around and inside it, and a speech verb near
    it."""
    inside = text[start + 1 : end].rstrip("”\"“’'»«").strip()
    if not any(character.isalnum() for character in inside):
        return bool(inside)
    before = text[place.start : start].rstrip()
    after = text[end : place.end].lstrip()
    ended = inside[-1] in ENDED
    count = len(inside.split())
    if _NAMING.search(before):
        return inside[-1] in "!?"
    if after.startswith("(") and count > 1:
        return True
    if count > _SHORT and ended and _PERSONAL.search(inside) and not _is_title(inside):
        return True
    if not before or before[-1] in '.!?…”"’»“«':
        long = count >= _LONG and inside[0].isupper()
        opens = (long or (not before and count > 1)) and not _is_title(inside)
        return opens or ended or not after or after[0] in ",—-–.;" or _verb_near(after)
    if before[-1] in ",:;—–-(":
        glued = start > place.start and text[start - 1] in "—–-("
        if inside[0].isupper() or inside[0] in "—…-" or not glued:
            return ended or count > 3 or before[-1] == ":" or _verb_before(before)
        return ended and count > 2
    if _verb_before(before):
        return ended or (not _is_title(inside) and (inside[0].isupper() or _verb_before(before, core=True)))
    if inside[-1] in "!?" and inside[0].isupper() and count > 1:
        return not (after and after[0].islower()) or _verb_near(after)
    return count >= _LONG and inside[0].isupper() and ended


def _verb_before(before: str, *, core: bool = False) -> bool:
    found = _WORD_BEFORE.search(before)
    return found is not None and found[1].lower() in (_SAYING if core else SPEECH_VERBS)


def _is_title(inside: str) -> bool:
    """Several words, each that matters with a capital: a book's name, a ship's, a song's."""
    words = [word for word in inside.split() if len(word) > 3 or word[0].isupper()]
    return len(words) > 1 and all(word[0].isupper() for word in words)


def _verb_near(after: str) -> bool:
    words = [word.lower() for word in re.findall(r"[^\W\d_]+", after[:60])[:4]]
    return any(word in SPEECH_VERBS for word in words)


_THOUGHT_AFTER = re.compile(
    r"\W*(?:(?:thought|mused|reflected|wondered)\b|(?:[\w’'.]+\s+){1,3}(?:thought|mused|reflected|wondered)\b"
    r"|(?:said|says)\s+(?:[\w’'.]+\s+){1,3}to\s+(?:him|her|my)self\b"
    r"|(?:[\w’'.]+\s+){1,3}said\s+to\s+(?:him|her|my)self\b)"
)
_THOUGHT_BEFORE = re.compile(
    r"\b(?:thought|mused|reflected|wondered|(?:said|saying|say)\s+to\s+(?:him|her|my)self)\b(?:[\w\s]{0,25})[,:]?\s*\Z"
)


def is_thought(text: str, place: Place, start: int, end: int) -> bool:
    """Whether what is said is said to oneself: a verb of thinking beside it ("he thought", "said to
    herself")."""
    after, before = text[end : min(place.end, end + 60)], text[max(place.start, start - 60) : start]
    return bool(_THOUGHT_AFTER.match(after) or _THOUGHT_BEFORE.search(before))
