"""The server: byte ranges, validators, types, and nothing that was not published."""

from __future__ import annotations

import http.client
import random
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn

from commands import Narrator, hears_ctrl_c
from narrator.listen import app
from narrator.listen.serving import TYPES

BOOK = "/the-well/"


@dataclass(frozen=True)
class Answer:
    """What the server answered. Header names are in small letters."""

    status_code: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()


@dataclass(frozen=True)
class Client:
    """Asks for a path exactly as it is written; follows nothing."""

    port: int

    def ask(self, method: str, path: str, headers: dict[str, str]) -> Answer:
        line = http.client.HTTPConnection("127.0.0.1", self.port)
        line.request(method, path, headers=headers)
        got = line.getresponse()
        answer = Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read())
        line.close()
        return answer

    def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        return self.ask("GET", path, headers or {})

    def head(self, path: str) -> Answer:
        return self.ask("HEAD", path, {})


@pytest.fixture
def client(site: Path) -> Iterator[Client]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app(site), log_level="warning", lifespan="off"))
    running = threading.Thread(target=server.run, args=([listener],))
    running.start()
    yield Client(listener.getsockname()[1])
    server.should_exit = True
    running.join()


@pytest.fixture
def sound(home: Path) -> tuple[str, bytes]:
    (path,) = home.glob("media/two-*.mp3")
    return f"{BOOK}media/{path.name}", path.read_bytes()


def test_a_range(client: Client, sound: tuple[str, bytes]) -> None:
    address, data = sound
    for asked, start, end in (
        ("bytes=0-0", 0, 1),
        ("bytes=100-299", 100, 300),
        ("bytes=1000-", 1000, len(data)),
        ("bytes=-500", len(data) - 500, len(data)),
        (f"bytes=5-{10 * len(data)}", 5, len(data)),
    ):
        answer = client.get(address, headers={"range": asked})
        assert answer.status_code == 206
        assert answer.content == data[start:end]
        assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{len(data)}"
        assert answer.headers["content-type"] == "audio/mpeg"


def test_a_range_that_is_not_there(client: Client, sound: tuple[str, bytes]) -> None:
    address, data = sound
    answer = client.get(address, headers={"range": f"bytes={len(data)}-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(data)}"
    assert client.get(address, headers={"range": "lines=1-2"}).status_code == 400
    assert client.get(address, headers={"range": "bytes=9-2"}).status_code == 400


def test_several_ranges(client: Client, sound: tuple[str, bytes]) -> None:
    address, data = sound
    answer = client.get(address, headers={"range": "bytes=0-9,100-119"})
    assert answer.status_code == 206
    assert answer.headers["content-type"].startswith("multipart/byteranges; boundary=")
    assert data[:10] in answer.content
    assert data[100:120] in answer.content
    assert len(answer.content) == int(answer.headers["content-length"])


def test_if_range(client: Client, sound: tuple[str, bytes]) -> None:
    address, data = sound
    etag = client.head(address).headers["etag"]
    same = client.get(address, headers={"range": "bytes=0-9", "if-range": etag})
    other = client.get(address, headers={"range": "bytes=0-9", "if-range": '"older"'})
    assert (same.status_code, same.content) == (206, data[:10])
    assert (other.status_code, other.content) == (200, data)


def test_validators_and_head(client: Client, sound: tuple[str, bytes]) -> None:
    address, data = sound
    head = client.head(address)
    assert head.status_code == 200
    assert head.content == b""
    assert int(head.headers["content-length"]) == len(data)
    assert head.headers["accept-ranges"] == "bytes"
    known = client.get(address, headers={"if-none-match": head.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    since = client.get(address, headers={"if-modified-since": head.headers["last-modified"]})
    assert since.status_code == 304


def test_types(client: Client, home: Path) -> None:
    seen = set()
    for path in home.rglob("*"):
        if path.is_file():
            answer = client.head(f"{BOOK}{path.relative_to(home).as_posix()}")
            assert answer.status_code == 200
            assert answer.headers["content-type"] == TYPES[path.suffix]
            seen.add(path.suffix)
    assert seen >= {".m4b", ".mp3", ".epub", ".vtt", ".srt", ".webmanifest", ".xml", ".js"}


def test_what_may_be_kept_and_what_must_be_asked(client: Client, sound: tuple[str, bytes]) -> None:
    assert "immutable" in client.get(sound[0]).headers["cache-control"]
    for page in (BOOK, f"{BOOK}sw.js", f"{BOOK}feed.xml", "/"):
        assert client.get(page).headers["cache-control"] == "no-cache"


def test_headers_that_protect(client: Client) -> None:
    headers = client.get(BOOK).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_pages_and_folders(client: Client) -> None:
    assert "The Well" in client.get("/").text
    moved = client.get("/the-well")
    assert (moved.status_code, moved.headers["location"].endswith("/the-well/")) == (307, True)
    assert client.get(f"{BOOK}media/").status_code == 404
    missing = client.get("/nowhere")
    assert missing.status_code == 404
    assert "Not here" in missing.text
    assert client.ask("POST", BOOK, {}).status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/../book.toml",
        "/..%2f..%2fscript/book.toml",
        "/%2e%2e/%2e%2e/script/book.toml",
        "/the-well/../../report.json",
        "//etc/passwd",
        "/the-well/%00",
        "/.publishing.lock",
        "/the-well/.hidden",
        "/out.txt",
        "/" + "a" * 5_000,
    ],
)
def test_nothing_else(client: Client, site: Path, path: str) -> None:
    (site / "the-well" / ".hidden").write_text("secret")
    (site / "out.txt").symlink_to(site.parent / "report.json")
    answer = client.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_another_host_name_is_refused(client: Client) -> None:
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_nothing_published(make, narrator: Narrator) -> None:
    root = make()
    said = narrator("-C", root, "serve")
    assert said.code == 1
    assert f"nothing is published here. Type `narrator -C {root} publish`." in said.err


@pytest.fixture
def served(site: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The command itself, on a port of its own."""
    command = [sys.executable, "-m", "narrator", "-C", str(site.parents[1]), "serve", "--port", "0"]
    how = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "preexec_fn": hears_ctrl_c}
    with subprocess.Popen(command, **how) as process:
        try:
            assert process.stdout
            told = process.stdout.readline()
            assert told.startswith("http://127.0.0.1:"), told
            yield process, int(told.split("/")[2].split(":")[1])
        finally:
            process.terminate()


def test_ctrl_c_ends_it_quietly(served) -> None:
    process, port = served
    assert Client(port).get("/").status_code == 200
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0
    assert process.stderr.read() == ""


def test_a_port_that_is_taken(served, site: Path, narrator: Narrator) -> None:
    said = narrator("-C", site.parents[1], "serve", "--port", served[1])
    assert said.code == 2
    assert "is taken" in said.err


def test_many_listeners_get_the_right_bytes_and_memory_stays_flat(served, site: Path) -> None:
    process, port = served
    folder = site / "the-well" / "media"
    big = folder / "big-0123456789abcdef.mp3"
    big.write_bytes(random.Random(1).randbytes(1 << 20) * 16)
    data = big.read_bytes()

    def listen(seed: int) -> int:
        dice, right = random.Random(seed), 0
        line = http.client.HTTPConnection("127.0.0.1", port)
        for _ in range(125):
            start = dice.randrange(len(data))
            end = min(len(data), start + dice.choice([1, 1_000, 65_536, 65_537, 500_000]))
            line.request("GET", f"/the-well/media/{big.name}", headers={"range": f"bytes={start}-{end - 1}"})
            answer = line.getresponse()
            right += answer.status == 206 and answer.read() == data[start:end]
        line.close()
        return right

    with ThreadPoolExecutor(8) as listeners:
        listen(99)
        before = _resident(process.pid)
        assert sum(listeners.map(listen, range(8))) == 1_000
    assert _resident(process.pid) - before < 16


def _resident(pid: int) -> float:
    """Megabytes of memory a process holds."""
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(told.stdout) / 1024
