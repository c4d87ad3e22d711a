"""`narrator markup FILE`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from narrator.cli.options import attributor_option, json_option, production, typography_option
from narrator.report import Reporter

if TYPE_CHECKING:
    from narrator.sheets import Typography


@click.command("markup")
@click.argument("manuscript", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--characters", type=click.Path(path_type=Path), help="Who speaks in it: a cast.toml, or JSON with names."
)
@typography_option
@attributor_option
@json_option
def command(
    manuscript: Path,
    characters: Path | None,
    typography: Typography | None,
    attributor: str | None,
    as_json: bool,
) -> None:
    """Say who speaks each quotation of FILE, without writing anything.

    --json prints offsets (code points), speakers and confidences, for evaluation.
    """
    from narrator.build.given import read_characters
    from narrator.build.loading import book_sheet
    from narrator.manuscript import read
    from narrator.markup import evaluation, mark_up

    settings = book_sheet(production()).attribution.settings if attributor else {}
    text = read(manuscript)
    marked = mark_up(
        text,
        given=read_characters(characters) if characters else (),
        typography=typography or "",
        by=attributor or "",
        settings=settings,
    )
    reporter = Reporter(as_json=as_json)
    for remark in marked.remarks:
        reporter.note(remark)
    reporter.document(evaluation(text, marked))
    rows = [
        (
            q.speaker or "?",
            f"{q.confidence:.2f}",
            " ".join(text.source[q.span.start : q.span.end].split())[:60],
        )
        for q in marked.quotations
        if q.kind in ("speech", "thought")
    ]
    reporter.table(("speaker", ">sure", "words"), rows)
