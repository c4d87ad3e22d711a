"""`narrator proof` without an ear: the sound of a release, its marks, the page; faults planted in each."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from commands import Narrator
from narrator.audio import RATE
from narrator.book import Voice
from narrator.proof import Bed, Finding, Layout, Spoken, paces, sound_findings, word_findings
from narrator.proof.ear import HeardWord
from narrator.proof.echoes import echoes
from narrator.proof.lengths import wrong_lengths
from narrator.proof.spelling import words
from narrator.proof.words import compare
from narrator.speech import Word, misread
from narrator.speech.engines.hibari import HibariEngine

VOICE = 8_000.0


def line(number: int, start: float, seconds: float, text: str = "Nobody came down the hill") -> Spoken:
    return Spoken(number, "boy", text, "high", round(start * RATE), round((start + seconds) * RATE), 0.0, "")


def chapter(*lines: Spoken, seconds: float = 30.0) -> tuple[np.ndarray, Layout]:
    """Syllables where the lines are, room tone everywhere."""
    dice = np.random.default_rng(3)
    at = np.arange(round(seconds * RATE)) / RATE
    samples = 2.5e-4 * dice.standard_normal(len(at))
    for spoken in lines:
        part = slice(spoken.start, spoken.end)
        voice = sum(np.sin(2 * np.pi * 140 * k * at[part]) / k for k in range(1, 12))
        samples[part] += (
            0.15 * voice * np.clip(np.sin(2 * np.pi * 4 * (at[part] - at[spoken.start])) + 0.8, 0, 1)
        )
    return samples.astype(np.float32), Layout(lines, (), len(at), -18.0, -72.0)


@pytest.fixture
def sound() -> tuple[np.ndarray, Layout]:
    return chapter(*(line(n, 1 + 3 * n, 2.2) for n in range(9)))


def codes(samples: np.ndarray, layout: Layout) -> set[tuple[str, int]]:
    return {(f.code, f.line) for f in sound_findings(samples, layout, paces(layout.lines))}


def test_a_sound_chapter_has_no_findings(sound: tuple[np.ndarray, Layout]) -> None:
    assert codes(*sound) == set()


@pytest.mark.parametrize("height", [0.3, -0.5])
@pytest.mark.parametrize("place", [8.0, 6.5, 15.3])
def test_a_click_is_found(sound: tuple[np.ndarray, Layout], height: float, place: float) -> None:
    samples, layout = sound
    samples[round(place * RATE)] += height
    (found,) = sound_findings(samples, layout, paces(layout.lines))
    assert found.code == "click"
    assert found.start == pytest.approx(place, abs=0.01)


@pytest.mark.parametrize("place", [352_000, 352_036])
def test_what_a_codec_adds_to_a_consonant_is_no_click(place: int) -> None:
    """AAC leaves a spike midway between two short blocks where a line begins hard. Elsewhere it is a click."""
    samples, layout = chapter(line(1, 2, 2), line(2, place / RATE, 2.5), line(3, 20, 3))
    hiss = np.random.default_rng(4).standard_normal(1_200).astype(np.float32)
    samples[place : place + 2_205] += 0.1 * soxr.resample(hiss, 24_000, RATE)  # as engines speak: to 12 kHz
    samples[place] += 0.3
    told = sound_findings(samples, layout, {}, "aac")
    assert [finding.code for finding in told] == ["click"] * (place % 128 > 4)
    assert [finding.code for finding in sound_findings(samples, layout, {}, "mp3")] == ["click"]


def test_a_click_in_a_pause_is_found_wherever_it_falls(sound: tuple[np.ndarray, Layout]) -> None:
    samples, layout = sound
    samples[round(6.5 * RATE) // 128 * 128] += 0.3
    assert [finding.code for finding in sound_findings(samples, layout, {}, "aac")] == ["click"]


def test_effects_and_music_may_sound_and_only_where_they_lie(sound: tuple[np.ndarray, Layout]) -> None:
    """Over a bed, in a pause without one, and as hard as a shot."""
    samples, layout = sound
    bed = Bed("gusts", layout.lines[4].start, layout.lines[8].end, -28.0)
    samples[bed.start : bed.end] += 0.008 * np.random.default_rng(2).standard_normal(bed.end - bed.start)
    bangs = [(layout.lines[n].end + 2_000, layout.lines[n + 1].start - 2_000) for n in (1, 4, 5, 6, 7)]
    for start, end in bangs:
        samples[start:end] += 0.2 * np.random.default_rng(3).standard_normal(end - start)
        samples[start] += 0.5
    known = replace(layout, beds=(bed,), shots=tuple(bangs))
    assert codes(samples, known) == set()
    assert {code for code, _ in codes(samples, replace(known, shots=()))} >= {"bed", "gap", "noise-floor"}


def test_a_line_too_quiet_or_too_loud_is_found(sound: tuple[np.ndarray, Layout]) -> None:
    samples, layout = sound
    for number, factor in ((2, 0.4), (5, 2.5)):
        samples[layout.lines[number].start : layout.lines[number].end] *= factor
    assert codes(samples, layout) == {("level", 2), ("level", 5)}


def test_noise_between_lines_is_found(sound: tuple[np.ndarray, Layout]) -> None:
    samples, layout = sound
    hiss = 0.003 * np.random.default_rng(1).standard_normal(RATE)
    samples[layout.lines[3].end : layout.lines[3].end + RATE] += hiss.astype(np.float32)
    assert ("noise-floor", 3) in codes(samples, layout)


def test_a_line_that_comes_late_is_found(sound: tuple[np.ndarray, Layout]) -> None:
    samples, layout = sound
    spoken = layout.lines[4]
    late = samples[spoken.start : spoken.end].copy()
    samples[spoken.start : spoken.end] = samples[: spoken.end - spoken.start][::-1]
    samples[spoken.start : spoken.end] = 0
    samples[spoken.start + RATE // 2 : spoken.end + RATE // 2] += late
    assert ("gap", 4) in codes(samples, layout)
    assert any("late" in f.what for f in sound_findings(samples, layout, {}) if f.line == 4)


def test_a_bed_louder_than_asked_is_found(sound: tuple[np.ndarray, Layout]) -> None:
    samples, layout = sound
    bed = Bed("gusts", layout.lines[1].start, layout.lines[7].end, -28.0)
    under = Layout(layout.lines, (bed,), layout.length, layout.target, layout.tone)
    wind = np.random.default_rng(2).standard_normal(bed.end - bed.start).astype(np.float32)
    quiet, loud = samples.copy(), samples.copy()
    quiet[bed.start : bed.end] += 0.008 * wind
    loud[bed.start : bed.end] += 0.05 * wind
    assert not any(code == "bed" for code, _ in codes(quiet, under))
    assert ("bed", 1) in codes(loud, under)


def test_a_line_that_breaks_off_or_runs_on_has_the_wrong_length() -> None:
    long = "The keeper went up to the lamp and trimmed it as he did each night of the year"
    short = "She said no more of it"
    lengths = [(long, 5.0), (short, 1.5)] * 4
    lines = [line(n, 6.0 * n, seconds, text) for n, (text, seconds) in enumerate(lengths)]
    wrong = [*lines, line(90, 60.0, 2.0, long), line(91, 70.0, 5.0, short)]
    samples, layout = chapter(*wrong, seconds=80.0)
    found = {f.line for f in sound_findings(samples, layout, paces(lines)) if f.code == "wrong-length"}
    assert found == {90, 91}


def test_signs_may_be_said_or_not() -> None:
    lines = [line(n, 4.0 * n, 2.0, "The keeper went up to the lamp") for n in range(6)]
    titles = [line(90, 30.0, 2.6, "§ 14 & № 7"), line(91, 40.0, 0.9, "* * * I * * *")]
    pace = paces([*lines, *titles])
    assert list(wrong_lengths(titles, pace)) == []
    assert [f.line for f in wrong_lengths([line(92, 50.0, 9.0, "§ 14 & № 7")], pace)] == [92]


def test_a_long_line_among_many_short_ones_is_not_judged_by_their_breath() -> None:
    """Three hundred chapters of a heading and a few words; then the credits."""
    short = [line(n, 3.0 * n, 0.5 + 0.055 * count, "x" * count) for n in range(300) for count in (9, 10)]
    credit = line(999, 2_000.0, 0.5 + 0.055 * 80, "x" * 80)
    assert list(wrong_lengths([credit], paces([*short, credit]))) == []
    assert list(wrong_lengths([replace(credit, end=credit.start + RATE)], paces([*short, credit])))


def test_numbers_and_accents_are_spelt_as_they_are_heard() -> None:
    assert words("Chapter 21: the café’s 1,300 men") == [
        *("chapter", "twenty", "one", "the", "cafes", "one", "three", "hundred", "men")
    ]
    assert words("“…” — !") == []


def heard(text: str) -> list[HeardWord]:
    return [HeardWord(word, 0.3 * n, 0.3 * n + 0.28) for n, word in enumerate(text.split())]


@pytest.mark.parametrize(
    ("ears", "found"),
    [
        ("The keeper of Orrow went up to the lamp", []),
        ("the keeper of Arrow, went up, to the lamp!", []),
        ("The keeper of Orrow went up to the", ["word-missing"]),
        ("The of Orrow went up to the lamp", ["word-missing"]),
        ("The keeper of Orrow went up to the lamp lamp", ["word-repeated"]),
        ("The keeper of Orrow Orrow went up to the lamp", ["word-repeated"]),
        ("The keeper of Orrow quietly went up to the lamp", ["word-added"]),
    ],
)
def test_words_missing_repeated_and_added(ears: str, found: list[str]) -> None:
    spoken = line(1, 0, 4, "The keeper of Orrow went up to the lamp")
    assert [finding.code for finding in compare([spoken], heard(ears))] == found


@pytest.mark.parametrize(
    ("ears", "likely", "found"),
    [
        ("Glass -off stared at the cup", (-3.6, 0, 0, 0, 0), []),
        ("Vlasov quietly stared at the cup", (-0.1, -9.0, 0, 0, 0), ["word-added"]),
        ("Glass off a shelf stared at the cup", (-3.6, 0, 0, 0, 0), ["word-added"]),
        ("Glass off stared quietly at the cup", (-3.6, 0, -9.0, 0, 0), ["word-added"] * 2),
    ],
)
def test_a_name_heard_as_two_words_is_no_added_word(
    ears: str, likely: tuple[float, ...], found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def weigh(_: object, __: int, ___: int, texts: Sequence[Sequence[str]]) -> list[list[float]]:
        return [list(likely) if text[0] == "Vlasov" and len(text) == 5 else [-99.0] for text in texts]

    monkeypatch.setattr("narrator.proof.ear.hear", lambda *_: heard(ears))
    monkeypatch.setattr("narrator.proof.ear.weigh", weigh)
    samples, layout = chapter(line(1, 0, 4, "Vlasov stared at the cup"), seconds=5)
    assert [finding.code for finding in word_findings(samples, layout, {})] == found


@pytest.mark.parametrize(("ears", "missing"), [("Daughter", True), ("Dotter", False)])
def test_a_word_is_missing_where_the_line_is_likelier_without_it(
    ears: str, missing: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The colon behind it stays, and a title is asked for as a sentence: neither was cut out. A word that is
    heard as another was said."""
    asked: list[str] = []

    def weigh(_: object, __: int, ___: int, texts: Sequence[Sequence[str]]) -> list[list[float]]:
        asked.extend(" ".join(text) for text in texts)
        return [[-9.0 if word.startswith("daughter") else -0.5 for word in text] for text in texts]

    text = "The Vanished Daughter: What the River Kept"
    monkeypatch.setattr("narrator.proof.ear.hear", lambda *_: heard(text.replace("Daughter", ears)))
    monkeypatch.setattr("narrator.proof.ear.weigh", weigh)
    found = word_findings(*chapter(line(1, 0, 4, text), seconds=5), {})
    assert [finding.what for finding in found] == ["“daughter” is not heard"] * missing
    assert ("The vanished, what the river kept" in asked) is missing


@pytest.mark.parametrize(("pace", "found"), [((0.0, 0.1), 0), ((0.0, 0.2), 1)])
def test_a_doubtful_word_is_missing_where_the_line_is_short_too(
    pace: tuple[float, float], found: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def weigh(_: object, __: int, ___: int, texts: Sequence[Sequence[str]]) -> list[list[float]]:
        return [[-3.0 if word in ("keeper", "went") else -0.5 for word in text] for text in texts]

    text = "the keeper of Orrow went up"
    monkeypatch.setattr("narrator.proof.ear.hear", lambda *_: heard(text))
    monkeypatch.setattr("narrator.proof.ear.weigh", weigh)
    monkeypatch.setattr("narrator.proof.expecting.WITHOUT", 4.0)
    monkeypatch.setattr("narrator.proof.expecting.IF_SHORT", 2.0)
    told = word_findings(*chapter(line(1, 0, 2.2, text), seconds=4), {"high": pace})
    assert [finding.code for finding in told] == ["word-missing"] * found


@pytest.fixture(scope="module")
def syllables() -> list[np.ndarray]:
    """Eight sounds of 0.35 s, each with its own melody and vowel."""
    dice = np.random.default_rng(5)
    at = np.arange(round(0.35 * RATE)) / RATE
    made = []
    for _ in range(8):
        vowel, glide, pitch = (
            dice.uniform(400, 3_000, 3),
            dice.uniform(-2_000, 2_000, 3),
            dice.uniform(90, 180),
        )
        tones = (
            np.sin(2 * np.pi * k * pitch * at)
            * sum(np.exp(-(((k * pitch - v - g * at) / 180) ** 2)) for v, g in zip(vowel, glide, strict=True))
            for k in range(2, 40)
        )
        made.append((0.2 * np.hanning(len(at)) * sum(tones)).astype(np.float32))
    return made


@pytest.mark.parametrize(("order", "found"), [((0, 1, 2, 3, 4, 5), 0), ((0, 1, 2, 2, 3, 4), 1)])
def test_a_word_said_twice_is_heard_without_an_ear(
    syllables: list[np.ndarray], order: tuple[int, ...], found: int
) -> None:
    sound = np.concatenate([syllables[n] for n in order])
    spoken = Spoken(4, "boy", "Nobody came down the hill", "high", 0, len(sound), 0.0, "")
    told = list(echoes(sound, Layout((spoken,), (), len(sound), -18.0, -72.0)))
    assert [finding.code for finding in told] == ["word-repeated"] * found
    assert all(finding.start == pytest.approx(0.7, abs=0.1) for finding in told)


def test_what_the_script_says_twice_may_be_said_twice(syllables: list[np.ndarray]) -> None:
    sound = np.concatenate([syllables[n] for n in (0, 1, 0, 1, 5)])
    twice = Spoken(4, "boy", "Come down, come down now", "high", 0, len(sound), 0.0, "")
    assert list(echoes(sound, Layout((twice,), (), len(sound), -18.0, -72.0))) == []


# ── pronunciation ───────────────────────────────────────────────────────────────────────────────────


def test_a_reading_that_came_after_the_render_is_found(rendered: Path, narrator: Narrator) -> None:
    """The lexicon has changed; the release is still what was spoken before."""
    sheet = rendered / "script" / "lexicon.toml"
    sheet.write_text('format = 1\n[words]\nmorning = "MOR-ning"\n')
    told = narrator("-C", rendered, "proof", "--sound-only", "--json")
    assert told.code == 1
    assert {f["code"] for f in told.document["findings"]} == {"pronunciation"}
    assert "“morning” was spoken without its reading “MOR-ning”" in told.document["findings"][0]["what"]
    assert narrator("-C", rendered, "render").code == 0
    assert narrator("-C", rendered, "proof", "--sound-only", "--json").document["findings"] == []


def test_a_reading_that_changed_after_the_render_is_found(
    make: Callable[..., Path], narrator: Narrator
) -> None:
    """The script's own reading goes before the lexicon's, whatever that says."""
    lexicon = 'format = 1\n[words]\nwell = "{}"\nrope = "{}"\n"Re\u0301mi" = "ray-MEE"\n'
    two = "# Two\nNobody came to the well.\n\nThe {rope|ROHP} was older.\n\nRe\u0301mi had hung it.\n"
    root = make(script__two_dot_nar=two, script__lexicon_dot_toml=lexicon.format("WEL", "ROP"))
    assert narrator("-C", root, "render", "--format", "m4b").code == 0
    assert narrator("-C", root, "proof", "--sound-only", "--json").document["findings"] == []
    (root / "script" / "lexicon.toml").write_text(lexicon.format("WALE", "RAP"), encoding="utf-8")
    told = narrator("-C", root, "proof", "--sound-only", "--json").document["findings"]
    assert {f["code"] for f in told} == {"pronunciation"}
    assert [f["what"] for f in told if f["where"].startswith("script/two.nar")] == [
        "“well” was spoken without its reading “WALE”"
    ]


@pytest.mark.parametrize("reading", [{"phonemes": "ˈɔɹO"}, {"respelling": "ORR-oh"}])
def test_a_reading_is_said_by_the_embedded_engine(reading: dict[str, str]) -> None:
    voice = Voice("wren", "hibari", {})
    name = Word("Orrow", **reading)
    assert list(misread(voice, [Word("At "), name, Word(" they rang.")], [name])) == []


def test_an_engine_that_says_something_else_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def deaf(_: HibariEngine, __: Voice, words: Sequence[Word]) -> str:
        return "".join(word.phonemes or "" if len(words) == 1 else word.written for word in words)

    monkeypatch.setattr(HibariEngine, "pronounced", deaf)
    name = Word("Orrow", phonemes="ˈɔɹO")
    ((word, line),) = misread(Voice("wren", "hibari", {}), [Word("At "), name], [name])
    assert (word, line) == (name, "At Orrow")


def test_a_short_reading_is_looked_for_in_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that leaves the name out; its sounds stand in another word."""

    def deaf(_: HibariEngine, __: Voice, words: Sequence[Word]) -> str:
        return "".join(word.phonemes or "" if len(words) == 1 else word.written for word in words)

    monkeypatch.setattr(HibariEngine, "pronounced", deaf)
    name = Word("Ann", phonemes="æn")
    line = [Word("Then "), name, Word(" sat on the dæn")]
    assert [word for word, _ in misread(Voice("wren", "hibari", {}), line, [name])] == [name]


# ── the verb ────────────────────────────────────────────────────────────────────────────────────────


def test_a_clean_release_has_no_fault_and_is_heard_once(rendered: Path, narrator: Narrator) -> None:
    first = narrator("-C", rendered, "proof", "--sound-only", "--json")
    assert first.code == 0, first.out
    assert first.document["findings"] == []
    assert first.document["heard"] == 4
    assert narrator("-C", rendered, "proof", "--sound-only", "--json").document["heard"] == 0
    assert "No faults found." in (rendered / "output" / "proof.html").read_text()


def test_only_what_changed_is_heard_again(rendered: Path, narrator: Narrator) -> None:
    narrator("-C", rendered, "proof", "--sound-only")
    two = rendered / "script" / "two.nar"
    two.write_text(two.read_text().replace("morning", "evening"))
    assert narrator("-C", rendered, "render").code == 0
    assert narrator("-C", rendered, "proof", "--sound-only", "--json").document["heard"] <= 2


def test_a_clipped_take_is_a_pickup(rendered: Path, narrator: Narrator) -> None:
    timeline = json.loads((rendered / "output" / "timeline.json").read_text())
    wanted = next(spoken for spoken in timeline["lines"] if spoken["text"].startswith("It was"))
    path = rendered / ".narrator" / "takes" / wanted["take"][:2] / f"{wanted['take']}.wav"
    samples, rate = soundfile.read(path, dtype="float32")
    soundfile.write(path, np.clip(samples * 20, -1, 1), rate, subtype="PCM_16")
    told = narrator("-C", rendered, "proof", "--sound-only", "--json")
    assert told.code == 1
    (found,) = told.document["findings"]
    assert (found["code"], found["where"]) == ("clipped", "script/two.nar:5")
    assert found["start"] == pytest.approx(wanted["start"], abs=0.001)
    assert told.document["pickups"] == ["2:5"]
    listed = narrator("-C", rendered, "proof", "--sound-only", "--pickups").out
    assert listed == f"narrator -C {rendered} retake 2:5 --takes 3\n"


def test_nothing_to_pick_up_is_said(rendered: Path, narrator: Narrator) -> None:
    said = narrator("-C", rendered, "proof", "--sound-only", "--pickups")
    assert said.out == "There is nothing to pick up.\n"
    assert said.code == 0
    (rendered / "output" / "The Well.mp3").write_bytes(b"gone")
    assert narrator("-C", rendered, "proof", "--sound-only").code == 1
    said = narrator("-C", rendered, "proof", "--sound-only", "--pickups")
    assert said.out == "There is nothing to pick up.\n", "no retake mends a file"
    assert said.code == 0


def test_a_mark_that_is_off_is_found(rendered: Path, narrator: Narrator) -> None:
    path = rendered / "output" / "The Well.m4b"
    data = bytearray(path.read_bytes())
    chpl = data.index(b"chpl") + 13  # the first mark of Nero's list: 8 bytes of 100 ns, then its title
    second = chpl + 9 + data[chpl + 8]
    moved = int.from_bytes(data[second : second + 8], "big") + 50_000
    data[second : second + 8] = moved.to_bytes(8, "big")
    path.write_bytes(data)
    told = narrator("-C", rendered, "proof", "--sound-only", "--json").document
    (found,) = told["findings"]
    assert found["code"] == "mark"
    assert "Nero mark “One” stands +0.005 s" in found["what"]


@pytest.mark.parametrize("form", ["opus", "flac"])
def test_a_release_of_one_form_alone_is_proofed(
    make: Callable[..., Path], narrator: Narrator, form: str
) -> None:
    root = make()
    assert narrator("-C", root, "render", "--format", form).code == 0
    told = narrator("-C", root, "proof", "--sound-only", "--json")
    assert (told.code, told.document["findings"], told.document["heard"]) == (0, [], 4)
    assert f'src="The%20Well.{form}"' in (root / "output" / "proof.html").read_text()
    path = root / "output" / f"The Well.{form}"
    data = path.read_bytes()
    mark = data.index(b"CHAPTER002=") + len(b"CHAPTER002=00:00:0")
    path.write_bytes(data[:mark] + b"9" + data[mark + 1 :])
    (found,) = narrator("-C", root, "proof", "--sound-only", "--json").document["findings"]
    assert found["code"] == "mark"
    assert f"The Well.{form}" in found["what"]


def test_a_form_that_was_not_rendered_again_is_no_fault(rendered: Path, narrator: Narrator) -> None:
    """The MP3 and the M4B are of the time before the edit; the Opus file is what was last released."""
    two = rendered / "script" / "two.nar"
    two.write_text(two.read_text() + "He went home, and he was not seen again.\n")
    assert narrator("-C", rendered, "render", "--format", "opus").code == 0
    told = narrator("-C", rendered, "proof", "--sound-only", "--json").document
    timeline = json.loads((rendered / "output" / "timeline.json").read_text())
    assert (told["findings"], told["heard"]) == ([], 4)
    assert told["audio_seconds"] == pytest.approx(timeline["end"], abs=0.001)


def test_a_doubt_is_a_note(make: Callable[..., Path], narrator: Narrator) -> None:
    root = make(script__two_dot_nar="# Two\nNobody answered him.\n\n@boy?: “Who goes there?”\n")
    assert narrator("-C", root, "render", "--format", "m4b").code == 0
    told = narrator("-C", root, "proof", "--sound-only", "--json")
    assert told.code == 0
    assert [(f["code"], f["where"], f["note"]) for f in told.document["findings"]] == [
        ("doubt", "script/two.nar:4", True)
    ]


def test_without_a_release_or_an_ear_it_says_what_to_type(
    make: Callable[..., Path], narrator: Narrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make()
    said = narrator("-C", root, "proof", "--sound-only")
    assert said.code == 1
    assert f"narrator -C {root} render" in said.err
    monkeypatch.setattr("narrator.ears.whisper._PACKAGES", ("no_such_package",))
    said = narrator("-C", root, "proof")
    assert said.code == 3
    assert "narrator[proof]" in said.err


class _Page(HTMLParser):
    """Everything a browser would fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_is_whole_strict_and_escapes_hostile_words(
    make: Callable[..., Path], narrator: Narrator
) -> None:
    evil = '</title><script>alert(1)</script><img src=x onerror="alert(2)">'
    cast = (
        "format = 1\n[character.narrator]\nname = 'Narrator'\nvoice = \"low\"\n"
        f"[character.boy]\nname = '{evil}'\nvoice = \"high\"\n"
    )
    two = f"# Two {evil}\nNobody answered {evil}\n\n@boy: “Who goes {evil}?”\n"
    root = make(script__cast_dot_toml=cast, script__two_dot_nar=two)
    assert narrator("-C", root, "render", "--format", "m4b").code == 0
    assert narrator("-C", root, "proof", "--sound-only").code in (0, 1)
    html = (root / "output" / "proof.html").read_text()
    page = _Page()
    page.feed(html)
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert not [tag for tag, _ in page.tags if tag in ("img", "link", "iframe")]
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert [a["src"] for _, a in page.tags if "src" in a] == ["The%20Well.m4b"]
    assert not re.search(r"https?://", html)
    (policy,) = (a["content"] for _, a in page.tags if a.get("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    spoken = [a for tag, a in page.tags if tag == "rect" and a.get("class") == "line"]
    timeline = json.loads((root / "output" / "timeline.json").read_text())
    assert [float(a["data-at"] or 0) for a in spoken] == pytest.approx(
        [told["start"] for told in timeline["lines"]], abs=0.001
    )
    assert len({a["fill"] for a in spoken}) == 2


def test_findings_survive_the_store() -> None:
    found = Finding("gap", 3, 1.0, 2.0, "it begins 0.50 s late", "Render again.")
    assert Finding.from_facts(json.loads(json.dumps(found.as_facts()))) == found
