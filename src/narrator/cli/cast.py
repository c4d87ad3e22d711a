"""`narrator cast`."""

from __future__ import annotations

import click

from narrator.cli.options import cast_option, json_option, production
from narrator.report import Reporter


@click.command("cast")
@click.option("--auto", is_flag=True, help="Give every character without a voice one that fits.")
@cast_option
@json_option
def command(auto: bool, cast_name: str, as_json: bool) -> None:
    """Show the cast: who speaks how many lines, with which voice."""
    from narrator.build.casting import cast_auto, show

    where = production(cast_name)
    cast = cast_auto(where) if auto else show(where)
    reporter = Reporter(as_json=as_json)
    reporter.document(
        {
            "cast": [
                {
                    "id": m.character.id,
                    "name": m.character.name,
                    "gender": m.character.gender,
                    "age": m.character.age,
                    "voice": m.character.voice,
                    "lines": m.lines,
                }
                for m in cast
            ]
        }
    )
    rows = [
        (
            m.character.id,
            m.character.name,
            m.character.gender or "",
            m.character.age or "",
            str(m.lines),
            m.character.voice or "none: type narrator cast --auto",
        )
        for m in cast
    ]
    reporter.table(("id", "name", "gender", "age", ">lines", "voice"), rows)
    if auto:
        reporter.say(f"Written to {where.where(where.cast_sheet)}; it is yours to change.")
