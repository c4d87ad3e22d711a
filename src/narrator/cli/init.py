"""`narrator init DIR`."""

from __future__ import annotations

from pathlib import Path

import click

from narrator.cli.options import json_option
from narrator.report import Reporter


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@json_option
def command(folder: Path, as_json: bool) -> None:
    """Start a new production in DIR, with its sheets and the house voices."""
    from narrator.build.starting import start

    production = start(folder)
    reporter = Reporter(as_json=as_json)
    reporter.document({"production": str(production.root)})
    reporter.say(f"A new production stands in {folder}. Next: narrator -C {folder} import MANUSCRIPT")
