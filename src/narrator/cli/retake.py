"""`narrator retake`."""

from __future__ import annotations

from pathlib import Path

import click

from narrator.cli.options import PLACE, cast_option, cores, json_option, production
from narrator.errors import UsageError
from narrator.report import Reporter, clock


@click.command("retake")
@click.argument("place", type=PLACE, metavar="CHAPTER:LINE")
@click.option(
    "--takes", "takes", type=click.IntRange(2, 50), metavar="N", help="Speak takes 1 to N.  [default: 3]"
)
@click.option(
    "--keep", "keep", type=click.IntRange(1, 999), metavar="K", help="Choose take K; 1 undoes a choice."
)
@click.option(
    "--from", "recording", type=click.Path(path_type=Path), metavar="FILE", help="Take a person's recording."
)
@cast_option
@json_option
def command(
    place: tuple[int, int],
    takes: int | None,
    keep: int | None,
    recording: Path | None,
    cast_name: str,
    as_json: bool,
) -> None:
    """Record a line again: hear further takes, choose one, or bring a recording of your own."""
    from narrator.build.loading import load
    from narrator.build.places import place_of
    from narrator.build.recording import retaking

    if sum(given is not None for given in (takes, keep, recording)) > 1:
        raise UsageError("--takes, --keep and --from exclude one another.", hint="Type one of them.")
    reporter = Reporter(as_json=as_json)
    book = load(production(cast_name))
    found = place_of(book, *place)
    told: dict[str, object] = {"chapter": place[0], "line": place[1], "text": found.text}
    if keep is not None:
        retaking.choose(book, found, keep)
        told |= {"kept": keep}
        reporter.say(f"{found.where}: take {keep} it is. Type `narrator render`.")
    elif recording is not None:
        seconds = retaking.adopt(book, found, recording)
        told |= {"recording": str(recording), "seconds": round(seconds, 3)}
        reporter.say(f"{found.where}: {seconds:.1f} s of {recording.name} it is. Type `narrator render`.")
    else:
        with reporter.stages() as stages:
            heard = retaking.speak(book, found, takes or 3, cores(), stages)
        told |= {"audition": book.production.where(heard.file)}
        told |= {"takes": [{"name": x.name, "start": x.start, "end": x.end} for x in heard.labels]}
        reporter.say(f"{found.where}: {found.text}")
        for label in heard.labels:
            reporter.say(f"  {clock(label.start)}  {label.name}")
        reporter.say(
            f"Listen to {book.production.where(heard.file)}, then type "
            f"`narrator retake {place[0]}:{place[1]} --keep K`."
        )
    reporter.document(told)
