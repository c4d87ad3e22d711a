"""`narrator status`."""

from __future__ import annotations

import gc
import math
from typing import TYPE_CHECKING

import click

from narrator.cli.options import cast_option, cores, format_option, json_option, production
from narrator.report import Reporter, count

if TYPE_CHECKING:
    from narrator.build.status import Status
    from narrator.production import Production


@click.command("status")
@click.option("--why", is_flag=True, help="Name the facts that differ.")
@click.option("--spec", metavar="NAME", help="The delivery spec, in place of book.toml's.")
@format_option
@cast_option
@json_option
def command(why: bool, spec: str | None, formats: tuple[str, ...], cast_name: str, as_json: bool) -> None:
    """Say what is stale and what a render would cost."""
    from narrator.build import seal

    where = production(cast_name)
    reporter = Reporter(as_json=as_json)
    told = seal.look(where, formats, spec).unbroken
    if told:
        reporter.document(
            {
                "lines": {"total": told["lines"]["total"], "to_record": 0},
                "chapters": {"total": told["chapters"]["total"], "to_mix": 0},
                "files": [],
                "release": [],
                "minutes": 0.0,
                "stale": [],
                "unused_choices": told["unused_choices"],
                "doubtful_choices": told["doubtful_choices"],
                "missing_choices": [],
            }
        )
        for sentence in (*told["unused_choices"], *told["doubtful_choices"]):
            reporter.say(sentence)
        reporter.say("Nothing is stale.")
        return
    _look_closely(reporter, where, formats, spec, why)


def _look_closely(
    reporter: Reporter, where: Production, formats: tuple[str, ...], spec: str | None, why: bool
) -> None:
    from narrator.build.loading import load
    from narrator.build.status import status

    gc.disable()  # what is read lives as long as the command; looking for garbage takes a twelfth of it
    try:
        book = load(where, spec=spec)
        found = status(book, formats or book.sheet.formats, cores())
    finally:
        gc.enable()
    reporter.document(
        {
            "lines": {"total": found.lines, "to_record": found.takes},
            "chapters": {"total": found.chapters, "to_mix": len(found.stale)},
            "files": [book.production.where(path) for path in found.files],
            "release": list(found.release),
            "minutes": round(found.seconds / 60, 2),
            "stale": [
                {"chapter": s.place.number, "where": s.place.where, "lines": s.lines, "why": list(s.why)}
                for s in found.stale
            ],
            "unused_choices": list(found.unused),
            "doubtful_choices": list(found.doubtful),
            "missing_choices": list(found.missing),
        }
    )
    _tell(reporter, found, why)


def _tell(reporter: Reporter, found: Status, why: bool) -> None:
    for stale in found.stale:
        doing = f"{count(stale.lines, 'line')} to record" if stale.lines else "to be mixed"
        reasons = f" — {'; '.join(stale.why)}" if why else ""
        reporter.say(f"ch. {stale.place.number} {stale.place.chapter.title}: {doing}{reasons}")
    if why and found.release:
        reporter.say(f"release: {'; '.join(found.release)}")
    for sentence in (*found.unused, *found.doubtful):
        reporter.say(sentence)
    for where in found.missing:
        reporter.say(f"{where}: its chosen take is not in the store; a render would refuse.")
    if not found.stale and not found.files:
        reporter.say("Nothing is stale.")
        return
    minutes = found.seconds / 60
    about = "less than a minute" if minutes < 1 else f"about {count(math.ceil(minutes), 'minute')}"
    reporter.say(
        f"{found.takes} of {count(found.lines, 'line')} to record, {len(found.stale)} of "
        f"{count(found.chapters, 'chapter')} to mix, {count(len(found.files), 'file')} to write: {about}."
    )
