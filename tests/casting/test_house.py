import tomllib
from pathlib import Path

import pytest

from narrator.casting import house_sheet, house_voices
from narrator.errors import MissingError

ROOT = Path(__file__).resolve().parents[2]


def test_there_are_men_and_women_of_every_age_and_two_narrators_first():
    voices = list(house_voices().values())
    assert len(voices) >= 9
    assert [(v.gender, v.age) for v in voices[:2]] == [("female", "adult"), ("male", "adult")]
    assert {(v.gender, v.age) for v in voices} == {
        (gender, age) for gender in ("female", "male") for age in ("child", "young", "adult", "old")
    }
    assert all(v.description and v.licence == "Apache-2.0" and v.engine == "hibari" for v in voices)
    assert all(name == voice.name for name, voice in house_voices().items())


def test_no_two_voices_are_alike():
    voices = list(house_voices().values())
    throats = {(v.settings.get("pitch", 1.0), v.settings.get("formant", 1.0)) for v in voices}
    assert len(throats) == len(voices)


def test_the_sheets_in_voices_are_the_house_sheets():
    shown = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "voices").glob("*.toml")}
    assert shown == {name.removeprefix("hibari/"): house_sheet(name) for name in house_voices()}


def test_a_house_sheet_is_found_by_name_and_refused_with_the_names():
    assert tomllib.loads(house_sheet("hibari/wren")) == tomllib.loads(house_sheet("wren"))
    with pytest.raises(MissingError, match=r"no house voice 'hibari/nix'.*wren"):
        house_sheet("hibari/nix")
