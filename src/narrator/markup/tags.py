"""What the narration around a speech says about its speaker: tags ("said Ann"), beats (Ann nodded. “…”),
callings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from narrator.book import Gender
from narrator.markup import words
from narrator.markup.people import Mention, People
from narrator.markup.prose import Prose
from narrator.markup.quotations import Quote

Subject = Literal["person", "pronoun", "i", "they"]


@dataclass(frozen=True, slots=True)
class Tag:
    """The subject of narration beside a speech.

    `person` where a mention tells it, `gender` where a pronoun does. `strength`: 3 a speech verb beside the
    quotation … 0.6 a sentence that only stands before it.
    """

    subject: Subject
    strength: float
    person: int | None = None
    gender: Gender | None = None
    where: Literal["after", "before", "paragraph"] = "after"


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


_TOKEN = re.compile(r"[\w’'-]*\w|[.,;:!?…—–-]+")
_STOPS = frozenset(".!?;…") | {"...", "...."}
_REACH = 16
_CALLABLE = "|".join(
    sorted(
        (words.TITLES | words.PERSON_NOUNS) - words.DOTTED_TITLES - words.INDEFINITES, key=len, reverse=True
    )
)
_CALL = re.compile(
    r"(?:[“\"‘«„]|[,.!?…—;] ?)(?:(?:my|dear|comrade|good|mr|oh|yes|no|well|but|and),? )*"
    rf"({_CALLABLE})(?=[,.!?…—”\"’])",
    re.IGNORECASE,
)
_ADVERBS = words.word_set(
    "then also only again at last to himself herself quite softly just still never had now"
)
_BODY = words.word_set(
    "face eyes eye brow brows lips lip mouth smile jaw head hand hands fingers finger shoulders "
    "shoulder expression gaze look breath heart chest cheeks cheek eyebrows eyebrow forehead throat "
    "tone voice mind stomach knees arm arms fist fists laugh laughter grin frown"
)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    low: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Found:
    subject: Subject
    person: int | None
    gender: Gender | None
    next: int


class _Reader:
    """Reads the narration around quotations."""

    def __init__(self, prose: Prose, quotes: Sequence[Quote], people: People) -> None:
        self.prose = prose
        self.text = prose.text
        self.quotes = quotes
        self.people = people
        self.speaking = {quote.place for quote in quotes if quote.spoken}

    # ── one paragraph ──

    def parts(self, group: list[int]) -> list[list[int]]:
        """The quotations of a paragraph, cut where a second person is tagged by name and verb."""
        if len(group) < 2:
            return [group]
        tagged = [self._after(number, group) for number in group]
        parts = [[group[0]]]
        holder = tagged[0].person if tagged[0] and tagged[0].strength >= 2.5 else None
        for number, tag in zip(group[1:], tagged[1:], strict=True):
            other = tag.person if tag and tag.strength >= 2.5 else None
            if other is not None and holder is not None and other != holder:
                parts.append([])
            holder = other if other is not None else holder
            parts[-1].append(number)
        return parts

    def speech(self, group: list[int]) -> Speech:
        first, last = self.quotes[group[0]], self.quotes[group[-1]]
        found = Speech(group, first.place, first.start, last.end, first.continues)
        for number in group:
            tag = self._after(number, group)
            if tag is not None:
                found.tags.append(tag)
        found.tags += self._before(group[0])
        found.tags.sort(key=lambda tag: -tag.strength)
        for mention in self.people.by_place.get(first.place, ()):
            if not mention.quoted:
                found.narrated.append(mention)
            elif any(self.quotes[n].start <= mention.start < self.quotes[n].end for n in group):
                (found.called if self._calls(mention) else found.named).add(mention.person)
        found.called |= self._called_by_title(first.start, last.end, first.place)
        found.named -= found.called
        found.asks = self.text[first.start : last.end].rstrip("”\"’' ").endswith("?")
        return found

    def _calls(self, mention: Mention) -> bool:
        before = self.text[max(0, mention.start - 12) : mention.start].rstrip()
        after = self.text[mention.end : mention.end + 1]
        if after not in tuple(',!?.;”"-—…’'):
            return False
        word = before.split()[-1].lower() if before.split() else ""
        return (
            not before
            or before[-1] in ',“"!.?-—;‘…'
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

    # ── after a quotation ──

    def _after(self, number: int, group: list[int]) -> Tag | None:
        quote = self.quotes[number]
        following = [self.quotes[n].start for n in group if n > number]
        end = min([*following, self.prose.places[quote.place].end])
        tokens = self._first_sentence(quote.end, end)
        if not tokens:
            return None
        for index, token in enumerate(tokens[:10]):
            if token.low not in words.SPEECH_VERBS:
                continue
            if index <= 1:
                found = self._subject(tokens, index + 1)
                if found is None and index + 2 < len(tokens) and _is_adverb(tokens[index + 1].low):
                    found = self._subject(tokens, index + 2)
                if found:
                    return _tag(found, 3.0)
            for start in range(index):
                found = self._subject(tokens, start)
                if found:
                    return _tag(found, 2.8 if start == 0 else 2.2)
            if index > 1:
                break
        found = self._subject(tokens, 0)
        return _tag(found, 1.0) if found else None

    def _first_sentence(self, start: int, end: int) -> list[_Token]:
        found: list[_Token] = []
        for match in _TOKEN.finditer(self.text, start, min(end, start + 160)):
            token = _Token(match.group(), match.group().lower(), match.start(), match.end())
            if token.text[0] in _STOPS and not (found and found[-1].low in words.DOTTED_TITLES):
                if not found:
                    continue
                break
            if not found and not token.text[0].isalnum():
                continue
            found.append(token)
            if len(found) >= _REACH:
                break
        return found

    # ── before a quotation ──

    def _before(self, number: int) -> list[Tag]:
        quote = self.quotes[number]
        place = self.prose.places[quote.place]
        if self.text[place.start : quote.start].strip():
            return self._leading(place.start, quote.start, 1.0, "before")
        index = quote.place - 1
        if index < 0 or index in self.speaking or self.prose.places[index].chapter != place.chapter:
            return []
        before = self.prose.places[index]
        ends = self.text[before.start : before.end].rstrip()[-1:]
        return self._leading(before.start, before.end, 0.8 if ends in (":", ",") else 0.45, "paragraph")

    def _leading(
        self, start: int, end: int, weight: float, where: Literal["before", "paragraph"]
    ) -> list[Tag]:
        """The subjects of the sentence before a quotation, the likelier first."""
        tokens = self._last_sentence(start, end)
        if not tokens:
            return []
        closing = self.text[start:end].rstrip()[-1:]
        verbs = [i for i, token in enumerate(tokens) if token.low in words.SPEECH_VERBS]
        main = self._main_subject(tokens)
        if verbs and closing not in (".", "!", "?", "…"):
            nearest = next(
                (s for i in range(verbs[-1] - 1, -1, -1) if (s := self._subject(tokens, i))), main and main[1]
            )
            strength = (2.4 if closing in (",", ":") else 1.7) * weight
            found = [_tag(nearest, strength, where)] if nearest else []
            if main and nearest and (main[1].person, main[1].gender) != (nearest.person, nearest.gender):
                found.insert(0, _tag(main[1], strength + 0.1, where))
            return found
        if main is None:
            return []
        strength = 1.5 if closing in (":", ",") else 1.2 if verbs else 1.0 if main[0] == 0 else 0.8
        return [_tag(main[1], strength * weight, where)]

    def _main_subject(self, tokens: list[_Token]) -> tuple[int, _Found] | None:
        """The subject of the main clause: behind the comma where the sentence opens with a clause or
        phrase."""
        first = next(
            ((i, s) for i in range(min(len(tokens), _REACH * 2)) if (s := self._subject(tokens, i))), None
        )
        if tokens[0].low not in words.SUBORDINATORS and not tokens[0].low.endswith("ly"):
            return first
        comma = next((i for i, token in enumerate(tokens) if token.text[0] in ",—"), None)
        if comma is None or (first and first[0] > comma):
            return first
        for index in range(comma + 1, len(tokens)):
            found = self._subject(tokens, index)
            if found:
                return 0, found
        return first

    def _last_sentence(self, start: int, end: int) -> list[_Token]:
        begin = max(start, end - 400)
        found: list[_Token] = []
        for match in _TOKEN.finditer(self.text, begin, end):
            token = _Token(match.group(), match.group().lower(), match.start(), match.end())
            if found and found[-1].text[0] in ".!?…" and token.text[0] not in '.!?…”’"':
                title = len(found) > 1 and found[-2].low in words.DOTTED_TITLES
                if not title:
                    found = []
            found.append(token)
        return found if any(token.text[0].isalnum() for token in found) else []

    # ── who is the subject ──

    def _subject(self, tokens: list[_Token], index: int) -> _Found | None:
        """The person that the words from token `index` on name as a subject, None where they name none."""
        if index >= len(tokens):
            return None
        token = tokens[index]
        mention = self.people.by_start.get(token.start)
        if mention is not None:
            after = index + 1
            while after < len(tokens) and tokens[after].start < mention.end:
                after += 1
            if mention.role == "possessive" or token.text.endswith(("’s", "'s")):
                if any(t.low in words.SPEECH_NOUNS or t.low in _BODY for t in tokens[after : after + 3]):
                    return _Found("person", mention.person, None, after)
                return None
            return _Found("person", mention.person, None, after)
        if token.low == "he":
            return _Found("pronoun", None, "male", index + 1)
        if token.low == "she":
            return _Found("pronoun", None, "female", index + 1)
        if token.text == "I":
            return _Found("i", self.people.first_person, None, index + 1)
        if token.low in ("they", "we"):
            return _Found("they", None, None, index + 1)
        if token.low in ("his", "her") and index + 1 < len(tokens):
            near = [t.low for t in tokens[index + 1 : index + 4]]
            if any(word in words.SPEECH_NOUNS or word in _BODY for word in near):
                return _Found("pronoun", None, "male" if token.low == "his" else "female", index + 1)
        return None


def _is_adverb(word: str) -> bool:
    return word.endswith("ly") or word in _ADVERBS


def _tag(found: _Found, strength: float, where: Literal["after", "before", "paragraph"] = "after") -> Tag:
    return Tag(found.subject, strength, found.person, found.gender, where)
