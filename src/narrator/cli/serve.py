"""`narrator serve`."""

from __future__ import annotations

from pathlib import Path

import click

from narrator.cli.options import cast_option, production
from narrator.report import Reporter


@click.command("serve")
@click.option(
    "--from",
    "site",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="The site's folder.  [default: output/site]",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes any that is free."
)
@cast_option
def command(site: Path | None, port: int, cast_name: str) -> None:
    """Show the site on this machine, to this machine alone, until Ctrl-C."""
    from narrator.build.publishing import serve

    reporter = Reporter()
    folder = site or production(cast_name).site
    serve(folder, port, lambda address: reporter.say(f"{address}  (Ctrl-C ends it)"))
