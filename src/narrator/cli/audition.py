"""`narrator audition`."""

from __future__ import annotations

import click

from narrator.cli.options import cast_option, cores, json_option, production, with_option
from narrator.report import Reporter, clock


@click.command("audition")
@click.argument("character")
@with_option
@cast_option
@json_option
def command(character: str, packs: tuple[str, ...], cast_name: str, as_json: bool) -> None:
    """Hear CHARACTER's own lines in the five voices that suit best, in one file with spoken labels."""
    from narrator.book import CharacterId
    from narrator.build.voices.auditions import audition

    where = production(cast_name)
    reporter = Reporter(as_json=as_json)
    with reporter.stages() as stages:
        made = audition(where, CharacterId(character), packs, cores(), stages)
    path = where.where(made.path)
    voices = [{"voice": name, "start": round(start, 3)} for name, start in made.heard]
    reporter.document({"file": path, "seconds": round(made.seconds, 3), "voices": voices})
    for number, (name, start) in enumerate(made.heard, 1):
        reporter.say(f"{clock(start):>5}  {number}: {name}")
    reporter.say(f"{path}. Write the voice you choose into {where.where(where.cast_sheet)}.")
