"""`narrator diff`."""

from __future__ import annotations

from pathlib import Path

import click

from narrator.cli.options import cast_option, json_option, production
from narrator.report import Reporter, clock, count


@click.command("diff")
@click.argument("old", type=click.Path(path_type=Path), metavar="OLD-RELEASE")
@cast_option
@json_option
def command(old: Path, cast_name: str, as_json: bool) -> None:
    """List what changed since OLD-RELEASE: its folder, its timeline.json or its M4B."""
    from narrator.build.releases.differences import since

    chapters, changed = since(production(cast_name), old)
    seconds = sum(c.seconds for c in changed if "removed" not in c.changes)
    whole = chapters[-1].end if chapters else 0.0
    reporter = Reporter(as_json=as_json)
    reporter.document(
        {
            "seconds": round(whole, 3),
            "changed_seconds": round(seconds, 3),
            "chapters": [
                {
                    "chapter": c.chapter.number,
                    "title": c.chapter.title,
                    "before": c.before,
                    "changes": list(c.changes),
                    "changed_seconds": round(c.seconds, 3),
                    "lines_gone": c.gone,
                    "spans": [{"start": s.start, "end": s.end, "lines": list(s.lines)} for s in c.spans],
                }
                for c in changed
            ],
        }
    )
    for c in changed:
        was = f" (was “{c.before}”)" if c.before and c.before != c.chapter.title else ""
        gone = f", {count(c.gone, 'line')} gone" if c.gone else ""
        reporter.say(f"{c.chapter.number} {c.chapter.title}{was}: {', '.join(c.changes)}{gone}")
        for span in c.spans:
            more = f" … and {count(len(span.texts) - 1, 'line')} more" if len(span.texts) > 1 else ""
            reporter.say(
                f"  {clock(span.start)}–{clock(span.end)}  line {span.lines[0]}: {span.texts[0]}{more}"
            )
    kept = [c for c in changed if "removed" not in c.changes]
    heard = f"{clock(seconds)} of {clock(whole)} to hear again"
    reporter.say(
        f"{len(kept)} of {count(len(chapters), 'chapter')} changed, {heard}."
        if changed
        else "Nothing changed."
    )
