"""The command line: one file a verb, each thin; and the one place that catches narrator's errors."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping
from typing import Final

import click

from narrator import __version__
from narrator.errors import NarratorError
from narrator.report import Reporter, stand_in

VERBS: Final[Mapping[str, tuple[str, str]]] = {
    "init": ("init", "Start a new production in a folder."),
    "import": ("import_", "Mark up a manuscript into script/."),
    "markup": ("markup", "Say who speaks each quotation of a manuscript."),
    "check": ("check", "List the script's and the cast's mistakes and doubts."),
    "rename": ("rename", "Give a character another id everywhere, or make two one."),
    "cast": ("cast", "Show the cast, or give every character a voice."),
    "audition": ("audition", "Hear a character in the voices that suit best."),
    "voices": ("voices", "Show what can speak here."),
    "lexicon": ("lexicon", "Say how names and words are said."),
    "render": ("render", "Make the audiobook."),
    "proof": ("proof", "Listen to the release against the script."),
    "status": ("status", "Say what is stale, why, and what a render would cost."),
    "watch": ("watch", "Make a chapter new whenever it is saved."),
    "diff": ("diff", "List what changed since an older release."),
    "locate": ("locate", "Name the line heard at a time."),
    "play": ("play", "Play a line."),
    "store": ("store", "Look after takes: gc, verify, export, import."),
    "retake": ("retake", "Record a line again, or choose another take."),
    "publish": ("publish", "Make the listeners' site from the release."),
    "serve": ("serve", "Show the site on this machine."),
}
"""Each verb's module and what it does. A module is loaded only when its verb is typed: `--help` is quick."""


class _Verbs(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            return None
        module = importlib.import_module(f"narrator.cli.{VERBS[name][0]}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in VERBS.items()])


@click.command(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="narrator")
@click.option("-C", "root", default=".", metavar="DIR", help="The production's folder.  [default: here]")
@click.pass_context
def group(ctx: click.Context, root: str) -> None:
    """Text in, mastered audiobook out; after an edit, only what the edit changed."""
    ctx.obj = root
    stand_in(root)


def main() -> None:
    """Run the command line and exit: 0 done, 1 the production has a mistake, 2 wrong usage, 3 a tool or voice
    is missing, 4 the render failed, 130 interrupted."""
    stand_in(".")
    try:
        answer = group.main(standalone_mode=False)
    except NarratorError as error:
        Reporter(as_json="--json" in sys.argv).error(error)
        sys.exit(error.exit_code)
    except click.exceptions.Abort:
        Reporter().note("\nnarrator: stopped. What was recorded is kept; render again to go on.")
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader (head, less) has gone; there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    sys.exit(answer if isinstance(answer, int) else 0)
