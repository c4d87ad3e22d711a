"""Playing a sound where a player exists."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Final

from narrator.errors import MissingError, RenderError

VARIABLE: Final = "NARRATOR_PLAYER"
"""The environment variable that names another player, with its arguments: "mpv --volume=60"."""

PLAYERS: Final = (
    ("afplay",),
    ("ffplay", "-nodisp", "-autoexit", "-loglevel", "error"),
    ("mpv", "--no-video", "--really-quiet"),
    ("pw-play",),
    ("paplay",),
    ("aplay", "-q"),
    ("play", "-q"),
)
"""Programs that play a WAV file to its end and return, the likeliest first."""


def play(path: Path) -> None:
    """Play a file to its end. Raises MissingError where no player is there, RenderError where it fails."""
    named = os.environ.get(VARIABLE)
    wanted = (tuple(shlex.split(named)),) if named else PLAYERS
    player = next((p for p in wanted if p and shutil.which(p[0])), None)
    if player is None:
        raise MissingError(
            f"{VARIABLE} names “{named}”, which is no program." if named else "no player is installed here.",
            hint=f"Open {path}, or let {VARIABLE} name a player.",
        )
    # ffplay ends well whatever happened, and complains of nothing else.
    tells = Path(player[0]).name == "ffplay" and "error" in player
    try:
        ended = subprocess.run(  # noqa: S603  no shell, own arguments
            [*player, str(path.resolve())],
            check=False,
            stdout=subprocess.DEVNULL,  # results go there
            stderr=subprocess.PIPE if tells else None,
        )
    except OSError as error:
        raise RenderError(f"“{player[0]}” cannot be started ({error.strerror}).") from error
    complaint = (ended.stderr or b"").decode(errors="replace").strip().splitlines()
    if ended.returncode or complaint:
        why = f" ({complaint[-1].strip()})" if complaint else ""
        raise RenderError(
            f"“{player[0]}” could not play this{why}.",
            where=str(path),
            hint=f"Open it yourself, or let {VARIABLE} name another player.",
        )
