"""Starting a production: its sheets and the house voices, as files to read, copy and change."""

from __future__ import annotations

from pathlib import Path

from narrator import casting
from narrator.book import NARRATOR, Character
from narrator.build.importing import UNTITLED
from narrator.errors import ProductionError
from narrator.production import Production
from narrator.sheets import BookSheet, write_book, write_cast
from narrator.whole import write_text

_LEXICON = """\
format = 1

# How names and words are said: a respelling, or phonemes between slashes.
# An entry in lower case fits any case; another fits only as it is written.
[words]
# Orrow = "ORR-oh"
"""


def start(folder: Path) -> Production:
    """Make a production in `folder`. Raises ProductionError where there is one, RenderError where the folder
    cannot be written."""
    production = Production(folder)
    if production.book_sheet.exists():
        raise ProductionError(
            "a production stands here already.",
            where=str(folder),
            hint=f"Type `narrator -C {folder} import MANUSCRIPT`.",
        )
    write_book(production.book_sheet, BookSheet(title=UNTITLED))
    write_cast(production.cast_sheet, [Character(NARRATOR, "Narrator")])
    if not production.lexicon_sheet.exists():
        write_text(production.lexicon_sheet, _LEXICON)
    for name in casting.house_voices():
        path = production.voices / f"{name.split('/')[-1]}.toml"
        if not path.exists():
            write_text(path, casting.house_sheet(name))
    if not production.ignored.exists():
        write_text(production.ignored, "/output/\n/.narrator/\n")
    return production
