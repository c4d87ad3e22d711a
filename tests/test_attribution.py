"""Who says what: a small text for each rule, and the real manuscript against a gold of offsets and labels."""

import json
from collections import Counter
from pathlib import Path

import pytest

from narrator.book import MarkedUp
from narrator.manuscript import read
from narrator.markup import mark_up

SHARED = Path(__file__).resolve().parents[1] / ".." / "shared"
GOLD = Path(__file__).with_name("gold") / "vanished-general.json"


@pytest.fixture
def told(tmp_path: Path):
    """(words, speaker) of every speech in a text; words quoted by nobody have the speaker None."""

    def tells(text: str) -> list[tuple[str, str | None]]:
        path = tmp_path / "book.txt"
        path.write_text(text, encoding="utf-8", newline="")
        manuscript = read(path)
        marked = mark_up(manuscript)
        return [
            (manuscript.source[q.span.start : q.span.end], None if q.kind == "quoted" else q.speaker)
            for q in marked.quotations
        ]

    return tells


def speakers(found: list[tuple[str, str | None]]) -> list[str | None]:
    return [speaker for _, speaker in found]


START = "Anna and Paul came in from the rain.\n\n"


# ── quotations ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("“", "”"), ('"', '"'), ("«", "»"), ("»", "«"), ("„", "“"), ("‘", "’"), ("'", "'")],
)
def test_marks_of_every_typography(told, opening, closing):
    text = "\n\n".join(
        f"{opening}{words},{closing} said {name}."
        for words, name in [("Don’t wait", "Anna"), ("No", "Paul")] * 3
    )
    assert told(START + text)[:2] == [("Don’t wait,", "anna"), ("No,", "paul")]


@pytest.mark.parametrize(("opening", "closing"), [('"', '"'), ("«", "»"), ("»", "«"), ("„", "“")])
def test_who_is_called_and_who_asks_in_every_typography(told, opening, closing):
    text = "“Wait, Paul.”\n\n“I will wait, Anna.”\n\n“Wait, Paul.”\n\n“Anna, no,” he said, and Anna said, “Why?”\n"
    found = told(START + text.replace("“", opening).replace("”", closing))
    assert speakers(found) == ["anna", "paul", "anna", "paul", "anna"]


@pytest.mark.parametrize(
    "text",
    [
        "It was credited to “common sense” and forgotten.",
        "It was credited to “common sense.” Then it was forgotten.",
        "His “army,” when it came, was small.",
        "The word “traitor” hung in the air.",
        "She read “The Long Road” twice.",
        "A so-called “friend” came by.",
    ],
)
def test_quoted_words_that_nobody_says(told, text):
    assert speakers(told(START + text)) == [None]


@pytest.mark.parametrize(
    "text",
    [
        "“Common sense.”",
        "Anna said “no” and left.",
        "Anna looked up: “no more of that”.",
        "Anna sat down. “Well.” She stood up.",
        "And then, “Who is there?” cried Anna.",
    ],
)
def test_short_words_that_somebody_says(told, text):
    assert None not in speakers(told(START + text))


def test_a_speech_over_several_paragraphs(told):
    text = "“It began,” said Anna. “It rained.\n\n“Then it stopped.\n\n“That is all.”\n\n“All?” said Paul."
    assert speakers(told(START + text)) == ["anna"] * 4 + ["paul"]


def test_a_missing_mark_does_not_turn_the_text_inside_out(told):
    text = '"It began in May, said Anna.\n\nPaul nodded.\n\n"All of it?" said Paul.\n'
    assert told(START + text)[-1] == ("All of it?", "paul")


def test_an_interrupted_speech_is_one(tmp_path):
    path = tmp_path / "book.txt"
    path.write_text(START + "“Wait,” said Anna, “for me.”\n\n“No,” said Paul.\n", encoding="utf-8")
    assert [q.speech for q in mark_up(read(path)).quotations] == [0, 0, 1]


def test_two_speakers_in_one_paragraph(told):
    assert speakers(told(START + "“Wait,” said Anna. “Never,” said Paul.")) == ["anna", "paul"]


@pytest.mark.parametrize(
    "text",
    [
        "“Wait,” said Anna, and Paul answered, “Never.”",
        "“Wait.” Anna sat down, but Paul said, “Never.”",
        "“Wait,” said Anna. Paul answered “Never.”",
        "“Wait,” she said. “Never,” he answered.",
    ],
)
def test_a_tag_before_the_second_quotation(told, text):
    assert speakers(told(START + text)) == ["anna", "paul"]


def test_a_speech_whose_tag_has_lost_its_commas_is_one(tmp_path):
    path = tmp_path / "book.txt"
    path.write_text(START + "“Hm” said Mrs. Weir “very pretty”\n", encoding="utf-8")
    assert [q.kind for q in mark_up(read(path)).quotations] == ["speech", "speech"]


# ── tags ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("“Wait,” said Anna.", "anna"),
        ("“Wait,” Anna said.", "anna"),
        ("“Wait,” said poor old Anna.", "anna"),
        ("“Wait,” Anna slowly said.", "anna"),
        ("“Wait!” cried Anna to Paul.", "anna"),
        ("“Wait.” Anna turned to Paul.", "anna"),
        ("Anna turned to Paul. “Wait.”", "anna"),
        ("Anna turned to Paul and said, “Wait.”", "anna"),
        ("Anna’s jaw tightened. “Wait.”", "anna"),
        ("Anna’s voice was low. “Wait.”", "anna"),
        ("When Paul had gone, Anna sat down. “Wait.”", "anna"),
        ("“Wait,” his chief of staff said.", "chief-of-staff"),
        ("“Wait,” said the chief of staff.", "chief-of-staff"),
        ("“Wait!” called out Anna.", "anna"),
        ("“Wait,” flashed Anna.", "anna"),
        ("“Wait,” was Anna’s answer.", "anna"),
        ("“Wait,” said the good Anna.", "anna"),
        ("“Wait,” Anna went on.", "anna"),
        ("Paul bowed, and as he rose Anna said, “Wait.”", "anna"),
        ("“Wait!” someone shouted.", "someone"),
        ("A young runner came in. “Wait!” he gasped.", "young-runner"),
        ("A clerk raised a hand. “Anna,” he asked, “who was that?”", "clerk"),
    ],
)
def test_tags_and_beats(told, text, speaker):
    assert speakers(told(START + text))[0] == speaker


def test_a_voice_is_its_owner_s(told):
    assert speakers(told(START + "“No,” said Paul.\n\n“Wait,” said the voice of Paul.\n")) == ["paul", "paul"]


@pytest.mark.parametrize(("pronoun", "speaker"), [("she", "anna"), ("he", "paul")])
def test_a_pronoun_takes_the_one_it_fits(told, pronoun, speaker):
    assert speakers(told(f"{START}“It is late,” {pronoun} said.")) == [speaker]


def test_a_pronoun_goes_on_with_who_acted_last(told):
    text = "Paul folded the paper. Tom went out.\n\nPaul leaned on the table.\n\n“Tell them,” he said.\n"
    assert speakers(told(text)) == ["paul"]


def test_speakers_take_turns(told):
    text = "“Wait,” said Anna.\n\n“Why?” said Paul.\n\n“It is late.”\n\n“Not yet.”\n\n“Sit down.”\n"
    assert speakers(told(START + text)) == ["anna", "paul", "anna", "paul", "anna"]


def test_who_is_called_is_not_who_speaks(told):
    text = "“Wait, Paul.”\n\n“I will wait, Anna.”\n"
    assert speakers(told(START + text)) == ["anna", "paul"]


def test_a_title_calls_its_bearer(told):
    text = "General Orlov looked at the map.\n\nA captain laughed. “Hope, General?”\n\n“Hope,” said Orlov.\n"
    assert speakers(told(text)) == ["captain", "general-orlov"]


def test_a_paragraph_that_announces_a_speech(told):
    text = "“Wait,” said Anna.\n\nPaul hesitated, then spoke with care.\n\n“I cannot.”\n"
    assert speakers(told(START + text)) == ["anna", "paul"]


@pytest.mark.parametrize("lead", ["Anna, who had listened, said--", "“Come in.” Anna rose. Anna said:"])
def test_a_paragraph_that_ends_with_who_speaks(told, lead):
    assert speakers(told(f"{START}Paul knocked.\n\n{lead}\n\n“I cannot.”\n"))[-1] == "anna"


def test_i_is_the_narrator(told):
    text = "I came in. I sat down and I looked at Anna.\n\n“Wait,” I said.\n\n“Why?” said Anna.\n"
    assert speakers(told(text)) == ["narrator", "anna"]


def test_a_scene_with_everything(told):
    text = (
        'Elena opened the door of the bakery. Her brother Marco stood outside.\n\n"You are late," she said.\n\n'
        '"Traffic." He shook the rain from his coat.\n\n"There is no traffic in this town, Marco."\n\n'
        '"Then I was slow."\n\nA customer coughed behind him. "Are you open?"\n\n'
        '"In ten minutes," Elena told her.\n\nThe customer nodded. "I will wait, then."\n'
    )
    assert speakers(told(text)) == ["elena", "marco", "elena", "marco", "customer", "elena", "customer"]


# ── nameless people ─────────────────────────────────────────────────────────────────────────────────


def test_the_officer_is_the_officer_met_before(told):
    text = "An officer in a coat came in. “Tea?”\n\n“No,” said Anna.\n\nThe tall officer smiled. “Later.”\n"
    found = speakers(told(START + text))
    assert found[0] == found[2]
    assert found[1] == "anna"


def test_another_of_the_same_kind_is_another_person(told):
    text = (
        "A young clerk came in. “It rains,” said the clerk.\n\nHe left.\n\n"
        "Paul grabbed a clerk by the collar. The clerk stared. “Where?” he whispered.\n"
    )
    first, second = speakers(told(START + text))
    assert first != second
    assert {first, second} == {"young-clerk", "clerk"}


def test_somebody_unseen_then_the_man(told):
    text = "“Look!” someone shouted.\n\nA laugh broke from someone near.\n\n“At what?” the man muttered.\n"
    first, second = speakers(told(START + text))
    assert first != second
    assert "paul" not in (first, second)


# ── the real manuscript ─────────────────────────────────────────────────────────────────────────────


def one_to_one(gold: list[tuple[int, int, str]], marked: MarkedUp) -> int:
    """Speeches that go to the right person, whatever the label: persons and characters paired once each."""
    said = {(q.span.start, q.span.end): q.speaker for q in marked.quotations if q.kind == "speech"}
    pairs = Counter((label, said.get((start, end))) for start, end, label in gold)
    labels, characters, right = set(), set(), 0
    for (label, character), count in pairs.most_common():
        if character is not None and label not in labels and character not in characters:
            labels.add(label)
            characters.add(character)
            right += count
    return right


@pytest.mark.skipif(not SHARED.is_dir(), reason="the manuscripts are not beside this repository (../shared)")
def test_the_real_manuscript_goes_to_the_right_people():
    gold = [tuple(speech) for speech in json.loads(GOLD.read_text(encoding="utf-8"))["speech"]]
    marked = mark_up(read(SHARED / "manuscripts" / "vanished-general.txt"))
    assert sum(q.kind == "speech" for q in marked.quotations) == len(gold)
    assert one_to_one(gold, marked) >= 0.95 * len(gold)
