"""`narrator lexicon`."""

from __future__ import annotations

from pathlib import Path

import click

from narrator.cli.options import json_option, production
from narrator.report import Reporter, count


@click.group("lexicon")
def command() -> None:
    """Say how names and words are said."""


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def import_(file: Path, as_json: bool) -> None:
    """Add the words of a PLS file (W3C) to script/lexicon.toml; what stands there stays."""
    from narrator.build.wording import import_lexicon

    where = production()
    done = import_lexicon(where, file)
    reporter = Reporter(as_json=as_json)
    reporter.document({"added": done.added, "kept": done.kept, "left_out": done.left_out})
    reporter.say(f"{count(len(done.added), 'word')} added to {where.where(where.lexicon_sheet)}.")
    if done.kept:
        reporter.say(f"{count(len(done.kept), 'word')} stood there already and stayed: {_some(done.kept)}.")
    if done.left_out:
        reporter.say(f"Left out, for phonemes that are not IPA: {_some(done.left_out)}.")


def _some(words: tuple[str, ...]) -> str:
    return ", ".join(words[:5]) + (f" and {len(words) - 5} more" if len(words) > 5 else "")
