"""`narrator rename OLD NEW`."""

from __future__ import annotations

import click

from narrator.cli.options import json_option, production
from narrator.report import Reporter, count


@click.command("rename")
@click.argument("old")
@click.argument("new")
@click.option("--merge", is_flag=True, help="NEW is in the cast already: make the two one.")
@json_option
def command(old: str, new: str, merge: bool, as_json: bool) -> None:
    """Give the character OLD the id NEW everywhere: in every chapter and every cast sheet.

    A later import finds the character under the new id, by the aliases that the old name leaves.
    """
    from narrator.book import CharacterId
    from narrator.build.renaming import rename

    where = production()
    ids = CharacterId(old.removeprefix("@")), CharacterId(new.removeprefix("@"))
    told = rename(where, *ids, merge=merge)
    files = [where.where(path) for path in told.files]
    reporter = Reporter(as_json=as_json)
    reporter.document({"files": files, "lines": told.lines, "merged": told.merged})
    did = "is now part of" if told.merged else "is now"
    reporter.say(f"@{ids[0]} {did} @{ids[1]}: {count(told.lines, 'line')} in {count(len(files), 'file')}.")
