"""What an edit costs: a ten-hour book, rendered once from nothing, then changed in one place at a time.

    python benchmarks/edits.py [--chapters N] [--lines N] [--jobs N] [--keep FOLDER]

The book is generated; its voices are the test suite's tones, which cost little and really sound: what is
measured is everything but an engine. Prints a table: wall and processor seconds of the whole command, what
was recorded, mixed and written. --keep makes the book in FOLDER and leaves it there; a book that stands there
already is used as it is.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
NARRATOR = [sys.executable, "-m", "narrator"]
PEOPLE = ("ada", "keeper", "miller", "piper")
WORDS = """
snow rope stone river window lantern morning ladder winter bridge silence harbour under over before after
slowly never always walked carried listened answered remembered the a his her their no one and but while
""".split()  # noqa: SIM905  a list of words reads best as words
NAME = "orrowen"
"""A word that a line in every third chapter holds, for the lexicon."""


@dataclass(frozen=True)
class Edit:
    """One change, and how to make it in a production's folder."""

    name: str
    make: Callable[[Path], None]


def generate(root: Path, chapters: int, lines: int) -> None:
    """Write the production: every line another, about 3.6 s of sound each."""
    dice = random.Random(7)
    script, voices = root / "script", root / "voices"
    script.mkdir(parents=True)
    voices.mkdir()
    for number in range(1, chapters + 1):
        (script / f"c{number:02}.nar").write_text(chapter(dice, number, lines))
    entries = "".join(
        f'\n[[chapter]]\nfile = "c{n:02}.nar"\nspeak_title = false\n' for n in range(1, chapters + 1)
    )
    (script / "book.toml").write_text(f'format = 1\ntitle = "Ten Hours"\nauthor = "Nobody"\n{entries}')
    cast = "format = 1\n"
    for place, person in enumerate(("narrator", *PEOPLE)):
        cast += f'[character.{person}]\nname = "{person.title()}"\nvoice = "{person}"\n'
        sheet = f'format = 1\nengine = "tones"\n[settings]\nhertz = {150 + 40 * place}\n'
        (voices / f"{person}.toml").write_text(sheet)
    (script / "cast.toml").write_text(cast)
    (script / "lexicon.toml").write_text('format = 1\n[words]\nharbourless = "HAR-bor-less"\n')


def chapter(dice: random.Random, number: int, lines: int) -> str:
    text = [f"# Chapter {number}", "[bed light-wind level=-28]"]
    for place in range(lines):
        words = [dice.choice(WORDS) for _ in range(8)]
        if place == 100 and number % 3 == 0:
            words[3] = NAME
        said = f"{' '.join(words).capitalize()}."
        text.append(f"@{dice.choice(PEOPLE)}: “{said}”" if dice.random() < 0.3 else said)
        if dice.random() < 0.3:
            text.append("")
    return "\n".join(text) + "\n"


def edits() -> tuple[Edit, ...]:
    def change(file: str, old: str, new: str) -> Callable[[Path], None]:
        def make(root: Path) -> None:
            path = root / file
            text = path.read_text()
            if not re.search(old, text, re.MULTILINE):
                raise SystemExit(f"{file} holds no {old}: the book in this folder is not as it was generated")
            path.write_text(re.sub(old, new, text, count=1, flags=re.MULTILINE))

        return make

    def move(root: Path) -> None:
        path = root / "script" / "book.toml"
        head, first, second, *rest = path.read_text().split("[[chapter]]")
        path.write_text("[[chapter]]".join([head, second, first, *rest]))

    def rename(root: Path) -> None:
        for path in (root / "script").glob("*"):
            path.write_text(path.read_text().replace("@miller", "@baker").replace(".miller]", ".baker]"))

    return (
        Edit("nothing", lambda _: None),
        Edit(
            "one line",
            change("script/c02.nar", r"^(\w+) (\w+) .*\.$", r"\1 \2 nobody heard the second bell again."),
        ),
        Edit("a pause", change("script/c02.nar", r"^$", "[pause 2.5]\n")),
        Edit("a bed", change("script/c02.nar", "light-wind level=-28", "gusts level=-26")),
        Edit("a note of the editor's", change("script/c02.nar", r"^$", "// slower here\n")),
        Edit("a character renamed", rename),
        Edit("two chapters swapped", move),
        Edit("an unspoken title", change("script/c02.nar", "# Chapter 2", "# The Second")),
        Edit("a lexicon entry", change("script/lexicon.toml", r"harbourless = .*", f'{NAME} = "oh-ROW-en"')),
        Edit("a voice", change("voices/piper.toml", r"hertz = \d+", "hertz = 333")),
    )


def render(root: Path, jobs: int) -> dict[str, Any]:
    """Render by the command line; wall and processor seconds of all its processes, and its report."""
    path = [str(REPOSITORY / "src"), str(REPOSITORY / "tests" / "plugins")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path), "SOURCE_DATE_EPOCH": "0"}
    command = [*NARRATOR, "-C", str(root), "render", "--jobs", str(jobs), "--json"]
    started, before = time.monotonic(), os.times()
    ran = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    wall, after = time.monotonic() - started, os.times()
    cpu = (after.children_user + after.children_system) - (before.children_user + before.children_system)
    return {"wall": wall, "cpu": cpu, **json.loads(ran.stdout)}


def row(name: str, told: dict[str, Any], root: Path) -> str:
    written = sum((root / file).stat().st_size for file in told["written"]) / 1e6
    figures = (
        f"{told['wall']:.2f}",
        f"{told['cpu']:.2f}",
        str(told["takes_recorded"]),
        str(told["chapters"]["mixed"]),
        f"{len(told['written'])} ({written:.0f} MB)",
    )
    return f"| {' | '.join((name, *figures))} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--chapters", type=int, default=40)
    parser.add_argument("--lines", type=int, default=250)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = options.keep or Path(name) / "book"
        if not root.exists():
            generate(root, options.chapters, options.lines)
        first = render(root, options.jobs)
        stages = first["cpu_seconds"]
        share = sum(stages.get(s, 0.0) for s in ("mix", "master", "mp3", "check")) / options.chapters
        print(
            f"{first['audio_seconds'] / 3600:.2f} hours, {options.chapters} chapters, {options.jobs} workers"
        )
        print(f"a chapter's share of mixing, mastering, encoding and listening: {share:.2f} s of processor\n")
        print("| changed | wall s | processor s | takes | chapters mixed | files written |")
        print("|---" * 6 + "|")
        print(row("everything (the first render)", first, root), flush=True)
        for edit in edits():
            edit.make(root)
            print(row(edit.name, render(root, options.jobs), root), flush=True)


if __name__ == "__main__":
    main()
