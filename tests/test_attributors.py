"""The attribution door: plug-ins, and the one that asks a language model, against a server that misbehaves."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from commands import Narrator
from narrator.errors import MissingError, NarratorError, ProductionError, SheetError
from narrator.manuscript import read
from narrator.markup import mark_up
from narrator.markup.asking import AFTER, BEFORE
from narrator.script import write

FAR = "Nobody crossed the yard that morning but the cat, and paragraph {} went by."
TALK = """\
Ada, Tom Reed and Paul Marsh sat by the stove with the old miller between them, and nobody looked up.

“It will freeze,” said Ada.

“It froze last night,” said Tom Reed.

“Then it will freeze again,” said Paul Marsh.

The door blew open and shut.

“And who will mend that?”

“Not I.”

They were quiet for a while.

“Somebody has to.”

“Ask the miller.”
"""


@dataclass
class Stub:
    """A server on this machine that answers what a test tells it to."""

    url: str = ""
    answer: Callable[[dict[str, Any]], object] = lambda request: "{}"
    status: int = 200
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)


@pytest.fixture
def stub() -> Iterator[Stub]:
    here = Stub()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            here.keys.append(self.headers["Authorization"])
            here.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            told = here.answer(here.asked[-1])
            whole = (
                told
                if isinstance(told, bytes)
                else json.dumps({"choices": [{"message": {"content": told}}]}).encode()
            )
            self.send_response(here.status)
            if here.status == 302:
                self.send_header("Location", f"{here.url}/elsewhere")
            self.send_header("Content-Length", str(len(whole)))
            self.end_headers()
            self.wfile.write(whole)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda request, client_address: None  # the caller hung up: that is the test
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    here.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    yield here
    server.shutdown()
    server.server_close()


@pytest.fixture
def novel(tmp_path: Path) -> Path:
    path = tmp_path / "novel.txt"
    far = "\n\n".join(FAR.format(n) for n in range(30))
    path.write_text(f"{far}\n\n{TALK}\n\n{far}", encoding="utf-8")
    return path


def asked_about(request: dict[str, Any]) -> list[str]:
    return re.findall(r"\[(\d+)\] ", request["messages"][1]["content"])


def scripts(path: Path, **options: Any) -> tuple[str, tuple[str, ...]]:
    marked = mark_up(read(path), **options)
    return "".join(write(chapter) for chapter in marked.chapters), marked.remarks


def by_model(stub: Stub, **more: object) -> dict[str, Any]:
    return {"by": "llm", "settings": {"url": stub.url, "model": "small", "timeout": 5.0, **more}}


def bare(script: str) -> list[str]:
    """The words of a script without what was attributed."""
    return [re.sub(r"^@[^:]*: ", "", line) for line in script.split("\n")]


def test_the_model_is_asked_about_the_uncertain_speeches_only(stub: Stub, novel: Path) -> None:
    before, _ = scripts(novel)
    doubts = before.count("?:") + before.count("? (")
    assert doubts >= 3
    stub.answer = lambda request: json.dumps(dict.fromkeys(asked_about(request), "ada"))
    after, remarks = scripts(novel, **by_model(stub))
    assert sum(len(asked_about(request)) for request in stub.asked) == doubts
    assert bare(after) == bare(before)
    assert f"about {doubts} uncertain speeches" in remarks[0]


def test_no_more_is_sent_than_it_says(stub: Stub, novel: Path) -> None:
    _, remarks = scripts(novel, **by_model(stub))
    sent = [request["messages"][1]["content"] for request in stub.asked]
    assert f"{sum(map(len, sent)):,} characters were sent" in remarks[0]
    for words in sent:
        excerpt = words.split("Excerpt:\n")[1].split("\n")
        assert len(excerpt) <= 10 + BEFORE + AFTER
        assert FAR.format(10) not in words
    assert all(set(request) == {"model", "temperature", "messages"} for request in stub.asked)


def test_an_answer_that_agrees_confirms_and_one_that_differs_stays_in_doubt(stub: Stub, novel: Path) -> None:
    marked = mark_up(read(novel))
    unsure = {q.speech: q for q in marked.quotations if q.kind == "speech" and q.confidence < 0.8}
    stub.answer = lambda request: json.dumps({n: unsure[int(n)].speaker for n in asked_about(request)})
    agreed = mark_up(read(novel), **by_model(stub))
    assert all(q.confidence >= 0.9 for q in agreed.quotations if q.speech in unsure)
    other = {n: "ada" if q.speaker != "ada" else "tom-reed" for n, q in unsure.items()}
    stub.answer = lambda request: json.dumps({n: other[int(n)] for n in asked_about(request)})
    differing = mark_up(read(novel), **by_model(stub))
    for quotation in differing.quotations:
        if quotation.speech in unsure:
            assert (quotation.speaker, quotation.confidence) == (other[quotation.speech], 0.75)
    assert unsure


@pytest.mark.parametrize(
    "answer",
    [
        "I would rather talk about the weather.",
        "{",
        "[1, 2]",
        '{"1": "Napoleon", "2": "Napoleon", "3": "Napoleon", "4": "Napoleon"}',
        '{"1": ["ada"], "2": {"ada": 1}, "3": 7, "4": null}',
        '{"999": "ada"}',
        "{" * 100_000 + "}" * 100_000,
        '{"1": "?", "2": "?", "3": "?", "4": "?"}',
    ],
)
def test_answers_of_no_use_change_nothing(stub: Stub, novel: Path, answer: str) -> None:
    before, _ = scripts(novel)
    stub.answer = lambda request: answer
    after, remarks = scripts(novel, **by_model(stub))
    assert after == before
    assert "0 answers were of use" in remarks[0]
    assert remarks[1]


def test_json_in_a_fence_is_read(stub: Stub, novel: Path) -> None:
    stub.answer = lambda request: (
        "Sure!\n```json\n" + json.dumps(dict.fromkeys(asked_about(request), "Ada")) + "\n```"
    )
    assert "of use" in scripts(novel, **by_model(stub))[1][0]
    assert len(scripts(novel, **by_model(stub))[1]) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"<html>no</html>", 200),
        (b'{"choices": []}', 200),
        (b"{}", 500),
        (b"{}", 302),
        (b"x" * (2 << 20), 200),
    ],
)
def test_a_server_that_never_answers_well_is_named(stub: Stub, novel: Path, body: bytes, status: int) -> None:
    far = "\n\n".join(FAR.format(n) for n in range(30))
    novel.write_text("\n\n".join([TALK, far] * 3), encoding="utf-8")
    stub.answer, stub.status = (lambda request: body), status
    with pytest.raises(MissingError, match="no language model answers"):
        mark_up(read(novel), **by_model(stub))
    assert len(stub.asked) == 3


def test_a_server_that_hangs_is_left(stub: Stub, novel: Path) -> None:
    released = threading.Event()
    stub.answer = lambda request: released.wait(20) and "{}"
    before, _ = scripts(novel)
    started = time.monotonic()
    after, remarks = scripts(novel, **by_model(stub, timeout=0.3))
    released.set()
    assert time.monotonic() - started < 15
    assert after == before
    assert "no answer that could be used" in remarks[1]


def test_the_key_is_read_from_the_environment_and_shown_nowhere(
    stub: Stub, novel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SheetError, match="WEIR_KEY is not set"):
        mark_up(read(novel), **by_model(stub, key="WEIR_KEY"))
    monkeypatch.setenv("WEIR_KEY", "s3cret\n")
    _, remarks = scripts(novel, **by_model(stub, key="WEIR_KEY"))
    assert stub.keys == ["Bearer s3cret"] * len(stub.keys)
    assert stub.keys
    assert "s3cret" not in str(remarks) + str(stub.asked)
    stub.status = 401
    with pytest.raises(MissingError, match="refuses the key") as caught:
        mark_up(read(novel), **by_model(stub, key="WEIR_KEY"))
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, "needs a url and a model"),
        ({"url": "ftp://x", "model": "m"}, "needs a url and a model"),
        (
            {"url": "http://127.0.0.1:1/v1", "model": "m", "temperature": 1},
            "no setting of the attributor llm",
        ),
    ],
)
def test_settings_that_cannot_be(novel: Path, settings: dict[str, Any], says: str) -> None:
    with pytest.raises(SheetError, match=says):
        mark_up(read(novel), by="llm", settings=settings)


# ── the door ────────────────────────────────────────────────────────────────────────────────────────


def test_a_plug_in_names_speakers_and_nothing_else(novel: Path) -> None:
    before, _ = scripts(novel)
    marked = mark_up(read(novel), by="contrary", settings={"voice": "no"})
    last = marked.characters[-1].id
    spoken = [q for q in marked.quotations if q.kind == "speech"]
    assert {q.speaker for q in spoken if q.speech} == {last}
    assert all(q.confidence <= 1 for q in spoken)
    assert bare("".join(write(chapter) for chapter in marked.chapters)) == bare(before)
    assert marked.remarks == ("Heard no.",)


@pytest.mark.parametrize(
    ("name", "kind", "says"),
    [
        ("nobody", MissingError, "no attributor 'nobody' is installed"),
        ("wanting", MissingError, "cannot start"),
        ("shapeless", ProductionError, "is not an attributor"),
    ],
)
def test_plug_ins_that_do_not_work(novel: Path, name: str, kind: type[NarratorError], says: str) -> None:
    with pytest.raises(kind, match=says):
        mark_up(read(novel), by=name)


def test_book_toml_chooses_the_judge(narrator: Narrator, stub: Stub, novel: Path) -> None:
    root = novel.parent / "book"
    narrator("init", root)
    sheet = root / "script" / "book.toml"
    sheet.write_text(
        sheet.read_text() + f'\n[attribution]\nby = "llm"\nurl = "{stub.url}"\nmodel = "small"\n'
    )
    told = narrator("-C", root, "import", novel, "--json")
    assert told.code == 0, told.err
    assert told.document["remarks"][0].startswith("Asked small at http://127.0.0.1")
    assert stub.asked
    stub.asked.clear()
    assert narrator("-C", root, "import", novel, "--attributor", "").code == 0
    assert not stub.asked
    told = narrator("-C", root, "markup", novel, "--attributor", "contrary", "--json")
    assert told.code == 0
    assert told.document["quotes"]


def test_a_setting_that_is_no_text_or_number_is_refused(narrator: Narrator, novel: Path) -> None:
    root = novel.parent / "book"
    narrator("init", root)
    sheet = root / "script" / "book.toml"
    sheet.write_text(sheet.read_text() + '\n[attribution]\nby = "llm"\nurl = ["a"]\n')
    told = narrator("-C", root, "import", novel)
    assert told.code == 1
    assert "url is neither" in told.err
