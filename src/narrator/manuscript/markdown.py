"""Markdown to blocks, by markdown-it: its tokens say what the words are, the source says where they stand."""

from __future__ import annotations

import re
from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from narrator.errors import ManuscriptError
from narrator.manuscript import headings
from narrator.manuscript.chapters import Block
from narrator.manuscript.paragraphs import Stretch, paragraph

_LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")
_FRONT_MATTER = re.compile(
    r"---[ \t]*\r?\n(?P<body>(?:[A-Za-z][\w-]*:.*\r?\n)+)(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)"
)
_CHAPTER_LEVELS = 2
"""Headings down to this level open chapters; deeper ones open scenes."""


def _parser() -> MarkdownIt:
    """CommonMark for prose: an indented paragraph is no code, backticks and `[name]: address` are words."""
    return MarkdownIt("commonmark").disable(["code", "backticks", "reference", "text_join"])


def blocks(source: str) -> list[Block]:
    """The blocks of a Markdown text in reading order. HTML is not words; an image's description is not
    either."""
    text = source
    front = _FRONT_MATTER.match(source)
    if front:
        # Blanked rather than cut, so that offsets stay true.
        text = re.sub(r"[^\r\n]", " ", front.group()) + source[front.end() :]
    return _Reader(source, text).blocks()


def _even(text: str) -> str:
    """The text with line ends of one kind and every offset kept."""
    # A backslash right before a line end is a hard break, so the space that fills up goes behind it.
    return text.replace("\\\r\n", "\\\n ").replace("\r\n", " \n").replace("\r", "\n").replace("\0", " ")


class _Reader:
    """Walks the tokens with a finger on the source."""

    def __init__(self, source: str, text: str) -> None:
        self.source = source
        self.text = _even(text)
        self.lines = [*(match.start() for match in _LINE.finditer(self.text)), len(source)]
        self.tokens = _parser().parse(self.text)
        self.found: list[Block] = []
        self.markers: list[Stretch] = []
        self.opens = False

    def blocks(self) -> list[Block]:
        for index, token in enumerate(self.tokens):
            if token.type == "hr":
                self.found.append(Block("break"))
            elif token.type == "list_item_open" and token.info:
                self._marker(token)
            elif token.type == "fence" and token.map:
                self._verbatim(token.map[0] + 1, token.map[1], token.markup)
            elif token.type == "inline":
                self._inline(token, self.tokens[index - 1])
        return self._titled()

    def _marker(self, token: Token) -> None:
        """The number of an ordered list's item is a word of the book ("1984. It was a cold year.")."""
        if token.map:
            line = self.lines[token.map[0]]
            after = max(line, self.markers[-1].end if self.markers else line)
            start = self.source.find(token.info, after)
            self.markers.append(Stretch(start, start + len(token.info) + len(token.markup) + 1))

    def _verbatim(self, first: int, last: int, fence: str) -> None:
        """The lines of a fenced block; its last line is its end mark, unless it was never closed."""
        closed = self.text[self.lines[last - 1] : self.lines[last]].strip().startswith(fence)
        for line in range(first, last - int(closed and last > first)):
            words = paragraph(self.source, [Stretch(self.lines[line], self.lines[line + 1])])
            if words is not None:
                self.found.append(Block("words", words))

    def _inline(self, token: Token, opening: Token) -> None:
        if token.map is None:
            return
        start, end = self.lines[token.map[0]], self.lines[token.map[1]]
        start = max(start, self.markers[-1].end if self.markers else start)
        stretches = [*self.markers, *_Finger(self.text, start, end).walk(token.children or [])]
        self.markers = []
        words = paragraph(self.source, stretches)
        if words is None:
            return
        level = int(opening.tag[1]) if opening.type == "heading_open" else 0
        if headings.is_scene_mark(words.text):
            self.found.append(Block("break"))
        elif level and opening.markup == "-" and not headings.is_subtitle(words.text):
            # A paragraph with `---` right under it: its author meant a break, not a heading.
            self.found += [Block("words", words, lines=2), Block("break")]
        elif level > _CHAPTER_LEVELS:
            self.found += [Block("break"), Block("words", words, lines=2)]
        elif level:
            self.found.append(Block("heading", words, level))
        else:
            self.found.append(Block("words", words, lines=2))

    def _titled(self) -> list[Block]:
        """A first heading that stands alone on its level above others is the book's title."""
        levels = [block.rank for block in self.found if block.kind == "heading"]
        if len(levels) > 1 and self.found[0].kind == "heading" and levels[0] < min(levels[1:]):
            first = self.found[0]
            self.found[0] = Block("words", first.paragraph, title=True)
        elif not levels and self.found and self.found[0].kind == "words":
            first = self.found[0]
            self.found[0] = Block("words", first.paragraph, lines=1)
        return self.found


class _Finger:
    """Finds the words of inline tokens in the source, from left to right."""

    def __init__(self, source: str, start: int, end: int) -> None:
        self.source = source
        self.at = start
        self.end = end
        self.depth = 0
        self.found: list[Stretch] = []

    def walk(self, tokens: list[Token]) -> list[Stretch]:
        for token in tokens:
            self._step(token)
        return self.found

    def _step(self, token: Token) -> None:
        kind = token.type
        if kind in ("em_open", "strong_open", "em_close", "strong_close"):
            self.depth += token.nesting
            self._skip(token.markup)
        elif kind == "text" and token.content:
            self._take(token.content)
        elif kind == "text_special":
            self._special(token)
        elif kind in ("softbreak", "hardbreak"):
            self._take("\n")
            if kind == "hardbreak":
                self.found[-1] = replace(self.found[-1], verse=True)
        elif kind == "html_inline":
            self._skip(token.content)
        elif kind == "link_close" and token.markup != "autolink":
            self._skip_target()
        elif kind == "image":
            self.at = self.source.find("![", self.at) + 2
            _Finger.walk(ghost := _Finger(self.source, self.at, self.end), token.children or [])
            self.at = ghost.at
            self._skip_target()

    def _place(self, words: str) -> int:
        place = self.source.find(words, self.at, self.end)
        if place < 0:
            raise ManuscriptError(
                f"the Markdown near offset {self.at} could not be traced to the source.",
                hint="Simplify the markup there, or save the manuscript as .txt.",
            )
        return place

    def _take(self, words: str) -> None:
        place = self._place(words)
        self.at = place + len(words)
        self.found.append(Stretch(place, self.at, emphasised=self.depth > 0))

    def _skip(self, markup: str) -> None:
        self.at = self._place(markup) + len(markup)

    def _special(self, token: Token) -> None:
        place = self._place(token.markup)
        self.at = place + len(token.markup)
        if token.info == "escape":
            self.found.append(Stretch(place + 1, self.at, emphasised=self.depth > 0))
        else:
            self.found.append(Stretch(place, self.at, emphasised=self.depth > 0, spelt=token.content))

    def _skip_target(self) -> None:
        """Past `](address "title")`."""
        self._skip("]")
        if self.source[self.at : self.at + 1] != "(":
            return
        depth, quote = 0, ""
        for place in range(self.at, self.end):
            character = self.source[place]
            if self.source[place - 1] == "\\":
                continue
            if quote:
                quote = "" if character == quote else quote
            elif character in "\"'":
                quote = character
            else:
                depth += (character == "(") - (character == ")")
            if depth == 0:
                self.at = place + 1
                return
