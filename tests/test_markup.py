"""The script that mark-up makes: lines, cuts, emphasis, delivery, scenes and beds, characters."""

from pathlib import Path

import pytest

from narrator.book import Cue, Heading, Line, MarkedUp, ParagraphBreak, Piece, SceneBreak, Unspoken
from narrator.manuscript import read
from narrator.markup import evaluation, mark_up, scenes, sentences


@pytest.fixture
def marking(tmp_path: Path):
    def marks(text: str, suffix: str = ".txt") -> MarkedUp:
        path = tmp_path / f"book{suffix}"
        path.write_text(text, encoding="utf-8", newline="")
        return mark_up(read(path))

    return marks


def shown(marked: MarkedUp) -> list[str]:
    """Lines as an editor would see them, roughly."""
    found = []
    for chapter in marked.chapters:
        for _, line in chapter.lines:
            who = "" if line.character == "narrator" else f"@{line.character}: "
            found.append(who + line.written + ("\\" if line.glued else ""))
    return found


# ── lines ───────────────────────────────────────────────────────────────────────────────────────────


def test_lines_are_cut_at_the_marks_and_a_sentence_each(marking):
    text = "Anna put the lamp down. “It is cold,” said Anna. “Shut the door. Then sit.” Nobody did.\n"
    assert shown(marking(text)) == [
        "Anna put the lamp down.",
        "@anna: “It is cold,”",
        "said Anna.",
        "@anna: “Shut the door.",
        "@anna: Then sit.”",
        "Nobody did.",
    ]


def test_glued_lines(marking):
    text = "“Wait,” said Anna--“I am not—”—she turned—“ready.”\n"
    assert shown(marking(text)) == [
        "@anna: “Wait,”",
        "said Anna--\\",
        "@anna: “I am not—”\\",
        "—she turned—\\",
        "@anna: “ready.”",
    ]


def test_a_mark_alone_is_not_a_line(marking):
    assert shown(marking("“Wait”… “No.” said Anna.\n")) == ["@anna: “Wait”…", "@anna: “No.”", "said Anna."]


def test_emphasis_becomes_pieces(marking):
    (line,) = [line for _, line in marking("It was *his own* lamp.\n", ".md").chapters[0].lines]
    assert line.pieces == (Piece("It was "), Piece("his own", emphasised=True), Piece(" lamp."))


def test_emphasis_across_sentences_and_marks(marking):
    marked = marking("“*No. Never,*” said Anna.\n", ".md")
    first, second, _ = (line for _, line in marked.chapters[0].lines)
    assert first.pieces == (Piece("“"), Piece("No.", emphasised=True))
    assert second.pieces == (Piece("Never,", emphasised=True), Piece("”"))


def test_the_shape_of_a_chapter(marking):
    marked = marking("The Long Road\n\nIt rained.\n\nIt stopped.\n\n***\n\nIt shone.\n")
    assert marked.chapters[0].elements == (
        Heading("The Long Road"),
        Unspoken("The Long Road"),
        ParagraphBreak(),
        Line(marked.characters[0].id, (Piece("It rained."),)),
        ParagraphBreak(),
        Line(marked.characters[0].id, (Piece("It stopped."),)),
        ParagraphBreak(),
        SceneBreak(),
        Line(marked.characters[0].id, (Piece("It shone."),)),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rained. It stopped.", ["It rained.", "It stopped."]),
        ("Mr. Lee met Dr. Ode at St. Anne. She left.", ["Mr. Lee met Dr. Ode at St. Anne.", "She left."]),
        ("J. K. Lee and A. Ode came. So did I. Then it rained.", None),
        ("It was… odd. It was… Odd.", ["It was… odd.", "It was…", "Odd."]),
        ("Wait... no. Wait... No.", ["Wait... no.", "Wait...", "No."]),
        ("“No!” he thought. “Why?” Why not?", ["“No!” he thought.", "“Why?”", "Why not?"]),
        ("At 5 p.m. she left. At 6 p.m. She came.", ["At 5 p.m. she left.", "At 6 p.m.", "She came."]),
        ("It cost 3.50 in the U.S. Army shop.", ["It cost 3.50 in the U.S. Army shop."]),
        ("See No. 5. It is (small.) Yes.", ["See No. 5.", "It is (small.)", "Yes."]),
        ("Really?! Yes.", ["Really?!", "Yes."]),
        ("She said no. Nothing came.", ["She said no.", "Nothing came."]),
        ("no end", ["no end"]),
    ],
)
def test_sentences(text, expected):
    expected = expected or ["J. K. Lee and A. Ode came.", "So did I.", "Then it rained."]
    assert [text[a:b] for a, b in sentences.split(text, 0, len(text))] == expected


# ── delivery ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“Wait,” whispered Anna.", "whispering"),
        ("“Wait,” Anna whispered back, “please.”", "whispering"),
        ("Anna shouted, “Wait!”", "shouting"),
        ("“Wait,” said Anna softly.", "softly"),
        ("“Wait,” Anna gasped.", "gasping"),
        ("“Wait,” said Anna.", ""),
        ("“Wait.” Anna walked softly to the door.", ""),
        ("Anna had shouted all day. “Wait.”", ""),
    ],
)
def test_delivery_is_what_the_tag_says(marking, text, expected):
    spoken = [
        line for _, line in marking(f"Anna came in.\n\n{text}\n").chapters[0].lines if "“" in line.written
    ]
    assert {line.delivery for line in spoken} == {expected}


# ── scenes and beds ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The blizzard howled over the ridge, and snow and ice hid the forest.", "blizzard"),
        ("Snow lay on the ridge under a hard sky, and the wind cut over the frozen road.", "gusts"),
        ("Snow lay on the field and the frozen river was still under the stars.", "light-wind"),
        ("The room was cold; frost grew on the window and winter came in under the door.", "draught"),
        ("The wind rose over the moor, and the wind bent the trees.", "gusts"),
        ("Later, in a classroom, she looked out: snow on the field, snow on the trees.", "draught"),
        ("A cold lamp stood on the desk in the room.", "none"),
        ("She was as cold as ice.", "none"),
        ("He laughed.", "none"),
    ],
)
def test_beds(text, expected):
    assert scenes.bed(text) == expected


def test_a_bed_fades_where_the_next_scene_is_quiet(marking):
    text = "Snow lay on the field under the frozen stars.\n\n***\n\nShe laughed.\n\n***\n\nHe laughed.\n"
    cues = [element for element in marking(text).chapters[0].elements if isinstance(element, Cue)]
    assert cues == [Cue("bed", ("light-wind",)), Cue("bed", ("none",))]


def test_scenes_are_proposed_only_where_the_author_marks_none(marking):
    filler = "\n\n".join(f"The river ran on past house {n} and nobody looked." for n in range(30))
    text = f"CHAPTER I\n\n{filler}\n\nThe next morning it was gone.\n\n{filler}\n"
    assert sum(isinstance(e, SceneBreak) for e in marking(text).chapters[0].elements) == 1
    marked = marking(f"{text}\n\n***\n\n{filler}\n")
    breaks = [i for i, e in enumerate(marked.chapters[0].elements) if isinstance(e, SceneBreak)]
    after = marked.chapters[0].elements[breaks[0] + 1]
    assert len(breaks) == 1
    assert isinstance(after, Line)
    assert after.written.startswith("The river")


# ── characters ──────────────────────────────────────────────────────────────────────────────────────


def test_characters_are_those_who_speak_in_order_of_appearance(marking):
    marked = marking(
        "Mrs. Ode met General Pavel Orlov and Anna at the gate.\n\n“Good morning,” said General Orlov.\n\n"
        "“Good morning,” said the old porter.\n\n“Who is he?” asked Mrs. Ode.\n\n“Orlov,” said the porter.\n"
    )
    assert [c.id for c in marked.characters] == ["narrator", "general-orlov", "old-porter", "mrs-ode"]
    _, general, porter, lady = marked.characters
    assert (general.name, general.gender, general.age) == ("General Pavel Orlov", "male", "adult")
    assert "General Orlov" in general.aliases
    assert (porter.name, porter.age) == ("Old porter", "old")
    assert (lady.name, lady.gender) == ("Mrs. Ode", "female")


@pytest.mark.parametrize(
    ("noun", "gender", "age"),
    [
        ("boy", "male", "child"),
        ("young woman", "female", "young"),
        ("old man", "male", "old"),
        ("clerk", None, "adult"),
    ],
)
def test_gender_and_age_where_the_noun_tells(marking, noun, gender, age):
    character = marking(f"There stood the lamp.\n\n“Wait,” said the {noun}.\n").characters[1]
    assert (character.gender, character.age) == (gender, age)


def test_letters_of_any_script_make_an_id(marking):
    marked = marking("Émile put the lamp down.\n\n“Assez,” said Émile.\n\n“Wait,” said Émile.\n")
    assert marked.characters[1].id == "émile"


def test_a_speech_broken_by_dashes_is_speech_and_the_action_is_not(marking):
    marked = marking("“Mr. Reed,” said the ferryman, wiping his face, “your boat”—he coughed—“has gone.”\n")
    assert [line.written for _, line in marked.chapters[0].lines] == [
        "“Mr. Reed,”",
        "said the ferryman, wiping his face,",
        "“your boat”",
        "—he coughed—",
        "“has gone.”",
    ]
    assert [line.glued for _, line in marked.chapters[0].lines] == [False, False, True, True, False]
    assert {line.character for _, line in marked.chapters[0].lines if line.written[0] == "“"} == {"ferryman"}


def test_a_bare_title_is_its_bearer(marking):
    marked = marking(
        "Captain Moss shut the door. Sergeant Hill looked up.\n\n“Quiet,” said the captain.\n\n"
        "“Sorry,” said the sergeant.\n\n“Good,” said Captain Moss.\n"
    )
    first, second, third = [line for _, line in marked.chapters[0].lines if line.written[0] == "“"]
    assert first.character == third.character != second.character
    assert len(marked.characters) == 3


# ── evaluation ──────────────────────────────────────────────────────────────────────────────────────


def test_the_evaluation_format(tmp_path):
    path = tmp_path / "book.txt"
    source = (
        "Anna put  the\r\nlamp down.\r\n\r\n“Wait,” said Anna, “for\r\nme.”\r\n\r\nHis “friend,” indeed.\r\n"
    )
    path.write_text(source, encoding="utf-8", newline="")
    manuscript = read(path)
    result = evaluation(manuscript, mark_up(manuscript))
    quotes = result["quotes"]
    assert isinstance(quotes, list)
    assert [source[q["start"] : q["end"]] for q in quotes] == ["Wait,", "for\r\nme.", "friend,"]
    assert [(q["speaker"], q["kind"], q["speech"]) for q in quotes] == [
        ("anna", "speech", 0),
        ("anna", "speech", 0),
        (None, "quoted", None),
    ]
    assert result["characters"] == [
        {"id": "narrator", "name": "Narrator", "aliases": [], "gender": None, "age": None},
        {"id": "anna", "name": "Anna", "aliases": [], "gender": "F", "age": None},
    ]
