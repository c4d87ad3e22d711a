"""`narrator import MANUSCRIPT`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from narrator.cli.options import attributor_option, json_option, production, typography_option
from narrator.report import Reporter, count

if TYPE_CHECKING:
    from narrator.sheets import Typography


@click.command("import")
@click.argument("manuscript", type=click.Path(path_type=Path))
@typography_option
@attributor_option
@json_option
def command(manuscript: Path, typography: Typography | None, attributor: str | None, as_json: bool) -> None:
    """Mark up MANUSCRIPT (.txt, .md, .epub, .docx, .odt, .html) into script/.

    Again, after the manuscript changed: paragraphs that did not change keep their hand edits.
    """
    from narrator.build.importing import excerpts, import_manuscript

    where = production()
    told = import_manuscript(where, manuscript, typography=typography, attributor=attributor)
    reporter = Reporter(as_json=as_json)
    reporter.document(
        {
            "title": told.title,
            "chapters": [where.where(path) for path in told.files],
            "characters": [c.id for c in told.characters],
            "lines": told.lines,
            "doubts": told.doubts,
            "paragraphs": {"kept": told.kept, "new": told.new},
            "changed": [
                {"where": where.where(told.files[c.chapter]), "was": c.was, "now": c.now}
                for c in told.changed
            ],
            "unspoken": list(told.unspoken),
            "left_out": list(told.left_out),
            "remarks": list(told.remarks),
            "dropped": list(told.dropped),
            "no_longer_listed": [where.where(path) for path in told.orphans],
        }
    )
    reporter.say(f"{told.title}: {count(told.lines, 'line')} in {count(len(told.files), 'chapter')}.")
    for path in told.files:
        reporter.say(f"  {where.where(path)}")
    people = ", ".join(c.name for c in told.characters)
    reporter.say(f"{count(len(told.characters), 'character')}: {people}.")
    for remark in told.remarks:
        reporter.say(remark)
    if told.left_out:
        reporter.say(f"Left out: {', '.join(told.left_out)}.")
    if told.unspoken:
        first = "; ".join(words[:40] for words in told.unspoken[:3])
        reporter.say(f"Not read aloud (% in the script): {count(len(told.unspoken), 'paragraph')}: {first} …")
    if told.kept:
        reporter.say(f"{count(told.kept, 'paragraph')} kept as edited, {told.new} marked up anew.")
    for change in told.changed:
        was, now = excerpts(change.was, change.now)
        reporter.say(f"  {where.where(told.files[change.chapter])}: changed: {was}")
        reporter.say(f"    now: {now}")
    for words in told.dropped:
        reporter.say(f"  gone: {words[:70]}")
    for path in told.orphans:
        reporter.say(f"  {where.where(path)} is not in the book any more; delete it if that is right.")
    if told.doubts:
        reporter.say(f"Unsure who speaks {count(told.doubts, 'line')} (marked ?): type narrator check.")
    reporter.say("Next: narrator cast --auto")
