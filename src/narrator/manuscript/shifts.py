"""Where a text without headings turns: the shifts of time and place at which a reader would expect a
chapter."""

from __future__ import annotations

import re

_DAY = (
    "night|evening|morning|afternoon|day|noon|dawn|dusk|midnight|sunrise|sunset|nightfall|daybreak|twilight"
)
_SEASON = "spring|summer|autumn|fall|winter"
_UNIT = "minutes?|hours?|days?|nights?|weeks?|months?|years?|decades?|seasons?|centuries|century"
_COUNT = r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|many|some|several|a few|\d+)"
_AFTER = r"(?:later|after(?:wards?)?|passed|went|had\s+passed|had\s+gone)"
_LATER = rf"(?:{_COUNT}\s+)?(?:long\s+)?(?:{_UNIT})\s+{_AFTER}"
_LONG = r"(?:weeks?|months?|years?|decades?|seasons?)"
_GROUP = r"(?:they|we|the\s+\w+)"
_MOVED = (
    r"(?:took|brought|led|drove|carried|marched|moved|left|sailed|rode|flew|walked|travell?ed|crossed|arrived"
    r"|reached|returned)"
)

_OPENINGS: tuple[tuple[float, re.Pattern[str]], ...] = tuple(
    (weight, re.compile(rf"(?:and\s+|but\s+|then[,\s]+)?(?:{pattern})\b", re.IGNORECASE))
    for weight, pattern in (
        (3.0, rf"(?:{_COUNT}\s+)?(?:long\s+)?{_LONG}\s+(?:later|after(?:wards?)?|passed|went|had\s+passed)"),
        (3.0, rf"(?:in|during|by|through)\s+the\s+(?:final|last|first|early|late|following|next)\s+{_LONG}"),
        (
            3.0,
            rf"(?:that|the)\s+(?:next|following|same)?\s*(?:{_SEASON}|year|week|month)(?:\s+of|,|\s+(?:came|began))",
        ),
        (2.5, rf"(?:that|(?:the\s+)?(?:next|following))\s+(?:very\s+)?(?:{_DAY}|week|month|year|{_SEASON})"),
        (
            2.5,
            rf"(?:by|towards?|at|around|before|after|near)\s+(?:the\s+)?(?:early\s+|late\s+|next\s+)?(?:{_DAY})",
        ),
        (2.5, rf"the\s+(?:{_DAY})\s"),
        (2.0, _LATER),
        (
            2.0,
            rf"(?:one|late\s+one|early\s+one|late\s+that|early\s+that|on\s+the)\s+(?:\w+\s+)?(?:{_DAY}|{_SEASON})",
        ),
        (2.0, rf"(?:in|when|by|all|that|it\s+was)\s+(?:the\s+)?(?:early\s+|late\s+)?(?:{_SEASON})"),
        (2.0, r"(?:meanwhile|elsewhere|some\s+time\s+(?:later|after)|long\s+after)"),
        (
            2.0,
            r"(?:in|on|by)\s+(?:(?:early|late|mid)[\s-])?(?:January|February|March|April|May|June|July|August|"
            r"September|October|November|December|\d{4})",
        ),
        (1.5, r"(?:on|by)\s+(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"),
        (
            1.5,
            rf"{_GROUP}\s+{_MOVED}\s+(?:him|her|them|us|it|me|like|to|into|through|across|away|out|the|north|south|east|west)",
        ),
        (
            1.0,
            r"(?:in|inside|at|on|outside|across|beyond|behind)\s+(?:a|an|the)\s+\w+(?:\s+\w+)?(?:,|\s+(?:of|far|near|at|on|in))",
        ),
    )
)
_MARKED = 3.0
_LEAST_SHARE, _LEAST, _MOST = 0.08, 220, 1500
"""No proposed chapter is shorter than 8 % of the text, within 220 and 1,500 words (90 s to 10 minutes
aloud)."""
_SHORT = 900
"""Words below which a text stays one chapter."""
_WORTH = 1.25
"""Weight that a shift needs to be worth a chapter of its own."""

_CLAUSE = re.compile(r"[,;:—–…]|[.!?]+(?=\s|$|[”\"’])")
_TITLE_WORDS = 7


def weight(text: str) -> float:
    """How strongly the opening of a paragraph says that time or place has moved on: 0 to 3."""
    return next((value for value, pattern in _OPENINGS if pattern.match(text)), 0.0)


def proposed(paragraphs: list[tuple[str, bool]]) -> list[int]:
    """Where chapters should start: indices of paragraphs, the first always 0.

    Each paragraph is its words (empty where it is not read aloud) and whether a scene break stands before it.
    The cuts are those with the greatest weight together that leave every chapter its least length.
    """
    ends = [0]
    for text, _ in paragraphs:
        ends.append(ends[-1] + len(text.split()))
    total = ends[-1]
    if total < _SHORT:
        return [0]
    least = min(_MOST, max(_LEAST, int(_LEAST_SHARE * total)))
    cuts = [0]
    values = {0: 0.0}
    for index, (text, opens) in enumerate(paragraphs):
        value = max(weight(text), _MARKED if opens else 0.0)
        if index and value >= _WORTH and total - ends[index] >= least:
            cuts.append(index)
            values[index] = value
    return _best(cuts, values, ends, least)


def _best(cuts: list[int], values: dict[int, float], ends: list[int], least: int) -> list[int]:
    """The heaviest chain of cuts at least `least` words apart, from 0 on."""
    best = {0: 0.0}
    back: dict[int, int] = {}
    reach, champion = 0, 0
    for position, cut in enumerate(cuts[1:], 1):
        while reach < position and ends[cut] - ends[cuts[reach]] >= least:
            if cuts[reach] in best and best[cuts[reach]] >= best[champion]:
                champion = cuts[reach]
            reach += 1
        if ends[cut] >= least:
            best[cut] = best[champion] + values[cut] - _WORTH / 2
            back[cut] = champion
    chain = [max(best, key=lambda cut: (best[cut], -cut))]
    while chain[-1]:
        chain.append(back[chain[-1]])
    return chain[::-1]


_LEADING = re.compile(
    r"(?:an?|the|and|or|but|nor|of|i[nst]|o[nr]|at|to|into|onto|from|by|for|with|over|under|as|that|which|who|"
    r"his|her|its|their|my|our|your|this|these|those|had|was|were|be|been|no|not)",
    re.IGNORECASE,
)
"""Words that lead on to the next one: a name does not end with them."""


def opening_words(texts: list[str]) -> str:
    """A name for a chapter: its first words, cut at a clause; an ellipsis where the clause goes on."""
    text = next((text for text in texts if any(map(str.isalnum, text))), "")
    text = text.strip().lstrip("“\"‘'«„—– ")
    words = text.split()
    if not words:
        return ""
    for found in _CLAUSE.finditer(text):
        clause = text[: found.start()]
        count = len(clause.split())
        if count > _TITLE_WORDS:
            break
        if count >= 3 or found.group()[0] in ".!?":
            return clause.strip('“”"‘«» ')
    if len(words) <= _TITLE_WORDS:
        return text.rstrip('.!?,;:”"’ ')
    kept = words[: _TITLE_WORDS - 1]
    while len(kept) > 2 and _LEADING.fullmatch(kept[-1]):
        kept.pop()
    return " ".join(kept).rstrip(",;:—–") + "…"
