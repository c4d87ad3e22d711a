"""Installing a pack: from whoever answers, checked, resumed, whole or not at all."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from narrator.casting import fetching
from narrator.casting.fetching import Source, install
from narrator.errors import MissingError
from narrator.packs import Pack, home, packs
from narrator.report import Silent

FILES = {"model.onnx": b"m" * 5_000, "voices/one.bin": b"1" * 100, "voices/two.bin": b"2" * 100}


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pack:
    monkeypatch.setenv("NARRATOR_HOME", str(tmp_path))
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in FILES.items()}
    return Pack("tiny", "Tiny", "CC0-1.0", 1, digests)


def source(title: str, has: dict[str, bytes], asked: list[str] | None = None) -> Source:
    def fetch(_: Path, wanted: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        for name in wanted:
            if asked is not None:
                asked.append(name)
            if name not in has:
                raise fetching._Unavailable(f"it has no {name}")
            yield name, has[name]

    return Source(title, lambda _: True, fetch)


def test_the_first_source_that_answers_is_used(pack: Pack) -> None:
    second: list[str] = []
    assert not pack.installed
    install(pack, Silent(), [source("a", FILES), source("b", FILES, second)])
    assert pack.installed
    assert second == []
    assert {n: (pack.folder / n).read_bytes() for n in FILES} == FILES
    assert [p.name for p in (home() / "packs").iterdir()] == ["tiny"]


def test_what_one_lacks_comes_from_the_next(pack: Pack) -> None:
    some = {name: data for name, data in FILES.items() if name != "voices/two.bin"}
    asked: list[str] = []
    install(pack, Silent(), [source("a", some), source("b", FILES, asked)])
    assert pack.installed
    assert asked == ["voices/two.bin"]


def test_a_file_that_is_not_the_published_one_is_refused(pack: Pack) -> None:
    forged = FILES | {"model.onnx": b"evil"}
    with pytest.raises(MissingError, match=r"a: model\.onnx is not the file that was published") as caught:
        install(pack, Silent(), [source("a", forged)])
    assert "narrator voices install tiny" in caught.value.hint
    assert not pack.installed
    assert not pack.folder.exists()


def test_a_broken_install_goes_on_where_it_was(pack: Pack) -> None:
    with pytest.raises(MissingError, match="2 of 3 files are missing"):
        install(pack, Silent(), [source("a", {"model.onnx": FILES["model.onnx"]})])
    asked: list[str] = []
    install(pack, Silent(), [source("a", FILES, asked)])
    assert asked == ["voices/one.bin", "voices/two.bin"]
    assert pack.installed


def test_a_damaged_file_is_fetched_again(pack: Pack) -> None:
    with pytest.raises(MissingError):
        install(pack, Silent(), [source("a", {"model.onnx": FILES["model.onnx"]})])
    (pack.folder.with_name(".part-tiny") / "model.onnx").write_bytes(b"cut sho")
    install(pack, Silent(), [source("a", FILES)])
    assert (pack.folder / "model.onnx").read_bytes() == FILES["model.onnx"]


class Flaky(BaseHTTPRequestHandler):
    """Breaks off after 2,000 bytes of a whole file; gives the rest of one."""

    data = FILES["model.onnx"]
    ranges: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:
        asked = self.headers.get("Range", "")
        self.ranges.append(asked)
        start = int(asked.removeprefix("bytes=").rstrip("-") or 0)
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(self.data) - start))
        self.end_headers()
        self.wfile.write(self.data[start:] if asked else self.data[:2_000])

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_download_that_broke_off_goes_on(tmp_path: Path) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Flaky)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url, part = f"http://127.0.0.1:{server.server_port}/model", tmp_path / "model.download"
    try:
        with pytest.raises(fetching._Unavailable):
            fetching._download(url, part)
        assert 0 < part.stat().st_size <= 2_000
        assert fetching._download(url, part) == FILES["model.onnx"]
    finally:
        server.shutdown()
        server.server_close()
    assert Flaky.ranges[-1].startswith("bytes=")
    assert not part.exists()


def test_nobody_answers(tmp_path: Path) -> None:
    with pytest.raises(fetching._Unavailable, match="no answer"):
        fetching._download("http://127.0.0.1:9/model", tmp_path / "x")


def test_kokoro_is_pinned_to_the_last_byte() -> None:
    kokoro = packs()["kokoro"]
    assert len(kokoro.files) == 29
    assert all(len(digest) == 64 for digest in kokoro.files.values())
    wanted = [name for name in kokoro.files if any(source.wants(name) for source in fetching.KOKORO)]
    assert wanted == list(kokoro.files)
