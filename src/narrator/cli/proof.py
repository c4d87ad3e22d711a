"""`narrator proof`."""

from __future__ import annotations

from typing import Any

import click

from narrator.cli.options import cast_option, json_option, production
from narrator.report import Reporter, clock, count, typed


@click.command("proof")
@click.option(
    "--chapter", "chapters", type=int, multiple=True, metavar="N", help="Proof only chapter N. Repeatable."
)
@click.option("--sound-only", is_flag=True, help="Do not transcribe: levels, clicks, gaps and marks alone.")
@click.option("--pickups", is_flag=True, help="List the retakes to order, one command a line.")
@cast_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    chapters: tuple[int, ...],
    sound_only: bool,
    pickups: bool,
    cast_name: str,
    as_json: bool,
) -> None:
    """Listen to the last release against the script, and say what is wrong with it."""
    from narrator.build import proofing
    from narrator.build.loading import load

    reporter = Reporter(as_json=as_json)
    book = load(production(cast_name))
    with reporter.stages() as stages:
        proofed = proofing.proofread(book, frozenset(chapters), stages, words=not sound_only)
    told = proofing.document(book, proofed)
    page = proofing.write_page(book, proofed)
    reporter.document(told)
    if pickups:
        for place in told["pickups"]:
            reporter.say(typed(f"`narrator retake {place} --takes 3").removeprefix("`"))
        if not told["pickups"]:
            reporter.say("There is nothing to pick up.")
    else:
        _tell(reporter, told, book.production.where(page))
    ctx.exit(1 if proofed.faults and (told["pickups"] or not pickups) else 0)


def _tell(reporter: Reporter, told: dict[str, Any], page: str) -> None:
    for finding in told["findings"]:
        line, chapter = finding["line"], finding["chapter"]
        place = f"{chapter}:{line}" if line else str(chapter or "")
        where = f" ({finding['where']})" if finding["where"] else ""
        reporter.say(
            f"{place:>6}  {clock(finding['start']):>8}  {finding['code']}: {finding['what']}{where}."
        )
        reporter.say(f"{'':18}{finding['do']}")
    notes = sum(finding["note"] for finding in told["findings"])
    reporter.say(
        f"{count(told['faults'], 'fault')} and {count(notes, 'note')} in {clock(told['audio_seconds'])}"
        f" of sound, {'heard word by word' if told['transcribed'] else 'its words not heard (--sound-only)'},"
        f" in {told['seconds']:.1f} s."
    )
    if told["pickups"]:
        reporter.say(f"{count(len(told['pickups']), 'retake')} to order: type narrator proof --pickups.")
    reporter.say(f"  {page}")
