"""`narrator check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from narrator.cli.options import cast_option, json_option, production
from narrator.report import Reporter, count

if TYPE_CHECKING:
    from narrator.build.wording import Wording


MOST_WORDS = 20
"""Unknown words to list; --json has all."""


@click.command("check")
@cast_option
@json_option
@click.pass_context
def command(ctx: click.Context, cast_name: str, as_json: bool) -> None:
    """List the script's and the cast's mistakes and doubts, and words that no dictionary knows."""
    from narrator.build.foreseeing import foreseen
    from narrator.build.loading import examine
    from narrator.build.plan import plan
    from narrator.build.recording.choices import doubtful, unused
    from narrator.build.wording import examine_wording

    book, mistakes = examine(production(cast_name))
    mistakes = (*mistakes, *foreseen(book, loads=not mistakes))
    wording = examine_wording(book)
    plans = plan(book, ()) if book.choices and not mistakes else ()
    forgotten, unclear = (unused(book, plans), doubtful(book, plans)) if plans else ((), ())
    doubts = [
        (f"{place.where}:{number}", line)
        for place in book.chapters
        for number, line in place.chapter.lines
        if line.unsure
    ]
    reporter = Reporter(as_json=as_json)
    reporter.document(
        {
            "mistakes": [{"where": m.where, "what": m.what, "hint": m.hint} for m in mistakes],
            "doubts": [{"where": w, "character": d.character, "text": d.written} for w, d in doubts],
            "unused_choices": list(forgotten),
            "doubtful_choices": list(unclear),
            "unknown_words": [{"word": u.word, "times": u.times, "where": u.where} for u in wording.unknown],
            "idle_entries": [{"word": word, "character": who} for who, word in wording.idle],
        }
    )
    for mistake in mistakes:
        reporter.say(str(mistake))
    for where, line in doubts:
        reporter.say(f"{where}: is this {line.character}? {line.written}")
    _tell_wording(reporter, wording)
    for sentence in (*forgotten, *unclear):
        reporter.say(sentence)
    reporter.say(
        f"{count(len(mistakes), 'mistake')}, {count(len(doubts), 'doubt')}"
        + (" (delete a ? to confirm its line)." if doubts else ".")
    )
    ctx.exit(max((m.exit_code for m in mistakes), default=0))


def _tell_wording(reporter: Reporter, wording: Wording) -> None:
    for unknown in wording.unknown[:MOST_WORDS]:
        times = "once" if unknown.times == 1 else f"{unknown.times} times"
        reporter.say(f"{unknown.where}: no dictionary knows “{unknown.word}” (heard {times})")
    if wording.unknown:
        more = len(wording.unknown) - MOST_WORDS
        rest = f" {count(more, 'more word')} with --json." if more > 0 else ""
        reporter.say(f'Say in script/lexicon.toml how such words sound: Orrow = "ORR-oh".{rest}')
    for who, word in wording.idle:
        reporter.say(f"script/lexicon.toml: “{word}” {f'of {who} ' if who else ''}never applies.")
