"""Gold novels as the trainer needs them: candidates of every speech, and which of them is right."""

from __future__ import annotations

import json
import re
import unicodedata
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from narrator.book import Manuscript
from narrator.build.given import read_characters
from narrator.manuscript import read
from narrator.markup import quotations
from narrator.markup.evidence import Candidates, gather
from narrator.markup.meeting import meet
from narrator.markup.people import People
from narrator.markup.prose import Prose, prose
from narrator.markup.quotations import Quote
from narrator.markup.tags import Speech, speeches

_TITLES = frozenset(
    [
        "mr",
        "mrs",
        "miss",
        "ms",
        "dr",
        "doctor",
        "sir",
        "lady",
        "lord",
        "madame",
        "monsieur",
        "mlle",
        "mme",
        "m",
        "captain",
        "colonel",
        "major",
        "professor",
        "inspector",
        "aunt",
        "uncle",
        "count",
        "countess",
        "baron",
        "baroness",
        "prince",
        "princess",
        "king",
        "queen",
        "old",
        "young",
        "little",
        "general",
        "sergeant",
        "father",
        "mother",
        "brother",
        "sister",
        "duke",
        "duchess",
        "admiral",
        "cousin",
        "dear",
        "my",
        "poor",
        "a",
        "an",
        "the",
        "of",
        "de",
        "von",
    ]
)


@dataclass(frozen=True)
class Novel:
    """One gold novel, read by narrator.

    `right[i]`: whether candidate row i is the speaker. `speaker[s]`: gold speaker of speech s, None where no
    gold quotation lies in it. `person[p]`: the gold character whom person p is. `quotes`: gold quotations as
    (type, speaker, speech or -1).
    """

    name: str
    author: str
    words: int
    manuscript: Manuscript
    text: Prose
    found: tuple[Quote, ...]
    people: People
    speeches: list[Speech]
    candidates: Candidates
    speaker: list[str | None]
    person: list[str | None]
    right: NDArray[np.bool_]
    quotes: list[tuple[str, str, int]]


def load(folder: Path, *, given: bool = False) -> list[Novel]:
    """Every `*.gold.json` of a folder; `given`: with its list of characters, which narrator else finds."""
    return [_novel(path, given) for path in sorted(folder.glob("*.gold.json"))]


def _novel(path: Path, given: bool) -> Novel:
    gold = json.loads(path.read_text(encoding="utf-8"))
    source = path.with_name(gold["text_file"])
    manuscript = read(source)
    text = prose(manuscript)
    found = quotations.find(text)
    listed = read_characters(path) if given else ()
    people = meet(text, found, listed)
    said = speeches(text, found, people)
    candidates = gather(text, people, said)
    placed = _placed(text, found, said)
    quotes = [(q["type"], q["speaker"], _speech(q["spans"], placed)) for q in gold["quotes"]]
    votes: dict[int, Counter[str]] = defaultdict(Counter)
    for _, speaker, speech in quotes:
        votes[speech][speaker] += 1
    speaker = [votes[s].most_common(1)[0][0] if s in votes else None for s in range(len(said))]
    person = identify(people, text.text, gold["characters"])
    person[: len(listed)] = [str(character["id"]) for character in gold["characters"][: len(listed)]]
    right = np.array(
        [
            speaker[s] is not None and person[p] == speaker[s]
            for s, p in zip(candidates.speech, candidates.person, strict=True)
        ]
    )
    return Novel(
        gold["novel"], gold["author"], len(manuscript.source.split()), manuscript, text, found, people, said,
        candidates, speaker, person, right, quotes,
    )  # fmt: skip


def _placed(text: Prose, found: Sequence[Quote], said: Sequence[Speech]) -> list[tuple[int, int, int]]:
    """Every spoken quotation as (start, end, speech) in the source's offsets."""
    placed: list[tuple[int, int, int]] = []
    for number, speech in enumerate(said):
        for index in speech.quotes:
            quote = found[index]
            placed.append(
                (text.source(quote.start, quote.place), text.source(quote.end - 1, quote.place) + 1, number)
            )
    return sorted(placed)


def _speech(spans: Sequence[Sequence[int]], placed: Sequence[tuple[int, int, int]]) -> int:
    """The speech that holds the middle of the longest of a gold quotation's spans, -1 where none does."""
    start, end = max(spans, key=lambda span: span[1] - span[0])
    middle = (start + min(end, start + 200)) // 2
    at = bisect_right(placed, (middle, 1 << 60, 0)) - 1
    return placed[at][2] if at >= 0 and placed[at][0] <= middle < placed[at][1] else -1


# ── which gold character a person is ────────────────────────────────────────────────────────────────


def identify(people: People, text: str, characters: Sequence[dict[str, object]]) -> list[str | None]:
    """For each person the gold character of that name, else the one whom most of the ways in which the text
    calls the person mean."""
    known = _Known(characters)
    calls: dict[int, Counter[str]] = defaultdict(Counter)
    for mention in people.mentions:
        calls[mention.person][text[mention.start : mention.end]] += 1
    found: list[str | None] = []
    for person in people.persons:
        if person.narrates:
            found.append(known.narrator)
            continue
        same = known.full.get(_plain(person.name), set())
        if len(same) == 1:
            found.append(next(iter(same)))
            continue
        votes: Counter[str] = Counter()
        for call in {*person.aliases, person.name}:
            who = known.who(call)
            if who is not None:
                votes[who] += 1 + calls[person.number][call]
        top = votes.most_common(1)
        found.append(top[0][0] if top and top[0][1] >= 0.6 * sum(votes.values()) else None)
    return found


class _Known:
    def __init__(self, characters: Sequence[dict[str, object]]) -> None:
        self.full: dict[str, set[str]] = defaultdict(set)
        self.part: dict[str, set[str]] = defaultdict(set)
        self.gender = {str(c["id"]): c.get("gender") for c in characters}
        self.narrator: str | None = None
        for character in characters:
            number = str(character["id"])
            for alias in (*character["aliases"], character["name"]):  # type: ignore[misc]
                plain = _plain(alias)
                if plain in ("narr", "narrator"):
                    self.narrator = number
                    continue
                self.full[plain].add(number)
                core = [word for word in plain.split() if word not in _TITLES]
                if core and alias[:1].isupper():
                    for part in {" ".join(core), core[0], core[-1]}:
                        self.part[part].add(number)

    def who(self, call: str) -> str | None:
        plain = _plain(call)
        if plain in self.full:
            return next(iter(self.full[plain])) if len(self.full[plain]) == 1 else None
        core = [word for word in plain.split() if word not in _TITLES]
        if not core:
            return None
        joined = " ".join(core)
        options = (self.full.get(joined) or set()) | (self.part.get(joined) or set())
        title = set(plain.split())
        options = {
            o for o in options
            if not (title & {"mrs", "miss", "lady"} and self.gender[o] == "M")
            and not (title & {"mr", "sir", "lord"} and self.gender[o] == "F")
        }  # fmt: skip
        if len(options) == 1:
            return next(iter(options))
        first = self.full.get(core[0], set())
        return next(iter(first)) if not options and len(core) > 1 and len(first) == 1 else None


def _plain(name: str) -> str:
    text = unicodedata.normalize("NFKD", name).casefold()
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = " ".join(re.sub(r"[^\w\s]|_", " ", re.sub(r"[’'`]s\b", "", text)).split())
    return text[4:] if text.startswith("the ") else text
