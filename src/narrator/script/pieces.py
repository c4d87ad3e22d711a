"""The marks inside a line: `{written|said}`, `*emphasis*`, and `\\` that makes any mark plain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from narrator.book import Piece
from narrator.errors import ScriptError

MARKS = "\\#@[]%/-{}|*"
"""What a backslash makes plain. Before anything else a backslash is a backslash."""

_SPACE = re.compile(r"\s+")
_MARK = re.compile(r"[\\{}*|]")


def read_pieces(text: str) -> tuple[Piece, ...]:
    """The pieces of a line's text, runs of white space made one space, none at the ends.

    Raises ScriptError (without a place) for a brace or a star that is never closed, or has nothing inside.
    """
    if _MARK.search(text) is None:  # most lines
        return tidy([Piece(text)])
    pieces: list[Piece] = []
    plain: list[str] = []
    emphasised = False

    def keep() -> None:
        if plain:
            pieces.append(Piece("".join(plain), emphasised=emphasised))
            plain.clear()

    tokens = _tokens(text)
    opened_at = -1
    for mark, character in tokens:
        if not mark:
            plain.append(character)
        elif character == "*":
            keep()
            if emphasised and opened_at == len(pieces):
                raise ScriptError("nothing stands between the two stars.", hint="Type \\* for a plain star.")
            emphasised, opened_at = not emphasised, len(pieces)
        elif character == "{":
            keep()
            pieces.append(_respelling(tokens, emphasised=emphasised))
        elif character == "}":
            raise ScriptError("a } stands without its {.", hint="Type \\} for a plain brace.")
        else:
            plain.append(character)
    if emphasised:
        raise ScriptError(
            "a * opens an emphasis that never ends.", hint="Close it with *, or type \\* for a plain star."
        )
    keep()
    return tidy(pieces)


def _tokens(text: str) -> Iterator[tuple[bool, str]]:
    """Each character with whether it acts as a mark; escapes are resolved."""
    position = 0
    while position < len(text):
        character = text[position]
        if character == "\\" and position + 1 < len(text) and text[position + 1] in MARKS:
            position += 1
            yield False, text[position]
        else:
            yield character in "*{}|", character
        position += 1


def _respelling(tokens: Iterator[tuple[bool, str]], *, emphasised: bool) -> Piece:
    """What stands between `{` (already taken) and `}`."""
    parts: list[list[str]] = [[]]
    for mark, character in tokens:
        if not mark or character == "*":
            parts[-1].append(character)
        elif character == "|":
            parts.append([])
        elif character == "{":
            break
        elif character == "}":
            if len(parts) != 2 or not all("".join(part).strip() for part in parts):
                raise ScriptError(
                    "a respelling needs the written and the spoken form.",
                    hint="Type {written|said}, or \\{ for a plain brace.",
                )
            written, said = ("".join(part) for part in parts)
            return Piece(written, said.strip(), emphasised)
    raise ScriptError("a { is never closed.", hint="Type {written|said}, or \\{ for a plain brace.")


def tidy(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """`pieces` as every line holds them: single spaces inside only, like neighbours joined, none empty."""
    kept: list[Piece] = []
    spaced = True  # nothing before the first word
    for piece in pieces:
        written = _SPACE.sub(" ", piece.written)
        if spaced:
            written = written.removeprefix(" ")
        if not written:
            continue
        spaced = written.endswith(" ")
        said = None if piece.said is None else _SPACE.sub(" ", piece.said).strip()
        last = kept[-1] if kept else None
        if last and said is None and last.said is None and last.emphasised == piece.emphasised:
            kept[-1] = Piece(last.written + written, emphasised=piece.emphasised)
        else:
            kept.append(Piece(written, said, piece.emphasised))
    if kept and kept[-1].written.endswith(" "):
        last = kept.pop()
        if last.written != " ":
            kept.append(Piece(last.written[:-1], last.said, last.emphasised))
        elif kept:
            return tidy(kept)
    return tuple(kept)


def write_pieces(pieces: Iterable[Piece]) -> str:
    """The line's text with its marks; what would act as a mark by accident is escaped."""
    parts: list[str] = []
    emphasised = False
    for piece in pieces:
        if piece.emphasised != emphasised:
            parts.append("*")
            emphasised = piece.emphasised
        if piece.said is None:
            parts.append(_escape(piece.written, "\\{}*"))
        else:
            written, said = (_escape(part, "\\{}|") for part in (piece.written, piece.said))
            parts.append(f"{{{written}|{said}}}")
    if emphasised:
        parts.append("*")
    return "".join(parts)


def _escape(text: str, marks: str) -> str:
    if _MARK.search(text) is None:
        return text
    return "".join(f"\\{c}" if c in marks else c for c in text)
