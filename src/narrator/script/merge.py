"""Marking up again after the manuscript changed: hand edits in paragraphs that did not change survive."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TypeAlias

from narrator.book import (
    Chapter,
    Cue,
    Element,
    Heading,
    Line,
    Note,
    ParagraphBreak,
    SceneBreak,
    Unspoken,
)
from narrator.script.division import changed_pairs, divided

Block: TypeAlias = tuple[Element, ...]
"""A paragraph with what stands before it: its break, its cues and notes, the heading if it is the first."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A paragraph that the author changed: its words as they were and are. `chapter` counts from 0."""

    chapter: int
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Merged:
    """The new script.

    chapters: each with the file it should be written to, None for a chapter that no old file matches.
    kept, new: paragraphs taken over with their hand edits, and paragraphs marked up afresh.
    changed: those of the new ones that stand for an old one; their lines that kept their words kept their
    hand edits. dropped: words of old paragraphs that the manuscript no longer holds in any form.
    """

    chapters: tuple[tuple[str | None, Chapter], ...]
    kept: int
    new: int
    changed: tuple[Changed, ...]
    dropped: tuple[str, ...]


def merge(old: Mapping[str, Chapter], new: Sequence[Chapter], *, standing: Sequence[bool]) -> Merged:
    """`new`, with every paragraph whose words stand in `old` (file name -> chapter) as the editor left it.

    Chapters are matched by content, wherever they moved. standing[i]: the heading of new[i] stands in the
    manuscript, so its words are the book's; elsewhere the editor's own title stays. Where no heading stands,
    all chapters are proposals, and the editor's own division of the old text stays.
    """
    before = [(file, block) for file, chapter in old.items() for block in _blocks(chapter)]
    after = [(index, block) for index, chapter in enumerate(new) for block in _blocks(chapter)]
    words = [_words(block) for _, block in before], [_words(block) for _, block in after]
    match = _match(*words)
    pairs = changed_pairs(*words, match)
    if old and not any(standing):
        files = [before[match[n]][0] if n in match else None for n in range(len(after))]
        after, new = _as_divided(after, new, divided([owner for owner, _ in after], files))
        standing = [False] * len(new)
    chapters: list[tuple[str | None, Chapter]] = []
    taken: set[str] = set()
    for index, chapter in enumerate(new):
        mine = [(n, block) for n, (owner, block) in enumerate(after) if owner == index]
        votes = Counter(before[match[n]][0] for n, _ in mine if n in match)
        file = next((f for f, _ in votes.most_common() if f not in taken), None)
        elements: list[Element] = []
        for n, block in mine:
            if n in match:
                elements += _kept(before[match[n]][1], block)
            else:
                elements += _patched(before[pairs[n]][1], block) if n in pairs else block
        title = _heading(old[file] if file else chapter, chapter, stands=standing[index])
        taken |= {file} if file else set()
        chapters.append((file, Chapter((title, *_without_headings(elements)))))
    used = set(match.values()) | set(pairs.values())
    changed = tuple(Changed(after[n][0], words[0][o], words[1][n]) for n, o in sorted(pairs.items()))
    dropped = tuple(text for n, text in enumerate(words[0]) if n not in used and text)
    return Merged(tuple(chapters), len(match), len(after) - len(match), changed, dropped)


def _as_divided(
    after: list[tuple[int, Block]], new: Sequence[Chapter], owners: Sequence[int]
) -> tuple[list[tuple[int, Block]], list[Chapter]]:
    """The paragraphs in the editor's chapters; where one of his begins, no break of narrator's opens it."""
    moved: list[tuple[int, Block]] = []
    chapters: list[Chapter] = []
    for (proposed, block), owner in zip(after, owners, strict=True):
        first = not moved or moved[-1][0] != owner
        if first:
            chapters.append(new[proposed])
        opened = isinstance(block[0], ParagraphBreak | SceneBreak)
        if first and opened:
            block = _unopened(block)
        elif not first and not opened:
            block = (ParagraphBreak(), *block)
        moved.append((owner, block))
    return moved, chapters


def _heading(old: Chapter, new: Chapter, *, stands: bool) -> Element:
    source = new if stands else old
    return next((e for e in source.elements if isinstance(e, Heading)), Heading(new.title))


def _without_headings(elements: Iterable[Element]) -> Iterable[Element]:
    return (e for e in elements if not isinstance(e, Heading))


def _kept(old: Block, new: Block) -> Block:
    """The editor's block, opening with the break that its new place asks for."""
    opens = isinstance(old[0], ParagraphBreak | SceneBreak)
    opened = isinstance(new[0], ParagraphBreak | SceneBreak)
    if opens and not opened:
        return _unopened(old)
    if opened and not opens:
        return (replace(new[0], raw=None), *old)
    return old


def _unopened(block: Block) -> Block:
    """The block without the breaks before its words."""
    first = next((n for n, e in enumerate(block) if not isinstance(e, ParagraphBreak | SceneBreak)), 0)
    return block[first:]


def _patched(old: Block, new: Block) -> Block:
    """The changed paragraph, with the editor's lines where their words stayed, and his notes and cues before
    it."""
    lines = [e for e in old if isinstance(e, Line)]
    first = next((n for n, e in enumerate(old) if isinstance(e, Line | Unspoken)), len(old))
    own = [e for e in old[:first] if isinstance(e, Note | Cue)]
    has_cue = any(isinstance(e, Cue) for e in own)
    patched: list[Element] = []
    for element in new:
        if isinstance(element, Cue) and has_cue:
            continue
        if isinstance(element, Line | Unspoken):
            patched += own
            own = []
        if isinstance(element, Line):
            same = next((e for e in lines if e.written == element.written), None)
            if same is not None:
                lines.remove(same)
                glued = same.glued == element.glued
                element = same if glued else replace(same, glued=element.glued, raw=None)
        patched.append(element)
    return tuple(patched)


def _blocks(chapter: Chapter) -> list[Block]:
    """The chapter cut before the break that precedes each paragraph; all elements, in order."""
    blocks: list[list[Element]] = [[]]
    spoken = False
    for element in chapter.elements:
        breaks = isinstance(element, ParagraphBreak | SceneBreak)
        if breaks and spoken:
            blocks.append([])
            spoken = False
        blocks[-1].append(element)
        spoken = spoken or isinstance(element, Line | Unspoken)
    return [tuple(block) for block in blocks if block]


def _words(block: Block) -> str:
    """The paragraph's words as the manuscript has them."""
    text = ""
    glued = True
    for element in block:
        if isinstance(element, Line | Unspoken):
            text += ("" if glued else " ") + (element.written if isinstance(element, Line) else element.text)
            glued = isinstance(element, Line) and element.glued
    return text


def _match(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """For each new paragraph the old one with the same words: runs in order first, then those that moved."""
    match: dict[int, int] = {}
    for a, b, size in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        match |= {b + k: a + k for k in range(size)}
    used = set(match.values())
    left: dict[str, list[int]] = defaultdict(list)
    for n in reversed(range(len(old))):
        if n not in used and old[n]:
            left[old[n]].append(n)
    for n, words in enumerate(new):
        if n not in match and left[words]:
            match[n] = left[words].pop()
    return match
