import pytest

from narrator.book import Cue
from narrator.errors import ScriptError
from narrator.mixing import BEDS, EFFECTS, SPACES, check_cue


@pytest.mark.parametrize(
    "cue",
    [
        Cue("pause", ("1.5",)),
        Cue("pause", ("0",)),
        Cue("bed", ("none",)),
        Cue("bed", ("blizzard",), (("level", "-26"), ("gust", "0.7"), ("fade", "4"))),
        *(Cue("bed", (name,)) for name in BEDS),
        *(Cue("effect", (name,), (("wait", "0.5"),)) for name in EFFECTS),
        *(Cue("space", (name,), (("who", "anna"),)) for name in (*SPACES, "none")),
        Cue("bed", ("my rain.ogg",), (("level", "-30"), ("early", "2"))),
        Cue("bed", ("fire",), (("busy", "2"),)),
        Cue("effect", ("door.wav",), (("seconds", "2"), ("early", "0.5"), ("level", "3"))),
        Cue("music", ("theme.mp3",), (("seconds", "12"), ("fade", "4"), ("wait", "1"))),
    ],
)
def test_what_the_mix_can_do_is_accepted(cue):
    check_cue(cue)


@pytest.mark.parametrize(
    ("cue", "word"),
    [
        (Cue("pause"), "pause"),
        (Cue("pause", ("long",)), "long"),
        (Cue("pause", ("-1",)), "-1"),
        (Cue("pause", ("nan",)), "nan"),
        (Cue("pause", ("inf",)), "inf"),
        (Cue("pause", ("1", "2")), "pause"),
        (Cue("pause", ("1",), (("fade", "2"),)), "pause"),
        (Cue("bed"), "bed"),
        (Cue("bed", ("hurricane",)), "hurricane"),
        (Cue("bed", ("gusts", "draught")), "bed"),
        (Cue("bed", ("gusts",), (("volume", "-20"),)), "volume"),
        (Cue("bed", ("gusts",), (("level", "quiet"),)), "quiet"),
        (Cue("bed", ("gusts",), (("level", "12"),)), "12"),
        (Cue("bed", ("gusts",), (("gust", "2"),)), "gust"),
        (Cue("bed", ("gusts",), (("gust", "0.1"), ("gust", "0.2"))), "twice"),
        (Cue("bed", ("none",), (("gust", "7"),)), "gust"),
        (Cue("thunder", ("loud",)), "thunder"),
        (Cue("bed", ("gusts",), (("busy", "2"),)), "gusts"),
        (Cue("bed", ("my.ogg",), (("gust", "0.5"),)), "gusts"),
        (Cue("bed", ("fire",), (("busy", "9"),)), "busy"),
        (Cue("effect"), "effect"),
        (Cue("effect", ("sneeze",)), "sneeze"),
        (Cue("effect", ("none",)), "none"),
        (Cue("effect", ("bell",), (("fade", "2"),)), "fade"),
        (Cue("effect", ("bell",), (("wait", "-1"),)), "wait"),
        (Cue("effect", ("bell",), (("level", "12"),)), "level"),
        (Cue("music"), "file"),
        (Cue("music", ("bell",)), "bell"),
        (Cue("music", ("a.ogg", "b.ogg")), "file"),
        (Cue("music", ("a.ogg",), (("seconds", "0"),)), "seconds"),
        (Cue("space"), "space"),
        (Cue("space", ("cellar",)), "cellar"),
        (Cue("space", ("hall.wav",)), "hall.wav"),
        (Cue("space", ("hall",), (("level", "3"),)), "level"),
    ],
)
def test_a_mistake_says_what_is_wrong_and_what_to_type(cue, word):
    with pytest.raises(ScriptError, match=word) as caught:
        check_cue(cue)
    assert caught.value.hint
    assert caught.value.where == ""


def test_every_bed_says_how_it_sounds():
    assert {"light-wind", "gusts", "blizzard", "draught"} <= BEDS.keys()
    assert all(BEDS.values())
