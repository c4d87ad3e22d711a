"""What a typed command answers, as tests see it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from narrator.cli import main


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


Narrator: TypeAlias = Callable[..., Said]
"""Types a command: narrator("-C", root, "render")."""


def typing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Narrator:
    """Types commands in this process."""

    def run(*arguments: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["narrator", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as exit_:
            code = int(exit_.code or 0)
        told = capsys.readouterr()
        return Said(code, told.out, told.err)

    return run


def hears_ctrl_c() -> None:
    """Have a process that is about to begin end on Ctrl-C, as one does that somebody typed."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def start(root: Path, *arguments: object, **how: Any) -> subprocess.Popen[str]:
    """Type a command in a process of its own, in a group of its own; both its outputs are pipes. Ctrl-C reaches it,
    also where these tests run in the background of a shell, which has them deaf to it."""
    command = [sys.executable, "-m", "narrator", "-C", str(root), *map(str, arguments)]
    path = [str(Path(__file__).parent / "plugins"), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path)}
    return subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **{"preexec_fn": hears_ctrl_c, **how},
    )
