"""`narrator locate`."""

from __future__ import annotations

import click

from narrator.cli.options import TIME, cast_option, json_option, production
from narrator.report import Reporter, clock


@click.command("locate")
@click.argument("time", type=TIME, metavar="TIME")
@cast_option
@json_option
def command(time: float, cast_name: str, as_json: bool) -> None:
    """Name the line that is heard at TIME of the release, like 1:02:33."""
    from narrator.build.releases import timelines

    found = production(cast_name)
    chapters = timelines.read(found.timeline, found.where(found.timeline))
    chapter, line, now = timelines.at(chapters, time)
    reporter = Reporter(as_json=as_json)
    told: dict[str, object] = {"chapter": chapter.number, "title": chapter.title, "heard": now}
    if line is None:
        reporter.document(told | {"line": None})
        reporter.say(f"{clock(time)}: before the first line of “{chapter.title}” ({chapter.file}).")
        return
    reporter.document(
        told
        | {"line": line.line, "where": f"{chapter.file}:{line.line}", "character": line.character}
        | {"text": line.text, "start": line.start, "end": line.end}
    )
    place = f"{chapter.number}:{line.line}" + ("" if now else ", in the pause after it")
    reporter.say(f"{clock(time)} is {place} ({chapter.file}:{line.line}), {line.character}: {line.text}")
