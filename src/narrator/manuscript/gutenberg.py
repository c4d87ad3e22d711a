"""Texts of Project Gutenberg: what stands before and after the book goes, and says who wrote what."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from narrator.manuscript.chapters import Block
from narrator.manuscript.scribe import Text

_START: Final = re.compile(r"\*{3}\s*START OF (?:THE|THIS) PROJECT GUTENBERG", re.IGNORECASE)
_END: Final = re.compile(
    r"\*{3}\s*END OF (?:THE|THIS) PROJECT GUTENBERG|End of (?:the )?Project Gutenberg['’]?s?\b", re.IGNORECASE
)
_TITLE: Final = re.compile(r"^Title:[ \t]*(\S.*?)\s*$", re.MULTILINE)
_AUTHOR: Final = re.compile(r"^Author:[ \t]*(\S.*?)\s*$", re.MULTILINE)
_MADE_BY: Final = re.compile(
    r"(?:\[?Transcriber['’]s note|Produced by|E-?text prepared by|This e-?text was|\[Illustration)",
    re.IGNORECASE,
)
_NEAR: Final = 12
"""Blocks after the header in which its makers are named."""


def without(text: Text) -> Text:
    """The text without Project Gutenberg's header and licence, and its makers' lines as furniture; any other
    text as it is."""
    first = next((n for n, block in enumerate(text.blocks) if _START.search(block.text)), None)
    if first is None:
        return text
    last = next(
        (n for n, block in enumerate(text.blocks) if n > first and _END.search(block.text)), len(text.blocks)
    )
    start = _START.search(text.source)
    head = text.source[: start.start()] if start else ""
    title, author = _TITLE.search(head), _AUTHOR.search(head)
    body = [
        _aside(block) if n < _NEAR and _MADE_BY.match(block.text) else block
        for n, block in enumerate(text.blocks[first + 1 : last])
    ]
    left = (*text.left_out, "Project Gutenberg's header and licence")
    return replace(
        text,
        blocks=body,
        title=title[1] if title else text.title,
        author=author[1] if author else text.author,
        left_out=left,
    )


def _aside(block: Block) -> Block:
    if block.paragraph is None:
        return block
    return replace(block, kind="words", paragraph=replace(block.paragraph, furniture=True))
