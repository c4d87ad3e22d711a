"""A text written down from a file that is no plain text: its words become the source, its structure the
blocks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Final

from narrator.book import Paragraph
from narrator.manuscript import headings
from narrator.manuscript.chapters import Block
from narrator.manuscript.paragraphs import Stretch, paragraph


@dataclass(frozen=True, slots=True)
class Text:
    """What a reader found: the words as one source, the blocks in them, what the file says of itself, and
    what of it is not in the blocks ("2 pictures")."""

    source: str
    blocks: list[Block]
    title: str = ""
    author: str = ""
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Draft:
    kind: str
    stretches: tuple[Stretch, ...] = ()
    level: int = 0
    furniture: bool = False
    title: bool = False
    name: str = ""
    lines: int = 1


CHAPTER_LEVELS: Final = 2
"""Headings down to this level open chapters; deeper ones open scenes."""


@dataclass(slots=True)
class Scribe:
    """Takes words in reading order. `flush` ends a paragraph; what is emphasised, verse, a heading or not for
    reading aloud is said with it. `names` (a table of contents) decides about chapters where it is given."""

    by_contents: bool = False
    _parts: list[str] = field(default_factory=list)
    _at: int = 0
    _open: list[Stretch] = field(default_factory=list)
    _drafts: list[_Draft] = field(default_factory=list)
    _name: str = ""
    _left: Counter[str] = field(default_factory=Counter)

    def words(self, text: str, *, emphasised: bool = False) -> None:
        """More words of the paragraph."""
        if text:
            self._parts.append(text)
            self._open.append(Stretch(self._at, self._at + len(text), emphasised))
            self._at += len(text)

    def verse(self) -> None:
        """A line of verse ends here."""
        if self._open:
            self._open[-1] = replace(self._open[-1], verse=True)
        self.words("\n")

    def start(self, name: str) -> None:
        """The table of contents has an entry for this place."""
        self._name = name

    def leave_out(self, what: str) -> None:
        """Count something that is not written down ("picture")."""
        self._left[what] += 1

    def flush(self, *, level: int = 0, furniture: bool = False, title: bool = False) -> None:
        """The paragraph is complete. level: of the heading that it is, 0 for none."""
        stretches = tuple(self._open)
        self._open = []
        if not any(part.strip() for part in self._parts[len(self._parts) - len(stretches) :]):
            return
        self._parts.append("\n\n")
        self._at += 2
        lines = 1 + sum(stretch.verse for stretch in stretches)
        name = "" if furniture else self._name
        if name:
            self._name = ""
        self._drafts.append(_Draft("words", stretches, level, furniture, title, name, lines))

    def scene(self) -> None:
        """A break between scenes."""
        self._drafts.append(_Draft("break"))

    def text(self, *, title: str = "", author: str = "") -> Text:
        """Everything that was written down. Where no heading is marked, lines that read like one are."""
        self.flush()
        source = "".join(self._parts)
        headed = any(draft.level or draft.name for draft in self._drafts)
        found: list[Block] = []
        for draft in self._drafts:
            found += [Block("break")] if draft.kind == "break" else self._blocks(source, draft, headed=headed)
        left = tuple(f"{n} {what}{'' if n == 1 else 's'}" for what, n in sorted(self._left.items()))
        return Text(source, _titled(found), " ".join(title.split()), " ".join(author.split()), left)

    def _blocks(self, source: str, draft: _Draft, *, headed: bool) -> list[Block]:
        words = paragraph(source, draft.stretches, furniture=draft.furniture)
        if words is None:
            return []
        if draft.furniture or draft.title:
            return [Block("words", words, title=draft.title)]
        if headings.is_scene_mark(words.text) and not draft.level:
            return [Block("break")]
        if not headed:
            rank = headings.rank([words.text])
            kind = rank is not None and rank != headings.NUMERAL
            return [Block("heading", words, rank or 0) if kind else _plain(words)]
        if draft.name and not draft.level:
            return [Block("start", name=draft.name), Block("words", words, lines=2)]
        opens = bool(draft.name) if self.by_contents else 0 < draft.level <= CHAPTER_LEVELS
        if opens or (draft.level and self._follows_start(draft)):
            return [Block("heading", words, draft.level, draft.lines, name=draft.name)]
        if draft.level:
            return [Block("break"), Block("words", words, lines=2)]
        return [_plain(words)]

    def _follows_start(self, draft: _Draft) -> bool:
        """Whether a heading stands right under one that the table of contents names."""
        at = self._drafts.index(draft)
        before = self._drafts[at - 1] if at else None
        return before is not None and bool(before.name) and bool(before.level)


_SHORT: Final = 80
"""Characters up to which a paragraph may be a line of a title page."""


def _plain(words: Paragraph) -> Block:
    return Block("words", words, lines=1 if len(words.text) <= _SHORT and not words.verse else 2)


def _titled(found: list[Block]) -> list[Block]:
    """A first heading that stands alone on its level above others is the book's title."""
    levels = [block.rank for block in found if block.kind == "heading"]
    first = next((n for n, block in enumerate(found) if block.kind != "break"), 0)
    if len(levels) > 1 and found[first].kind == "heading" and levels[0] < min(levels[1:]):
        found[first] = replace(found[first], kind="words", title=True)
    return found
