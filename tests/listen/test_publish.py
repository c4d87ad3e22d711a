"""Publishing: what stands where, what a second time changes, and what is refused."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from commands import Narrator

Publish = Callable[..., dict]


def held(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".publishing.lock"
    }


def edit(rendered: Path, narrator: Narrator, before: str, after: str) -> None:
    path = rendered / "script" / "two.nar"
    path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    said = narrator("-C", rendered, "render", "--jobs", 2)
    assert said.code == 0, said.err


def test_everything_that_is_offered_is_there(home: Path) -> None:
    names = {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()}
    expected = {"index.html", "feed.xml", "publication.json", "manifest.json", "sw.js", "edition.json"}
    assert expected <= names
    for chapter in ("opening-credits", "one", "two", "closing-credits"):
        texts = {f"read/{chapter}.html", f"captions/{chapter}.vtt", f"captions/{chapter}.srt"}
        assert texts <= names
    assert {Path(name).suffix for name in names if name.startswith("media/")} == {
        ".mp3",
        ".m4b",
        ".zip",
        ".epub",
        ".jpg",
    }
    page = (home / "index.html").read_text(encoding="utf-8")
    for name in names:
        if name.startswith("media/") and not name.endswith(".jpg"):
            assert f'href="{name}"' in page


def test_publishing_again_changes_nothing(rendered: Path, home: Path, publish: Publish) -> None:
    before = held(home.parent)
    told = publish(rendered, "--url", "https://books.example.org", day=9)
    assert told["written"] == []
    assert told["new_edition"] is False
    assert held(home.parent) == before


def test_the_same_date_gives_the_same_bytes(rendered: Path, publish: Publish, tmp_path: Path) -> None:
    for name in ("a", "b"):
        publish(rendered, "--to", tmp_path / name)
        shutil.rmtree(rendered / ".narrator" / "digests.json", ignore_errors=True)
    first, second = held(tmp_path / "a"), held(tmp_path / "b")
    assert first == second
    assert len(first) > 30


def test_an_edition_replaces_what_changed_and_keeps_old_links(
    rendered: Path, home: Path, narrator: Narrator, publish: Publish
) -> None:
    before = held(home)
    edit(rendered, narrator, "It was morning.", "It was a cold, late morning.")
    told = publish(rendered, "--url", "https://books.example.org", day=1)
    after = held(home)
    assert told["edition"] == 2
    assert told["changes"] == ["Two: one line changed."]
    untouched = {
        n for n in before if n.startswith(("media/one", "media/opening", "read/one", "captions/one"))
    }
    assert untouched
    assert untouched.isdisjoint(told["written"])
    replaced = {name for name in before if name.startswith("media/two-")}
    assert replaced <= set(told["kept"])
    assert all(after[name] == before[name] for name in before if name.startswith("media/"))
    page = after["index.html"].decode()
    assert "Two: one line changed." in page
    assert "Two: one line changed." in after["feed.xml"].decode()
    assert not any(name in page for name in replaced)

    later = publish(rendered, "--url", "https://books.example.org", day=32)
    assert later["edition"] == 2
    assert later["kept"] == []
    assert not any((home / name).exists() for name in replaced)


def test_an_old_file_that_is_wanted_again_stays(
    rendered: Path, home: Path, narrator: Narrator, publish: Publish
) -> None:
    first = {name for name in held(home) if name.startswith("media/two-")}
    edit(rendered, narrator, "It was morning.", "It was noon.")
    publish(rendered, "--url", "https://books.example.org", day=1)
    edit(rendered, narrator, "It was noon.", "It was morning.")
    told = publish(rendered, "--url", "https://books.example.org", day=40)
    assert told["edition"] == 3
    assert first <= set(held(home))


def test_an_address_outlives_the_title(
    rendered: Path, home: Path, publish: Publish, narrator: Narrator
) -> None:
    sheet = rendered / "script" / "book.toml"
    text = sheet.read_text(encoding="utf-8")
    assert tomllib.loads(text)["publish"]["address"] == "the-well"
    assert len(tomllib.loads(text)["chapter"]) == 2
    sheet.write_text(text.replace("The Well", "The Deep Well"), encoding="utf-8")
    assert narrator("-C", rendered, "render", "--jobs", 2).code == 0
    told = publish(rendered, day=1)
    assert told["address"] == "the-well"
    assert "Title, credits or description changed." in told["changes"]


def test_several_books_share_a_shelf(
    rendered: Path, publish: Publish, tmp_path: Path, narrator: Narrator
) -> None:
    shelf = tmp_path / "shelf"
    publish(rendered, "--to", shelf)
    sheet = rendered / "script" / "book.toml"
    text = sheet.read_text(encoding="utf-8").replace("The Well", "A Bridge").replace("the-well", "a-bridge")
    sheet.write_text(text, encoding="utf-8")
    assert narrator("-C", rendered, "render", "--jobs", 2).code == 0
    publish(rendered, "--to", shelf)
    page = (shelf / "index.html").read_text(encoding="utf-8")
    assert page.index('href="a-bridge/"') < page.index('href="the-well/"')
    shutil.rmtree(shelf / "the-well")
    publish(rendered, "--to", shelf)
    assert "the-well" not in (shelf / "index.html").read_text(encoding="utf-8")


def test_another_book_does_not_take_an_address(
    rendered: Path, home: Path, make: Callable[..., Path], narrator: Narrator, publish: Publish
) -> None:
    before = held(home)
    script = rendered / "script"
    for name in ("one", "two"):
        (script / f"{name}.nar").rename(script / f"other-{name}.nar")
    sheet = script / "book.toml"
    text = sheet.read_text(encoding="utf-8")
    text = text.replace('"one.nar"', '"other-one.nar"').replace('"two.nar"', '"other-two.nar"')
    sheet.write_text(text, encoding="utf-8")
    assert narrator("-C", rendered, "render", "--jobs", 2).code == 0
    said = narrator("-C", rendered, "publish")
    assert said.code == 1
    assert "another book is published at this address" in said.err
    assert held(home) == before


def test_audiobookshelf_finds_its_folder(rendered: Path, home: Path) -> None:
    folder = rendered / "output" / "audiobookshelf" / "Nobody" / "The Well"
    assert {p.name for p in folder.iterdir()} == {
        "The Well.m4b",
        "cover.jpg",
        "metadata.json",
        "desc.txt",
        "reader.txt",
    }
    metadata = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
    assert metadata["title"] == "The Well"
    assert metadata["authors"] == ["Nobody"]
    ends = [chapter["end"] for chapter in metadata["chapters"]]
    assert [chapter["start"] for chapter in metadata["chapters"]] == pytest.approx([0.0, *ends[:-1]])


def test_without_an_address_there_is_no_feed(rendered: Path, publish: Publish) -> None:
    told = publish(rendered)
    assert told["feed"] is None
    page = (rendered / "output/site/the-well/index.html").read_text(encoding="utf-8")
    assert "feed.xml" not in page


def test_the_voices_licences_reach_the_listener(rendered: Path, home: Path) -> None:
    stated = (rendered / "output" / "credits.txt").read_text(encoding="utf-8").strip()
    assert stated
    assert stated in (home / "index.html").read_text(encoding="utf-8")


def test_nothing_rendered(make: Callable[..., Path], narrator: Narrator) -> None:
    root = make()
    said = narrator("-C", root, "publish")
    assert said.code == 1
    assert said.err.endswith(f"there is no whole release to publish. Type `narrator -C {root} render`.\n")


def test_sound_that_is_not_the_timelines(rendered: Path, narrator: Narrator) -> None:
    chapters = rendered / "output" / "chapters"
    shutil.copy(chapters / "01 One.mp3", chapters / "02 Two.mp3")
    said = narrator("-C", rendered, "publish")
    assert said.code == 1
    assert "output/chapters/02 Two.mp3: is missing, or older than the timeline" in said.err
    (chapters / "02 Two.mp3").unlink()
    assert narrator("-C", rendered, "publish").code == 1


@pytest.mark.parametrize(
    "url", ["books.example.org", "ftp://a.org", "https://", "https://a.org/?q", "https://a b/"]
)
def test_a_url_that_is_none(rendered: Path, narrator: Narrator, url: str) -> None:
    said = narrator("-C", rendered, "publish", "--url", url)
    assert said.code == 1
    assert "is not a web address" in said.err


def test_a_date_that_is_none(rendered: Path, narrator: Narrator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    assert narrator("-C", rendered, "publish").code == 4


@pytest.mark.parametrize("name", ["The Well", "../up", "assets", "é"])
def test_an_address_that_is_none(rendered: Path, narrator: Narrator, name: str) -> None:
    sheet = rendered / "script" / "book.toml"
    text = sheet.read_text(encoding="utf-8")
    sheet.write_text(
        text.replace("[[chapter]]", f'[publish]\naddress = "{name}"\n[[chapter]]', 1), encoding="utf-8"
    )
    said = narrator("-C", rendered, "publish")
    assert said.code == 1
    assert "cannot be the address of a book" in said.err


@pytest.mark.parametrize("name", ["edition.json", "book.json"])
def test_a_damaged_record(rendered: Path, home: Path, narrator: Narrator, name: str) -> None:
    other = home.parent / "other"
    other.mkdir()
    damaged = home / name if name == "edition.json" else other / name
    damaged.write_text("{", encoding="utf-8")
    said = narrator("-C", rendered, "publish")
    assert said.code == 1
    assert "cannot be read" in said.err


def test_a_render_is_not_disturbed(rendered: Path, narrator: Narrator) -> None:
    from filelock import FileLock

    with FileLock(rendered / ".narrator" / "lock"):
        said = narrator("-C", rendered, "publish")
    assert said.code == 4
    assert "another narrator" in said.err


def test_it_tells_what_comes_next(rendered: Path, narrator: Narrator) -> None:
    said = narrator("-C", rendered, "publish")
    assert "Edition 1 (new)" in said.out
    assert f"narrator -C {rendered} serve" in said.out
    assert "--url" in said.out
