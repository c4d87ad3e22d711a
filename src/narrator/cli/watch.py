"""`narrator watch`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from narrator.cli.options import cast_option, cores, json_option, production
from narrator.errors import NarratorError
from narrator.report import Reporter, Silent

if TYPE_CHECKING:
    from narrator.build.watching import Renewed
    from narrator.production import Production


@click.command("watch")
@click.option("--play", "aloud", is_flag=True, help="Play a chapter when it is made.")
@click.option("--jobs", type=click.IntRange(min=1), help="Worker processes.  [default: one a core]")
@cast_option
@json_option
def command(aloud: bool, jobs: int | None, cast_name: str, as_json: bool) -> None:
    """Make a chapter new whenever you save it; Ctrl-C ends it.

    With --json each thing that happens is one JSON document on a line of its own: "watching" when saves are
    seen, then "made" with the chapters' numbers, titles and files, or "error". Nothing is in "made" where a
    mistake was only undone.
    """
    from narrator.build import playing
    from narrator.build.watching import watch

    where, reporter, watching = production(cast_name), Reporter(as_json=as_json), False
    for made in watch(where, jobs or cores(), Silent()):
        if isinstance(made, NarratorError):
            reporter.event({"error": {"where": made.where, "what": made.what, "hint": made.hint}})
            reporter.note(f"narrator: {made}")
            continue
        if made or watching:
            reporter.event({"made": [_told(where, chapter) for chapter in made]})
            if not made:
                reporter.note("The script is in order again, and no chapter has changed.")
        else:
            watching = True
            reporter.event({"watching": [where.where(folder) for folder in (where.script, where.voices)]})
            reporter.note(
                "Watching script/ and voices/: save a chapter, and it is made new. Ctrl-C ends this."
            )
        for chapter in made:
            reporter.note(f"{chapter.number} {chapter.title}: {where.where(chapter.file)}")
            if aloud:
                playing.play(chapter.file)


def _told(where: Production, chapter: Renewed) -> dict[str, Any]:
    return {"chapter": chapter.number, "title": chapter.title, "file": where.where(chapter.file)}
