"""The recording script: the `.nar` format, read, written and merged (DESIGN section 3, docs/script.md)."""

from narrator.script.merge import Changed, Merged, merge
from narrator.script.names import file_name, is_id, slug
from narrator.script.parse import mistakes, parse
from narrator.script.renaming import rename_in, renamed
from narrator.script.write import write

__all__ = [
    "Changed",
    "Merged",
    "file_name",
    "is_id",
    "merge",
    "mistakes",
    "parse",
    "rename_in",
    "renamed",
    "slug",
    "write",
]
