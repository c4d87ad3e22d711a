"""What a render needs: the takes of every line, the keys of every chapter, and which of them are there."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from narrator import mastering, mixing, speech
from narrator.book import NARRATOR, CharacterId, Cue, Heading, Line, ParagraphBreak, SceneBreak, Voice
from narrator.store import Facts, Store, key

if TYPE_CHECKING:  # workers read plans; they need not know how a production is loaded
    from narrator.build.loading import Book, BookChapter
    from narrator.sheets import ChosenTake

Encoding: TypeAlias = Literal["aac", "mp3", "opus", "flac"]
"""How a chapter is encoded; also the suffix of its file."""


@dataclass(frozen=True, slots=True)
class TakeRequest:
    """One recording to be made. where: the first line that needs it, for messages.

    chosen: an editor has listened to it and wants this one. It is never made anew in passing: what comes
    then could be another. take: 0 for a recording made by a person.
    """

    key: str
    facts: Facts
    voice: Voice
    words: tuple[speech.Word, ...]
    delivery: str
    take: int
    where: str
    chosen: bool = False

    @property
    def speaker(self) -> str:
        """Its voice, told from every other: those of two books may share a name and differ in what they are
        made of."""
        voice = self.voice
        made_of = [voice.engine, voice.language, dict(voice.settings), self.facts.get("engine")]
        return f"{voice.name} {key({'voice': made_of})[:16]}"


@dataclass(frozen=True, slots=True)
class ChapterPlan:
    """A chapter with the takes its lines need, by physical line, and each line's level in dB.

    choices: by line, what was chosen for it, whether or not it still holds.
    """

    place: BookChapter
    takes: Mapping[int, TakeRequest]
    choices: Mapping[int, ChosenTake]
    levels: Mapping[int, float]
    mix: Facts
    encodings: Mapping[Encoding, tuple[str, Facts]]
    """For each encoding its key and what that was made from."""


def plan(book: Book, encodings: Sequence[Encoding]) -> tuple[ChapterPlan, ...]:
    """What each chapter needs to be released in `encodings`, in reading order."""
    sayings = _Sayings(book)
    made_of = {encoding: _encoder_facts(book, encoding) for encoding in encodings}
    return tuple(_plan_chapter(book, place, made_of, sayings) for place in book.chapters)


def missing_takes(plans: Sequence[ChapterPlan], store: Store, suffix: str) -> tuple[TakeRequest, ...]:
    """The takes that must be recorded, each once, in the order in which they are first heard."""
    wanted: dict[str, TakeRequest] = {}
    for request in (request for p in plans for request in p.takes.values()):
        wanted.setdefault(request.key, request)
    absent = store.absent("takes", wanted, suffix)
    return tuple(request for key_, request in wanted.items() if key_ in absent)


def missing_encodings(chapter: ChapterPlan, store: Store) -> tuple[Encoding, ...]:
    """The encodings of the chapter that are not in the store."""
    return tuple(e for e, (key_, _) in chapter.encodings.items() if not store.has("chapters", key_, f".{e}"))


def pauses(book: Book) -> mixing.Pauses:
    """The pauses of this book: the house's, and what its sheet sets. Head and tail are moved into what the
    spec asks where the sheet says nothing of them."""
    house = mixing.Pauses()
    head, tail = book.spec.head, book.spec.tail
    asked = {
        "head": _within(house.head, head),
        "tail": _within(house.tail, tail),
        "before": head[0] if head else 0.0,
        "after": tail[0] if tail else 0.0,
    }
    return replace(house, **{**asked, **book.sheet.pauses.model_dump(exclude_none=True)})


_CLEAR = 0.4
"""Seconds that a pause keeps clear of the ends of what a spec asks: a mix is filled up to whole frames
(0.21 s at most), and a voice dies away."""


def _within(seconds: float, asked: tuple[float, float] | None) -> float:
    """`seconds` where they are what is asked, else the nearest that are."""
    if asked is None or asked[0] <= seconds <= asked[1]:
        return seconds
    clear = min(_CLEAR, (asked[1] - asked[0]) / 2)
    return asked[0] + min(clear, 0.1) if seconds < asked[0] else asked[1] - clear


def voice_level(book: Book) -> float:
    """The level of the voice in the mix, LUFS as mono: in stereo lower, since two channels add up."""
    return book.spec.loudness + (mixing.STEREO_LEVEL if book.stereo else 0.0)


def channels(book: Book) -> int:
    """How many channels the release has."""
    return 2 if book.stereo else 1


@dataclass(frozen=True, slots=True)
class _Saying:
    """How a character says things: the voice, its level in dB, and what all such takes are made of but their
    words."""

    voice: Voice
    level: float
    facts: Facts


class _Sayings:
    """Asked once for each character and delivery, not for each of ten thousand lines; and each voice's engine
    once a render: a fingerprint may have to hash a model."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._engines: dict[str, Facts] = {}
        self._known: dict[tuple[CharacterId, str], _Saying] = {}

    def of(self, character: CharacterId, delivery: str) -> _Saying:
        """Raises what `speech.voice_facts` does."""
        known = self._known.get((character, delivery))
        if known is None:
            voice = self._book.voice(character).saying(delivery)
            if voice.name not in self._engines:
                self._engines[voice.name] = dict(speech.voice_facts(voice))
            level = voice.level + mixing.delivery_level(delivery)
            known = _Saying(voice, level, _take_facts(voice, self._engines[voice.name], delivery))
            self._known[character, delivery] = known
        return known


def _plan_chapter(
    book: Book, place: BookChapter, encoders: Mapping[Encoding, Facts], sayings: _Sayings
) -> ChapterPlan:
    takes: dict[int, TakeRequest] = {}
    levels: dict[int, float] = {}
    choices = chosen_in(book, place)
    for number, character, said, delivery in spoken(place):
        saying = sayings.of(character, delivery)
        first = _first(book, saying, said, delivery, f"{place.where}:{number}")
        takes[number] = _chosen(first, choices[number]) if number in choices else first
        levels[number] = saying.level
    mix = _mix_facts(book, place, takes, levels)
    mix_key = key(mix)
    made_of = {e: {"kind": "chapter", "mix": mix_key, **encoder} for e, encoder in encoders.items()}
    encoded = {e: (key(facts), facts) for e, facts in made_of.items()}
    return ChapterPlan(place, takes, choices, levels, mix, encoded)


def plan_line(book: Book, place: BookChapter, line: int, choices: Mapping[int, ChosenTake]) -> TakeRequest:
    """The take of the line that stands at this physical line, the first unless `choices` say otherwise.

    LookupError where nothing is spoken there.
    """
    for number, character, said, delivery in spoken(place):
        if number == line:
            saying = _Sayings(book).of(character, delivery)
            first = _first(book, saying, said, delivery, f"{place.where}:{line}")
            return _chosen(first, choices[line]) if line in choices else first
    raise LookupError(line)


def _first(book: Book, saying: _Saying, said: Line | str, delivery: str, where: str) -> TakeRequest:
    words = speech.words(said, book.lexicon, language=saying.voice.language)
    heard = [[part and composed(part) for part in (w.written, w.respelling, w.phonemes)] for w in words]
    facts = {**saying.facts, "words": heard}
    return TakeRequest(key(facts), facts, saying.voice, words, delivery, 1, where)


def chosen_in(book: Book, place: BookChapter) -> Mapping[int, ChosenTake]:
    """What was chosen for the lines of a chapter, by physical line: found by text and its nth occurrence."""
    wanted = {choice.line: choice for choice in book.choices if choice.file == place.name}
    if not wanted:
        return {}
    seen: Counter[str] = Counter()
    found: dict[int, ChosenTake] = {}
    for number, _, said, _ in spoken(place):
        text = words_of(said)
        seen[text] += 1
        choice = wanted.get((place.name, text, seen[text]))
        if choice:
            found[number] = choice
    return found


def _chosen(first: TakeRequest, choice: ChosenTake) -> TakeRequest:
    """The take that was chosen; the first where what makes the line's takes has changed since: the editor has
    not heard what it would be now."""
    if choice.take is None and choice.key:
        return replace(first, key=choice.key, facts={}, take=0, chosen=True)
    wanted = numbered(first, choice.take or 1)
    return replace(wanted, chosen=True) if choice.key in (None, wanted.key) else first


def numbered(request: TakeRequest, take: int) -> TakeRequest:
    """The same line's take of another number."""
    facts = {**request.facts, "take": take}
    return replace(request, key=key(facts), facts=facts, take=take)


def spoken(place: BookChapter) -> Iterator[tuple[int, CharacterId, Line | str, str]]:
    """What has a take in a chapter: physical line, character, the line or the heading's text, delivery."""
    for number, element in enumerate(place.chapter.elements, 1):
        if isinstance(element, Line) and speech.has_something_to_say(element):
            yield number, element.character, element, element.delivery
        if isinstance(element, Heading) and place.speak_title and speech.has_something_to_say(element.title):
            yield number, NARRATOR, element.title, ""


def words_of(said: Line | str) -> str:
    """What a choice knows a spoken line or heading by."""
    return said if isinstance(said, str) else said.written


def _take_facts(voice: Voice, engine: Facts, delivery: str) -> Facts:
    """What a take is made of, its words still to come. Never its place in the book, its character's name or a
    path: the same words in the same voice are one take (DESIGN section 4)."""
    listening = speech.listening_facts(voice)
    return {
        "kind": "take",
        "words": [],
        "engine": {"name": voice.engine, **engine},
        "settings": dict(sorted(speech.heard_settings(voice).items())),
        "pace": voice.pace,
        "delivery": delivery,
        "take": 1,
        "revision": speech.REVISION,
        **({"listen": listening} if listening else {}),
    }


def composed(text: str) -> str:
    """One spelling of an accented letter, however the editor's keyboard composes it."""
    return unicodedata.normalize("NFC", text)


def _mix_facts(
    book: Book, place: BookChapter, takes: Mapping[int, TakeRequest], levels: Mapping[int, float]
) -> Facts:
    speakers: dict[CharacterId, int] = {}
    events: list[list[Any]] = []
    for number, element in enumerate(place.chapter.elements, 1):
        take = takes[number].key if number in takes else None
        match element:
            case Line():
                speaker = speakers.setdefault(element.character, len(speakers))
                level = levels.get(number, 0.0)
                events.append(["line", take, element.written, speaker, level, element.glued, element.verse])
            case Heading() if take:
                events.append(["heading", take])
            case Cue():
                events.append(["cue", element.name, *element.values, *_options(element, speakers)])
            case ParagraphBreak():
                events.append(["paragraph"])
            case SceneBreak():
                events.append(["scene"])
    # What a chapter does not use is not in its facts: its key is what it was before there was such a thing.
    more: dict[str, Any] = {"stereo": True} if book.stereo else {}
    if place.sounds:
        more["sounds"] = {sound.name: sound.digest for sound in place.sounds}
    return {
        **more,
        "kind": "mix",
        "events": events,
        "pauses": asdict(pauses(book)),
        "target": voice_level(book),
        "bed_level": book.sheet.bed_level,
        "beds": book.beds,
        "room_tone": mixing.ROOM_TONE,
        "revision": mixing.REVISION,
    }


def _options(cue: Cue, speakers: dict[CharacterId, int]) -> Iterator[list[str | int]]:
    """A cue's options; characters by their number, so that a name may change and what it means may not."""
    for name, value in cue.options:
        whose = cue.name == "space" and name == "who"
        yield [name, speakers.setdefault(CharacterId(value), len(speakers)) if whose else value]


def _encoder_facts(book: Book, encoding: Encoding) -> Facts:
    """What an encoded chapter is made of but its mix."""
    return {
        "spec": book.spec.as_facts(),
        "encoder": dict(mastering.encoder_facts(encoding, book.spec, channels(book))),
        "revision": mastering.REVISION,
    }


ENCODING_OF: Final[Mapping[str, Encoding]] = {
    "m4b": "aac",
    "mp3": "mp3",
    "opus": "opus",
    "flac": "flac",
}
"""Which encoding a release format is joined from."""
