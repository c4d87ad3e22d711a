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
