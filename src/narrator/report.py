"""The only module that prints: progress to stderr, results to stdout, one JSON document where asked."""

from __future__ import annotations

import json
import re
import shlex
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol

from narrator.errors import NarratorError

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


_FOLDER: ContextVar[str] = ContextVar("folder", default=".")

_COMMAND = re.compile(r"(`|[Tt]ype:? |Next: )narrator (?!-C|init\b)")
"""Where what is said to the user names a command to type."""


def stand_in(folder: str) -> None:
    """Say commands from now on as they are typed by who names the production by `-C folder`."""
    _FOLDER.set(folder)


def typed(text: str) -> str:
    """`text` with its commands as the user types them: with the -C that he typed."""
    folder = _FOLDER.get()
    return (
        text
        if folder == "."
        else _COMMAND.sub(lambda found: f"{found[1]}narrator -C {shlex.quote(folder)} ", text)
    )


class Progress(Protocol):
    """What a long piece of work tells while it goes on. A stage is advanced to its total; begun again, it has
    so much more to do. Units are named in the plural, with an s."""

    def begin(self, stage: str, total: int, unit: str) -> None:
        """A stage of `total` units starts ("recording", 214, "lines")."""

    def advance(self, stage: str, amount: int = 1) -> None:
        """`amount` more units of the stage are done."""


class Reporter:
    """Says what the user should see. as_json: results become one JSON document on stdout and nothing else."""

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json

    def say(self, text: str = "") -> None:
        """A line of a result; nothing where the result is JSON."""
        if not self.as_json:
            print(typed(text), flush=True)  # noqa: T201

    def note(self, text: str) -> None:
        """A remark beside the result, on stderr."""
        print(typed(text), file=sys.stderr)  # noqa: T201

    def document(self, value: object) -> None:
        """The result as JSON, where that was asked for."""
        if self.as_json:
            print(json.dumps(value, ensure_ascii=False, indent=1))  # noqa: T201

    def event(self, value: object) -> None:
        """What just happened in a command that has no end: with JSON a document on a line of its own."""
        if self.as_json:
            print(json.dumps(value, ensure_ascii=False), flush=True)  # noqa: T201

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]], *, title: str = "") -> None:
        """A result in rows. A column whose name begins with `>` stands at the right."""
        if self.as_json:
            return
        from rich.box import SIMPLE_HEAD
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(title=title or None, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
        for column in columns:
            table.add_column(column.removeprefix(">"), justify="right" if column.startswith(">") else "left")
        for row in rows:
            table.add_row(*(Text(typed(cell)) for cell in row))
        Console().print(table)

    def error(self, error: NarratorError) -> None:
        """One sentence on stderr; with JSON, the same as a document on stdout."""
        self.document({"error": {"where": error.where, "what": error.what, "hint": typed(error.hint)}})
        self.note(f"narrator: {error}")

    @contextmanager
    def stages(self) -> Iterator[Progress]:
        """Progress on stderr: bars with the time left on a terminal, a line a stage elsewhere."""
        if not sys.stderr.isatty():
            yield _PlainStages(self)
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars

        columns = (
            TextColumn("{task.description:<12}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[unit]}"),
            TimeRemainingColumn(elapsed_when_finished=True),
        )
        with Bars(*columns, console=Console(stderr=True)) as bars:
            yield _BarStages(bars)


class _BarStages:
    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}
        self._totals: dict[str, int] = {}

    def begin(self, stage: str, total: int, unit: str) -> None:
        if stage in self._tasks:
            self._totals[stage] += total
            self._bars.update(self._tasks[stage], total=self._totals[stage])
            return
        self._totals[stage] = total
        self._tasks[stage] = self._bars.add_task(
            stage, total=total, unit=unit if total != 1 else unit.removesuffix("s")
        )

    def advance(self, stage: str, amount: int = 1) -> None:
        self._bars.advance(self._tasks[stage], amount)


class _PlainStages:
    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._left: dict[str, tuple[int, int, str, float]] = {}

    def begin(self, stage: str, total: int, unit: str) -> None:
        if stage in self._left:
            before, left, unit, since = self._left[stage]
            self._left[stage] = (before + total, left + total, unit, since)
            return
        self._left[stage] = (total, total, unit, time.monotonic())
        self._reporter.note(f"{stage}: {count(total, unit.removesuffix('s'))}")

    def advance(self, stage: str, amount: int = 1) -> None:
        total, left, unit, since = self._left[stage]
        self._left[stage] = (total, left - amount, unit, since)
        if left - amount <= 0 < left:
            told = count(total, unit.removesuffix("s"))
            self._reporter.note(f"{stage}: {told} done in {time.monotonic() - since:.1f} s")


class Silent:
    """A Progress that says nothing."""

    def begin(self, stage: str, total: int, unit: str) -> None:
        """Say nothing."""

    def advance(self, stage: str, amount: int = 1) -> None:
        """Say nothing."""


def clock(seconds: float) -> str:
    """`seconds` as a listener reads it: 1:02:33, 4:05."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def count(number: int, noun: str) -> str:
    """“1 line”, “2 lines”."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
