"""The cast of a production through the command line: proposed, auditioned, and refused where it may not speak."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from commands import Narrator

VOICE = 'format = 1\nengine = "tones"\n{}\n[settings]\nhertz = {}\n'
BOOK = 'format = 1\ntitle = "The Well"\nauthor = "Nobody"\n{}\n[[chapter]]\nfile = "one.nar"\n'
CAST = """\
format = 1
[character.narrator]
name = "Narrator"
[character.chief-of-staff]
name = "his chief of staff"
[character.stranger]
name = "the stranger"
[character.ada]
name = "Ada"
gender = "female"
"""
TALK = """\
# One
It rained.
@chief-of-staff: “The bridge is gone.”
@ada: “Then we shall swim, all of us.”
@stranger: “I know another way.”
"""


def cast_of(root: Path, narrator: Narrator, *options: str) -> dict[str, dict[str, str]]:
    said = narrator("-C", root, "cast", "--auto", "--json", *options)
    assert said.code == 0, said.err
    return {entry["id"]: entry for entry in said.document["cast"]}


def test_unknown_gender_is_guessed_from_the_role_and_said_so(
    make: Callable[..., Path], narrator: Narrator
) -> None:
    root = make(script__cast_dot_toml=CAST, script__one_dot_nar=TALK, script__book_dot_toml=BOOK.format(""))
    cast = cast_of(root, narrator)
    voices = narrator("-C", root, "voices", "list", "--json").document["voices"]
    gender = {voice["name"]: voice["gender"] for voice in voices}
    chief = cast["chief-of-staff"]
    assert (chief["gender"], chief["likely"], chief["because"]) == (None, "male", "chief")
    assert gender[chief["voice"]] == "male"
    assert gender[cast["ada"]["voice"]] == "female"
    assert cast["stranger"]["likely"] is None
    told = narrator("-C", root, "cast").out
    assert "chief-of-staff: the book never says; male because of “chief”." in told
    assert "stranger: nothing says man or woman" in told
    assert 'gender = "male"' not in (root / "script/cast.toml").read_text()


def test_a_voice_is_listened_to_once(make: Callable[..., Path], narrator: Narrator) -> None:
    root = make(script__cast_dot_toml=CAST, script__one_dot_nar=TALK, script__book_dot_toml=BOOK.format(""))
    first = narrator("-C", root, "cast", "--auto", "--json")
    assert "listening: 2 voices" in first.err
    records = sorted((root / ".narrator/voices").rglob("*.json"))
    assert len(records) == 2
    pitches = [json.loads(path.read_bytes())["made"]["profile"]["pitch"] for path in records]
    assert sorted(pitches) == pytest.approx([155, 343], rel=0.05)
    again = narrator("-C", root, "cast", "--auto", "--json")
    assert "listening" not in again.err
    assert again.document["cast"] == first.document["cast"]


def test_a_voice_that_dies_is_left_out_and_takes_nobody_with_it(
    make: Callable[..., Path], narrator: Narrator
) -> None:
    broken = 'format = 1\nengine = "broken"\n[settings]\nreturns = "{}"\n'
    root = make(
        script__cast_dot_toml=CAST,
        script__one_dot_nar=TALK,
        script__book_dot_toml=BOOK.format(""),
        voices__dead_dot_toml=broken.format("killed"),
        voices__mute_dot_toml=broken.format("silence"),
    )
    said = narrator("-C", root, "cast", "--auto", "--json")
    assert said.code == 0, said.err
    assert set(said.document["left_out"]) == {"dead", "mute"}
    assert "silence" in said.document["left_out"]["mute"]
    assert len(list((root / ".narrator/voices").rglob("*.json"))) == 2


def test_packs_take_part_only_when_asked(make: Callable[..., Path], narrator: Narrator) -> None:
    root = make()
    assert narrator("-C", root, "cast", "--auto", "--with", "nix").code == 3
    said = narrator("-C", root, "cast", "--auto", "--with", "kokoro")
    assert said.code == 3
    assert f"narrator -C {root} voices install kokoro" in said.err


@pytest.fixture(autouse=True)
def no_packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NARRATOR_HOME", str(tmp_path / "home"))


def test_a_character_is_auditioned_in_its_own_lines(make: Callable[..., Path], narrator: Narrator) -> None:
    root = make()
    said = narrator("-C", root, "audition", "boy", "--json")
    assert said.code == 0, said.err
    told = said.document
    assert told["file"] == "output/auditions/boy.wav"
    assert len(told["voices"]) == 5
    sound, rate = soundfile.read(root / told["file"])
    assert len(sound) / rate == pytest.approx(told["seconds"], abs=0.001)
    starts = [entry["start"] for entry in told["voices"]]
    assert starts == sorted(starts)
    for start, end in zip(starts, [*starts[1:], told["seconds"]], strict=True):
        heard = sound[round(start * rate) : round(end * rate)]
        assert np.sqrt(np.mean(heard**2)) > 0.01
    facts = [json.loads(path.read_bytes())["facts"] for path in (root / ".narrator/takes").rglob("*.json")]
    said_there = {"".join(word[0] for word in fact["words"]) for fact in facts}
    assert {"“Who goes there?”"} < said_there
    assert any(text.startswith("1: ") for text in said_there)
    assert "recording" not in narrator("-C", root, "audition", "boy", "--json").err


def test_an_audition_needs_somebody_who_speaks(make: Callable[..., Path], narrator: Narrator) -> None:
    root = make(script__two_dot_nar="# Two\nNobody.\n", script__one_dot_nar="# One\nNobody at all.\n")
    assert "“boy” says nothing" in narrator("-C", root, "audition", "boy").err
    said = narrator("-C", root, "audition", "body")
    assert (said.code, "Did you mean boy?" in said.err) == (1, True)


@pytest.mark.parametrize(
    ("book", "sheet", "code", "says"),
    [
        ("", 'licence = "CC-BY-NC-4.0"', 1, "(CC-BY-NC-4.0) forbids commercial use"),
        ('use = "noncommercial"', 'licence = "CC-BY-NC-4.0"', 0, ""),
        ("", 'licence = "Ours"', 0, ""),
        ('use = "art"', "", 1, "“use” input should be 'commercial' or 'noncommercial'"),
        ('language = "de"', "", 1, "speaks 'en', and the book is in 'de'"),
        ('language = "de"', 'language = "de-AT"', 0, ""),
        ('language = "en-GB"', "", 0, ""),
        ("", "[delivery.softly.settings]\nreference = 'x.wav'", 1, "nobody is said to have agreed"),
    ],
)
def test_who_may_not_speak_is_refused_before_a_line_is_spoken(
    make: Callable[..., Path], narrator: Narrator, book: str, sheet: str, code: int, says: str
) -> None:
    root = make(
        script__book_dot_toml=BOOK.format(book),
        voices__low_dot_toml=VOICE.format(sheet, 150),
        voices__high_dot_toml=VOICE.format(sheet, 330),
    )
    said = narrator("-C", root, "check")
    assert said.code == code, said.out
    assert says in said.out + said.err
    if "NC" in says:
        assert narrator("-C", root, "render").code == code
        assert not (root / ".narrator/takes").exists()


def test_a_sheet_cannot_teach_an_engine_a_language(make: Callable[..., Path], narrator: Narrator) -> None:
    sheet = 'format = 1\nengine = "hibari"\nlanguage = "de"\n'
    root = make(script__book_dot_toml=BOOK.format('language = "de"'), voices__low_dot_toml=sheet)
    assert "is said to speak 'de', and the engine hibari reads only en" in narrator("-C", root, "check").out


def test_who_may_not_speak_is_not_cast(make: Callable[..., Path], narrator: Narrator) -> None:
    root = make(
        script__cast_dot_toml=CAST,
        script__one_dot_nar=TALK,
        script__book_dot_toml=BOOK.format(""),
        voices__low_dot_toml=VOICE.format('licence = "CPML"', 150),
    )
    said = narrator("-C", root, "cast", "--auto")
    assert "Not cast from: the licence of the voice 'low' (CPML) forbids commercial use." in said.out


def test_where_nobody_may_speak_it_is_said_why(make: Callable[..., Path], narrator: Narrator) -> None:
    root = make(script__cast_dot_toml=CAST, script__book_dot_toml=BOOK.format('language = "de"'))
    said = narrator("-C", root, "cast", "--auto")
    assert said.code == 1
    assert "no voice here may speak in this book" in said.err
    assert "the book is in 'de'" in said.err


def test_a_release_carries_its_credits(make: Callable[..., Path], narrator: Narrator) -> None:
    sheet = 'licence = "MIT"\nsource = "A hum,\\n  by nobody."'
    root = make(voices__low_dot_toml=VOICE.format(sheet, 150))
    assert narrator("-C", root, "render", "--format", "mp3").code == 0
    text = (root / "output/credits.txt").read_text(encoding="utf-8")
    assert text.startswith(
        "The Well, by Nobody\nSynthetic voices, made with narrator, for commercial use.\n\n"
    )
    low = "low: Narrator\n  engine: tones\n  licence: MIT\n  source: A hum, by nobody.\n"
    assert f"\n{low}\n" in text
    assert "\nhigh: The boy\n  engine: tones\n  licence: not stated: find out" in text
    assert narrator("-C", root, "render", "--format", "mp3", "--json").document["written"] == []


def test_a_chapter_that_goes_in_as_it_was_keeps_its_credits(rendered: Path, narrator: Narrator) -> None:
    (rendered / "voices/new.toml").write_text(VOICE.format('licence = "MIT"', 440))
    sheet = rendered / "script/cast.toml"
    sheet.write_text(sheet.read_text().replace('voice = "high"', 'voice = "new"'))
    assert narrator("-C", rendered, "render", "--chapter", "2").code == 0
    text = (rendered / "output/credits.txt").read_text()
    assert "\nhigh: The boy\n" in text
    assert "\nnew: The boy\n" in text
    assert narrator("-C", rendered, "render").code == 0
    assert "\nhigh:" not in (rendered / "output/credits.txt").read_text()


def test_a_delivery_changes_only_its_own_lines(rendered: Path, narrator: Narrator) -> None:
    path = rendered / "voices/high.toml"
    path.write_text(path.read_text() + "[delivery.softly]\nlevel = -3\nsettings = { hertz = 300 }\n")
    told = narrator("-C", rendered, "render", "--json").document
    assert told["lines"]["recorded"] == 1
    path.write_text(path.read_text().replace("level = -3", "level = -5"))
    told = narrator("-C", rendered, "render", "--json").document
    assert (told["lines"]["recorded"], told["chapters"]["mixed"]) == (0, 1)


def test_a_voice_is_shown_with_what_was_found_in_its_recording(
    make: Callable[..., Path], narrator: Narrator
) -> None:
    sheet = 'format = 1\nengine = "tones"\nconsent = "Ann, by letter"\n[settings]\nreference = "ann.wav"\n'
    root = make(voices__ann_dot_toml=sheet)
    said = narrator("-C", root, "voices", "show", "ann")
    assert (said.code, "'ann.wav' of voice 'ann' is not there" in said.err) == (3, True)
    rng = np.random.default_rng(2)
    time = np.arange(8 * 16_000) / 16_000
    sound = 0.3 * np.sin(2 * np.pi * 140 * time) * (time % 2 < 1) + 0.0005 * rng.standard_normal(len(time))
    soundfile.write(root / "voices/ann.wav", sound, 16_000)
    said = narrator("-C", root, "voices", "show", "ann")
    assert said.code == 0, said.err
    assert "reference ann.wav: 8.0 s, speech " in said.out
    assert "consent: Ann, by letter" in said.out
