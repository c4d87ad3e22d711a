"""`narrator play`."""

from __future__ import annotations

import click

from narrator.cli.options import PLACE, cast_option, json_option, production
from narrator.report import Reporter


@click.command("play")
@click.argument("place", type=PLACE, metavar="CHAPTER:LINE")
@cast_option
@json_option
def command(place: tuple[int, int], cast_name: str, as_json: bool) -> None:
    """Play the take that a line has now."""
    from narrator.build import playing
    from narrator.build.loading import load
    from narrator.build.places import place_of, take_of

    book = load(production(cast_name))
    found = place_of(book, *place)
    path = take_of(book, found)
    reporter = Reporter(as_json=as_json)
    reporter.say(f"{found.where}: {found.text}")
    playing.play(path)
    reporter.document({"where": found.where, "text": found.text, "take": path.stem, "file": str(path)})
