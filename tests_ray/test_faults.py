"""Whatever goes away while a cluster records, the book comes out as one machine would have made it."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from ray.cluster_utils import Cluster
from tests_ray.books import Diary, contents

from commands import Narrator, start


@pytest.fixture(scope="module")
def _kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("alone")


@pytest.fixture
def alone(
    make: Callable[..., Path], narrator: Narrator, _kept: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, bytes]:
    """What this machine makes of the book by itself."""
    kept = _kept / "book"
    if not kept.exists():
        root = make()
        with monkeypatch.context() as patch:
            patch.setenv("NARRATOR_DIARY", "")
            assert narrator("-C", root, "render", "--jobs", 2).code == 0
        shutil.move(root, kept)
    return contents(kept)


@contextmanager
def meanwhile(begun: Callable[[], int], lines: int, happens: Callable[[], object]) -> Iterator[None]:
    """Do something once so many lines were begun; fail where the render was over before."""
    over, did = threading.Event(), threading.Event()

    def watch() -> None:
        while begun() < lines and not over.is_set():
            time.sleep(0.01)
        if not over.is_set():
            happens()
            did.set()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    assert did.is_set()


def on(cluster: Cluster) -> str:
    return f"ray://{cluster.address}"


def test_a_killed_worker(make, narrator, cluster, join, diary, alone) -> None:
    join(2)
    root = make(seconds=0.1)

    def kill() -> None:
        os.kill(sorted(diary.speakers())[0], signal.SIGKILL)

    with meanwhile(diary.__len__, 4, kill):
        said = narrator("-C", root, "render", "--on", on(cluster), "--json")
    assert said.code == 0, said.err
    assert contents(root) == alone
    assert said.document["cluster"]["lost"] == 1
    assert max(diary.said().values()) <= 2
    assert sum(diary.said().values()) <= said.document["takes_recorded"] + 1


def test_a_killed_node(make, narrator, cluster, join, diary, alone) -> None:
    doomed = join(1, env_vars={"NARRATOR_NODE": "doomed"})
    join(1)
    root = make(seconds=0.15)
    # Its worker must be at a job, whichever of the two started first: each job has four lines and more.
    with meanwhile(lambda: diary.at("doomed"), 2, lambda: cluster.remove_node(doomed, allow_graceful=False)):
        said = narrator("-C", root, "render", "--on", on(cluster), "--json")
    assert said.code == 0, said.err
    assert contents(root) == alone
    assert said.document["cluster"]["lost"] == 1
    assert max(diary.said().values()) <= 2


def by_itself(root: Path, cluster: Cluster, diary: Diary, lines: int, happens: Callable[[], object]) -> None:
    """Render in a process of its own, and do something here once so many lines were begun."""
    with start(root, "render", "--on", on(cluster)) as process:
        while len(diary) < lines and process.poll() is None:
            time.sleep(0.02)
        assert process.poll() is None, process.communicate()
        happens()
        _, err = process.communicate()
    assert process.returncode == 0, err


def test_the_only_node_is_killed_and_another_joins_late(make, cluster, join, diary, alone) -> None:
    doomed = join(1)
    root = make(seconds=0.1)

    def replace() -> None:
        cluster.remove_node(doomed, allow_graceful=False)
        time.sleep(1)
        join(2)

    by_itself(root, cluster, diary, 4, replace)
    assert contents(root) == alone
    assert max(diary.said().values()) <= 2


def test_a_node_that_joins_late_helps(make, cluster, join, diary, alone) -> None:
    join(1)
    root = make(seconds=2.0)
    by_itself(root, cluster, diary, 2, lambda: join(1))
    assert contents(root) == alone
    assert len(diary.speakers()) == 2
    assert max(diary.said().values()) == 1


def test_a_slow_nodes_last_job_is_done_by_whoever_is_idle(
    make, narrator, cluster, join, diary, alone
) -> None:
    join(1)
    join(1, env_vars={"NARRATOR_SLOW": "60"})
    root = make(seconds=0.2)
    said = narrator("-C", root, "render", "--on", on(cluster), "--json")
    assert said.code == 0, said.err
    assert contents(root) == alone
    cluster_ = said.document["cluster"]
    assert (cluster_["repeated"], cluster_["lost"]) == (1, 0)
    # Its job has eight lines; by itself it would have needed a minute and a half for them.
    asked = Counter(int(entry.name.split("-")[1]) for entry in diary.entries())
    assert len(asked) == 2
    assert min(asked.values()) <= 4
    assert max(diary.said().values()) <= 2
    assert len(diary) <= said.document["takes_recorded"] + min(asked.values())


def test_a_poisoned_line_is_a_finding_and_the_rest_is_made(
    make, narrator, cluster, join, diary, alone
) -> None:
    join(2)
    root = make(extra="A poison line.")
    said = narrator("-C", root, "render", "--on", on(cluster), "--json")
    assert said.code == 4, said.err
    told = said.document
    (finding,) = told["findings"]
    assert finding["where"] == "script/one.nar:10"
    assert (finding["chapter"], finding["line"]) == (1, 10)
    assert "died" in finding["what"]
    assert told["not_rendered"] == ["one.nar"]
    asked = diary.said()
    poisoned = next(text for text in asked if "poison" in text)
    assert asked.pop(poisoned) == 3
    assert max(asked.values()) == 1
    # The chapter without it is there; without the poison, only its line is new.
    assert [p.name for p in (root / "output" / "chapters").glob("02*")]
    script = root / "script" / "one.nar"
    script.write_text(script.read_text().replace("A poison line.\n", "\n"))
    diary.clear()
    mended = narrator("-C", root, "render", "--on", on(cluster), "--json")
    assert mended.code == 0, mended.err
    assert len(diary) == 0
    assert contents(root) == alone


def test_a_voice_that_always_kills_is_given_up(make, narrator, cluster, join) -> None:
    join(2)
    root = make(engine="broken", voice="")
    for voice in (root / "voices").glob("*.toml"):
        voice.write_text('format = 1\nengine = "broken"\n[settings]\nreturns = "killed"\n')
    said = narrator("-C", root, "render", "--on", on(cluster))
    assert said.code == 4
    assert "script/" in said.err
    assert "died" in said.err
    assert "Traceback" not in said.err


def test_an_engine_that_hangs_is_replaced(make, narrator, cluster, join, diary) -> None:
    join(1)
    root = make()
    (root / "voices" / "high.toml").write_text(
        'format = 1\nengine = "broken"\npatience = 0.1\n[settings]\nreturns = "hangs"\n'
    )
    script = root / "script" / "one.nar"
    script.write_text("# One\n@boy: “No.”\nYes.\n")
    (root / "script" / "two.nar").write_text("# Two\nYes.\n")
    said = narrator("-C", root, "render", "--on", on(cluster), "--json")
    assert said.code == 4, said.err
    assert [f["where"] for f in said.document["findings"]] == ["script/one.nar:2"]
    assert "did not end within" in said.document["findings"][0]["what"]


def test_a_dead_head_is_one_sentence(make, cluster, join, diary) -> None:
    join(1)
    root = make(seconds=0.3)
    with start(root, "render", "--on", on(cluster)) as process:
        while len(diary) < 4 and process.poll() is None:
            time.sleep(0.02)
        cluster.head_node.kill_gcs_server()
        _, err = process.communicate(timeout=50)
    assert process.returncode == 4, err
    assert "head node of this Ray cluster does not answer any more" in err
    assert "Traceback" not in err


def test_a_render_that_is_killed_goes_on(make, narrator, cluster, join, diary, alone) -> None:
    join(2)
    root = make(seconds=0.1)
    with start(root, "render", "--on", on(cluster)) as process:
        while len(diary) < 6 and process.poll() is None:
            time.sleep(0.02)
        process.kill()
        process.communicate()
    said = narrator("-C", root, "render", "--on", on(cluster), "--json")
    assert said.code == 0, said.err
    assert contents(root) == alone
    assert max(diary.said().values()) <= 2
