"""`narrator cast`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from narrator.cli.options import cast_option, cores, json_option, production, with_option
from narrator.report import Reporter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from narrator.build.voices.casting import Member, Proposal


@click.command("cast")
@click.option("--auto", is_flag=True, help="Give every character without a voice one that fits.")
@with_option
@cast_option
@json_option
def command(auto: bool, packs: tuple[str, ...], cast_name: str, as_json: bool) -> None:
    """Show the cast: who speaks how many lines, with which voice."""
    from narrator.build.voices.casting import cast_auto, show

    where = production(cast_name)
    reporter = Reporter(as_json=as_json)
    proposal: Proposal | None = None
    if auto:
        with reporter.stages() as stages:
            proposal = cast_auto(where, packs, cores(), stages)
    members = proposal.members if proposal else show(where)
    document: dict[str, object] = {"cast": [_entry(m) for m in members]}
    if proposal:
        document["left_out"] = {name: wrong.what for name, wrong in proposal.left_out.items()}
        document["closest"] = proposal.closest
    reporter.document(document)
    _tell(reporter, members)
    if proposal:
        for wrong in proposal.left_out.values():
            reporter.say(f"Not cast from: {wrong}")
        if proposal.closest:
            steps, one, other = proposal.closest
            reporter.say(
                f"Most alike of those who talk to each other: {one} and {other}, {steps:.1f} steps apart."
            )
        reporter.say(f"Written to {where.where(where.cast_sheet)}; it is yours to change.")


def _entry(member: Member) -> dict[str, object]:
    character = member.character
    return {
        "id": character.id,
        "name": character.name,
        "gender": character.gender,
        "likely": member.guess.gender,
        "because": member.guess.because or None,
        "age": character.age,
        "voice": character.voice,
        "lines": member.lines,
    }


def _tell(reporter: Reporter, members: Sequence[Member]) -> None:
    rows = [
        (
            m.character.id,
            m.character.name,
            m.character.gender or (f"{m.guess.gender}?" if m.guess.gender else ""),
            m.character.age or "",
            str(m.lines),
            m.character.voice or "none: type narrator cast --auto",
        )
        for m in members
    ]
    reporter.table(("id", "name", "gender", "age", ">lines", "voice"), rows)
    guessed = [m for m in members if m.guess.gender]
    unknown = [m for m in members if m.character.gender is None and not m.guess.gender]
    unknown = [m for m in unknown if m.character.id != "narrator" and m.lines]
    for m in guessed:
        reporter.say(
            f"{m.character.id}: the book never says; {m.guess.gender} because of “{m.guess.because}”."
        )
    for m in unknown:
        reporter.say(f"{m.character.id}: nothing says man or woman; a voice from between them is preferred.")
    if guessed or unknown:
        reporter.say('Set gender = "female" or "male" in the cast\'s sheet, delete voice, and cast again.')
