"""What the narration around a speech says about its speaker: tags ("said Ann"), beats (Ann nodded. “…”),
callings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from narrator.markup import words
from narrator.markup.narration import Narration, Tag
from narrator.markup.people import Mention, People
from narrator.markup.prose import Prose
from narrator.markup.quotations import Quote


@dataclass(slots=True)
class Speech:
    """What one person says in one paragraph: quotations with narration between them, and the evidence around.

    `continues`: the speech of the paragraph before goes on. `gap`: paragraphs without speech before it.
    `called`: persons addressed in it by name; `named`: persons mentioned in it otherwise.
    """

    quotes: list[int]
    place: int
    start: int
    end: int
    continues: bool
    gap: int = 0
    tags: list[Tag] = field(default_factory=list)
    called: set[int] = field(default_factory=set)
    named: set[int] = field(default_factory=set)
    narrated: list[Mention] = field(default_factory=list)
    asks: bool = False

    @property
    def tag(self) -> Tag | None:
        """The strongest tag."""
        return self.tags[0] if self.tags else None


def speeches(prose: Prose, quotes: Sequence[Quote], people: People) -> list[Speech]:
    """Every speech in order, with its evidence. A paragraph is one speech unless two names are tagged in
    it."""
    reader = _Reader(prose, quotes, people)
    found: list[Speech] = []
    numbers = [number for number, quote in enumerate(quotes) if quote.spoken]
    position = 0
    while position < len(numbers):
        first = position
        while position < len(numbers) and quotes[numbers[position]].place == quotes[numbers[first]].place:
            position += 1
        for group in reader.parts(numbers[first:position]):
            found.append(reader.speech(group))
    last = -1
    for speech in found:
        speech.gap = speech.place - last - 1 if last >= 0 else 9
        last = speech.place
    return found


_CALLABLE = "|".join(
    sorted(
        (words.TITLES | words.PERSON_NOUNS) - words.DOTTED_TITLES - words.INDEFINITES, key=len, reverse=True
    )
)
_CALL = re.compile(
    r"(?:[“\"‘«»„]|[,.!?…—;] ?)(?:(?:my|dear|comrade|good|mr|oh|yes|no|well|but|and),? )*"
    rf"({_CALLABLE})(?=[,.!?…—”“»«\"’])",
    re.IGNORECASE,
)


_CUTS = 2.5
"""Strength of a tag that can make a second speech of a paragraph."""
_LEADS_ON = re.compile(r"\W*(?:and|but|while|when|then|so|till|until)\b[^“”„»«\"]*[,:—–-]\s*")
"""Narration between two quotations that goes on to the second (“…,” and Ann said, “…”)."""


class _Reader:
    """Reads the narration around quotations."""

    def __init__(self, prose: Prose, quotes: Sequence[Quote], people: People) -> None:
        self.prose = prose
        self.text = prose.text
        self.quotes = quotes
        self.people = people
        self.narration = Narration(prose.text, people)
        self.speaking = {quote.place: quote.end for quote in quotes if quote.spoken}

    # ── one paragraph ──

    def parts(self, group: list[int]) -> list[list[int]]:
        """The quotations of a paragraph, cut where a second person is tagged by name and verb."""
        if len(group) < 2:
            return [group]
        parts = [[group[0]]]
        holder = self._teller(group[0], group)
        for number in group[1:]:
            other = self._teller(number, group)
            if other is not None and holder is not None and self._differ(holder, other):
                parts.append([])
            holder = other if other is not None else holder
            parts[-1].append(number)
        return parts

    def _teller(self, number: int, group: list[int]) -> Tag | None:
        """The strong tag of one quotation: behind it, else before it."""
        tags = [self._after(number, group), *self._before(number, self._since(number))]
        strong = [tag for tag in tags if tag and tag.strength >= _CUTS]
        return next((tag for tag in strong if tag.person is not None or tag.gender is not None), None)

    def _differ(self, one: Tag, other: Tag) -> bool:
        """Whether two tags mean two people for certain: by name, or by the gender of a pronoun."""
        if one.person is not None and other.person is not None:
            return one.person != other.person
        told = one if one.person is not None else other
        pronoun = other if told is one else one
        if told.person is None:
            return one.gender != other.gender
        gender = self.people.persons[told.person].gender
        return gender is not None and gender != pronoun.gender

    def _since(self, number: int) -> int:
        """Where the quotation before this one ends, if it stands in the same paragraph; else -1."""
        before = self.quotes[number - 1] if number else None
        return before.end if before and before.place == self.quotes[number].place else -1

    def speech(self, group: list[int]) -> Speech:
        first, last = self.quotes[group[0]], self.quotes[group[-1]]
        found = Speech(group, first.place, first.start, last.end, first.continues)
        for number in group:
            tag = self._after(number, group)
            if tag is not None:
                found.tags.append(tag)
            before = self._before(number, self._since(number))
            found.tags += [tag for tag in before if number == group[0] or tag.strength >= _CUTS]
        found.tags.sort(key=lambda tag: -tag.strength)
        for mention in self.people.by_place.get(first.place, ()):
            if not mention.quoted:
                found.narrated.append(mention)
            elif any(self.quotes[n].start <= mention.start < self.quotes[n].end for n in group):
                (found.called if self._calls(mention) else found.named).add(mention.person)
        found.called |= self._called_by_title(first.start, last.end, first.place)
        found.named -= found.called
        found.asks = self.text[first.start : last.end].rstrip("”“»«\"’' ").endswith("?")
        return found

    def _calls(self, mention: Mention) -> bool:
        before = self.text[max(0, mention.start - 12) : mention.start].rstrip()
        after = self.text[mention.end : mention.end + 1]
        if after not in tuple(',!?.;”“»«"-—…’'):
            return False
        word = before.split()[-1].lower() if before.split() else ""
        return (
            not before
            or before[-1] in ',“„»«"!.?-—;‘…'
            or word in ("dear", "my", "oh", "o", "dearest", "well", "comrade")
        )

    def _called_by_title(self, start: int, end: int, place: int) -> set[int]:
        """Persons addressed by title or noun ("Comrade General", "doctor"): the one met last."""
        found: set[int] = set()
        for match in _CALL.finditer(self.text, start, end):
            word = match[1].lower()
            person = self.people.latest(word, match.start(), place)
            if person is not None:
                found.add(person)
        return found

    # ── beside a quotation ──

    def _after(self, number: int, group: list[int]) -> Tag | None:
        quote = self.quotes[number]
        following = next((self.quotes[n].start for n in group if n > number), None)
        end = self.prose.places[quote.place].end if following is None else following
        if following is not None and _LEADS_ON.fullmatch(self.text, quote.end, end):
            return None
        return self.narration.after(quote.end, end)

    def _before(self, number: int, since: int = -1) -> list[Tag]:
        """The tags before a quotation. `since`: where the quotation before it in the paragraph ends."""
        quote = self.quotes[number]
        place = self.prose.places[quote.place]
        start = max(place.start, since)
        if self.text[start : quote.start].strip():
            return self.narration.before(start, quote.start, 1.0, "before")
        index = quote.place - 1
        if since >= 0 or index < 0 or self.prose.places[index].chapter != place.chapter:
            return []
        before = self.prose.places[index]
        spoken = self.speaking.get(index)
        told = before.start if spoken is None else spoken
        leads = self.text[told : before.end].rstrip()[-1:] in tuple(":,-—–")
        if spoken is not None and not leads:
            return []
        return self.narration.before(told, before.end, 1.0 if leads else 0.45, "paragraph")
