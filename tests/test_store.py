"""The store and the files in it: whole or absent, and addressed by what they were made of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrator.errors import RenderError
from narrator.production import Production, file_title
from narrator.store import Record, Store, key
from narrator.whole import replacing, write_bytes

facts = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), facts), st.dictionaries(st.text(), facts))
def test_keys_differ_iff_facts_differ(one: dict[str, object], other: dict[str, object]) -> None:
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (key(one) == key(other)) is same
    assert key(one) == key(dict(reversed(one.items())))


def test_an_artefact_counts_only_when_it_is_finished(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    store.prepare()
    assert (tmp_path / "store" / "CACHEDIR.TAG").read_bytes().startswith(b"Signature: 8a477f597d28d172")
    address = key({"a": 1})
    with store.adding("takes", address, ".wav") as part:
        part.write_bytes(b"sound")
    assert not store.has("takes", address, ".wav")
    store.finish("takes", address, Record({"a": 1}, {"seconds": 2.5}))
    assert store.has("takes", address, ".wav")
    assert store.record("takes", address) == Record({"a": 1}, {"seconds": 2.5})
    store.path("takes", address, ".wav").unlink()
    assert not store.has("takes", address, ".wav")


def test_a_damaged_record_is_said(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.finish("takes", "ab" * 32, Record({}, {}))
    store.path("takes", "ab" * 32, ".json").write_text("{")
    with pytest.raises(RenderError, match="cannot be read"):
        store.record("takes", "ab" * 32)


def _die_half_way(path: Path) -> None:
    with replacing(path) as part:
        part.write_bytes(b"half")
        raise ZeroDivisionError


def test_a_file_is_replaced_whole_or_stays(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "book.m4b"
    write_bytes(path, b"old")
    with pytest.raises(ZeroDivisionError):
        _die_half_way(path)
    assert path.read_bytes() == b"old"
    with replacing(path) as part:
        part.write_bytes(b"new")
    assert path.read_bytes() == b"new"
    assert [p.name for p in path.parent.iterdir()] == ["book.m4b"]


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RenderError, match="cannot be written"):
        write_bytes(tmp_path / "file" / "inside", b"")


@given(st.text())
def test_any_title_names_a_file(title: str) -> None:
    name = file_title(title)
    assert name == name.strip()
    assert not name.startswith(".")
    assert not set(name) & set('/\\:*?"<>|\0\n')
    assert 0 < len(name.encode()) <= 120


@pytest.mark.parametrize(
    "picture",
    ["👨‍👩‍👧‍👦", "👍🏽", "🇩🇪", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "e\u0301"],
)
def test_a_name_is_cut_between_characters_as_readers_see_them(picture: str) -> None:
    assert file_title(f"Us: {picture}") == f"Us {picture}"
    for length in range(90, 120):
        name = file_title("x" * length + 9 * picture).removeprefix("x" * length)
        assert name == picture * (len(name) // len(picture))


def test_names_do_not_lead_out_of_their_folder(tmp_path: Path) -> None:
    production = Production(tmp_path)
    assert production.inside("a.nar", production.script, where="x") == tmp_path / "script" / "a.nar"
    for name in ("../a.nar", "/etc/passwd", "a/../../../b"):
        with pytest.raises(Exception, match="leads out of"):
            production.inside(name, production.script, where="x")
