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
        ({"consent": 1}, "consent = 1 is not text"),
        ({"delivery": 3}, "delivery is not a table of tables"),
        ({"delivery": {"softly": 0.9}}, "delivery is not a table of tables"),
        ({"delivery": {"softly": {}}}, "the delivery 'softly' changes nothing"),
        ({"delivery": {"...": {"pace": 1}}}, "a delivery has no words"),
        ({"delivery": {"softly": {"pase": 1}}}, "the delivery 'softly' has no key 'pase'. Did you mean pace"),
        ({"delivery": {"softly": {"pace": 9}}}, "softly.pace = 9 is not a number"),
        ({"delivery": {"softly": {"settings": {"pitch": [1]}}}}, "the setting pitch"),
        ({"settings": {"pitch": True}}, "the setting pitch = True"),
        ({"settings": {"pitch": [1]}}, "the setting pitch"),
    ],
)
def test_a_mistake_is_one_sentence_with_its_place(change, sentence):
    with pytest.raises(SheetError, match=rf"^voices/orr\.toml: .*{sentence}"):
        voice_from_sheet("voices/orr.toml", SHEET | change)


def test_deliveries_change_the_voice_for_the_lines_that_name_them():
    tables = {
        "softly": {"level": -3, "settings": {"pitch": 0.7}},
        "very softly": {"pace": 0.9},
    }
    voice = voice_from_sheet(
        "orr", SHEET | {"level": 1, "delivery": tables, "settings": {"pitch": 0.6, "x": 1}}
    )
    assert voice.saying("") is voice
    assert voice.saying("softlyish") is voice
    soft = voice.saying("Softly, afraid")
    assert (soft.name, soft.pace, soft.level, soft.settings) == (
        "orr (softly)",
        1.0,
        -3.0,
        {"pitch": 0.7, "x": 1.0},
    )
    assert voice.saying("afraid, very softly").name == "orr (very softly)"
    assert (voice.saying("very softly").pace, voice.saying("very softly").level) == (0.9, 1.0)


def test_a_sheet_says_where_the_voice_comes_from_and_who_agreed():
    told = {"accent": "Scots", "source": "Ann’s own recordings", "consent": "Ann, in writing, May 2026"}
    voice = voice_from_sheet("ann", SHEET | told)
    assert (voice.accent, voice.source, voice.consent) == tuple(told.values())
