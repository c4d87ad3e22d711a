"""docs/scaling.md cannot lie: its commands are run, a cluster of two nodes of this machine included."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[1] / "docs" / "scaling.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def typed(command: str, folder: Path, **more: str) -> None:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    ran = subprocess.run(
        ["sh", "-eu", "-c", command],
        cwd=folder,
        env=os.environ | {"PATH": path, **more},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, f"{command}\n{ran.stderr[-2000:]}"


def test_its_commands_for_one_machine(make: Callable[..., Path], tmp_path: Path) -> None:
    root = make()
    shutil.copytree(root, root / "titles" / "one")
    shared, local, catalogue = blocks("sh")
    install, *rest = shared.splitlines()
    assert install == "pip install 'narrator[ray,shared]'"
    typed("\n".join(rest).replace("/srv/takes", f"{tmp_path}/takes"), root)
    assert list((tmp_path / "takes").rglob("*.wav"))
    typed(local, root)
    typed(catalogue, root)
    assert (root / "titles" / "catalogue.json").exists()


@contextmanager
def running(command: str) -> Iterator[None]:
    """A command that goes on until the block ends, and all that it started."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    with subprocess.Popen(
        command.split(),
        env=os.environ | {"PATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def test_its_commands_for_a_cluster(
    make: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (block,) = blocks("cluster")
    block = block.replace("6379", str(port)).replace("HEAD", "127.0.0.1").replace("NODE", "127.0.0.1")
    mode, token, head, node, render = block.splitlines()
    monkeypatch.setenv(*mode.removeprefix("export ").split("="))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))  # the token is this test's
    (tmp_path / "home").mkdir()
    typed(token, tmp_path)
    small = " --num-cpus=1 --object-store-memory=80000000"
    root = make()
    with running(head + small):
        wait_for(port)
        with running(node + small):
            typed(render, root)
    assert (root / "output" / "Book.m4b").exists()


def answers(port: int) -> bool:
    with socket.socket() as knock:
        return not knock.connect_ex(("127.0.0.1", port))


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while not answers(port):
        if time.monotonic() > deadline:
            raise TimeoutError(port)
        time.sleep(0.2)


def test_a_cluster_is_found_on_its_node_and_by_its_client_server(
    make: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    if answers(10001):
        pytest.skip("somebody else's cluster has port 10001 here")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    # gRPC in Ray's client server does not survive its forks each time.
    monkeypatch.setenv("GRPC_ENABLE_FORK_SUPPORT", "0")
    with tempfile.TemporaryDirectory() as folder:  # pytest's own names are too long for Ray's sockets
        monkeypatch.setenv("RAY_TMPDIR", folder)
        with running(
            f"ray start --head --block --port={port} --node-ip-address=127.0.0.1 --num-cpus=1"
            " --object-store-memory=80000000 --include-dashboard=false"
        ):
            wait_for(port)
            wait_for(10001)
            for place in ("auto", "127.0.0.1:10001"):
                root = make(place.replace(":", "-"))
                typed(f"narrator render --on ray://{place} --format m4b", root)
                assert list((root / "output").glob("*.m4b"))
