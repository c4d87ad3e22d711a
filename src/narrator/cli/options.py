"""Options that several verbs share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from narrator.production import Production, find

F = TypeVar("F", bound=Callable[..., Any])


def json_option(command: F) -> F:
    """`--json`: one JSON document on stdout and nothing else."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(command)


FORMATS = ("m4b", "mp3", "opus", "flac")
"""What can be released."""


def format_option(command: F) -> F:
    """`--format`: what to release."""
    return click.option(
        "--format",
        "formats",
        type=click.Choice(FORMATS),
        multiple=True,
        help="What to release; repeatable.  [default: as book.toml says, else m4b and mp3]",
    )(command)


def root() -> Path:
    """The folder that `-C` names."""
    return Path(click.get_current_context().find_root().obj)


def cast_option(command: F) -> F:
    """`--cast NAME`: another cast sheet."""
    return click.option(
        "--cast",
        "cast_name",
        default="",
        metavar="NAME",
        help="Use script/cast-NAME.toml; releases go to output/NAME/.",
    )(command)


def with_option(command: F) -> F:
    """`--with PACK`: installed packs whose voices take part."""
    return click.option(
        "--with",
        "packs",
        multiple=True,
        metavar="PACK",
        help="Cast from the voices of this installed pack too (kokoro). Repeatable.",
    )(command)


def cores() -> int:
    """The processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):  # Linux: containers and taskset count
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def production(cast: str = "") -> Production:
    """The production that `-C` names. Raises ProductionError where there is none."""
    return find(root(), cast)


def attributor_option(command: F) -> F:
    """`--attributor NAME`: another judge of who says what."""
    return click.option(
        "--attributor",
        default=None,
        metavar="NAME",
        help="Who judges the uncertain speeches once more, with the settings of [attribution] in book.toml.",
    )(command)


def typography_option(command: F) -> F:
    """`--typography NAME`: how the manuscript marks speech."""
    names = ("double", "single", "low", "angle", "angle-inward", "corner", "dash")
    return click.option(
        "--typography",
        type=click.Choice(names),
        default=None,
        help="How the text marks speech, where that is seen wrongly: “…” ‘…’ „…“ «…» »…« 「…」 —…",
    )(command)


class _Place(click.ParamType[tuple[int, int]]):
    """CHAPTER:LINE, as messages, timeline and proof name a line."""

    name = "place"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        chapter, _, line = str(value).partition(":")
        if not (chapter.isdecimal() and line.isdecimal()) or max(len(chapter), len(line)) > 9:
            self.fail(f"“{value}” is no CHAPTER:LINE, like 3:41.", param, ctx)
        return int(chapter), int(line)


PLACE = _Place()


class _Time(click.ParamType[float]):
    """A time as players show it: 1:02:33, 62:33, 3753, with or without tenths."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        parts = str(value).split(":")
        whole, dot, rest = parts[-1].partition(".")
        digits = [*parts[:-1], whole, *([rest] if dot else [])]
        if len(parts) > 3 or not all(part.isdecimal() and len(part) <= 9 for part in digits):
            self.fail(f"“{value}” is no time, like 1:02:33.", param, ctx)
        seconds = 0.0
        for part in (*parts[:-1], whole):
            seconds = 60 * seconds + int(part)
        return seconds + (float(f"0.{rest}") if dot else 0.0)


TIME = _Time()
