"""The TOML sheets of a production: book, cast, lexicon, takes. Read into frozen values, edited in place.

Reading refuses what it does not know, with the key's name. Writing goes through tomlkit: an editor's
comments, order and spacing stay.
"""

from narrator.sheets.base import FORMAT, read_toml
from narrator.sheets.book import (
    AttributionSheet,
    BookSheet,
    ChapterEntry,
    CreditSheet,
    PauseSheet,
    PublishSheet,
    ReleaseFormat,
    SpecSheet,
    Typography,
    WorkerSheet,
    read_book,
    write_address,
    write_book,
)
from narrator.sheets.cast import read_cast, rename_character, write_cast
from narrator.sheets.lexicon import Readings, read_lexicon, write_lexicon
from narrator.sheets.takes import ChosenTake, read_takes, write_choice

__all__ = [
    "FORMAT",
    "AttributionSheet",
    "BookSheet",
    "ChapterEntry",
    "ChosenTake",
    "CreditSheet",
    "PauseSheet",
    "PublishSheet",
    "Readings",
    "ReleaseFormat",
    "SpecSheet",
    "Typography",
    "WorkerSheet",
    "read_book",
    "read_cast",
    "read_lexicon",
    "read_takes",
    "read_toml",
    "rename_character",
    "write_address",
    "write_book",
    "write_cast",
    "write_choice",
    "write_lexicon",
]
