"""What proofing costs, and what it finds in whole books as they come from a render.

    python benchmarks/proof.py [MANUSCRIPT …] [--keep FOLDER]

Renders this repository's own production, and each MANUSCRIPT (imported and cast by itself), as M4B and MP3 with the
embedded voice; then proofs each from nothing, with its words. Run it in an environment with `narrator[proof]`. Prints a
line of docs/proof.md a book, and every finding. A finding in a clean render is false until somebody has heard it.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
NARRATOR = [sys.executable, "-m", "narrator"]


def narrator(folder: Path, *arguments: str, fine: tuple[int, ...] = (0,)) -> str:
    told = subprocess.run(
        [*NARRATOR, "-C", str(folder), *arguments], stdout=subprocess.PIPE, text=True, check=False
    )
    if told.returncode not in fine:
        raise SystemExit(f"narrator {' '.join(arguments)}: exit code {told.returncode}")
    return told.stdout


def productions(manuscripts: list[Path], folder: Path) -> Iterator[Path]:
    """Productions in `folder`, the demo first, each new."""
    demo = folder / "demo"
    for part in ("script", "voices"):
        shutil.copytree(REPOSITORY / part, demo / part)
    yield demo
    for number, manuscript in enumerate(manuscripts, 1):
        made = folder / f"book-{number}"
        narrator(folder, "init", str(made))
        narrator(made, "import", str(manuscript.resolve()))
        narrator(made, "cast", "--auto")
        yield made


def processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def proofed(production: Path) -> tuple[dict[str, Any], float]:
    """The findings of a production that is rendered here, and the processor seconds of finding them."""
    narrator(production, "render", "--format", "m4b", "--format", "mp3")
    before = processor()
    told = json.loads(narrator(production, "proof", "--json", fine=(0, 1)))
    return told, processor() - before


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("manuscripts", nargs="*", type=Path)
    parser.add_argument("--keep", type=Path, help="an empty folder for the productions")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for production in productions(options.manuscripts, options.keep or Path(scratch)):
            told, seconds = proofed(production)
            lines = json.loads((production / "output" / "timeline.json").read_text())["lines"]
            codes = Counter(f["code"] for f in told["findings"])
            found = ", ".join(f"{many} {code}" for code, many in sorted(codes.items())) or "nothing"
            sound, wall = told["audio_seconds"], told["seconds"]
            print(
                f"| {told['title'][:40]} | {len(lines)} | {sound / 60:.1f} min | {told['faults']} | {found}"
                f" | {wall:.0f} s, {sound / wall:.1f} | {seconds:.0f} s, {sound / seconds:.1f} |"
            )
            for finding in told["findings"]:
                print(f"    {finding['where']} {finding['start']:.2f} s {finding['code']}: {finding['what']}")


if __name__ == "__main__":
    main()
