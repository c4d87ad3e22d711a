"""Options that several verbs share."""

from __future__ import annotations

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


def production() -> Production:
    """The production that `-C` names. Raises ProductionError where there is none."""
    return find(root())
