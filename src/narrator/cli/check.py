"""`narrator check`."""

from __future__ import annotations

import click

from narrator.cli.options import cast_option, json_option, production
from narrator.report import Reporter, count


@click.command("check")
@cast_option
@json_option
@click.pass_context
def command(ctx: click.Context, cast_name: str, as_json: bool) -> None:
    """List the script's and the cast's mistakes and doubts."""
    from narrator.build.choices import unused
    from narrator.build.loading import examine
    from narrator.build.plan import plan

    book, mistakes = examine(production(cast_name))
    forgotten = unused(book, plan(book, ())) if book.choices and not mistakes else ()
    doubts = [
        (f"{place.where}:{number}", line)
        for place in book.chapters
        for number, line in place.chapter.lines
        if line.unsure
    ]
    reporter = Reporter(as_json=as_json)
    reporter.document(
        {
            "mistakes": [{"where": m.where, "what": m.what, "hint": m.hint} for m in mistakes],
            "doubts": [{"where": w, "character": d.character, "text": d.written} for w, d in doubts],
            "unused_choices": list(forgotten),
        }
    )
    for mistake in mistakes:
        reporter.say(str(mistake))
    for where, line in doubts:
        reporter.say(f"{where}: is this {line.character}? {line.written}")
    for sentence in forgotten:
        reporter.say(sentence)
    reporter.say(
        f"{count(len(mistakes), 'mistake')}, {count(len(doubts), 'doubt')}"
        + (" (delete a ? to confirm its line)." if doubts else ".")
    )
    ctx.exit(max((m.exit_code for m in mistakes), default=0))
