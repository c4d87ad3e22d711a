"""Letters, telegrams and inscriptions that stand in quotation marks: written, not said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from narrator.markup.prose import Prose


class Quoted(Protocol):
    """What this module needs to know of a quotation."""

    @property
    def start(self) -> int:
        """Where it begins, mark included."""

    @property
    def end(self) -> int:
        """Where it ends, mark included."""

    @property
    def place(self) -> int:
        """Its paragraph."""

    @property
    def continues(self) -> bool:
        """It goes on with the quotation of the paragraph before."""


_MARKS: Final = "“”\"‘’'«»„「」 "
_SALUTATION: Final = re.compile(
    r"(?:my\s+)?(?:very\s+)?(?:dear|dearest)\b[\w.’' ]{0,40}(?:[,:.]?\s*(?:--|—)|[,:.]?\Z)", re.IGNORECASE
)
_SIGNED: Final = re.compile(
    r"\b(?:yours?|your\s+(?:\w+,?\s+){0,3}?(?:friend|servant|sister|brother|son|daughter|nephew|niece|cousin))\b"
    r"[^.?!]{0,30}\b(?:truly|sincerely|affectionate(?:ly)?|obedient|faithfully|respectfully|lovingly|etc)\b"
    r"|&c|\byours\s+ever\b|\bever\s+yours\b",
    re.IGNORECASE,
)
_PAPER: Final = (
    r"(?:letter|note|telegram|inscription|message|placard|notice|motto|epitaph|postcard|advertisement|board|label"
    r"|paragraph|lines|scrawl|headline)"
)
_LEADS: Final = re.compile(
    rf"\b(?:{_PAPER}|wrote|written|writing|headed|entitled)\b[^.?!]{{0,60}}[:—–-]+\s*\Z", re.IGNORECASE
)
_LEADS_INSIDE: Final = re.compile(
    rf"(?:\b(?:had\s+written|(?:he|she|they|I|who|it)\s+wrote|was\s+written|{_PAPER}\s+(?:ran|read|went\s+on))\b[^.?!”\"]{{0,25}}"
    r"|\b(?:inscription|motto|epitaph|placard|notice|headline)\b[^.?!”\"]{0,25})[,:—–-]*\s*\Z",
    re.IGNORECASE,
)
_SAYS_SO_AFTER: Final = re.compile(
    rf"\W*(?:the|his|her|this|so|it)\s+(?:{_PAPER}\s+)?ran\b|\W*(?:he|she)\s+wrote\b", re.IGNORECASE
)
_HEAD, _NAME = 6, 4
"""Words of a date line, and of a signature."""
_FURTHEST = 60
"""Paragraphs of one letter."""


def written(prose: Prose, quotes: Sequence[Quoted]) -> frozenset[int]:
    """The numbers of the quotations that are written: letters from date to signature, telegrams, verses."""
    return _Reader(prose, quotes).letters()


class _Reader:
    def __init__(self, prose: Prose, quotes: Sequence[Quoted]) -> None:
        self.prose = prose
        self.quotes = quotes
        self.whole = self._whole()
        """The quotation of each paragraph that is nothing else."""

    def _whole(self) -> Mapping[int, int]:
        found: dict[int, int] = {}
        for number, quote in enumerate(self.quotes):
            place = self.prose.places[quote.place]
            if quote.start == place.start and not self.prose.text[quote.end : place.end].strip(_MARKS + ".,"):
                found[quote.place] = number
        return found

    def letters(self) -> frozenset[int]:
        found: set[int] = set()
        for place, number in self.whole.items():
            words = self._words(place)
            if place in found:
                continue
            if _SALUTATION.match(words) and self._is_letter(place, words):
                found |= self._letter(place)
            elif self._led_in(place):
                found |= self._go_on(number)
        for number, quote in enumerate(self.quotes):
            where = self.prose.places[quote.place]
            before = self.prose.text[max(where.start, quote.start - 90) : quote.start]
            after = self.prose.text[quote.end : min(where.end, quote.end + 40)]
            if _LEADS_INSIDE.search(before) or _SAYS_SO_AFTER.match(after):
                found.add(number)
        return frozenset(found)

    def _words(self, place: int) -> str:
        return self.prose.words(place).strip(_MARKS)

    def _is_letter(self, place: int, words: str) -> bool:
        """Whether what opens like a letter is one: the salutation stands alone, is led in, or is signed."""
        alone = len(words.split()) <= _HEAD + 1 and words[-1:] in ",:" and place + 1 in self.whole
        return alone or self._led_in(place) or self._end(place) is not None

    def _led_in(self, place: int) -> bool:
        return (
            place > 0
            and place - 1 not in self.whole
            and bool(_LEADS.search(self.prose.words(place - 1)[-160:]))
        )

    def _end(self, place: int) -> int | None:
        """The paragraph that signs the letter which begins at `place`."""
        for at in range(place, place + _FURTHEST):
            if at not in self.whole:
                return None
            words = self._words(at)
            if _SIGNED.search(words[-120:]) or (
                at > place and words.isupper() and len(words.split()) <= _NAME
            ):
                return at
        return None

    def _letter(self, place: int) -> set[int]:
        first = place
        while first - 1 in self.whole and self._is_short(first - 1, _HEAD):
            first -= 1
        last = self._end(place)
        if last is None:
            return {self.whole[at] for at in range(first, place)} | self._go_on(self.whole[place])
        while last + 1 in self.whole and self._is_short(last + 1, _NAME):
            last += 1
        return {self.whole[at] for at in range(first, last + 1)}

    def _is_short(self, place: int, words: int) -> bool:
        text = self._words(place)
        return len(text.split()) <= words and text[-1:] not in ("?", "!")

    def _go_on(self, number: int) -> set[int]:
        """A quotation with those that continue it, and the next ones where it is a salutation alone."""
        found = {number}
        at = number + 1
        alone = self._words(self.quotes[number].place)[-1:] in ",:"
        while at < len(self.quotes) and (self.quotes[at].continues or (alone and at == number + 1)):
            found.add(at)
            at += 1
        return found
