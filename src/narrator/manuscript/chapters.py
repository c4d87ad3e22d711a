"""Blocks become chapters: by their headings, or, where there is none, at proposed shifts of time and
place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from narrator.book import Manuscript, ManuscriptChapter, Paragraph
from narrator.manuscript import headings
from narrator.manuscript.shifts import opening_words, proposed

_SUBTITLE_LENGTH = 60
_FULL = 9
"""Lines of a heading that takes no further subtitle."""
_MATTER_LENGTH, _MATTER_BLOCKS = 80, 12
"""A title page: at most 12 blocks of at most 80 characters before the first heading."""


@dataclass(frozen=True, slots=True)
class Block:
    """What a reader found: words of a paragraph, a heading with its rank, a break between scenes, or the
    start of a chapter without a heading.

    `lines`: how many lines of the source it fills. `title`: the file itself says that it is the book's title.
    `name`: what the table of contents calls the chapter that begins here.
    """

    kind: Literal["words", "heading", "break", "start"]
    paragraph: Paragraph | None = None
    rank: int = 0
    lines: int = 1
    title: bool = False
    name: str = ""

    @property
    def text(self) -> str:
        """Its words, empty for a break."""
        return self.paragraph.text if self.paragraph else ""


def assemble(source: str, blocks: list[Block], *, title: str = "", author: str = "") -> Manuscript:
    """The manuscript that the blocks make. No word is lost: what is not read aloud stays as furniture.

    `title` and `author`: what the file says of itself, which counts more than what its first lines say.
    """
    found_title, found_author, blocks = _front(blocks, title, author)
    title, author = title or found_title, author or found_author
    chapters = _chapters(_joined(_contents_set_aside(blocks)))
    if len(chapters) == 1 and chapters[0].heading is None and not any(b.kind == "start" for b in blocks):
        chapters = _proposed(chapters[0].paragraphs, title)
    named = (c if c.title else replace(c, title=f"Chapter {n}") for n, c in enumerate(chapters, 1))
    return Manuscript(source, tuple(named), title=title, author=author)


def _furniture(block: Block) -> Block:
    assert block.paragraph is not None  # noqa: S101 - breaks never get here
    return replace(block, kind="words", paragraph=replace(block.paragraph, furniture=True))


def _front(blocks: list[Block], said: str, by: str) -> tuple[str, str, list[Block]]:
    """Title and author, and the blocks with their lines made furniture. `said`, `by`: title and author where
    they are known."""
    blocks = list(blocks)
    matter = _title_page(blocks)
    title = author = ""
    for index, block in enumerate(blocks[: max(6, matter)]):
        if block.kind == "break" and index < matter:
            continue
        known = _same(block, said) or _same(block, by)
        if index + 1 == len(blocks) or (block.kind != "words" and not block.title and not known):
            break
        found_author = "" if author else headings.author(block.text) or _same(block, by)
        found_title = "" if title else _same(block, said) or _title(block)
        if found_title:
            title = found_title
        elif found_author and title:
            author = found_author
        elif index >= matter:
            break
        blocks[index] = _furniture(block)
    return title, author, blocks


def _same(block: Block, known: str) -> str:
    """What is known already, where the block says just that."""
    return known if known and block.text.casefold() == known.casefold() else ""


def _title_page(blocks: list[Block]) -> int:
    """How many blocks stand before the first heading, where all of them are short lines; else 0."""
    first = next((index for index, block in enumerate(blocks) if block.kind == "heading"), 0)
    short = all(
        block.kind == "break" or (len(block.text) <= _MATTER_LENGTH and block.lines <= 2)
        for block in blocks[:first]
    )
    return first if first <= _MATTER_BLOCKS and short else 0


def _title(block: Block) -> str:
    if block.title:
        return block.text
    return headings.title(block.text) if block.lines == 1 else ""


def _contents_set_aside(blocks: list[Block]) -> list[Block]:
    """Headings with nothing under them, one after another, are a table of contents: furniture."""
    found: list[Block] = []
    for index, block in enumerate(blocks):
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        bare = following is None or (following.kind == "heading" and following.rank <= block.rank)
        listed = block.kind == "heading" and bare
        contents = block.kind == "words" and headings.is_contents(block.text)
        found.append(_furniture(block) if listed or contents else block)
    return found


def _joined(blocks: list[Block]) -> list[Block]:
    """A volume's heading with its first chapter's, and a heading with the subtitle under it, are one
    heading."""
    found: list[Block] = []
    for index, block in enumerate(blocks):
        before = found[-1] if found else None
        after = blocks[index + 1] if index + 1 < len(blocks) else None
        if (
            before
            and before.kind == "heading"
            and (block.kind == "heading" or _is_subtitle(block, before, after))
        ):
            lines = block.lines if block.kind == "heading" else _FULL
            rank = max(before.rank, block.rank)
            name = " ".join(dict.fromkeys(filter(None, (before.name, block.name))))
            found[-1] = replace(before, paragraph=_join(before, block), rank=rank, lines=lines, name=name)
        else:
            found.append(block)
    return found


def _is_subtitle(block: Block, heading: Block, after: Block | None) -> bool:
    """A single short line in title case under a heading of one line, with prose after it."""
    return (
        block.kind == "words"
        and block.lines == 1
        and heading.lines == 1
        and after is not None
        and after.kind == "words"
        and len(block.text) <= _SUBTITLE_LENGTH
        and headings.is_subtitle(block.text)
        and headings.is_titled(block.text)
        and block.text[-1].isalnum()
    )


def _join(first: Block, second: Block) -> Paragraph:
    """One paragraph of two; the space between stands for the white space after the first."""
    assert first.paragraph is not None  # noqa: S101 - headings and words have paragraphs
    assert second.paragraph is not None  # noqa: S101
    last = first.paragraph.runs[-1]
    spaced = replace(last, text=last.text + " ")
    return replace(first.paragraph, runs=(*first.paragraph.runs[:-1], spaced, *second.paragraph.runs))


def _chapters(blocks: list[Block]) -> list[ManuscriptChapter]:
    """One chapter a heading. Words before the first heading are a chapter only where there is prose among
    them."""
    chapters: list[ManuscriptChapter] = []
    heading: Paragraph | None = None
    name = ""
    held: list[Paragraph] = []
    opens = False

    def close() -> None:
        nonlocal held
        if heading is None and all(paragraph.furniture for paragraph in held):
            return
        title = name or (heading.text if heading else opening_words(_spoken(held)))
        chapters.append(ManuscriptChapter(title, heading, tuple(held)))
        held = []

    for block in blocks:
        if block.kind == "break":
            opens = True
        elif block.kind in ("heading", "start"):
            close()
            heading, name, opens = block.paragraph, block.name, False
        elif block.paragraph is not None:
            first = not any(not paragraph.furniture for paragraph in held)
            opens = opens and not first
            held.append(replace(block.paragraph, opens_scene=opens) if opens else block.paragraph)
            opens = opens and block.paragraph.furniture
    close()
    if held:
        chapters.append(ManuscriptChapter("", None, tuple(held)))
    return chapters


def _spoken(paragraphs: list[Paragraph]) -> list[str]:
    return [paragraph.text for paragraph in paragraphs if not paragraph.furniture]


def _proposed(paragraphs: tuple[Paragraph, ...], title: str) -> list[ManuscriptChapter]:
    """Chapters for a text without headings, each named by its opening words."""
    starts = proposed([("" if p.furniture else p.text, p.opens_scene) for p in paragraphs])
    chapters = []
    for start, end in zip(starts, [*starts[1:], len(paragraphs)], strict=True):
        part = paragraphs[start:end]
        words = opening_words([p.text for p in part if not p.furniture])
        if start:
            part = (replace(part[0], opens_scene=False), *part[1:])
        name = title if len(starts) == 1 and title else words
        chapters.append(ManuscriptChapter(name, None, part))
    return chapters
