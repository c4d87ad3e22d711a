import pytest

from narrator.casting import voice_from_sheet
from narrator.errors import SheetError

SHEET = {
    "format": 1,
    "engine": "hibari",
    "gender": "male",
    "age": "old",
    "pace": 1,
    "settings": {"pitch": 0.6},
}


def test_a_sheet_becomes_a_voice():
    voice = voice_from_sheet(
        "voices/orr.toml", SHEET | {"accent": "Scots", "settings": {"pitch": 1, "take": "a"}}
    )
    assert (voice.name, voice.engine, voice.gender, voice.age) == ("voices/orr.toml", "hibari", "male", "old")
    assert voice.settings == {"pitch": 1.0, "take": "a"}
    assert (voice.pace, voice.level, voice.language) == (1.0, 0.0, "en")


def test_a_sheet_needs_only_its_format_and_engine():
    voice = voice_from_sheet("v", {"format": 1, "engine": "x"})
    assert (voice.gender, voice.age, voice.settings) == (None, None, {})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"format": 2}, "format 2 is newer"),
        ({"format": None}, "does not say its format"),
        ({"format": True}, "does not say its format"),
        ({"engine": ""}, "names no engine"),
        ({"engine": 3}, "engine = 3 is not text"),
        ({"pase": 1}, "no key 'pase'. Did you mean pace"),
        ({"zzz": 1}, "no key 'zzz'. It takes format"),
        ({"pace": 9}, "pace = 9 is not a number from 0.5 to 2"),
        ({"pace": "fast"}, "pace = 'fast'"),
        ({"level": float("nan")}, "level = nan"),
        ({"gender": "man"}, "gender = 'man' is none of male, female"),
        ({"age": 40}, "age = 40 is none of child"),
        ({"settings": 3}, "settings is not a table"),
        ({"settings": {"pitch": True}}, "the setting pitch = True"),
        ({"settings": {"pitch": [1]}}, "the setting pitch"),
    ],
)
def test_a_mistake_is_one_sentence_with_its_place(change, sentence):
    with pytest.raises(SheetError, match=rf"^voices/orr\.toml: .*{sentence}"):
        voice_from_sheet("voices/orr.toml", SHEET | change)
