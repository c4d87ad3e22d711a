"""The proof as a page: one file that asks for nothing but the release that lies beside it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from urllib.parse import quote

from narrator.audio import RATE
from narrator.proof.findings import NOTES, Finding
from narrator.proof.layout import Layout
from narrator.proof.picture import STEP, points

_WIDE = 1_000.0
_WAVE, _STRIP = 60.0, 14.0
_TURN = 137.5
"""Degrees from one character's colour to the next: the golden angle keeps any number of them apart."""


@dataclass(frozen=True, slots=True)
class PageChapter:
    """A chapter on the page. offset: samples before it in the release."""

    number: int
    title: str
    offset: int
    layout: Layout
    findings: Sequence[Finding]
    picture: Mapping[str, str]


def page(
    title: str,
    sound: str,
    names: Mapping[str, str],
    chapters: Sequence[PageChapter],
    marks: Sequence[Finding] = (),
) -> str:
    """The page as HTML. sound: the release's file beside it, empty for none. names: of characters, by id.

    All words are escaped; script and style are the page's own, by their hashes, and nothing else may run or
    be fetched.
    """
    style, script = _asset("proof.css"), _asset("proof.js")
    colours = _colours(chapters)
    policy = (
        f"default-src 'none'; media-src 'self' file:; style-src {_hash(style)}; script-src {_hash(script)};"
        " base-uri 'none'; form-action 'none'"
    )
    faults = len(marks) + sum(f.code not in NOTES for c in chapters for f in c.findings)
    return "".join(
        (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            f"<title>Proof: {escape(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n",
            f"<header><h1>{escape(title)}</h1>\n",
            f"<p>{faults or 'No'} fault{'' if faults == 1 else 's'} found.</p>\n",
            f'<audio id="sound" controls preload="none" src="{escape(quote(sound))}"></audio>\n'
            if sound
            else "",
            f"<ul>{''.join(_legend(names, colours))}</ul></header>\n<main>\n",
            f"<section><h2>Marks</h2>{_findings(marks, 0, 0)}</section>\n" if marks else "",
            *(_chapter(chapter, names, colours) for chapter in chapters),
            f"</main>\n<script>{script}</script>\n</body>\n</html>\n",
        )
    )


def _player(sound: str) -> str:
    """The release that a click plays; nothing where there is none."""
    address = escape(quote(sound))
    return f'<audio id="sound" controls preload="none" src="{address}"></audio>\n' if sound else ""


def _asset(name: str) -> str:
    return files("narrator.proof").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _colours(chapters: Sequence[PageChapter]) -> Mapping[str, str]:
    """A colour a character, in order of appearance."""
    seen = dict.fromkeys(line.character for chapter in chapters for line in chapter.layout.lines)
    return {who: f"hsl({(205 + _TURN * n) % 360:.0f} 55% 55%)" for n, who in enumerate(seen)}


def _legend(names: Mapping[str, str], colours: Mapping[str, str]) -> Iterator[str]:
    for who, colour in colours.items():
        box = f'<svg viewBox="0 0 1 1"><rect width="1" height="1" fill="{colour}"/></svg>'
        yield f"<li>{box}{escape(names.get(who, who))}</li>"


def _chapter(chapter: PageChapter, names: Mapping[str, str], colours: Mapping[str, str]) -> str:
    heading = f"{chapter.number}. {chapter.title}" if chapter.title else f"Chapter {chapter.number}"
    return "".join(
        (
            f'<section>\n<h2>{escape(heading)}</h2>\n<svg class="sound" viewBox="0 0 1000 92"',
            f' preserveAspectRatio="none" role="img" aria-label="Sound of {escape(heading)}">\n',
            *_waveform(chapter),
            *_strip(chapter, names, colours),
            *_flags(chapter),
            f"</svg>\n{_findings(chapter.findings, chapter.number, chapter.offset)}</section>\n",
        )
    )


def _x(chapter: PageChapter, samples: float) -> float:
    return _WIDE * samples / max(chapter.layout.length, 1)


def _waveform(chapter: PageChapter) -> Iterator[str]:
    peaks = points(chapter.picture["peaks"])
    upper = [f"{_x(chapter, n * STEP):.2f},{30 - 30 * p / 255:.1f}" for n, p in enumerate(peaks)]
    lower = [f"{_x(chapter, n * STEP):.2f},{30 + 30 * p / 255:.1f}" for n, p in enumerate(peaks)]
    yield f'<polygon class="wave" points="{" ".join([*upper, *reversed(lower)])}"/>\n'
    levels = points(chapter.picture["levels"])
    line = " ".join(
        f"{_x(chapter, n * STEP):.2f},{_WAVE - _WAVE * p / 255:.1f}" for n, p in enumerate(levels)
    )
    yield f'<polyline class="level" points="{line}"/>\n'


def _strip(chapter: PageChapter, names: Mapping[str, str], colours: Mapping[str, str]) -> Iterator[str]:
    for line in chapter.layout.lines:
        x, wide = _x(chapter, line.start), max(_x(chapter, line.end - line.start), 0.5)
        at = (chapter.offset + line.start) / RATE
        who = names.get(line.character, line.character)
        told = escape(f"{chapter.number}:{line.line} {who}: {line.text}")
        yield (
            f'<rect class="line" data-at="{at:.3f}" x="{x:.2f}" y="{_WAVE + 4:g}" width="{wide:.2f}"'
            f' height="{_STRIP:g}" fill="{colours[line.character]}"><title>{told}</title></rect>\n'
        )


def _flags(chapter: PageChapter) -> Iterator[str]:
    for finding in chapter.findings:
        x = _x(chapter, finding.start * RATE)
        at = chapter.offset / RATE + finding.start
        kind = "note" if finding.code in NOTES else "fault"
        told = escape(f"{finding.code}: {finding.what}")
        yield (
            f'<rect class="{kind}" data-at="{max(at - 1, 0):.3f}" x="{x:.2f}" y="{_WAVE + 20:g}" width="3"'
            f' height="12"><title>{told}</title></rect>\n'
        )


def _findings(findings: Sequence[Finding], number: int, offset: int) -> str:
    if not findings:
        return "<p>Nothing found.</p>\n"
    rows = []
    for finding in findings:
        at = offset / RATE + finding.start
        place = f"{number}:{finding.line}" if finding.line else str(number or "")
        rows.append(
            f'<tr class="{"note" if finding.code in NOTES else "fault"}"><td>{place}</td>'
            f'<td><button data-at="{max(at - 1, 0):.3f}">{_clock(at)}</button></td>'
            f"<td>{escape(finding.code)}</td><td>{escape(finding.what)}</td><td>{escape(finding.do)}</td></tr>\n"
        )
    head = "<tr><th>line</th><th>time</th><th>code</th><th>what</th><th>to do</th></tr>\n"
    return f"<table>{head}{''.join(rows)}</table>\n"


def _clock(seconds: float) -> str:
    whole, tenths = divmod(round(seconds * 10), 10)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}.{tenths}"
