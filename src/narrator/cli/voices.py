"""`narrator voices`."""

from __future__ import annotations

import click

from narrator.cli.options import json_option, root
from narrator.errors import MissingError
from narrator.production import Production
from narrator.report import Reporter


@click.group("voices")
def command() -> None:
    """Show what can speak here."""


@command.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the production's own voices and the house's."""
    from narrator.build.loading import all_voices

    voices = all_voices(Production(root()))
    reporter = Reporter(as_json=as_json)
    reporter.document(
        {
            "voices": [
                {"name": v.name, "engine": v.engine, "gender": v.gender, "age": v.age, "language": v.language}
                for v in voices.values()
            ]
        }
    )
    rows = [(v.name, v.gender or "", v.age or "", v.language, v.description) for v in voices.values()]
    reporter.table(("voice", "gender", "age", "language", "description"), rows)


@command.command("show")
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """Show everything about one voice, and check the recordings it is made from."""
    from dataclasses import asdict

    from narrator.build.loading import all_voices
    from narrator.build.voices.admission import recordings

    voices = all_voices(Production(root()))
    if name not in voices:
        raise MissingError(f"there is no voice “{name}”.", hint="Type `narrator voices list`.")
    voice = voices[name]
    found = recordings(voice)
    facts = asdict(voice)
    reporter = Reporter(as_json=as_json)
    reporter.document({**facts, "references": [asdict(recording) for recording in found]})
    for label, value in facts.items():
        reporter.say(f"{label}: {value}")
    for heard in found:
        reporter.say(
            f"reference {heard.name}: {heard.seconds:.1f} s, speech {heard.noise:.0f} dB above the noise, "
            f"{100 * heard.clipped:.2g} % of it clipped"
        )


@command.command("install")
@click.argument("pack")
@json_option
def install(pack: str, as_json: bool) -> None:
    """Fetch a voice pack (kokoro) for all your productions; again goes on where it broke off."""
    from narrator.casting import install as fetch
    from narrator.packs import packs

    if pack not in packs():
        raise MissingError(f"there is no pack “{pack}”.", hint=f"There is {', '.join(packs())}.")
    found, reporter = packs()[pack], Reporter(as_json=as_json)
    if not found.installed:
        with reporter.stages() as stages:
            fetch(found, stages)
    reporter.document({"pack": pack, "folder": str(found.folder), "licence": found.licence})
    reporter.say(f"{found.title} ({found.licence}): installed. Type `narrator voices list`.")
