"""`narrator render`."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from narrator.cli.options import cast_option, cores, format_option, json_option, production
from narrator.errors import RenderError, UsageError
from narrator.report import Reporter, clock, count

if TYPE_CHECKING:
    from narrator.build.loading import Book
    from narrator.build.rendering import Rendered
    from narrator.build.seal import Seal


@click.command("render")
@click.option(
    "--chapter",
    "chapters",
    type=int,
    multiple=True,
    metavar="N",
    help="Make only chapter N new; the others go in as last released. Repeatable.",
)
@format_option
@click.option("--spec", metavar="NAME", help="The delivery spec, in place of book.toml's.")
@click.option("--jobs", type=click.IntRange(min=1), help="Worker processes.  [default: one a core]")
@click.option("--on", "place", default="", metavar="PLACE", help="Where to record: ray, or ray://ADDRESS.")
@click.option("--stems", is_flag=True, help="Also write each chapter's dialogue and ambience, as WAV.")
@click.option("--preview", is_flag=True, help="Only the first two minutes, through the whole chain.")
@click.option(
    "--all", "folder", type=click.Path(path_type=Path), help="Render every production in this folder."
)
@cast_option
@json_option
def command(
    chapters: tuple[int, ...],
    formats: tuple[str, ...],
    spec: str | None,
    jobs: int | None,
    place: str,
    stems: bool,
    preview: bool,
    folder: Path | None,
    cast_name: str,
    as_json: bool,
) -> int:
    """Make the audiobook: record, mix, master and release whatever is new."""
    from narrator.build import seal
    from narrator.build.crew.workers import check_place

    check_place(place)
    if stems and "://" in place:
        raise UsageError(
            "stems are written on this machine.", hint="Leave --on out: recorded takes are used."
        )
    started = time.monotonic()
    reporter = Reporter(as_json=as_json)
    if folder is not None:
        if chapters or spec or stems or preview or cast_name:
            raise UsageError(
                "--all renders whole books as their sheets say.", hint="Add only --format, --jobs, --on."
            )
        return _render_all(reporter, folder.resolve() if place else folder, formats, jobs or cores(), place)
    where = production(cast_name)
    if place:  # workers elsewhere stand in other folders
        where = replace(where, root=where.root.resolve())
    before = seal.look(where, formats, spec)
    last = None if chapters or preview or stems else before.unbroken
    if last:
        told = seal.nothing_new(last, time.monotonic() - started)
        reporter.say("Nothing has changed since the last render.")
    else:
        wanted = _Wanted(chapters, formats, spec, jobs or cores(), stems, preview, place)
        told = _render(reporter, before, wanted, started)
    reporter.document(told)
    if not as_json:
        _tell(reporter, told)
    return RenderError.exit_code if told.get("lost") else 0


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The options as they were typed."""

    chapters: tuple[int, ...]
    formats: tuple[str, ...]
    spec: str | None
    jobs: int
    stems: bool
    preview: bool
    place: str


def _render(reporter: Reporter, before: Seal, wanted: _Wanted, started: float) -> dict[str, Any]:
    from narrator.build import rendering, summary
    from narrator.build.loading import load
    from narrator.build.preview import beginning

    book, chapters = load(before.production, spec=wanted.spec), frozenset(wanted.chapters)
    if wanted.preview:
        book, chapters = beginning(book, chapters), frozenset()
    order = rendering.Order(
        chapters, wanted.formats or book.sheet.formats, wanted.jobs, wanted.stems, place=wanted.place
    )
    with reporter.stages() as stages:
        rendered = rendering.render(book, order, stages)
    told = summary.write(book, rendered, time.monotonic() - started)
    if not chapters and not wanted.preview and not rendered.work.lost:
        before.close(book, rendered, told)
    if not reporter.as_json:
        _table(reporter, book, rendered)
    return told


def _render_all(reporter: Reporter, folder: Path, formats: tuple[str, ...], jobs: int, place: str) -> int:
    from narrator.build.catalogue import FAILED, INCOMPLETE, render_all
    from narrator.build.rendering import Order
    from narrator.production import catalogue_file, productions

    order = Order(frozenset(), formats, jobs, place=place)
    with reporter.stages() as stages:
        outcomes, told = render_all(productions(folder), order, catalogue_file(folder), stages)
    reporter.document(told)
    rows = [
        (
            o.name,
            o.state,
            "" if o.error else clock(o.told["audio_seconds"]),
            "" if o.error else str(o.told["takes_recorded"]),
        )
        for o in outcomes
    ]
    reporter.table(("production", "state", ">time", ">recorded"), rows)
    for outcome in outcomes:
        if outcome.state == FAILED:
            reporter.say(f"{outcome.name}: {outcome.error}")
        for finding in outcome.told.get("findings", ()) if outcome.state == INCOMPLETE else ():
            reporter.say(f"{outcome.name}: {finding['where']}: {finding['what']}.")
    reporter.say(f"  {catalogue_file(folder)}")
    return max((outcome.exit_code for outcome in outcomes), default=0)


def _table(reporter: Reporter, book: Book, rendered: Rendered) -> None:
    from narrator.build.summary import chapter_summaries

    rows = [
        (
            str(c.number),
            c.title,
            clock(c.seconds),
            ", ".join(c.voices),
            "" if c.loudness is None else f"{c.loudness:.1f}",
            f"{count(c.recorded, 'line')} recorded" if c.recorded else "mixed" if c.mixed else "reused",
        )
        for c in chapter_summaries(book, rendered)
    ]
    reporter.table((">", "chapter", ">time", "voices", ">LUFS", "made"), rows, title=book.sheet.title)


def _tell(reporter: Reporter, told: dict[str, Any]) -> None:
    lines = told["lines"]
    reporter.say(
        f"{clock(told['audio_seconds'])} of sound in {told['seconds']:.1f} s: {lines['recorded']} of "
        f"{count(lines['total'], 'line')} recorded, {told['chapters']['mixed']} of "
        f"{count(told['chapters']['total'], 'chapter')} mixed, the rest reused."
    )
    if told["doubts"]:
        reporter.say(f"Unsure who speaks {count(told['doubts'], 'line')} (marked ?): type narrator check.")
    if told["note"]:
        reporter.say(told["note"])
    for finding in told["findings"]:
        reporter.say(f"{finding['where']}: none of its takes is good: {finding['what']}.")
    for voice in told["not_listened_to"]:
        reporter.say(f"Nobody listens to “{voice}”, which may drop words: pip install 'narrator[proof]'.")
    for place in told["mended"]:
        reporter.say(f"{place}: what lay in the store for it was damaged; it was made again.")
    for sentence in (*told["unused_choices"], *told["doubtful_choices"]):
        reporter.say(sentence)
    for name in told["not_rendered"]:
        reporter.say(f"Not in the book yet: {name} was never rendered, so only single chapters were written.")
    singles = [path for path in told["files"] if "/chapters/" in path]
    for path in told["files"]:
        if path not in singles[1:]:
            more = f" and {len(singles) - 1} more" if singles[:1] == [path] and len(singles) > 1 else ""
            reporter.say(f"  {path}{more}")
    for path in told.get("stems", ()):
        reporter.say(f"  {path}")
