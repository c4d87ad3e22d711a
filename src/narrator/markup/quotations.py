"""Quoted stretches: which marks the text uses, where quotations begin and end, and which of them nobody
says."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from narrator.markup.prose import Place, Prose
from narrator.markup.words import CORE_SPEECH_VERBS, SPEECH_VERBS


@dataclass(frozen=True, slots=True)
class Quote:
    """One quoted stretch of the prose, marks included.

    `place`: its paragraph. `spoken`: somebody says it. `continues`: it goes on with the speech of the
    paragraph before, which was left open.
    """

    start: int
    end: int
    place: int
    spoken: bool = True
    continues: bool = False


@dataclass(frozen=True, slots=True)
class _Style:
    """Marks of one typography. A mark in both `opens` and `closes` does either (straight marks)."""

    opens: str
    closes: str
    single: bool = False

    @property
    def marks(self) -> re.Pattern[str]:
        return re.compile(f"[{re.escape(''.join(sorted({*self.opens, *self.closes})))}]")


_DOUBLE = _Style('“"', '”"')
_LOW = _Style("„", "“”")
_ANGLE = _Style("«", "»")
_ANGLE_INWARD = _Style("»", "«")
_SINGLE = _Style("‘'", "’'", single=True)

CLOSING = "”\"’'»«“"
"""Every mark that may close a quotation."""

_SINGLE_CLOSING = re.compile(r"[,.!?…—-][’'](?!\w)")


def find(prose: Prose) -> tuple[Quote, ...]:
    """Every quotation of the prose in order; none overlap, none crosses a paragraph."""
    style = _style(prose.text)
    marks = style.marks
    found: list[Quote] = []
    left_open = False
    for index, place in enumerate(prose.places):
        spans, still_open = _spans(prose.text, place, style, marks, left_open)
        broken = _broken_by_dashes(prose.text, spans)
        for number, (start, end) in enumerate(spans):
            quote = Quote(start, end, index, continues=left_open and number == 0)
            resumes = number > 0 and found[-1].spoken and _resumes(prose.text, start, end)
            certain = quote.continues or resumes or number in broken
            spoken = certain or _is_spoken(prose.text, place, start, end)
            found.append(replace(quote, spoken=spoken))
        following = prose.places[index + 1] if index + 1 < len(prose.places) else None
        goes_on = following is not None and prose.text[following.start] in style.opens
        left_open = still_open and goes_on and bool(spans)
    return tuple(found)


def _broken_by_dashes(text: str, spans: list[tuple[int, int]]) -> set[int]:
    """The quotations of a paragraph that are halves of a speech which an action breaks (“Hold them”—he
    turned—“till dawn.”): dashes touch both marks, and only speech is set so."""
    return {
        half
        for number, ((_, end), (start, _)) in enumerate(pairwise(spans))
        if text[end : end + 1] in _DASHES and text[start - 1] in _DASHES and start - end > 2
        for half in (number, number + 1)
    }


_DASHES = ("—", "–")


def _style(text: str) -> _Style:
    """The typography of the whole text, by counting."""
    doubles = text.count("“") + text.count('"') / 2
    low, angles = text.count("„"), text.count("«") + text.count("»")
    if low > 2 and low >= text.count("“") / 2:
        return _LOW
    if angles > 4 and angles / 2 > doubles:
        return _ANGLE if text.find("«") < text.find("»") else _ANGLE_INWARD
    singles = len(_SINGLE_CLOSING.findall(text))
    if singles > 2 and singles > doubles:
        return _SINGLE
    return _DOUBLE


def _spans(
    text: str, place: Place, style: _Style, marks: re.Pattern[str], continued: bool
) -> tuple[list[tuple[int, int]], bool]:
    """The quotations of one paragraph, and whether the last one is left open."""
    found = [mark.start() for mark in marks.finditer(text, place.start, place.end)]
    if style.single:
        return _single_spans(text, place, found)
    straight = [at for at in found if text[at] == '"']
    odd = len(straight) % 2 == 1 and not continued
    spans: list[tuple[int, int]] = []
    opened = -1
    for at in found:
        mark = text[at]
        both = mark in style.opens and mark in style.closes
        opening = mark in style.opens if not both else _turns_open(text, place, at, opened, odd)
        if opening and opened < 0:
            opened = at
        elif opening and both:
            # A second clear opening: the mark that should have closed the first is missing.
            spans.append((opened, _rtrim(text, opened, at)))
            opened = at
        elif not opening and opened >= 0:
            spans.append((opened, at + 1))
            opened = -1
    if opened >= 0:
        spans.append((opened, place.end))
    return [(a, b) for a, b in spans if b - a > 1], opened >= 0


def _turns_open(text: str, place: Place, at: int, opened: int, odd: bool) -> bool:
    """Whether a straight mark opens. They alternate; where their number is odd, the neighbours have a say."""
    if not odd:
        return opened < 0
    before = text[at - 1] if at > place.start else " "
    after = text[at + 1] if at + 1 < place.end else " "
    left, right = before.isspace() or before in "([—-–", after.isspace() or after in ".,;:!?)]—-–"
    if left and not right:
        return True
    if right and not left:
        return False
    return opened < 0


def _rtrim(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end


def _single_spans(text: str, place: Place, found: list[int]) -> tuple[list[tuple[int, int]], bool]:
    """Single marks: a closing one looks like an apostrophe, so punctuation before it decides, then its
    neighbours."""
    spans: list[tuple[int, int]] = []
    opened = -1
    for number, at in enumerate(found):
        before = text[at - 1] if at > place.start else " "
        after = text[at + 1] if at + 1 < place.end else " "
        if opened < 0:
            if text[at] in "‘'" and not before.isalnum() and not after.isspace():
                opened = at
        elif text[at] in "’'" and not after.isalnum() and not before.isspace():
            rest = [text[place] for place in (later - 1 for later in found[number + 1 :])]
            if before in ".,!?…—–-;:" or not any(mark in ".,!?…—–" for mark in rest):
                spans.append((opened, at + 1))
                opened = -1
    if opened >= 0:
        spans.append((opened, place.end))
    return [(a, b) for a, b in spans if b - a > 1], opened >= 0


_SAYING = CORE_SPEECH_VERBS - {"called", "told", "began", "spoke", "returned", "continued", "added"}
"""Verbs that make even a lower-case word in marks a speech (she said “no”)."""
_ENDED = ".,!?…—–-;:"
_LONG = 9
"""Words above which a quotation inside a sentence is taken for speech."""
_WORD_BEFORE = re.compile(r"([^\W\d_]+)\W*\Z")
_WORD_AFTER = re.compile(r"\W*([^\W\d_]+)")


def _is_spoken(text: str, place: Place, start: int, end: int) -> bool:
    """Whether somebody says the quotation: by the punctuation around and inside it, and a speech verb near
    it."""
    inside = text[start + 1 : end].rstrip("”\"“’'»«").strip()
    if not any(character.isalnum() for character in inside):
        return bool(inside)
    before = text[place.start : start].rstrip()
    after = text[end : place.end].lstrip()
    ended = inside[-1] in _ENDED
    if not before or before[-1] in '.!?…”"’»“«':
        return ended or not after or after[0] in ",—-–.;" or _verb_near(after)
    count = len(inside.split())
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


def _resumes(text: str, start: int, end: int) -> bool:
    """Whether a quotation takes up an interrupted speech: a comma or dash before it, an end inside it."""
    inside = text[start + 1 : end - 1].rstrip()
    return text[:start].rstrip()[-1:] in tuple(",—–-:;") and inside[-1:] in tuple(_ENDED)


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
