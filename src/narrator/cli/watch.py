"""`narrator watch`."""

from __future__ import annotations

import click

from narrator.cli.options import cast_option, cores, production
from narrator.errors import NarratorError
from narrator.report import Reporter, Silent


@click.command("watch")
@click.option("--play", "aloud", is_flag=True, help="Play a chapter when it is made.")
@click.option("--jobs", type=click.IntRange(min=1), help="Worker processes.  [default: one a core]")
@cast_option
def command(aloud: bool, jobs: int | None, cast_name: str) -> None:
    """Make a chapter new whenever you save it; Ctrl-C ends it."""
    from narrator.build import playing
    from narrator.build.watching import watch

    where, reporter = production(cast_name), Reporter()
    for made in watch(where, jobs or cores(), Silent()):
        if isinstance(made, NarratorError):
            reporter.error(made)
            continue
        if not made:
            reporter.note(
                "Watching script/ and voices/: save a chapter, and it is made new. Ctrl-C ends this."
            )
        for chapter in made:
            reporter.note(f"{chapter.number} {chapter.title}: {where.where(chapter.file)}")
            if aloud:
                playing.play(chapter.file)
