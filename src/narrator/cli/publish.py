"""`narrator publish`."""

from __future__ import annotations

from pathlib import Path

import click

from narrator.cli.options import cast_option, json_option, production
from narrator.report import Reporter, count


@click.command("publish")
@click.option(
    "--to",
    "site",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="The site's folder; several books may share one.  [default: output/site]",
)
@click.option("--url", default="", metavar="URL", help="Where the site will stand, in place of book.toml's.")
@cast_option
@json_option
def command(site: Path | None, url: str, cast_name: str, as_json: bool) -> None:
    """Make the listeners' site from the last release: pages, player, feed, captions, read-along."""
    from narrator.build import publishing

    reporter = Reporter(as_json=as_json)
    here = production(cast_name)
    order = publishing.Order(site, url)
    with reporter.stages() as stages:
        published = publishing.publish(here, order, stages)
    told = publishing.told(here, published)
    reporter.document(told)
    state = "new" if told["new_edition"] else "unchanged"
    reporter.say(f"Edition {told['edition']} ({state}), {count(told['files'], 'file')} in {told['folder']}/")
    if told["new_edition"]:
        for change in told["changes"]:
            reporter.say(f"  {change}")
    if told["feed"]:
        reporter.say(f"Podcast feed: {told['feed']}")
    else:
        reporter.say(
            "No podcast feed yet: it needs the site's address. Type narrator publish --url https://…"
        )
    if not told["read_along"]:
        reporter.say(
            "No read-along EPUB: EPUB has no FLAC. Type narrator render --format m4b, then publish again."
        )
    where = f" --from {site}" if site else ""
    reporter.say(f"To see it, type narrator serve{where}")
