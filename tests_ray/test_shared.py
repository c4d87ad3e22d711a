"""A store at a URL: a folder, and moto's S3 server on the loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer
from tests_ray.books import Diary, contents

from commands import Narrator
from narrator import shared_store
from narrator import shelf as shelves
from narrator.book import Voice
from narrator.build.jobs import record
from narrator.build.plan import TakeRequest
from narrator.errors import RenderError, UsageError
from narrator.shared_store import SharedStore, trim
from narrator.shelf import Shelf, check
from narrator.speech import Word
from narrator.store import Record, Store, digest
from narrator.whole import PART

KEY = "ab" * 32


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadedMotoServer]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        served = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
        served.start()
        host, port = served.get_host_and_port()
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        import boto3

        boto3.client("s3").create_bucket(Bucket="takes")
        yield served
        served.stop()


@pytest.fixture(params=["file", "s3"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "file":
        return f"file://{tmp_path}/shared"
    request.getfixturevalue("server")
    return f"s3://takes/{tmp_path.name}"


def put(store: Store, data: bytes, key: str = KEY) -> None:
    with store.adding("takes", key, ".wav") as part:
        part.write_bytes(data)
    store.finish("takes", key, Record({"kind": "take"}, {"sha256": digest(data)}))


@pytest.fixture
def two(url: str, tmp_path: Path) -> tuple[SharedStore, SharedStore]:
    """The same store as two machines see it."""
    return SharedStore(tmp_path / "one", Shelf(url)), SharedStore(tmp_path / "two", Shelf(url))


def test_what_one_machine_adds_the_other_has(two: tuple[SharedStore, SharedStore]) -> None:
    one, two_ = two
    assert not two_.has("takes", KEY, ".wav")
    assert not two_.path("takes", KEY, ".wav").exists()
    put(one, b"sound")
    assert two_.has("takes", KEY, ".wav")
    assert two_.keys("takes") == (KEY,)
    assert two_.path("takes", KEY, ".wav").read_bytes() == b"sound"
    assert two_.record("takes", KEY).made["sha256"] == digest(b"sound")
    assert two_.sound("takes", KEY, ".wav")


def test_an_artefact_without_a_record_is_not_there(two: tuple[SharedStore, SharedStore]) -> None:
    one, two_ = two
    with one.adding("takes", KEY, ".wav") as part:
        part.write_bytes(b"sound")
    assert not two_.has("takes", KEY, ".wav")
    assert two_.keys("takes") == ()
    assert two_.absent("takes", [KEY], ".wav") == {KEY}


def test_two_writers_of_one_key_are_harmless(two: tuple[SharedStore, SharedStore]) -> None:
    data = os.urandom(300_000)
    writers = [threading.Thread(target=put, args=(store, data)) for store in two for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    for store in two:
        assert store.sound("takes", KEY, ".wav")
    assert not [n for n in two[0].shelf.names("takes") if PART in n]


def test_a_reader_never_sees_half_an_object(url: str, tmp_path: Path) -> None:
    shelf, over, seen = Shelf(url), threading.Event(), set()
    whole = {bytes([n]) * 2_000_000 for n in (1, 2)}

    def read() -> None:
        file = tmp_path / "read"
        while not over.is_set():
            if shelf.get("takes/x", file):
                seen.add(file.read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    file = tmp_path / "written"
    for data in sorted(whole) * 6:
        file.write_bytes(data)
        shelf.put("takes/x", file)
    over.set()
    reader.join()
    assert seen
    assert seen <= whole


def test_a_writer_that_is_killed_leaves_what_was_there(url: str, tmp_path: Path) -> None:
    shelf, old, new = Shelf(url), tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"old")
    shelf.put("takes/x", old)
    with new.open("wb") as file:
        file.truncate(40_000_000)
    writes = f"from narrator.shelf import Shelf; s = Shelf({url!r}); s.exists('x'); print(1, flush=True); s.put('takes/x', __import__('pathlib').Path({str(new)!r}))"
    with subprocess.Popen([sys.executable, "-c", writes], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.02)
        writer.kill()
    assert shelf.get("takes/x", tmp_path / "read")
    assert (tmp_path / "read").stat().st_size in (3, 40_000_000)
    assert shelf.names("takes") == ("takes/x",)


def test_a_damaged_copy_is_got_again_and_a_damaged_object_is_told(
    two: tuple[SharedStore, SharedStore], tmp_path: Path
) -> None:
    one, two_ = two
    put(one, b"sound")
    two_.path("takes", KEY, ".wav").write_bytes(b"noise")
    assert two_.sound("takes", KEY, ".wav")
    assert two_.path("takes", KEY, ".wav").read_bytes() == b"sound"
    (tmp_path / "noise").write_bytes(b"noise")
    one.shelf.put(f"takes/ab/{KEY}.wav", tmp_path / "noise")
    two_.local.discard("takes", KEY, ".wav")
    assert not two_.sound("takes", KEY, ".wav")
    two_.discard("takes", KEY, ".wav")
    one.local.discard("takes", KEY, ".wav")
    assert not one.has("takes", KEY, ".wav")


@pytest.mark.parametrize(
    ("there", "dearer", "listings", "questions"),
    [
        (0, 10_000, 0, 32),  # a new book
        (1, 10_000, 2, 32),  # a store of this book alone: one folder is looked at, then all
        (1, -1, 1, 32 + 100),  # a store of many books
    ],
)
def test_a_store_of_many_books_is_not_listed_for_one(
    two: tuple[SharedStore, SharedStore],
    monkeypatch: pytest.MonkeyPatch,
    there: int,
    dearer: int,
    listings: int,
    questions: int,
) -> None:
    one, two_ = two
    keys = [digest(bytes([n])) for n in range(100)]
    for key in keys[1::3] if there else ():
        put(one, b"sound", key)
    asked: Counter[str] = Counter()
    for name in ("exists", "names"):
        plain = getattr(Shelf, name)
        monkeypatch.setattr(Shelf, name, lambda *a, n=name, do=plain: (asked.update([n]), do(*a))[1])
    monkeypatch.setattr(shared_store, "_DEARER", dearer)
    wanted = set(keys) - set(keys[1::3]) if there else set(keys)
    assert two_.absent("takes", keys, ".wav") == wanted
    assert asked["names"] == listings
    assert asked["exists"] <= questions


def test_copies_are_taken_away_oldest_first_and_come_back(two: tuple[SharedStore, SharedStore]) -> None:
    one, two_ = two
    keys = [f"{n:064x}" for n in range(6)]
    for age, key in enumerate(keys):
        put(one, bytes(1_000), key)
        copy = two_.path("takes", key, ".wav")
        os.utime(copy, (10_000 + age, 10_000 + age))
    trim(two_.root, 3_500)
    left = [two_.local.path("takes", key, ".wav").exists() for key in keys]
    assert left == [False, False, False, True, True, True]
    assert two_.path("takes", keys[0], ".wav").read_bytes() == bytes(1_000)
    trim(two_.root, 0)
    assert two_.local.path("takes", keys[0], ".wav").exists(), "it was used a moment ago"


def test_a_take_is_put_while_the_next_line_is_spoken(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, diary: Diary
) -> None:
    store, put = SharedStore(tmp_path / "here", Shelf(url)), Shelf.put
    voice = Voice("low", "waits", {"hertz": 150.0})
    lines = [
        TakeRequest(digest(text.encode()), {}, voice, (Word(text),), "", 1, f"one.nar:{n}")
        for n, text in enumerate(("Here.", "It.", "Is."))
    ]

    def slow(self: Shelf, name: str, file: Path) -> None:
        put(self, name, file)
        deadline = time.monotonic() + 20
        if name.endswith(".wav"):
            while len(diary) < min(3, len(spoken) + 2) and time.monotonic() < deadline:
                time.sleep(0.01)
            spoken.append(len(diary))

    spoken: list[int] = []
    monkeypatch.setattr(Shelf, "put", slow)
    assert record(store, lines).takes == 3
    assert spoken == [2, 3, 3]
    assert not store.absent("takes", [line.key for line in lines], ".wav")

    def away(*_: object) -> None:
        raise RenderError("the shared store does not answer.")

    monkeypatch.setattr(Shelf, "put", away)
    with pytest.raises(RenderError, match="does not answer"):
        record(store, [replace(lines[0], key=KEY)])


def test_a_connection_that_comes_back_is_waited_for(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    shelf, fails = Shelf(url), iter([ConnectionResetError("gone"), TimeoutError("slow")])
    fs, _ = shelves._opened(url)
    put_file = fs.put_file
    monkeypatch.setattr(shelves, "_FIRST", 0.01)

    def flaky(*arguments: object, **how: object) -> object:
        for fault in fails:
            raise fault
        return put_file(*arguments, **how)

    monkeypatch.setattr(fs, "put_file", flaky)
    (tmp_path / "x").write_bytes(b"sound")
    shelf.put("takes/x", tmp_path / "x")
    assert shelf.get("takes/x", tmp_path / "y")
    assert (tmp_path / "y").read_bytes() == b"sound"
    assert f"{url}: the shared store does not answer (gone): trying again" in caplog.text


def test_a_store_that_stays_away_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, server: object
) -> None:
    monkeypatch.setattr(shelves, "_FIRST", 0.001)
    monkeypatch.setattr(shelves, "ATTEMPTS", 2)
    with pytest.raises(RenderError, match=r"no-such-bucket/x: the shared store does not answer"):
        Shelf("s3://no-such-bucket/x").put("takes/x", Path(__file__))


@pytest.mark.parametrize(
    "place", ["takes", "/takes", "s3://", "simplecache::s3://takes/x", "s3://ta kes/x", "a b://c"]
)
def test_what_is_no_place_is_refused(place: str) -> None:
    with pytest.raises(UsageError, match="no place of a store"):
        check(place)


def test_two_machines_make_the_book_once(
    make: Callable[..., Path], narrator: Narrator, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NARRATOR_STORE", url)
    first, second = make("first", sheet='series = "x"'), make("second", sheet='series = "x"')
    (second / "script" / "book.toml").write_text((first / "script" / "book.toml").read_text())
    made = narrator("-C", first, "render", "--jobs", 1, "--json")
    assert made.code == 0, made.err
    again = narrator("-C", second, "render", "--jobs", 1, "--json").document
    assert again["takes_recorded"] == 0
    assert again["chapters"]["mixed"] == 0
    assert contents(first) == contents(second)
    assert narrator("-C", second, "status").code == 0
    assert narrator("-C", second, "store", "verify").code == 0
    monkeypatch.delenv("NARRATOR_STORE")
    third = make("first", sheet='series = "x"')
    alone = narrator("-C", third, "render", "--jobs", 1, "--json")
    assert alone.code == 0
    assert contents(first) == contents(second)


def test_collecting_leaves_what_others_use(
    make: Callable[..., Path], narrator: Narrator, url: str, tmp_path: Path
) -> None:
    root = make(sheet=f'store = "{url}"')
    assert narrator("-C", root, "render", "--jobs", 1).code == 0
    kept = SharedStore(tmp_path / "other", Shelf(url)).keys("takes")
    script = root / "script" / "two.nar"
    script.write_text("# Two\nAnother line.\n")
    assert narrator("-C", root, "render", "--jobs", 1).code == 0
    assert narrator("-C", root, "store", "gc").code == 0
    assert set(kept) <= set(SharedStore(tmp_path / "other", Shelf(url)).keys("takes"))
    assert len(json.loads((root / "output" / "report.json").read_text())["files"]) > 3
