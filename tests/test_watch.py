"""Hearing an edit at once: watching the script, and the book's first two minutes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from commands import Narrator, start


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, text
    part = path.with_name(f".{path.name}.swp")
    part.write_text(text.replace(old, new))
    part.replace(path)  # as most editors save


def heard(process: subprocess.Popen[str], wanted: str) -> str:
    """The next line on stderr that holds `wanted`. A process that never says it is ended after a while."""
    assert process.stderr is not None
    watchdog = threading.Timer(120, process.kill)
    watchdog.start()
    try:
        for line in process.stderr:
            if wanted in line:
                return line
    finally:
        watchdog.cancel()
    raise AssertionError(f"it ended without saying {wanted}")


def test_a_saved_chapter_is_made_new(rendered: Path) -> None:
    output, two = rendered / "output", rendered / "script" / "two.nar"
    before = {p: p.read_bytes() for p in output.rglob("*.*")}
    with start(rendered, "watch", "--jobs", 1) as process:
        heard(process, "Watching")
        edit(two, "It was morning.", "It was a dull morning.")
        assert "output/chapters/02 Two.mp3" in heard(process, "2 Two")
        changed = {p.name for p in before if p.read_bytes() != before[p] and p.name != "report.json"}
        assert changed == {"02 Two.mp3"}
        good = (output / "chapters" / "02 Two.mp3").read_bytes()
        edit(two, "@boy:", "@ghost:")
        assert "script/two.nar:4" in heard(process, "ghost")
        assert (output / "chapters" / "02 Two.mp3").read_bytes() == good
        edit(two, "@ghost:", "@boy:")
        heard(process, "in order again")
        edit(two, "@boy:", "@boy (whispering):")
        heard(process, "2 Two")
        assert (output / "chapters" / "02 Two.mp3").read_bytes() != good
        os.killpg(process.pid, signal.SIGINT)
        process.communicate()
    assert process.returncode == 130


def test_each_thing_that_happens_is_a_json_document_on_a_line(rendered: Path) -> None:
    two = rendered / "script" / "two.nar"
    with start(rendered, "watch", "--jobs", 1, "--json") as process:
        assert process.stdout is not None
        heard(process, "Watching")
        assert json.loads(process.stdout.readline()) == {"watching": ["script", "voices"]}
        edit(two, "It was morning.", "It was a dull morning.")
        heard(process, "2 Two")
        made = [{"chapter": 2, "title": "Two", "file": "output/chapters/02 Two.mp3"}]
        assert json.loads(process.stdout.readline()) == {"made": made}
        edit(two, "@boy:", "@ghost:")
        heard(process, "ghost")
        assert json.loads(process.stdout.readline())["error"]["where"] == "script/two.nar:4"
        edit(two, "@ghost:", "@boy:")
        assert json.loads(process.stdout.readline()) == {"made": []}
        os.killpg(process.pid, signal.SIGINT)
        assert process.communicate()[0] == ""
    assert process.returncode == 130


def test_what_was_watched_is_joined_by_a_render(rendered: Path, narrator: Narrator) -> None:
    two = rendered / "script" / "two.nar"
    with start(rendered, "watch", "--jobs", 1) as process:
        heard(process, "Watching")
        edit(two, "It was morning.", "It was a dull morning.")
        heard(process, "2 Two")
        process.kill()
        process.communicate()
    told = narrator("-C", rendered, "render", "--json").document
    assert told["takes_recorded"] == 0
    assert "output/The Well.m4b" in told["written"]
    assert "output/chapters/02 Two.mp3" not in told["written"]


def test_a_preview_is_the_first_two_minutes(make: Callable[..., Path], narrator: Narrator) -> None:
    lines = "".join(f"The {n}. bell was heard by {n * 7} men on the hill.\n\n" for n in range(1, 61))
    root = make(script__two_dot_nar=f"# Two\n{lines}")
    told = narrator("-C", root, "render", "--preview", "--format", "m4b", "--json").document
    assert 90 < told["audio_seconds"] < 150
    assert told["files"] == [
        f"output/preview/{name}" for name in ("cover.jpg", "credits.txt", "The Well.m4b")
    ]
    texts = [x["text"] for x in json.loads((root / "output/preview/timeline.json").read_text())["lines"]]
    assert texts[:2] == ["The Well.", "By Nobody."]
    assert not (root / "output" / "The Well.m4b").exists()
    assert narrator("-C", root, "status", "--json").document["lines"]["to_record"] < 60
    recorded = told["takes_recorded"]
    shutil.rmtree(root / "output")
    told = narrator("-C", root, "render", "--preview", "--format", "m4b", "--json").document
    assert told["takes_recorded"] == 0
    assert recorded > 10
    told = narrator("-C", root, "render", "--preview", "--chapter", 1, "--format", "m4b", "--json").document
    texts = [x["text"] for x in json.loads((root / "output/preview/timeline.json").read_text())["lines"]]
    assert texts[0] == "One"
