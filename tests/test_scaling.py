"""Several machines, as far as it needs neither Ray nor a server: places, nodes, needs, copies. The rest: tests_ray/."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from commands import Narrator
from narrator import speech
from narrator.book import Voice
from narrator.build.crew.carried import pack, unpack
from narrator.build.crew.lateness import LATE, Usual
from narrator.build.crew.metrics import Lately
from narrator.build.crew.nodes import SILENCE, Head, Nodes
from narrator.build.crew.workers import Needs, Task
from narrator.build.loading import load
from narrator.build.needs import BATCH, batches, to_record
from narrator.build.places import typed
from narrator.build.plan import TakeRequest, plan
from narrator.errors import RenderError, UsageError
from narrator.production import find
from narrator.shared_store import room, trim
from narrator.store import Store


@dataclass
class Somebody:
    node: str
    cores: float
    gpus: float


def nodes(*resources: dict[str, float]) -> Nodes:
    told = [
        {"NodeID": str(n), "Alive": True, "NodeManagerHostname": f"host{n}", "Resources": r}
        for n, r in enumerate(resources)
    ]
    found = Nodes(Head("ray://here", lambda: None), lambda: told)
    found.refresh(now=True)
    return found


def test_a_worker_goes_where_most_is_free_and_off_the_gpus_where_it_can() -> None:
    there = nodes({"CPU": 4}, {"CPU": 8, "GPU": 1}, {"CPU": 2})
    assert there.room(Needs(), []) == "0"
    assert there.room(Needs(), [Somebody("0", 3, 0)]) == "2"
    assert there.room(Needs(), [Somebody("0", 4, 0), Somebody("2", 2, 0)]) == "1"
    assert there.room(Needs(gpus=0.5), [Somebody("1", 1, 0.5)]) == "1"
    assert there.room(Needs(gpus=0.5), [Somebody("1", 1, 0.6)]) is None
    assert there.room(Needs(cores=9), []) is None
    there.bar("0")
    assert there.room(Needs(), []) == "2"
    assert there.slots == 15
    assert there.names == ("host0", "host1", "host2")


def test_a_head_may_be_silent_for_a_moment_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    now, there = [100.0], [False]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def knock() -> None:
        if not there[0]:
            raise ConnectionRefusedError

    head = Head("ray://here", knock)
    assert not head.answers()
    now[0] += SILENCE - 1
    assert not head.answers()
    there[0] = True
    assert head.answers()
    there[0] = False
    now[0] += SILENCE + 1
    assert not head.answers()
    now[0] += SILENCE
    with pytest.raises(RenderError, match="head node of this Ray cluster does not answer any more"):
        head.answers()


def test_a_node_that_lacks_a_voices_files_gets_none_of_its_jobs() -> None:
    there = nodes({"CPU": 4}, {"CPU": 2})
    there.lacks("0", "low 1")
    assert there.room(Needs(voice="low 1"), []) == "1"
    assert there.room(Needs(voice="high 2"), []) == "0"
    assert there.able(Needs(voice="low 1"))
    assert not there.able(Needs(cores=3, voice="low 1"))
    there.lacks("1", "low 1")
    assert not there.able(Needs(voice="low 1"))


def test_a_job_is_late_when_its_like_were_done_long_ago() -> None:
    usual = Usual()
    eight, one = (Task("", print, needs=Needs(engine="e", makes=("k",) * n)) for n in (8, 1))
    assert not usual.is_late(eight, 1_000)
    for seconds in (8, 8, 80):  # the last one is slow already
        usual.add(eight, seconds)
    assert not usual.is_late(eight, LATE * 8)
    assert usual.is_late(eight, LATE * 8 + 1)
    assert usual.is_late(one, LATE + 1)
    assert not usual.is_late(Task("", print, needs=Needs(engine="another", makes=("k",))), 1_000)


def test_a_voices_files_come_out_on_a_node_as_they_went_in(tmp_path: Path) -> None:
    here, model, store = tmp_path / "voices", tmp_path / "elsewhere" / "model", Store(tmp_path / "store")
    files = {
        here / "ann.wav": "a recording",
        model / "config.json": '{"model": "vits"}',
        model / "model.pth": "weights",
        model / "speakers.pth": "speakers",
        model / "notes.txt": "not heard",
        here / "joan.onnx": "weights",
        here / "joan.onnx.json": "{}",
    }
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    settings = {"model": str(model), "reference": "ann.wav", "speaker": ""}
    voice = Voice("ann", "coqui", settings, folder=str(here))
    before = speech.voice_facts(voice)
    piper = Voice("joan", "piper", {"model": "joan.onnx"}, folder=str(here))
    packed, packed_piper = pack(store, voice), pack(store, piper)
    for path in files:
        path.unlink()
    there = unpack(store, voice, packed)
    assert speech.voice_facts(there) == before
    assert "notes.txt" not in str(packed)
    (carried,) = speech.voice_files(unpack(store, piper, packed_piper)).values()
    assert [path.read_text() for path in carried] == ["weights", "{}"]


def test_how_long_nobody_had_what_is_needed_counts_from_the_question(monkeypatch: pytest.MonkeyPatch) -> None:
    there, now = nodes({"CPU": 1}), [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    assert there.without(Needs(gpus=1)) == 0
    now[0] = 130
    assert there.without(Needs(gpus=1)) == 30
    assert there.without(Needs()) == 0


def test_a_rate_is_of_the_last_minute() -> None:
    lately = Lately(100.0)
    lately.add(110.0, takes=8, sound=20.0)
    assert lately.rates(110.0) == (0.8, 2.0)
    lately.add(150.0, takes=4, sound=10.0)
    assert lately.rates(165.0) == (0.2, 0.5)
    assert lately.rates(171.0) == (4 / 60, 10 / 60)
    assert lately.rates(300.0) == (0.0, 0.0)


def test_a_report_says_how_fast_takes_were_recorded(rendered: Path, narrator: Narrator) -> None:
    told = json.loads((rendered / "output" / "report.json").read_text())
    assert told["rates"]["takes_per_second"] > 0
    assert told["rates"]["sound_per_second"] > 0
    again = narrator("-C", rendered, "render", "--json").document
    assert again["rates"] == {"takes_per_second": 0.0, "sound_per_second": 0.0}


def test_places_are_as_editors_type_them(make: Callable[..., Path]) -> None:
    plans = plan(load(find(make())), ["aac"])
    named = typed(plans)
    first = next(p for p in plans if p.place.name == "one.nar")
    line, request = next(iter(first.takes.items()))
    assert named["one.nar"] == "chapter 1"
    assert named[request.key] == f"1:{line}"
    assert (named["opening"], named["closing"]) == ("chapter 0", f"chapter {plans[-1].place.number}")


def test_no_job_has_two_voices_where_models_are_far(make: Callable[..., Path]) -> None:
    said = "".join(f"@boy: “{n} {m}.”\n{n} {m} it was.\n" for n in "abcd" for m in "efgh")
    book = load(find(make(script__two_dot_nar=f"# Two\n{said}")))
    requests: dict[str, TakeRequest] = {r.key: r for p in plan(book, ()) for r in p.takes.values()}
    apart = list(batches(tuple(requests.values()), by_voice=True))
    assert all(len({r.voice.name for r in batch}) == 1 for batch in apart)
    first = {key: place for place, key in enumerate(requests)}
    assert [first[b[0].key] for b in apart] == sorted(first[b[0].key] for b in apart)
    assert {r.key for batch in apart for r in batch} == set(requests)
    together = list(batches(tuple(requests.values()), by_voice=False))
    assert [r.key for batch in together for r in batch] == list(requests)
    assert max(map(len, apart + together)) == BATCH


def test_a_voices_sheet_goes_before_the_books(make: Callable[..., Path]) -> None:
    root = make()
    sheet, voice = root / "script" / "book.toml", root / "voices" / "high.toml"
    sheet.write_text(
        sheet.read_text().replace("[[chapter]]", "[workers.tones]\ngpus = 0.5\ncores = 2\n[[chapter]]", 1)
    )
    voice.write_text(voice.read_text().replace("[settings]", "gpus = 0\n[settings]"))
    book = load(find(root))
    request = next(r for p in plan(book, ()) for r in p.takes.values())

    def needs(voice: Voice) -> tuple[float, float]:
        found = to_record(book, [TakeRequest(request.key, {}, voice, request.words, "", 1, "here")])
        return found.cores, found.gpus

    assert needs(book.voices["low"]) == (2, 0.5)
    assert needs(book.voices["high"]) == (2, 0)


def test_what_a_worker_holds_makes_nothing_stale(rendered: Path, narrator: Narrator) -> None:
    sheet, voice = rendered / "script" / "book.toml", rendered / "voices" / "high.toml"
    sheet.write_text(sheet.read_text().replace("[[chapter]]", "[workers.tones]\ngpus = 1\n[[chapter]]", 1))
    voice.write_text(voice.read_text().replace("[settings]", "cores = 2\n[settings]"))
    told = narrator("-C", rendered, "render", "--json").document
    assert (told["takes_recorded"], told["chapters"]["mixed"], told["written"]) == (0, 0, [])
    assert "cluster" not in told


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--on", "spark"), 2, "nobody can record on “spark”"),
        (("--on", "ray://"), 2, "--on ray for a cluster on this machine"),
        (("--on", "ray://a:1", "--stems"), 2, "stems are written on this machine"),
    ],
)
def test_other_places_are_refused(
    make: Callable[..., Path], narrator: Narrator, arguments: tuple[str, ...], code: int, says: str
) -> None:
    said = narrator("-C", make(), "render", *arguments)
    assert said.code == code
    assert says in said.err


def test_without_ray_it_says_what_to_install(
    make: Callable[..., Path], narrator: Narrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    said = narrator("-C", make(), "render", "--on", "ray")
    assert said.code == 3
    assert "pip install 'narrator[ray]'" in said.err


@pytest.mark.parametrize("place", ["takes", "s3://", "simplecache::s3://takes/x"])
def test_a_place_that_is_none_is_refused(
    make: Callable[..., Path], narrator: Narrator, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setenv("NARRATOR_STORE", place)
    said = narrator("-C", make(), "status")
    assert said.code == 2
    assert "this is no place of a store" in said.err


def test_without_fsspec_it_says_what_to_install(
    make: Callable[..., Path], narrator: Narrator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    monkeypatch.setenv("NARRATOR_STORE", f"file://{tmp_path}/takes")
    said = narrator("-C", make(), "render")
    assert said.code == 3
    assert "pip install 'narrator[shared]'" in said.err


def test_copies_go_oldest_first_and_never_what_is_no_artefact(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.prepare()
    for age in range(4):
        with store.adding("takes", f"{age:064x}", ".wav") as part:
            part.write_bytes(bytes(1_000))
        os.utime(store.path("takes", f"{age:064x}", ".wav"), (10_000 + age, 10_000 + age))
    (tmp_path / "lock").write_bytes(bytes(9_000))
    trim(tmp_path, 2_500)
    assert [store.path("takes", f"{age:064x}", ".wav").exists() for age in range(4)] == [
        False,
        False,
        True,
        True,
    ]
    assert (tmp_path / "lock").exists()


@pytest.mark.parametrize("said", ["much", "-1", "nan"])
def test_a_size_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("NARRATOR_CACHE_GB", said)
    with pytest.raises(UsageError, match="NARRATOR_CACHE_GB"):
        room()
