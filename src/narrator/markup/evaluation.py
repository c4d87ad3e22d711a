"""The attribution as the evaluation tools read it."""

from __future__ import annotations

from narrator.book import Character, Gender, Manuscript, MarkedUp

_GENDERS: dict[Gender | None, str | None] = {"male": "M", "female": "F", None: None}


def evaluation(manuscript: Manuscript, marked: MarkedUp) -> dict[str, object]:
    """Quotations and characters as plain data for JSON.

    `quotes`: start and end (code points of the source, marks outside), speaker (a character's id or None),
    confidence, kind ("speech", "letter" or "quoted"), thought (a speech that is said to oneself) and speech.
    `characters`: id, name, aliases, gender ("M", "F" or None) and age.
    """
    quotes = [
        {
            "start": quotation.span.start,
            "end": quotation.span.end,
            "speaker": quotation.speaker,
            "confidence": quotation.confidence,
            "kind": "speech" if quotation.kind == "thought" else quotation.kind,
            "thought": quotation.kind == "thought",
            "speech": quotation.speech,
        }
        for quotation in marked.quotations
    ]
    return {
        "title": manuscript.title,
        "quotes": quotes,
        "characters": [_character(character) for character in marked.characters],
    }


def _character(character: Character) -> dict[str, object]:
    return {
        "id": character.id,
        "name": character.name,
        "aliases": list(character.aliases),
        "gender": _GENDERS[character.gender],
        "age": character.age,
    }
