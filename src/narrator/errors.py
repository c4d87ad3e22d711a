"""Every error a user can meet, with its exit code.

    NarratorError
    ├── ProductionError        1   the production has a mistake
    │   ├── ManuscriptError        a manuscript cannot be read
    │   ├── ScriptError            a .nar file breaks the format
    │   ├── SheetError             a TOML sheet is wrong
    │   └── CastError              a character without a voice, a voice that does not exist
    ├── UsageError             2   the command was typed wrong
    ├── MissingError           3   a tool, an engine or a voice is not installed
    └── RenderError            4   the render failed
        ├── EngineError            a voice died, or gave silence, NaN or nothing
        └── MasterError            a file misses its delivery spec

Each is one sentence that says where and what, and a hint that says what to type. `narrator.cli` is the only
place that catches them.
"""

from __future__ import annotations


class NarratorError(Exception):
    """What went wrong, in one sentence, and what to type next.

    `where` is a place the user can open ("script/the-ridge.nar:12"), empty where there is none.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(what, where, hint)
        self.what = what
        self.where = where
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        """Errors cross from worker processes: keyword arguments must survive pickling."""
        return (_rebuild, (type(self), self.what, self.where, self.hint))

    def __str__(self) -> str:
        """The whole sentence as the user reads it."""
        sentence = f"{self.where}: {self.what}" if self.where else self.what
        if not sentence.endswith((".", "!", "?")):
            sentence += "."
        return f"{sentence} {self.hint}" if self.hint else sentence


def _rebuild(kind: type[NarratorError], what: str, where: str, hint: str) -> NarratorError:
    return kind(what, where=where, hint=hint)


class ProductionError(NarratorError):
    """The production has a mistake."""

    exit_code = 1


class ManuscriptError(ProductionError):
    """A manuscript cannot be read."""


class ScriptError(ProductionError):
    """A `.nar` file breaks the script format."""


class SheetError(ProductionError):
    """A TOML sheet (book, cast, lexicon, takes, voice) is wrong."""


class CastError(ProductionError):
    """A character has no voice, or the voice does not exist."""


class UsageError(NarratorError):
    """The command was typed wrong."""

    exit_code = 2


class MissingError(NarratorError):
    """A tool, an engine or a voice is not installed."""

    exit_code = 3


class RenderError(NarratorError):
    """The render failed."""

    exit_code = 4


class EngineError(RenderError):
    """A voice died, or gave silence, NaN or nothing."""


class MasterError(RenderError):
    """A file misses its delivery spec."""
