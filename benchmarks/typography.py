"""How well quotations are found, in eight typographies.

    python benchmarks/typography.py FOLDER [--styles curly,dash]

FOLDER holds novels (X.txt, straight double marks) with the spans of their quotations (X.gold.json:
`text_file`, `quotes[].spans` in code points, inside the marks). Each is set anew in every style, marked up,
and scored: a quotation is found where its span and the found one overlap by half of what they cover
together. Prints F1 as the mean over the novels, and over all quotations at once. `--as-set` scores the texts
as they are.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from narrator.manuscript import read
from narrator.markup import quotations
from narrator.markup.prose import prose

Span = tuple[int, int]

MARKS = {
    "straight": '""',
    "curly": "“”",
    "single": "‘’",
    "single straight": "''",
    "guillemets": "«»",
    "inward": "»«",
    "low": "„“",
    "dash": "“”",
}
BLANK = re.compile(r"\n[ \t]*\n\s*")
AROUND = "\"'`‘’‚“”„«»‹›—– \t\r\n"


def typeset(text: str, style: str) -> tuple[str, list[int]]:
    """The text in another style, and the new place of each character of the old."""
    opening, closing = MARKS[style]
    apostrophe = "'" if style.endswith("straight") else "’"
    out: list[str] = []
    places, length = [], 0
    starts = {0} | {found.end() for found in BLANK.finditer(text)}
    inside = dashed = False
    for at, character in enumerate(text):
        if at in starts:
            inside, dashed = False, style == "dash" and character == '"'
        new = character
        if character == '"':
            inside = not inside
            new = ("—" if at in starts else "") if dashed else opening if inside else closing
        elif character == "'":
            new = apostrophe
        places.append(length)
        out.append(new)
        length += len(new)
    return "".join(out), [*places, length]


def segments(text: str, spans: list[Span]) -> list[Span]:
    """Spans cut at blank lines, without marks and white space at their ends."""
    found = []
    for start, end in spans:
        for part in re.finditer(r"(?:(?!\n[ \t\r]*\n).)+", text[start:end], re.DOTALL):
            first, last = start + part.start(), start + part.end()
            while first < last and text[first] in AROUND:
                first += 1
            while last > first and text[last - 1] in AROUND:
                last -= 1
            if first < last:
                found.append((first, last))
    return sorted(set(found))


@dataclass
class Score:
    right: int
    found: int
    gold: int

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.found + self.gold) if self.found + self.gold else 1.0


def score(gold: list[Span], found: list[Span]) -> Score:
    right, used = 0, set()
    for start, end in gold:
        best, place = 0.0, None
        for number, (a, b) in enumerate(found):
            if b <= start or number in used:
                continue
            if a >= end:
                break
            share = (min(b, end) - max(a, start)) / (max(b, end) - min(a, start))
            if share > best:
                best, place = share, number
        if best >= 0.5:
            right += 1
            used.add(place)
    return Score(right, len(found), len(gold))


def quoted(path: Path) -> list[Span]:
    """What the mark-up takes for speech, as places in the file."""
    manuscript = read(path)
    text = prose(manuscript)
    spans = []
    for quote in quotations.find(text):
        if quote.spoken:
            start, end = quotations.inside(text.text, quote)
            spans.append((text.source(start, quote.place), text.source(end - 1, quote.place) + 1))
    return segments(manuscript.source, spans)


def novel(sheet: Path, style: str, folder: Path) -> Score:
    gold = json.loads(sheet.read_text(encoding="utf-8"))
    text = (sheet.parent / gold["text_file"]).read_bytes().decode("utf-8")
    new, places = typeset(text, style) if style else (text, list(range(len(text) + 1)))
    spans = [(places[a], places[b]) for quote in gold["quotes"] for a, b in quote["spans"]]
    path = folder / "novel.txt"
    path.write_bytes(new.encode("utf-8"))
    return score(segments(new, spans), quoted(path))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--styles", default=",".join(MARKS))
    parser.add_argument("--as-set", action="store_true")
    options = parser.parse_args()
    styles = [""] if options.as_set else options.styles.split(",")
    print("| typography | F1, mean | F1, all | worst novel |\n|---|---|---|---|")
    for style in styles:
        with tempfile.TemporaryDirectory() as folder:
            scores = [novel(p, style, Path(folder)) for p in sorted(options.folder.glob("*.gold.json"))]
        whole = Score(*(sum(getattr(s, name) for s in scores) for name in ("right", "found", "gold")))
        worst = min(one.f1 for one in scores)
        print(
            f"| {style or 'as set'} | {fmean(s.f1 for s in scores):.3f} | {whole.f1:.3f} | {worst:.3f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
