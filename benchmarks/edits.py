"""What an edit costs: a ten-hour book, rendered once from nothing, then changed in one place at a time.

    python benchmarks/edits.py [--chapters N] [--lines N] [--jobs N] [--keep FOLDER] [--first]

The book is generated; its voices are the test suite's tones, which cost little and really sound: what is
measured is everything but an engine. Prints a table: wall and processor seconds of `status` after the edit
and of the whole `render`, that in chapter shares, what was recorded, mixed and written. A share is what
mixing, mastering, encoding and listening to a chapter cost in the first render.

--keep makes the book in FOLDER and leaves it there, store and all: another run has its script as it was at
first, makes other edits of the same kinds, and is done in minutes. --first: only the first render.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
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


def turns(root: Path) -> int:
    """How many runs there were in this folder: an edit made once is in its store."""
    path = root / "turns.txt"
    count = int(path.read_text()) if path.exists() else 0
    path.write_text(str(count + 1))
    return count


def edits(root: Path) -> tuple[Edit, ...]:
    turn = turns(root)

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
        Edit("nothing, but the seal is gone", lambda root: (root / ".narrator" / "seal.json").unlink()),
        Edit(
            "one line",
            change("script/c02.nar", r"^(\w+) (\w+) .*\.$", rf"\1 \2 nobody heard bell number {turn}."),
        ),
        Edit("a pause", change("script/c02.nar", r"^$", f"[pause {2.5 + turn / 10}]\n")),
        Edit("a bed", change("script/c02.nar", "light-wind level=-28", f"gusts level={-26 - turn / 10}")),
        Edit("a note of the editor's", change("script/c02.nar", r"^$", "// slower here\n")),
        Edit("a character renamed", rename),
        Edit("two chapters swapped", move),
        Edit("an unspoken title", change("script/c02.nar", "# Chapter 2", "# The Second")),
        Edit(
            "a lexicon entry",
            change("script/lexicon.toml", r"harbourless = .*", f'{NAME} = "oh-ROW-en-{turn}"'),
        ),
        Edit("a voice", change("voices/piper.toml", r"hertz = \d+", f"hertz = {333 + turn}")),
    )


def type_in(root: Path, *arguments: object) -> dict[str, Any]:
    """Type a command with --json: wall and processor seconds of all its processes, and what it told."""
    path = [str(REPOSITORY / "src"), str(REPOSITORY / "tests" / "plugins")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path), "SOURCE_DATE_EPOCH": "0"}
    command = [*NARRATOR, "-C", str(root), *map(str, arguments), "--json"]
    started, before = time.monotonic(), os.times()
    ran = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    wall, after = time.monotonic() - started, os.times()
    cpu = (after.children_user + after.children_system) - (before.children_user + before.children_system)
    return {**json.loads(ran.stdout), "wall": wall, "cpu": cpu}


def first_render(root: Path, options: argparse.Namespace) -> dict[str, Any]:
    """The book as generated and rendered; what its first render told, also where that was in another run."""
    told = root / "first.json"
    if told.exists():
        with tempfile.TemporaryDirectory() as name:
            generate(Path(name) / "book", options.chapters, options.lines)
            shutil.copytree(Path(name) / "book", root, dirs_exist_ok=True)
        type_in(root, "render", "--jobs", options.jobs)
        kept: dict[str, Any] = json.loads(told.read_text())
        return kept
    generate(root, options.chapters, options.lines)
    first = type_in(root, "render", "--jobs", options.jobs)
    told.write_text(json.dumps(first))
    return first


def copying(root: Path) -> float:
    """Processor seconds for one copy of the book's joined files."""
    before = os.times()
    for path in [*(root / "output").glob("*.m4b"), *(root / "output").glob("*.mp3")]:
        copy = root / "copy"
        shutil.copyfile(path, copy)
        copy.unlink()
    after = os.times()
    return after.user + after.system - before.user - before.system


def row(name: str, looked: dict[str, Any], told: dict[str, Any], share: float, root: Path) -> str:
    written = sum((root / file).stat().st_size for file in told["written"]) / 1e6
    figures = (
        f"{looked['wall']:.2f}" if looked else "",
        f"{looked['cpu']:.2f}" if looked else "",
        f"{told['wall']:.2f}",
        f"{told['cpu']:.2f}",
        f"{told['cpu'] / share:.2f}",
        str(told["takes_recorded"]),
        str(told["chapters"]["mixed"]),
        f"{len(told['written'])} ({written:.0f} MB)",
    )
    return f"| {' | '.join((name, *figures))} |"


COLUMNS = (
    "changed",
    "status: wall s",
    "CPU s",
    "render: wall s",
    "CPU s",
    "shares",
    "takes",
    "chapters mixed",
    "files written",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--chapters", type=int, default=40)
    parser.add_argument("--lines", type=int, default=250)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--first", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = options.keep or Path(name) / "book"
        first = first_render(root, options)
        stages = first["cpu_seconds"]
        share = sum(stages.get(s, 0.0) for s in ("mix", "master", "mp3", "check")) / options.chapters
        busy = first["cpu"] / first["wall"] / options.jobs
        hours = first["audio_seconds"] / 3600
        print(f"{hours:.2f} hours, {options.chapters} chapters, {options.jobs} workers; the first render:")
        print(f"cores busy {busy:.0%}, peak memory of all processes {first['peak_rss_mb']:.0f} MB")
        print(f"a chapter's share of mixing, mastering, encoding and listening: {share:.2f} s of processor")
        print(f"one copy of the joined files: {copying(root):.2f} s of processor\n")
        print(f"| {' | '.join(COLUMNS)} |")
        print("|---" * len(COLUMNS) + "|")
        print(row("everything (the first render)", {}, first, share, root), flush=True)
        for edit in () if options.first else edits(root):
            edit.make(root)
            looked = type_in(root, "status")
            told = type_in(root, "render", "--jobs", options.jobs)
            print(row(edit.name, looked, told, share, root), flush=True)


if __name__ == "__main__":
    main()
