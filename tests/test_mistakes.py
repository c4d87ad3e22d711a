"""Whatever a user gets wrong: one sentence, the right exit code, and the last good release as it was."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from commands import Narrator

BROKEN = 'format = 1\nengine = "broken"\n[settings]\nreturns = "{}"\n'


def release(root: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in (root / "output").rglob("*") if p.is_file()}


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"", "a.txt", "empty"),
        (b" \n\n ", "a.txt", "empty"),
        (b"\x7fELF\x02\x01\x01\0\0\0", "a.txt", "binary"),
        ("He said “no” — twice.\n".encode("cp1252") * 9, "a.txt", "iconv -f WINDOWS-1252"),
        ("He said no.\n".encode("utf-16"), "a.txt", "iconv -f UTF-16"),
        (b"text", "a.xyz", ".txt"),
        (None, "a.txt", "a.txt"),
    ],
)
def test_a_manuscript_that_cannot_be_read(
    make: Callable[..., Path],
    narrator: Narrator,
    tmp_path: Path,
    data: bytes | None,
    name: str,
    says: str,
) -> None:
    root = make()
    before = {p: p.read_bytes() for p in (root / "script").iterdir()}
    if data is not None:
        (tmp_path / name).write_bytes(data)
    said = narrator("-C", root, "import", tmp_path / name)
    assert said.code == 1
    assert says in said.err
    one_sentence(said.err)
    assert {p: p.read_bytes() for p in (root / "script").iterdir()} == before


def one_sentence(err: str) -> None:
    """A single line on stderr, apart from progress, that begins with the program's name."""
    told = [line for line in err.strip().split("\n") if line.startswith("narrator: ")]
    assert len(told) == 1
    assert err.strip().split("\n")[-1] == told[0]
    assert "Traceback" not in err
    assert len(told[0]) < 400


MISTAKES = [
    # what is wrong, the file, what stands in it, what is said (where, what, what to type), the exit code
    (
        "unknown character",
        "script/two.nar",
        "# Two\n@ghost: “Boo.”\n",
        ["script/two.nar:2", "ghost", "cast.toml"],
        1,
    ),
    ("broken cue", "script/two.nar", "# Two\n[bed\nOh.\n", ["script/two.nar:2", "]"], 1),
    ("unknown cue", "script/two.nar", "# Two\n[bang]\nOh.\n", ["script/two.nar:2", "bang"], 1),
    (
        "unknown bed",
        "script/two.nar",
        "# Two\n[bed lava]\nOh.\n",
        ["script/two.nar:2", "lava", "blizzard"],
        1,
    ),
    ("wrong pause", "script/two.nar", "# Two\n[pause long]\nOh.\n", ["script/two.nar:2", "long"], 1),
    ("no heading", "script/two.nar", "Oh.\n", ["script/two.nar:1", "# Title"], 1),
    ("empty chapter", "script/two.nar", "", ["script/two.nar", "empty"], 1),
    ("not UTF-8", "script/two.nar", b"# Two\n\xff\n", ["script/two.nar", "UTF-8"], 1),
    ("no chapter file", "script/two.nar", None, ["script/book.toml", "script/two.nar"], 1),
    ("invalid TOML", "script/book.toml", "title = The Well\n", ["script/book.toml", "TOML"], 1),
    (
        "newer format",
        "script/book.toml",
        "format = 9\ntitle = 'A'\n",
        ["script/book.toml", "format 9", "upgrade"],
        1,
    ),
    ("unknown key", "script/book.toml", "title = 'A'\ntitel = 'B'\n", ["script/book.toml", "titel"], 1),
    (
        "unknown spec",
        "script/book.toml",
        "title = 'A'\nspec = 'loud'\n",
        ["script/book.toml", "loud", "house"],
        1,
    ),
    (
        "no chapters",
        "script/book.toml",
        "title = 'A'\n",
        ["script/book.toml", "narrator -C {root} import"],
        1,
    ),
    (
        "chapter outside",
        "script/book.toml",
        "title = 'A'\n[[chapter]]\nfile = '../../etc/passwd'\n",
        ["script/book.toml", "leads out"],
        1,
    ),
    (
        "no narrator",
        "script/cast.toml",
        "[character.boy]\nname = 'B'\nvoice = 'high'\n",
        ["script/cast.toml", "narrator"],
        1,
    ),
    (
        "no voice",
        "script/cast.toml",
        "[character.narrator]\nname = 'N'\nvoice = 'low'\n[character.boy]\nname = 'B'\n",
        ["script/cast.toml", "boy", "narrator -C {root} cast --auto"],
        1,
    ),
    (
        "unknown voice",
        "script/cast.toml",
        "[character.narrator]\nname = 'N'\nvoice = 'basso'\n[character.boy]\nname = 'B'\nvoice = 'high'\n",
        ["script/cast.toml", "basso", "narrator -C {root} voices list"],
        3,
    ),
    ("invalid lexicon", "script/lexicon.toml", "[words]\nrope = 3\n", ["script/lexicon.toml", "rope"], 1),
    ("unknown engine", "voices/high.toml", 'format = 1\nengine = "organ"\n', ["organ", "Installed: "], 3),
    (
        "invalid voice",
        "voices/high.toml",
        'format = 1\nengine = "tones"\npace = "slow"\n',
        ["voices/high.toml", "pace"],
        1,
    ),
    ("voice without engine", "voices/high.toml", "format = 1\n", ["voices/high.toml", "engine"], 1),
    (
        "engine dies",
        "voices/high.toml",
        BROKEN.format("falls over"),
        ["script/one.nar:5", "broken", "falls over"],
        4,
    ),
    ("engine is killed", "voices/high.toml", BROKEN.format("killed"), ["script/", "died", "--jobs 1"], 4),
    ("silence", "voices/high.toml", BROKEN.format("silence"), ["script/one.nar:5", "silence"], 4),
    ("NaN", "voices/high.toml", BROKEN.format("nan"), ["script/one.nar:5", "not numbers"], 4),
    ("nothing", "voices/high.toml", BROKEN.format("nothing"), ["script/one.nar:5", "nothing"], 4),
    ("no such cover", "script/book.toml", "COVER", ["gone.jpg"], 1),
    ("NUL", "script/two.nar", "# Two\nOh.\nWell\0.\n", ["script/two.nar:3", "NUL"], 1),
    ("NUL in a sheet", "script/book.toml", 'title = "A\\u0000"\n', ["script/book.toml", "title", "NUL"], 1),
    ("NUL in a name", "script/book.toml", 'title = "A"\ncover = "a\\u0000.jpg"\n', ["cover", "NUL"], 1),
    (
        "no date",
        "script/book.toml",
        "title = 'A'\ndate = 'yesterday'\n",
        ["“date” is no year", "1871-05-01"],
        1,
    ),
    ("no such day", "script/book.toml", "title = 'A'\ndate = '2025-02-30'\n", ["“date”", "2025-02-30"], 1),
    ("no ISBN", "script/book.toml", "title = 'A'\nisbn = '12'\n", ["“isbn” is “12”", "no ISBN"], 1),
    (
        "a chapter twice",
        "script/book.toml",
        "title = 'A'\n[[chapter]]\nfile = 'Two.nar'\n[[chapter]]\nfile = './Two.nar'\n",
        ["script/book.toml", "lists “Two.nar” 2 times"],
        1,
    ),
    (
        "a large cue",
        "script/two.nar",
        "# Two\n[Bed rain level=-20]\nOh.\n",
        ["Type [bed rain level=-20]."],
        1,
    ),
    (
        "a large bed",
        "script/two.nar",
        "# Two\n[bed Rain level=-20]\nOh.\n",
        ["Type [bed rain level=-20]."],
        1,
    ),
    ("a bed of two words", "script/two.nar", "# Two\n[bed light wind]\nOh.\n", ["Type [bed light-wind]."], 1),
    (
        "spaces in a file's name",
        "script/two.nar",
        "# Two\n[bed Wind 1.wav level=-20]\nOh.\n",
        ["script/two.nar:2", 'Type [bed "Wind 1.wav" level=-20].'],
        1,
    ),
]


@pytest.mark.parametrize(
    ("file", "text", "says", "code"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES]
)
def test_a_mistake_in_the_production(
    rendered: Path,
    narrator: Narrator,
    file: str,
    text: str | bytes | None,
    says: list[str],
    code: int,
) -> None:
    before = release(rendered)
    path = rendered / file
    if text is None:
        path.unlink()
    elif text == "COVER":
        path.write_text('cover = "gone.jpg"\n' + path.read_text())
    else:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    said = narrator("-C", rendered, "render", "--jobs", 1)
    assert said.code == code, said.err
    one_sentence(said.err)
    for part in says:
        assert part.replace("{root}", str(rendered)) in said.err
    assert release(rendered) == before
    assert not list((rendered / "output").rglob(".part*"))


def test_a_folder_that_cannot_be_written(rendered: Path, narrator: Narrator) -> None:
    two = rendered / "script" / "two.nar"
    two.write_text(two.read_text().replace("morning", "evening"))
    before = release(rendered)
    output = rendered / "output"
    if os.geteuid():
        output.chmod(0o555)
        kept = output
    else:  # root may write anywhere but in the kernel's own folders
        kept = output.rename(rendered / "kept")
        output.symlink_to("/proc/self")
    said = narrator("-C", rendered, "render")
    if os.geteuid():
        output.chmod(0o755)
    assert said.code == 4, said.err
    one_sentence(said.err)
    assert "cannot be written" in said.err
    assert {p.name: p.read_bytes() for p in kept.rglob("*") if p.is_file()} == before


def test_a_second_render_at_once_is_refused(rendered: Path, narrator: Narrator) -> None:
    from filelock import FileLock

    (rendered / "script" / "two.nar").write_text("# Two\nIt was evening.\n")
    with FileLock(rendered / ".narrator" / "lock"):
        said = narrator("-C", rendered, "render")
    assert said.code == 4
    one_sentence(said.err)
    assert "another narrator" in said.err


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["render"], 1, "narrator init"),
        (["-C", "nowhere", "check"], 1, "narrator init"),
        (["voices", "show", "basso"], 3, "narrator voices list"),
    ],
)
def test_a_command_in_the_wrong_place(
    narrator: Narrator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int,
    says: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    said = narrator(*arguments)
    assert said.code == code
    one_sentence(said.err)
    assert says in said.err


@pytest.mark.parametrize(
    "arguments", [["rendr"], ["render", "--format", "wav"], ["render", "--jobs", "0"], []]
)
def test_wrong_usage(narrator: Narrator, arguments: list[str]) -> None:
    said = narrator(*arguments)
    assert said.code == 2
    assert "Traceback" not in said.err


@pytest.mark.parametrize("date", ['"1871"', '"1871-05"', '"1871-05-01"', "1871-05-01", "1871", '""'])
def test_dates_that_are_dates(rendered: Path, narrator: Narrator, date: str) -> None:
    sheet = rendered / "script" / "book.toml"
    isbn = 'isbn = "978-0-306-40615-7"' if date == '""' else 'isbn = "0-8044-2957-X"'
    sheet.write_text(f"date = {date}\n{isbn}\n" + sheet.read_text())
    said = narrator("-C", rendered, "check")
    assert said.code == 0, said.out + said.err


def test_the_credits_are_no_chapter_to_render_alone(rendered: Path, narrator: Narrator) -> None:
    said = narrator("-C", rendered, "render", "--chapter", 0)
    assert said.code == 2
    one_sentence(said.err)
    assert "0 is the opening credits" in said.err


def test_a_wrong_spec_of_ones_own_is_one_mistake(rendered: Path, narrator: Narrator) -> None:
    sheet = rendered / "script" / "book.toml"
    sheet.write_text('spec = "mine"\n' + sheet.read_text() + '[specs.mine]\nlike = "yours"\n')
    said = narrator("-C", rendered, "check")
    assert "1 mistake, " in said.out


def test_hints_name_the_folder_only_where_it_was_typed(
    rendered: Path, narrator: Narrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = rendered.rename(rendered.parent / "my book")
    monkeypatch.chdir(folder)
    assert narrator("retake", "1:3", "--keep", 1).out.endswith("Type `narrator render`.\n")
    said = narrator("-C", folder, "retake", "1:3", "--keep", 1)
    assert said.out.endswith(f"Type `narrator -C '{folder}' render`.\n")
    told = narrator("-C", folder, "retake", "1:3", "--keep", 4, "--json").document
    assert f"`narrator -C '{folder}' retake 1:3 --takes 4`" in told["error"]["hint"]
    monkeypatch.chdir(folder.parent)
    assert "`narrator init DIR`" in narrator("-C", "nowhere", "render").err


def test_a_chapter_that_is_not_there(rendered: Path, narrator: Narrator) -> None:
    said = narrator("-C", rendered, "render", "--chapter", 7)
    assert said.code == 2
    one_sentence(said.err)


def test_a_mistake_as_json(rendered: Path, narrator: Narrator) -> None:
    (rendered / "script" / "two.nar").write_text("# Two\n@ghost: “Boo.”\n")
    said = narrator("-C", rendered, "render", "--json")
    assert said.code == 1
    assert said.document["error"]["where"] == "script/two.nar:2"


def test_check_lists_every_mistake_and_doubt(rendered: Path, narrator: Narrator) -> None:
    (rendered / "script" / "two.nar").write_text("# Two\n@ghost: “Boo.”\n[bed lava]\n@boy?: “Oh.”\n")
    said = narrator("-C", rendered, "check")
    assert said.code == 1
    assert "script/two.nar:2" in said.out
    assert "script/two.nar:3" in said.out
    assert "script/two.nar:4: is this boy?" in said.out
    assert "2 mistakes, 1 doubt" in said.out
