"""A render that is killed goes on where it was: what was recorded is not recorded again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from commands import Narrator

PLUGINS = Path(__file__).parent / "plugins"
LONG = (
    "# Two\n"
    + "\n".join(
        f"The bell of {a}{b} was heard on the hill." for a in "bdfgklmnprst" for b in "abcdefghijklmn"
    )
    + "\n"
)


def recorded(root: Path) -> int:
    return len(list((root / ".narrator" / "takes").rglob("*.json")))


def kill_when_some_takes_are_there(root: Path) -> None:
    command = [sys.executable, "-m", "narrator", "-C", str(root), "render", "--jobs", "1"]
    environment = os.environ | {"PYTHONPATH": str(PLUGINS)}
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        while recorded(root) < 20 and process.poll() is None:
            time.sleep(0.005)
        os.killpg(process.pid, signal.SIGKILL)


def test_a_killed_render_goes_on_where_it_was(make: Callable[..., Path], narrator: Narrator) -> None:
    root = make(script__two_dot_nar=LONG)
    kill_when_some_takes_are_there(root)
    before = recorded(root)
    assert 20 <= before < 168
    assert not list((root / "output").rglob("*.m4b"))
    told = narrator("-C", root, "render", "--json").document
    assert told["takes_recorded"] + before == recorded(root)
    assert told["lines"]["recorded"] == told["lines"]["total"] - before
    released = (root / "output" / "The Well.m4b").read_bytes()
    fresh = make(script__two_dot_nar=LONG)
    for made in (".narrator", "output"):
        (fresh / made).rename(root.with_name(f"old{made}"))
    assert narrator("-C", fresh, "render").code == 0
    assert (fresh / "output" / "The Well.m4b").read_bytes() == released
    assert json.loads((fresh / "output" / "timeline.json").read_text())["lines"]
