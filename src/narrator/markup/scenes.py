"""Scenes inside a chapter, and the ambience that their words call for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from narrator.book import Paragraph

_UNIT = r"(?:weeks?|months?|years?|decades?)"
_SHIFT = re.compile(
    rf"(?:(?:\w+\s+)?{_UNIT}\s+(?:later|passed|went by|had passed)"
    r"|(?:the\s+)?(?:next|following)\s+(?:morning|day|evening|night|afternoon|week)\b"
    r"|(?:one|that|late that|late one)\s+(?:night|evening|morning|afternoon)\b"
    r"|(?:at|by|before)\s+(?:dawn|dusk|nightfall|midnight|daybreak)\b"
    r"|in\s+an?\s+\w+\s+(?:room|house|office|building|city|town|village|country)\b)",
    re.IGNORECASE,
)
_LEAST = 120
"""Words that a proposed scene has at least, and that stand before it in its chapter."""

_WINTER = re.compile(
    r"\b(?:snow(?:s|ed|y|ing|fall|flakes?|drifts?)?|ic[ey]|frost(?:y|ed|bitten)?|frozen|freezing|winter(?:s|’s|'s)?|sleet"
    r"|icicles?|blizzards?|snowstorms?)\b",
    re.IGNORECASE,
)
_COLD = re.compile(r"\b(?:cold|chill(?:ed|y)?|bitter|shiver(?:ed|ing)?)\b", re.IGNORECASE)
_STORM = re.compile(
    r"\b(?:blizzards?|snowstorms?|whiteout|gales?|howl(?:ed|ing)|storm(?:s|ed|ing)?(?! of)|tempest)\b",
    re.IGNORECASE,
)
_WIND = re.compile(r"\b(?:winds?|windy|breezes?|gusts?|gusty|gales?)\b", re.IGNORECASE)
_OUTSIDE = re.compile(
    r"\b(?:sky|skies|stars|horizon|field|fields|forest|woods|trees?|treeline|grove|ridge|hills?|mountains?|cliffs?|moor|steppe"
    r"|river|swamp|road|roads|paths?|street|streets|trench|trenches|outdoors|meadow|shore|beach|sea|hollow|valley|deck|bridge)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\b(?:ridge|cliffs?|moor|heights|summit|mountains?|hilltop|steppe|crest|peaks?)\b", re.IGNORECASE
)
_INSIDE = re.compile(
    r"\b(?:room|rooms|house|farmhouse|hut|cabin|corridor|ceilings?|floors?|windows?|door|lamp|desk|office|kitchen"
    r"|cellar|dugout|candle|hall|stove|hearth|fireplace|bedroom|curtains?|stairs|roof|classroom|school|library|attic|indoors|cup|chair|bed)\b",
    re.IGNORECASE,
)
_FAR_FROM_CALM = 2
_OPENING = 12
"""Words in which a scene says where it plays: a room named there weighs three times."""


def shifts(paragraphs: Sequence[Paragraph]) -> frozenset[int]:
    """Paragraphs before which a new scene should begin: marked ones, or, where the author marks none,
    proposed ones."""
    marked = frozenset(index for index, paragraph in enumerate(paragraphs) if paragraph.opens_scene)
    if marked:
        return marked
    counts = [0 if paragraph.furniture else len(paragraph.text.split()) for paragraph in paragraphs]
    found: list[int] = []
    since, left = 0, sum(counts)
    for index, paragraph in enumerate(paragraphs):
        if min(since, left) >= _LEAST and not paragraph.furniture and _SHIFT.match(paragraph.text):
            found.append(index)
            since = 0
        since += counts[index]
        left -= counts[index]
    return frozenset(found)


def bed(text: str) -> str:
    """The bed that a scene's words call for, "none" where they call for nothing."""
    count = len(text.split())
    winter, cold = len(_WINTER.findall(text)), len(_COLD.findall(text))
    wind, storm = len(_WIND.findall(text)), len(_STORM.findall(text))
    outside, inside = len(_OUTSIDE.findall(text)), len(_INSIDE.findall(text))
    if _INSIDE.search(" ".join(text.split()[:_OPENING])):
        inside += 2
    need = 2 + count // 500
    if winter + min(cold, winter) >= need and (winter > 1 or outside + inside > 0):
        if inside > outside + wind:
            return "draught"
        if storm >= _FAR_FROM_CALM or (storm and wind):
            return "blizzard"
        return "gusts" if _OPEN.search(text) and (wind or storm) else "light-wind"
    if wind >= need and outside > inside:
        return "gusts" if storm or _OPEN.search(text) else "light-wind"
    return "none"
