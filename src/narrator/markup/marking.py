"""The room's work in order: who speaks, then the script that says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from narrator.book import (
    Chapter,
    Character,
    CharacterId,
    Cue,
    Element,
    Heading,
    Manuscript,
    ManuscriptChapter,
    MarkedUp,
    ParagraphBreak,
    Quotation,
    SceneBreak,
    Span,
    Unspoken,
)
from narrator.markup import door, quotations, scenes
from narrator.markup.characters import characters
from narrator.markup.delivery import delivery
from narrator.markup.door import Settings
from narrator.markup.lines import Voiced, lines
from narrator.markup.meeting import meet
from narrator.markup.people import People
from narrator.markup.prose import Prose, prose
from narrator.markup.quotations import Quote
from narrator.markup.speakers import Verdict, attribute
from narrator.markup.tags import Speech, speeches

_SURE = 0.8
"""Confidence under which a line carries the script's `?`."""


@dataclass(frozen=True, slots=True)
class _Said:
    """One spoken quotation with all that is known about it."""

    quote: Quote
    speaker: CharacterId | None
    confidence: float
    delivery: str
    speech: int


def mark_up(
    manuscript: Manuscript,
    *,
    given: Sequence[Character] = (),
    typography: str = "",
    by: str = "",
    settings: Settings | None = None,
) -> MarkedUp:
    """The manuscript as a script: one chapter each, the characters that speak, and the attribution behind it.

    given: the characters, where they need not be found; nobody else but the narrator speaks then.
    typography: one of `TYPOGRAPHIES`, where it should not be seen from the text. by: an installed attributor
    that judges once more, with its settings. Raises MissingError where it is not there, and what it raises.

    For every paragraph the lines, joined by a space or by nothing where `glued`, are its text exactly.
    A quotation for which nobody was found is a line of the narrator's, unsure.
    """
    text = prose(manuscript)
    quotes = quotations.find(text, typography)
    people = meet(text, quotes, given)
    found = speeches(text, quotes, people)
    verdicts = attribute(text, people, found)
    return marked_up(manuscript, text, quotes, people, found, verdicts, by=by, settings=settings)


def marked_up(
    manuscript: Manuscript,
    text: Prose,
    quotes: Sequence[Quote],
    people: People,
    found: Sequence[Speech],
    verdicts: Sequence[Verdict],
    *,
    by: str = "",
    settings: Settings | None = None,
) -> MarkedUp:
    """The script, once it is known who says each speech. `by`, `settings`: as for `mark_up`."""
    order = [verdict.person for verdict in verdicts if verdict.person is not None]
    cast, handles = characters(people, order, text.text)
    said = _said(text, quotes, found, verdicts, handles)
    remarks: tuple[str, ...] = ()
    if by:
        said, remarks = _judged(text, said, cast, door.attributor(by), settings or {})
    voiced = _voiced(text, said)
    chapters = tuple(
        _chapter(chapter, [voiced[number, index] for index in range(len(chapter.paragraphs))])
        for number, chapter in enumerate(manuscript.chapters)
    )
    return MarkedUp(chapters, cast, _quotations(text, quotes, said), remarks)


def _judged(
    text: Prose,
    said: Mapping[int, _Said],
    cast: Sequence[Character],
    attributor: door.Attributor,
    settings: Settings,
) -> tuple[dict[int, _Said], tuple[str, ...]]:
    """What is known about each spoken quotation after another judge was heard, and what he did."""
    speeches: dict[int, list[_Said]] = defaultdict(list)
    for one in said.values():
        speeches[one.speech].append(one)
    asked = tuple(
        door.Asked(
            number,
            tuple(Span(s.quote.start, s.quote.end) for s in parts),
            parts[0].speaker,
            parts[0].confidence,
        )
        for number, parts in sorted(speeches.items())
    )
    dialogue = door.Dialogue(
        text.text,
        tuple(Span(place.start, place.end) for place in text.places),
        tuple(place.chapter for place in text.places),
        asked,
        tuple(cast),
    )
    judgement = attributor.attribute(dialogue, settings)
    opinions = door.heard(dialogue, judgement)
    judged = {
        quote: replace(one, speaker=opinions[one.speech].speaker, confidence=opinions[one.speech].confidence)
        if one.speech in opinions
        else one
        for quote, one in said.items()
    }
    return judged, judgement.remarks


def _said(
    text: Prose,
    quotes: Sequence[Quote],
    found: Sequence[Speech],
    verdicts: Sequence[Verdict],
    handles: dict[int, CharacterId],
) -> dict[int, _Said]:
    """What is known about each spoken quotation, by its number. A speech that continues keeps its number."""
    said: dict[int, _Said] = {}
    number = -1
    for speech, verdict in zip(found, verdicts, strict=True):
        number += 0 if speech.continues and number >= 0 else 1
        how = delivery(text, [quotes[quote] for quote in speech.quotes])
        speaker = None if verdict.person is None else handles[verdict.person]
        for quote in speech.quotes:
            said[quote] = _Said(quotes[quote], speaker, verdict.confidence, how, number)
    return said


def _voiced(text: Prose, said: dict[int, _Said]) -> dict[tuple[int, int], list[Voiced]]:
    """The spoken stretches of each paragraph, by chapter and index, as offsets into the paragraph's text."""
    found: dict[tuple[int, int], list[Voiced]] = defaultdict(list)
    for one in said.values():
        place = text.places[one.quote.place]
        start, end = one.quote.start - place.start, one.quote.end - place.start
        speaker = one.speaker or CharacterId("narrator")
        unsure = one.speaker is None or one.confidence < _SURE
        found[place.chapter, place.index].append(Voiced(start, end, speaker, one.delivery, unsure))
    return found


def _quotations(text: Prose, quotes: Sequence[Quote], said: dict[int, _Said]) -> tuple[Quotation, ...]:
    """Every quotation in the source's own offsets, its marks left outside."""
    found: list[Quotation] = []
    for number, quote in enumerate(quotes):
        inside = quotations.inside(text.text, quote)
        start = text.source(inside[0], quote.place)
        span = Span(start, max(start, text.source(inside[1] - 1, quote.place) + 1))
        one = said.get(number)
        if one is None:
            found.append(Quotation(span, None, 1.0, kind=quote.kind))
        else:
            found.append(Quotation(span, one.speaker, one.confidence, kind=quote.kind, speech=one.speech))
    return tuple(found)


def _chapter(chapter: ManuscriptChapter, voiced: Sequence[Sequence[Voiced]]) -> Chapter:
    """One chapter of the script: heading, then scenes of paragraphs, each scene with the bed it calls for."""
    elements: list[Element] = [Heading(chapter.heading.text if chapter.heading else chapter.title)]
    opens = scenes.shifts(chapter.paragraphs)
    bed = "none"
    first = True
    starts = sorted({0, *opens})
    for start, end in zip(starts, [*starts[1:], len(chapter.paragraphs)], strict=True):
        wanted = scenes.bed(" ".join(p.text for p in chapter.paragraphs[start:end] if not p.furniture))
        for index in range(start, end):
            paragraph = chapter.paragraphs[index]
            if not first:
                elements.append(ParagraphBreak())
            if index in opens and not first:
                elements.append(SceneBreak())
            first = False
            if paragraph.furniture:
                elements.append(Unspoken(paragraph.text))
                continue
            if wanted != bed:
                elements.append(Cue("bed", (wanted,)))
                bed = wanted
            elements += lines(paragraph, voiced[index])
    return Chapter(tuple(elements))
