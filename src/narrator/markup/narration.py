"""Who acts in the narration beside a quotation: "said Ann", "Ann turned and asked, …"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from narrator.book import Gender
from narrator.markup import words
from narrator.markup.people import People

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


_TOKEN = re.compile(r"[\w’'-]*\w|[.,;:!?…—–-]+")
_STOPS = frozenset(".!?;…") | {"...", "...."}
_REACH = 16
_ADVERBS = words.word_set(
    "then also only again at last to himself herself quite softly just still never had now "
    "out on in up back away forth over by"
)
_BODY = words.word_set(
    "face eyes eye brow brows lips lip mouth smile jaw head hand hands fingers finger shoulders "
    "shoulder expression gaze look breath heart chest cheeks cheek eyebrows eyebrow forehead throat "
    "tone voice mind stomach knees arm arms fist fists laugh laughter grin frown"
)


_EPITHETS = words.word_set("the old poor young little dear good honest")
_LEADING = (",", ":", "-", "—", "–")
"""What stands between "he said" and the quotation that it leads to."""
_LEADS, _BEAT = 2.8, 1.6
"""Strength of "Ann said, …" before a quotation, and of "Ann sighed." behind one that is over."""


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
    acts: bool = False


class Narration:
    """Finds the subjects of the narration before and after quotations."""

    def __init__(self, text: str, people: People) -> None:
        self.text = text
        self.people = people

    def after(self, start: int, end: int) -> Tag | None:
        """The tag in `text[start:end]`, which follows a quotation."""
        tokens = self._first_sentence(start, end)
        unheard = self._unheard_of(tokens)
        if unheard:
            return _tag(unheard, 3.0)
        for index, token in enumerate(tokens[:10]):
            if not _reports(tokens, index):
                continue
            next_one = index + (2 if token.low == "went" else 1)
            if index <= 1:
                found = self._subject(tokens, next_one)
                if found is None and next_one + 1 < len(tokens) and _is_adverb(tokens[next_one].low):
                    found = self._subject(tokens, next_one + 1)
                if found:
                    return _tag(found, 3.0)
            for at in range(index):
                found = self._subject(tokens, at)
                if found:
                    beat = self._ended(start) and token.low not in words.CORE_SPEECH_VERBS
                    return _tag(found, _BEAT if beat else 2.8 if at == 0 else 2.2)
            if index > 1:
                break
        found = self._subject(tokens, 0)
        return _tag(found, 1.0) if found else None

    def _unheard_of(self, tokens: list[_Token]) -> _Found | None:
        """The subject behind a verb that no list has (“…,” chattered Ann), or whose words they were ("was
        Ann’s reply")."""
        if len(tokens) < 2:
            return None
        verb = tokens[0].low
        found = self._subject(tokens, 1)
        if found is None or found.person is None or not tokens[0].text[0].islower():
            return None
        mention = self.people.by_start.get(tokens[1].start)
        owns = verb == "was" and mention is not None and mention.role == "possessive"
        says = verb.endswith("ed") and verb not in words.SPEECH_VERBS and tokens[1].text[0].isupper()
        return found if owns or (says and found.next >= len(tokens)) else None

    def _ended(self, end: int) -> bool:
        """Whether a quotation that ends at `end` ends with a full stop: what follows reports it no more."""
        return self.text[max(0, end - 3) : end].rstrip("”\"’'»“ ").endswith(".")

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

    def before(self, start: int, end: int, weight: float, where: Literal["before", "paragraph"]) -> list[Tag]:
        """The tags in the last sentence of `text[start:end]`, which stands before a quotation, the likelier
        first. `weight`: how near it stands."""
        tokens = self._last_sentence(start, end)
        if not tokens:
            return []
        closing = self.text[start:end].rstrip()[-1:]
        verbs = [i for i, token in enumerate(tokens) if _reports(tokens, i)]
        main = self._main_subject(tokens)
        if verbs and closing not in (".", "!", "?", "…"):
            nearest = next(
                (s for i in range(verbs[-1] - 1, -1, -1) if (s := self._subject(tokens, i))), main and main[1]
            )
            leads = closing in _LEADING or verbs[-1] == len(tokens) - 1
            if nearest and leads and _touches(tokens, nearest.next, verbs[-1]):
                return [_tag(nearest, _LEADS * weight, where)]
            strength = (2.4 if leads else 1.7) * weight
            found = [_tag(nearest, strength, where)] if nearest else []
            differs = (
                main and nearest and (main[1].person, main[1].gender) != (nearest.person, nearest.gender)
            )
            if main and differs and nearest and not nearest.acts:
                found.insert(0, _tag(main[1], strength + 0.1, where))
            return found
        if main is None:
            return []
        strength = 1.5 if closing in _LEADING else 1.2 if verbs else 1.0 if main[0] == 0 else 0.8
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
            if found and found[-1].text[0] in ".!?…" and token.text[0] not in '.!?…”“»«’"':
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
        if mention is None and token.low in _EPITHETS and self._names(tokens, index + 1):
            return self._subject(tokens, index + 1)
        if mention is not None:
            after = index + 1
            while after < len(tokens) and tokens[after].start < mention.end:
                after += 1
            if mention.role == "possessive" or token.text.endswith(("’s", "'s")):
                if any(t.low in words.SPEECH_NOUNS or t.low in _BODY for t in tokens[after : after + 3]):
                    return _Found("person", mention.person, None, after)
                return None
            if tokens[after - 1].low in words.SPEECH_NOUNS and _low(tokens, after) == "of":
                return self._subject(tokens, after + 1) or _Found("person", mention.person, None, after)
            return _Found("person", mention.person, None, after, mention.role == "subject")
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

    def _names(self, tokens: list[_Token], index: int) -> bool:
        """Whether a name begins at the token `index`, or behind one more epithet."""
        ahead = tokens[index : index + 2]
        named = [token for token in ahead if token.start in self.people.by_start and token.text[0].isupper()]
        return bool(named) and (named[0] is ahead[0] or ahead[0].low in _EPITHETS)


def _low(tokens: list[_Token], index: int) -> str:
    return tokens[index].low if index < len(tokens) else ""


def _reports(tokens: list[_Token], index: int) -> bool:
    """Whether the word reports speech: a verb of speaking, or "went on"."""
    low = tokens[index].low
    return low in words.SPEECH_VERBS or (low == "went" and _low(tokens, index + 1) == "on")


def _touches(tokens: list[_Token], subject_end: int, verb: int) -> bool:
    """Whether nothing but adverbs stands between a subject and its verb."""
    return 0 <= verb - subject_end <= 2 and all(_is_adverb(token.low) for token in tokens[subject_end:verb])


def _is_adverb(word: str) -> bool:
    return word.endswith("ly") or word in _ADVERBS


def _tag(found: _Found, strength: float, where: Literal["after", "before", "paragraph"] = "after") -> Tag:
    return Tag(found.subject, strength, found.person, found.gender, where)
