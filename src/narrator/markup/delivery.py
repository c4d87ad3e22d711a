"""How a speech is said, where its tag says so: verbs, adverbs and phrases that leave no doubt."""

from __future__ import annotations

import re
from collections.abc import Iterable

from narrator.markup.prose import Prose
from narrator.markup.quotations import Quote
from narrator.markup.words import SPEECH_VERBS

_BY_VERB = {
    "whispered": "whispering",
    "whispers": "whispering",
    "whispering": "whispering",
    "murmured": "murmuring",
    "murmurs": "murmuring",
    "muttered": "muttering",
    "mutters": "muttering",
    "mumbled": "mumbling",
    "shouted": "shouting",
    "shouts": "shouting",
    "yelled": "shouting",
    "bellowed": "shouting",
    "roared": "shouting",
    "barked": "shouting",
    "hollered": "shouting",
    "screamed": "screaming",
    "shrieked": "screaming",
    "gasped": "gasping",
    "panted": "gasping",
    "puffed": "gasping",
    "wheezed": "gasping",
    "sobbed": "sobbing",
    "hissed": "hissing",
    "growled": "growling",
    "snarled": "growling",
    "croaked": "hoarse",
    "rasped": "hoarse",
    "thundered": "shouting",
    "bawled": "shouting",
    "snapped": "snapping",
    "snaps": "snapping",
    "sighed": "sighing",
    "sighs": "sighing",
    "laughed": "laughing",
    "chuckled": "laughing",
    "giggled": "laughing",
    "breathed": "softly",
    "cooed": "softly",
    "wept": "sobbing",
    "wailed": "sobbing",
    "whimpered": "sobbing",
    "quavered": "trembling",
    "faltered": "trembling",
    "stammered": "hesitant",
    "stuttered": "hesitant",
    "drawled": "slowly",
}
_BY_ADVERB = {
    "softly": "softly",
    "quietly": "softly",
    "gently": "gently",
    "calmly": "calmly",
    "coldly": "coldly",
    "bitterly": "bitterly",
    "angrily": "angrily",
    "loudly": "loudly",
    "hoarsely": "hoarse",
    "tenderly": "tenderly",
    "sadly": "sadly",
    "wearily": "wearily",
    "gravely": "gravely",
    "fiercely": "fiercely",
    "furiously": "angrily",
    "sharply": "snapping",
    "harshly": "harshly",
    "curtly": "curtly",
    "tersely": "curtly",
    "dryly": "dryly",
    "drily": "dryly",
    "flatly": "flatly",
    "slowly": "slowly",
    "thoughtfully": "thoughtfully",
    "hesitantly": "hesitant",
    "quickly": "quickly",
    "hurriedly": "quickly",
    "hastily": "quickly",
    "urgently": "urgently",
    "breathlessly": "breathless",
    "excitedly": "excited",
    "eagerly": "excited",
    "cheerfully": "cheerfully",
    "happily": "happily",
    "nervously": "nervously",
    "fearfully": "afraid",
    "tremulously": "trembling",
}
_BY_PHRASE = (
    (
        re.compile(r"\b(?:in|dropp?\w+ to) an? (?:\w+ )?whisper\b|under (?:his|her|their|my) breath\b"),
        "whispering",
    ),
    (
        re.compile(
            r"\b(?:in|with) an? (?:very )?(?:low|soft|quiet|gentle) (?:voice|tone)\b|\bin an undertone\b"
        ),
        "softly",
    ),
    (re.compile(r"\bat the top of (?:his|her|their|my) (?:voice|lungs)\b|\bin a loud voice\b"), "shouting"),
    (re.compile(r"\b(?:in|with) an? (?:trembling|shaking|quavering|broken) voice\b"), "trembling"),
)
"""Of an adverb or a phrase beside a verb of speaking."""
_WORD = re.compile(r"[^\W\d_][\w’'-]*|[.!?;:—–]")
_NEAR, _ADVERB_NEAR = 5, 8
"""Words from the quotation within which the verb, and its adverb, must stand."""


THINKING = "thinking, softly"
"""How a thought in quotation marks is said where the text tells nothing else."""


def delivery(prose: Prose, quotes: Iterable[Quote]) -> str:
    """The delivery of one speech, from the narration right after or before its quotations; empty where none
    is told."""
    quotes = tuple(quotes)
    for quote in quotes:
        place = prose.places[quote.place]
        after = _first_words(prose.text, quote.end, place.end)
        before = _last_words(prose.text, place.start, quote.start)
        found = _told(after) or _told(before)
        if found:
            return found
    return THINKING if any(quote.kind == "thought" for quote in quotes) else ""


def _first_words(text: str, start: int, end: int) -> list[str]:
    found: list[str] = []
    for match in _WORD.finditer(text, start, min(end, start + 90)):
        word = match.group().lower()
        if not word[0].isalpha() or len(found) == _ADVERB_NEAR:
            break
        found.append(word)
    return found


def _last_words(text: str, start: int, end: int) -> list[str]:
    """The words of the clause that leads into a quotation, nearest first; only a comma or colon leads in."""
    lead = text[max(start, end - 90) : end].rstrip()
    if not lead.endswith((",", ":")):
        return []
    clause = re.split(r"[.!?;—–]", lead[:-1])[-1]
    return [word.lower() for word in re.findall(r"[^\W\d_][\w’'-]*", clause)][::-1][:_ADVERB_NEAR]


def _told(words: list[str]) -> str:
    verb = next((word for word in words[:_NEAR] if word in SPEECH_VERBS), None)
    if verb is None:
        return ""
    if verb in _BY_VERB:
        return _BY_VERB[verb]
    told = " ".join(words)
    phrase = next((how for pattern, how in _BY_PHRASE if pattern.search(told)), "")
    return phrase or next((_BY_ADVERB[word] for word in words if word in _BY_ADVERB), "")
