"""A cluster by itself: where work goes, what is refused, what it shows, and that only this machine hears it."""

from __future__ import annotations

import json
import platform
import re
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
import ray
from moto.server import ThreadedMotoServer
from tests_ray.books import contents

from commands import start
from narrator.build.crew.hand import Hand
from narrator.build.crew.workers import Needs, Task, hire
from narrator.errors import MissingError, RenderError, UsageError
from narrator.store import Store


def listening() -> set[str]:
    """Addresses other than the loopback's at which something listens, by address and port."""
    told = subprocess.run(["ss", "-Hltn"], capture_output=True, text=True, check=True).stdout
    heard = {line.split()[3] for line in told.splitlines()}
    return {one for one in heard if not re.match(r"127\.|\[::1\]|\[::ffff:127\.", one)}


def test_a_cluster_of_this_machine_is_heard_by_nobody_else(make, narrator, diary) -> None:
    before = listening()
    root = make(seconds=0.2)
    with start(root, "render", "--on", "ray", "--jobs", 2, "--format", "m4b") as process:
        while not len(diary) and process.poll() is None:
            time.sleep(0.05)
        meanwhile = listening()
        _, err = process.communicate()
    assert process.returncode == 0, err
    assert meanwhile - before == set()
    told = json.loads((root / "output" / "report.json").read_text())
    assert told["cluster"]["workers"] == 2
    alone = make("alone", seconds=0.0)
    (alone / "script" / "book.toml").write_text((root / "script" / "book.toml").read_text())
    assert narrator("-C", alone, "render", "--jobs", 1, "--format", "m4b").code == 0
    assert contents(alone) == contents(root)


def test_work_goes_where_its_gpu_is_and_a_worker_keeps_its_model(
    make, narrator, cluster, join, diary
) -> None:
    join(2)
    join(1, num_gpus=1)
    root = make(sheet="[workers.waits]\ngpus = 1\n")
    said = narrator("-C", root, "render", "--on", f"ray://{cluster.address}", "--json")
    assert said.code == 0, said.err
    assert len(diary.speakers()) == 1
    assert len(diary) == said.document["takes_recorded"]


def test_what_no_node_has_is_told(cluster, join, monkeypatch: pytest.MonkeyPatch) -> None:
    from narrator.build.crew import hands

    join(1)
    monkeypatch.setattr(hands, "_NOBODY", 0.1)
    with hire(f"ray://{cluster.address}", 1) as workers:
        workers.give(Task("script/one.nar:1", print, needs=Needs(gpus=3.0)))
        (ended,) = workers.ended()
    assert isinstance(ended.error, MissingError)
    assert "no node of the cluster has 1 cores and 3 GPUs" in str(ended.error)


def test_a_node_that_is_unlike_this_one_gets_no_work(cluster, join, monkeypatch: pytest.MonkeyPatch) -> None:
    from narrator.build.crew import hands

    join(1)
    monkeypatch.setattr(hands, "likeness", lambda: {"narrator": "9.9"})
    with hire(f"ray://{cluster.address}", 1) as workers:
        workers.give(Task("script/one.nar:1", print))
        (ended,) = workers.ended()
    assert isinstance(ended.error, RenderError)
    assert "not 9.9" in str(ended.error)


def test_a_hand_that_does_not_see_the_store_says_so(tmp_path: Path) -> None:
    told = Hand().work(print, [Store(tmp_path)], {}, "0" * 64, "Book: 1:1 (script/one.nar:1)")
    assert isinstance(told.error, RenderError)
    assert "does not see the store" in str(told.error)


def test_a_cluster_that_does_not_answer_is_told_in_a_sentence(make, narrator) -> None:
    said = narrator("-C", make(), "render", "--on", "ray://127.0.0.1:1")
    assert said.code == 4
    assert "does not answer" in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize("place", ["spark", "ray://", "ray://a b", "rayon", "ray:8"])
def test_other_places_are_refused(place: str) -> None:
    with pytest.raises(UsageError, match="nobody can record on"), hire(place, 1):
        pass


def test_nodes_meet_in_the_shared_store_and_a_lost_connection_is_waited_for(
    make, narrator, cluster, join, diary, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import boto3

    served = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    served.start()
    host, port = served.get_host_and_port()
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "NARRATOR_CACHE": str(tmp_path / "cache"),
    }.items():
        monkeypatch.setenv(name, value)
    boto3.client("s3").create_bucket(Bucket="takes")
    for _ in range(2):  # nodes inherit what stands in the environment when they join
        join(1)
    root = make(seconds=0.3, sheet='store = "s3://takes/house"')
    with start(root, "render", "--on", f"ray://{cluster.address}", "--json") as process:
        while len(diary) < 6 and process.poll() is None:
            time.sleep(0.05)
        served.stop()
        begun = len(diary)
        time.sleep(3)
        # Each of two workers has a take that it cannot put down, and then one more.
        held_up = len(diary) <= begun + 4
        again = ThreadedMotoServer(ip_address="127.0.0.1", port=port)
        again.start()
        out, err = process.communicate()
    again.stop()
    assert process.returncode == 0, err
    assert held_up
    told = json.loads(out)
    assert told["cluster"]["store_written"] > 100_000
    assert max(diary.said().values()) <= 2
    assert list((tmp_path / "cache").rglob("*.wav")), "workers keep copies of their own"
    assert not list((root / ".narrator").rglob("*.wav")), "and this process needed no take"
    alone = make("alone", sheet="")
    (alone / "script" / "book.toml").write_text(
        (root / "script" / "book.toml").read_text().replace("store", "#")
    )
    assert narrator("-C", alone, "render", "--jobs", 1).code == 0
    assert contents(alone) == contents(root)


def test_metrics_are_shown_to_prometheus(make, narrator, cluster, join) -> None:
    join(1)
    root = make(seconds=0.2)
    said = narrator("-C", root, "render", "--on", f"ray://{cluster.address}", "--json")
    assert said.code == 0, said.err
    ray.init(address=cluster.address, log_to_driver=False)
    ports = [node["MetricsExportPort"] for node in ray.nodes()]
    ray.shutdown()
    shown = ""
    for port in ports:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            shown += answer.read().decode()

    def value(name: str, labels: str = "") -> float:
        found = re.findall(rf"^ray_narrator_{name}(?:_total)?\{{.*{labels}.*\}} (\S+)", shown, re.MULTILINE)
        assert found, (name, shown[:400])
        return sum(map(float, found))

    # What PromQL's rate() takes, and what a gauge says of the last minute.
    assert value("takes", 'book="Book"') == said.document["takes_recorded"]
    assert value("sound_seconds", 'book="Book"') > 5
    assert value("takes_per_second") > 0
    assert value("sound_per_second") > 0
    rates = said.document["rates"]
    assert 0 < rates["takes_per_second"] <= 1 / 0.2, "a line takes 0.2 s, and there is one worker"
    assert rates["sound_per_second"] > 0


def test_logs_name_book_place_and_node(
    make, narrator, cluster, join, caplog: pytest.LogCaptureFixture
) -> None:
    join(1)
    root = make(extra="A poison line.")
    assert narrator("-C", root, "render", "--on", f"ray://{cluster.address}").code == 4
    node = re.escape(platform.node())
    said = [record.getMessage() for record in caplog.records if record.name == "narrator.cluster"]
    poison = rf"Book: 1:10 \(script/one\.nar:10\): lost with its worker on {node}"
    assert any(re.fullmatch(poison, line) for line in said), said
    kept = "".join(
        log.read_text() for log in Path(cluster.head_node.get_logs_dir_path()).glob("worker-*.err")
    )
    for line in (
        r"Book: 1:3 to 2:8 \(script/one\.nar:3 to script/two\.nar:8\)",
        r"Book: 1:4 \(script/one\.nar:4\)",
        r"Book: chapter 2 \(script/two\.nar\)",
        r"Book: chapter 3 \(script/book\.toml\)",
    ):
        assert re.search(rf"{line}: on {node}: done in \d", kept), kept
