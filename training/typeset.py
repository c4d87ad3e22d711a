"""Scores who says what in novels that are set anew in other typographies.

    python training/typeset.py GOLD SET...

GOLD: a folder of gold novels as `training/attribution.py` takes it. Each SET: a folder with some of them in
another typography, in the same form (their `novel` may add ".style"). One judge, trained on GOLD without the
authors of the novels in the sets, judges all sets and the novels as they are. Prints a row for each: per cent
right of all quotations, and by type.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from attribution import decide, fit

from gold import Novel, load
from narrator.markup.speakers import Judge

_TYPES = ("explicit", "anaphoric", "implicit")


def main() -> None:
    """Train without the authors, then judge each set."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gold", type=Path)
    parser.add_argument("sets", type=Path, nargs="+")
    given = parser.parse_args()
    golds = [
        json.loads(path.read_text(encoding="utf-8"))
        for folder in given.sets
        for path in folder.glob("*.gold.json")
    ]
    names = {gold["novel"].split(".")[0] for gold in golds}
    authors = {gold["author"] for gold in golds}
    novels, listed = load(given.gold), load(given.gold, given=True)
    judge = fit([novel for novel in (*novels, *listed) if novel.author not in authors])
    print("| set | quotations | all | " + " | ".join(_TYPES) + " |")
    print("|---|---|---|---|---|---|")
    _print("as it is", judge, [novel for novel in novels if novel.name in names])
    for folder in given.sets:
        _print(folder.name, judge, load(folder))


def _print(name: str, judge: Judge, novels: Sequence[Novel]) -> None:
    right: Counter[str] = Counter()
    all_of: Counter[str] = Counter()
    for novel in novels:
        verdicts = decide(judge, novel)
        for kind, speaker, speech in novel.quotes:
            person = verdicts[speech].person if speech >= 0 else None
            hit = person is not None and novel.person[person] == speaker
            right.update({kind: hit, "all": hit})
            all_of.update((kind, "all"))
    cells = [f"{100 * right[kind] / max(1, all_of[kind]):.1f}" for kind in ("all", *_TYPES)]
    print(f"| {name} | {all_of['all']} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
