"""Quoted stretches: where quotations begin and end, and what each is: speech, thought, letter, or words in
marks."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, TypeAlias

from narrator.markup import asides, dashes, letters, spoken, typography
from narrator.markup.prose import Place, Prose
from narrator.markup.typography import DASH, Style
from narrator.markup.words import CORE_SPEECH_VERBS

Kind: TypeAlias = Literal["speech", "thought", "letter", "quoted"]


@dataclass(frozen=True, slots=True)
class Quote:
    """One quoted stretch of the prose, marks included.

    `place`: its paragraph. `kind`: said aloud, said to oneself, written, or only words in marks. `continues`:
    it goes on with the speech of the paragraph before, which was left open.
    """

    start: int
    end: int
    place: int
    kind: Kind = "speech"
    continues: bool = False

    @property
    def spoken(self) -> bool:
        """Whether it is somebody's own voice: said, or thought."""
        return self.kind in ("speech", "thought")


OPENING = "“\"‘'«»„「『"
CLOSING = "”\"’'»«“」』"
"""Every mark that may open, and that may close, a quotation."""


def find(prose: Prose, told: str = "") -> tuple[Quote, ...]:
    """Every quotation of the prose in order; none overlap, none crosses a paragraph.

    `told`: the name of the text's typography (`typography.STYLES`, "dash"); it is seen by counting where that
    is empty.
    """
    style = typography.style([prose.words(index) for index in range(len(prose.places))], told)
    marks = style.marks
    found: list[Quote] = []
    left_open = False
    for index, place in enumerate(prose.places):
        if style.dashes and DASH.match(prose.text, place.start, place.end):
            left_open = False
            found += [Quote(a, b, index) for a, b in dashes.spans(prose.text, place.start, place.end)]
            continue
        spans, still_open = _spans(prose.text, place, style, marks, left_open)
        found += _quotes(prose, index, spans, left_open=left_open)
        following = prose.places[index + 1] if index + 1 < len(prose.places) else None
        goes_on = following is not None and prose.text[following.start] in style.opens
        left_open = still_open and goes_on and bool(spans)
    return _without_asides(prose, _letters_told(prose, found))


def _quotes(prose: Prose, index: int, spans: list[tuple[int, int]], *, left_open: bool) -> list[Quote]:
    """The quotations of one paragraph and what each is."""
    text, place = prose.text, prose.places[index]
    broken = _broken_by_dashes(text, spans)
    found: list[Quote] = []
    for number, (start, end) in enumerate(spans):
        continues = left_open and number == 0
        resumes = bool(found) and found[-1].spoken and _resumes(text, found[-1].end, start, end)
        certain = continues or resumes or number in broken
        is_said = certain or spoken.is_said(text, place, start, end)
        kind: Kind = "quoted" if not is_said else "speech"
        if is_said and (
            spoken.is_thought(text, place, start, end) or (found and found[-1].kind == "thought")
        ):
            kind = "thought"
        found.append(Quote(start, end, index, kind, continues))
    return found


def _letters_told(prose: Prose, quotes: list[Quote]) -> list[Quote]:
    """The quotations with the written ones known as such."""
    written = letters.written(prose, quotes)
    return [replace(quote, kind="letter") if n in written else quote for n, quote in enumerate(quotes)]


def _without_asides(prose: Prose, quotes: list[Quote]) -> tuple[Quote, ...]:
    """What is said, cut where the author puts an action in brackets into it."""
    found: list[Quote] = []
    for quote in quotes:
        if not quote.spoken:
            found.append(quote)
            continue
        parts = asides.without(prose.text, quote.start, quote.end)
        found += [
            replace(quote, start=start, end=end, continues=quote.continues and not number)
            for number, (start, end) in enumerate(parts)
        ]
    return tuple(found)


def inside(text: str, quote: Quote) -> tuple[int, int]:
    """The words of a quotation without its marks."""
    closed = text[quote.end - 1] in CLOSING and quote.end - quote.start > 2
    dash = DASH.match(text, quote.start, quote.end)
    opened = 1 if text[quote.start] in OPENING else 0
    start, end = dash.end() if dash else quote.start + opened, quote.end - 1 if closed else quote.end
    while start < end - 1 and text[start] == " ":
        start += 1
    while end - 1 > start and text[end - 1] == " ":
        end -= 1
    return start, end


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


def _spans(
    text: str, place: Place, style: Style, marks: re.Pattern[str], continued: bool
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


def _resumes(text: str, before: int, start: int, end: int) -> bool:
    """Whether a quotation takes up an interrupted speech, which ended at `before`: a comma or dash before it,
    an end inside it; or nothing between the two but who says it (“Hm” said Ann “very good”)."""
    inside = text[start + 1 : end - 1].rstrip()
    if text[max(0, start - 8) : start].rstrip()[-1:] in tuple(",—–-:;") and inside[-1:] in tuple(
        spoken.ENDED
    ):
        return True
    between = _WORDS.findall(text, before, start)
    told = not _OVER.search(text, before, start) and 1 < len(between) <= _TAG
    return told and any(word.lower() in CORE_SPEECH_VERBS for word in between[:2])


_WORDS = re.compile(r"[^\W\d_]+")
_OVER = re.compile(r"(?<!\bMr)(?<!\bMrs)(?<!\bDr)(?<!\bSt)[.!?:;…]")
_TAG = 4
"""Words that say who speaks and no more."""
