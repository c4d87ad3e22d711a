"""The trainer, on a gold folder of three tiny novels written here."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

from narrator.markup.ranker import arrays_of, panel_from

ROOT = Path(__file__).resolve().parents[1]
LINES = ["Is it late", "Not yet", "Then sit down", "I had rather stand", "As you like", "Thank you"]


def novel(folder: Path, name: str, author: str, people: tuple[str, str]) -> None:
    text = f"{people[0]} and {people[1]} came in from the rain.\n\n"
    quotes = []
    for number in range(24):
        who = number % 2
        words = f"{LINES[number % len(LINES)]},"
        start = len(text) + 1
        tag = f" said {people[who]}" if number % 3 else ""
        text += f'"{words}"{tag}.\n\n'
        quotes.append(
            {
                "spans": [[start, start + len(words)]],
                "speaker": str(who),
                "type": "explicit" if tag else "implicit",
            }
        )
    (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    characters = [{"id": str(n), "name": p, "aliases": [p], "gender": None} for n, p in enumerate(people)]
    gold = {
        "novel": name,
        "author": author,
        "text_file": f"{name}.txt",
        "characters": characters,
        "quotes": quotes,
    }
    (folder / f"{name}.gold.json").write_text(json.dumps(gold), encoding="utf-8")


def test_the_trainer_measures_and_writes_a_judge_that_can_be_read(tmp_path):
    novel(tmp_path, "one", "A", ("Anna", "Paul"))
    novel(tmp_path, "two", "B", ("Mary", "Tom"))
    novel(tmp_path, "three", "C", ("Kate", "John"))
    model = tmp_path / "model.npz"
    done = subprocess.run(
        [sys.executable, ROOT / "training" / "attribution.py", tmp_path, "--out", tmp_path / "out", "--model", model],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "3 novels, 72 quotations" in done.stdout
    predicted = json.loads((tmp_path / "out" / "own" / "two.json").read_text(encoding="utf-8"))
    assert len(predicted["quotes"]) == 24
    assert {c["id"] for c in predicted["characters"]} >= {"narrator", "mary", "tom"}
    with np.load(model, allow_pickle=False) as arrays:
        parts = {name: arrays[name] for name in arrays.files}
    panel = panel_from(parts, "first")
    assert len(panel) == 2
    again = arrays_of(panel, "first")
    assert all(np.array_equal(again[name], parts[name]) for name in again)
    assert len(again) == sum(name.startswith("first.") for name in parts)


def test_novels_set_anew_are_judged_by_one_that_saw_nothing_of_their_author(tmp_path):
    gold, anew = tmp_path / "gold", tmp_path / "curly"
    for folder in (gold, anew):
        folder.mkdir()
        novel(folder, "one", "A", ("Anna", "Paul"))
    novel(gold, "two", "B", ("Mary", "Tom"))
    novel(gold, "three", "C", ("Kate", "John"))
    novel(gold, "four", "D", ("Ruth", "Peter"))
    text = (anew / "one.txt").read_text(encoding="utf-8")
    halves = text.split('"')
    curly = "".join(f"“{part}”" if number % 2 else part for number, part in enumerate(halves))
    (anew / "one.txt").write_text(curly, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, ROOT / "training" / "typeset.py", gold, anew],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = [line.split(" | ") for line in done.stdout.splitlines()[2:]]
    assert [row[0] for row in rows] == ["| as it is", "| curly"]
    assert [row[1] for row in rows] == ["24", "24"]
    assert rows[0][2:] == rows[1][2:]
