"""The recording script: the `.nar` format, read, written and merged (DESIGN section 3, docs/script.md)."""

from narrator.script.merge import Merged, merge
from narrator.script.names import file_name, is_id, slug
from narrator.script.parse import mistakes, parse
from narrator.script.write import write

__all__ = ["Merged", "file_name", "is_id", "merge", "mistakes", "parse", "slug", "write"]
