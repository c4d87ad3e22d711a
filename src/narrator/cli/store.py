"""`narrator store`."""

from __future__ import annotations

from pathlib import Path

import click

from narrator.cli.options import cast_option, json_option, production
from narrator.report import Reporter, count


@click.group("store")
def command() -> None:
    """Look after takes and what is made from them."""


@command.command("verify")
@json_option
@click.pass_context
def verify(ctx: click.Context, as_json: bool) -> None:
    """Read everything and compare its checksum; exit code 1 where something is damaged."""
    from narrator.build.keeping import verify as check

    checked, damaged = check(production())
    reporter = Reporter(as_json=as_json)
    reporter.document(
        {
            "checked": checked,
            "damaged": [
                {"kind": d.kind, "key": d.key, "where": d.where, "remade": d.remade} for d in damaged
            ],
        }
    )
    for d in damaged:
        place = f"{d.where}: " if d.where else ""
        then = (
            "a render makes it again when it is needed" if d.remade else "it was chosen: import or retake it"
        )
        reporter.say(f"{place}{d.kind}/{d.key[:2]}/{d.key} is damaged; {then}.")
    reporter.say(f"{count(checked, 'artefact')} read, {len(damaged)} damaged.")
    ctx.exit(1 if damaged else 0)


@command.command("gc")
@click.option("--dry-run", "dry", is_flag=True, help="Only say what would go.")
@json_option
def gc(dry: bool, as_json: bool) -> None:
    """Delete what no line, no chosen take and no release uses; recordings of people stay."""
    from narrator.build.keeping import collect

    done = collect(production(), dry=dry)
    reporter = Reporter(as_json=as_json)
    reporter.document(
        {"files": done.files, "bytes": done.bytes, "takes": done.takes, "kept": done.kept, "dry_run": dry}
    )
    would = "would be deleted" if dry else "deleted"
    reporter.say(
        f"{count(done.files, 'file')} ({done.bytes / 1e6:.1f} MB) {would}, with "
        f"{count(done.takes, 'take')}; {count(done.kept, 'take')} stay."
    )


@command.command("export")
@click.argument("path", type=click.Path(path_type=Path), metavar="FILE")
@cast_option
@json_option
def export(path: Path, cast_name: str, as_json: bool) -> None:
    """Write the takes that the script uses into FILE, for a colleague."""
    from narrator.build.keeping import export as write
    from narrator.build.loading import load

    done = write(load(production(cast_name)), path)
    reporter = Reporter(as_json=as_json)
    reporter.document({"takes": done.takes, "bytes": done.bytes, "file": str(path)})
    reporter.say(f"{count(done.takes, 'take')} ({done.bytes / 1e6:.1f} MB) written to {path}.")


@command.command("import")
@click.argument("path", type=click.Path(path_type=Path), metavar="FILE")
@json_option
def import_(path: Path, as_json: bool) -> None:
    """Take in the takes that a colleague exported into FILE."""
    from narrator.build.keeping import bring

    done = bring(production(), path)
    reporter = Reporter(as_json=as_json)
    reporter.document({"takes": done.takes, "there": done.there, "bytes": done.bytes})
    reporter.say(f"{count(done.takes, 'take')} came in, {done.there} were there already.")
