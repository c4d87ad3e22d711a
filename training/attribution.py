"""Trains the judge of who says what from a folder of gold novels: `make train-attribution GOLD=FOLDER`.

First it measures, in five parts, by judges that saw nothing of that part's authors: predictions go into OUT,
in the format of `narrator markup --json`. Then it trains on all and writes the arrays that ship. Seeded: the
same folder and numpy give the same judge.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from network import train

from gold import Novel, load
from narrator.markup import evaluation, speakers
from narrator.markup.evidence import Matrix
from narrator.markup.marking import marked_up
from narrator.markup.ranker import Network, arrays_of
from narrator.markup.speakers import Judge, Verdict, chances, doubts, leanings, settle
from narrator.markup.turns import Floats, best, second_look

SEEDS = (1, 2)
_INNER, _OUTER = 3, 5
"""Parts of the authors for the opinions that the second look learns from, and for measuring."""


def main() -> None:
    """Measure, then train and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gold", type=Path)
    parser.add_argument(
        "--out", type=Path, help="folder for the left-out predictions; without it none are made"
    )
    parser.add_argument("--model", type=Path, default=Path(speakers.__file__).with_name("speakers.npz"))
    given = parser.parse_args()
    novels, listed = load(given.gold), load(given.gold, given=True)
    print(f"{len(novels)} novels, {sum(len(n.quotes) for n in novels)} quotations")
    if given.out:
        measure(novels, listed, given.out)
    judge = fit([*novels, *listed])
    arrays = {
        **arrays_of(judge.first, "first"),
        **arrays_of(judge.second, "second"),
        **arrays_of(judge.doubt, "doubt"),
    }
    np.savez_compressed(given.model, **arrays)  # type: ignore[arg-type]
    print(f"{given.model.name}: {given.model.stat().st_size / 1000:.0f} kB")


def measure(novels: Sequence[Novel], listed: Sequence[Novel], out: Path) -> None:
    """Judge every novel, and it with its characters listed, by one that has seen nothing of its author."""
    totals: Counter[str] = Counter()
    for part in _folds(novels, _OUTER):
        others = [number for number in range(len(novels)) if number not in part]
        judge = fit([*(novels[number] for number in others), *(listed[number] for number in others)])
        for kind, these in (("own", novels), ("given", listed)):
            for novel in (these[number] for number in part):
                verdicts = decide(judge, novel)
                _write(novel, verdicts, out / kind)
                hits = sum(_hit(novel, verdicts, speaker, speech) for _, speaker, speech in novel.quotes)
                totals.update({kind: hits, f"{kind} all": len(novel.quotes)})
                print(f"{kind:6}{novel.name:30} {100 * hits / len(novel.quotes):5.1f}", flush=True)
    for kind in ("own", "given"):
        print(f"{kind:6}{'all':30} {100 * totals[kind] / totals[f'{kind} all']:5.1f}")


def _write(novel: Novel, verdicts: Sequence[Verdict], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    marked = marked_up(novel.manuscript, novel.text, novel.found, novel.people, novel.speeches, verdicts)
    told = json.dumps(evaluation(novel.manuscript, marked))
    (folder / f"{novel.name}.json").write_text(told, encoding="utf-8")


def _hit(novel: Novel, verdicts: Sequence[Verdict], speaker: str, speech: int) -> bool:
    person = verdicts[speech].person if speech >= 0 else None
    return person is not None and novel.person[person] == speaker


def decide(judge: Judge, novel: Novel) -> list[Verdict]:
    """The verdicts of `judge` on a novel."""
    return speakers.decide(judge, novel.candidates, novel.speeches, novel.people)


# ── fitting ─────────────────────────────────────────────────────────────────────────────────────────


def fit(novels: Sequence[Novel]) -> Judge:
    """A judge from these novels, each of which comes twice: with the characters that narrator found, and with
    those of a list.

    The second look learns from first opinions of networks that had not seen the novel's author, and doubt
    from second ones: what they are like on a new book.
    """
    folds = _folds(novels, _INNER)
    rows = [novel.candidates.rows for novel in novels]
    opinion = _across(novels, rows, folds)
    looked = [_looked(novel, chance) for novel, chance in zip(novels, opinion, strict=True)]
    decided = [
        settle(chance, novel.candidates, novel.speeches, novel.people)
        for novel, chance in zip(novels, _across(novels, looked, folds), strict=True)
    ]
    first = _panel(novels, rows, SEEDS)
    second = _panel(novels, looked, SEEDS)
    return Judge(first, second, _doubt(novels, opinion, decided))


def _looked(novel: Novel, opinion: Floats) -> Matrix:
    seen = second_look(novel.candidates, opinion, novel.speeches, leanings(novel.people))
    return np.hstack([novel.candidates.rows, seen])


def _folds(novels: Sequence[Novel], parts: int) -> list[list[int]]:
    """Numbers of novels in parts of about the same size, an author in one part only."""
    by_author: dict[str, list[int]] = defaultdict(list)
    for number, novel in enumerate(novels):
        by_author[novel.author].append(number)
    sizes = Counter({author: sum(len(novels[n].quotes) for n in them) for author, them in by_author.items()})
    folds: list[list[int]] = [[] for _ in range(min(parts, len(by_author)))]
    filled = [0] * len(folds)
    for author, size in sizes.most_common():
        least = filled.index(min(filled))
        folds[least] += by_author[author]
        filled[least] += size
    return folds


def _across(novels: Sequence[Novel], rows: Sequence[Matrix], folds: Sequence[Sequence[int]]) -> list[Floats]:
    """For each novel what networks that did not see its author think."""
    found: dict[int, Floats] = {}
    for fold in folds:
        kept = [number for number in range(len(novels)) if number not in fold]
        panel = _panel([novels[n] for n in kept], [rows[n] for n in kept], SEEDS[:1])
        for number in fold:
            novel = novels[number]
            found[number] = chances(panel, rows[number], novel.candidates, len(novel.speeches))
    return [found[number] for number in range(len(novels))]


def _panel(novels: Sequence[Novel], rows: Sequence[Matrix], seeds: Sequence[int]) -> tuple[Network, ...]:
    """Networks that differ by their seed, from every speech that has its speaker among the candidates."""
    inputs, right, group = [], [], []
    before = 0
    for novel, matrix in zip(novels, rows, strict=True):
        speech = novel.candidates.speech
        answered = np.zeros(len(novel.speeches), dtype=bool)
        answered[speech[novel.right]] = True
        kept = answered[speech]
        inputs.append(matrix[kept])
        right.append(novel.right[kept])
        group.append(speech[kept] + before)
        before += len(novel.speeches)
    together = np.vstack(inputs), np.concatenate(right), np.concatenate(group)
    return tuple(train(*together, seed=seed) for seed in seeds)


def _doubt(
    novels: Sequence[Novel], opinion: Sequence[Floats], decided: Sequence[Floats]
) -> tuple[Network, ...]:
    """Networks that weigh a verdict against a row of zeros, which stands for "somebody else"."""
    inputs, right = [], []
    for novel, first, second in zip(novels, opinion, decided, strict=True):
        count = len(novel.speeches)
        rows = doubts(novel.candidates, first, second, count)
        winner = best(second, novel.candidates.speech, count)
        known = np.array([speaker is not None for speaker in novel.speaker]) & (winner >= 0)
        inputs.append(rows[known])
        right.append(novel.right[winner[known]])
    rows, hit = np.vstack(inputs), np.concatenate(right)
    pairs = np.stack([rows, np.zeros_like(rows)], axis=1).reshape(-1, rows.shape[1])
    answer = np.stack([hit, ~hit], axis=1).reshape(-1)
    group = np.repeat(np.arange(len(rows)), 2)
    return tuple(train(pairs, answer, group, seed=seed, hidden=(12,), epochs=4) for seed in SEEDS[:1])


if __name__ == "__main__":
    main()
