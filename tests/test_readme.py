"""The README cannot lie: its blocks are run, in order, by a reader who has only what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from narrator.script import parse

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")

NOVEL = """\
The Lock

The wind was on the river when Ada came down to the lock.

“You’re late,” said the keeper.

“I know,” Ada said. “The road was ice.”

He laughed. “Then the gate will be, too.”
"""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def test_its_commands_work_in_order(tmp_path: Path) -> None:
    (tmp_path / "novel.txt").write_text(NOVEL, encoding="utf-8")
    commands = "\n".join(blocks("sh"))
    assert commands.count("narrator ") >= 8
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    ran = subprocess.run(
        ["sh", "-eu", "-c", commands], cwd=tmp_path, env={"PATH": path}, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    released = {p.name for p in (tmp_path / "my-book" / "output").iterdir()}
    assert {"The Lock.m4b", "The Lock.mp3", "chapters", "report.json", "timeline.json"} <= released
    assert "ada" in (tmp_path / "my-book" / "script" / "cast.toml").read_text()


def test_its_script_is_a_script() -> None:
    (script,) = blocks("nar")
    assert [line.character for _, line in parse(script).lines] == [
        "narrator",
        "old-woman",
        "narrator",
        "old-woman",
    ]
