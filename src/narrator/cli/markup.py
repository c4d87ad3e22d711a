"""`narrator markup FILE`."""

from __future__ import annotations

from pathlib import Path

import click

from narrator.cli.options import json_option
from narrator.report import Reporter


@click.command("markup")
@click.argument("manuscript", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--characters", type=click.Path(path_type=Path), help="Who speaks in it: a cast.toml, or JSON with names."
)
@json_option
def command(manuscript: Path, characters: Path | None, as_json: bool) -> None:
    """Say who speaks each quotation of FILE, without writing anything.

    --json prints offsets (code points), speakers and confidences, for evaluation.
    """
    from narrator.build.given import read_characters
    from narrator.manuscript import read
    from narrator.markup import evaluation, mark_up

    text = read(manuscript)
    marked = mark_up(text, given=read_characters(characters) if characters else ())
    reporter = Reporter(as_json=as_json)
    reporter.document(evaluation(text, marked))
    rows = [
        (
            q.speaker or "?",
            f"{q.confidence:.2f}",
            " ".join(text.source[q.span.start : q.span.end].split())[:60],
        )
        for q in marked.quotations
        if q.kind == "speech"
    ]
    reporter.table(("speaker", ">sure", "words"), rows)
