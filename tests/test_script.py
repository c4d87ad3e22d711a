"""The `.nar` format: what is written is read back, what was typed is kept, what is wrong is said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrator.book import (
    NARRATOR,
    Chapter,
    CharacterId,
    Cue,
    Heading,
    Line,
    Note,
    ParagraphBreak,
    Piece,
    SceneBreak,
    Unspoken,
)
from narrator.errors import ScriptError
from narrator.script import file_name, is_id, merge, mistakes, parse, slug, write
from narrator.script.pieces import tidy

SAMPLE = """\
# The Well
// draft two
[bed light-wind level=-26 gust=0.7]
The rope was older than the house.

@old-woman (softly): “Leave it,”
she said,
@old-woman?: “it knows *you*.”
@boy: “Who”\\
—he leaned—\\
@boy: “does?”

---
[pause 1.5]
{Marek|MAH-rek} had {read|/ɹɛd/} the stone:
Here lies water /
and under water, nothing. /
% page 12
\\# not a heading
"""

words = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\n"), min_size=1, max_size=30
)
awkward = st.sampled_from(
    ["#", "@a: b", "[x]", "% y", "// z", "---", "a /", "/", "\\", "a\\", "{", "}", "*", "a*b"]
)
pieces = st.builds(Piece, words | awkward, st.none() | words.filter(lambda w: w.strip()), st.booleans()).map(
    lambda p: replace(p, said=p.said and " ".join(p.said.split()))
)
lines = (
    st.tuples(
        st.sampled_from(["narrator", "old-woman", "ÿlva-2", "猫"]).map(CharacterId),
        st.lists(pieces, min_size=1, max_size=4).map(tidy).filter(bool),
        st.sampled_from(["", "softly", "not so fast"]),
        st.booleans(),
        st.sampled_from([(False, False), (True, False), (False, True)]),
    )
    .map(lambda v: Line(v[0], v[1], v[2], v[3], *v[4]))
    .filter(lambda line: any(p.written.strip() for p in line.pieces))
)
plain = words.map(lambda w: " ".join(w.split()))
values = st.text(st.characters(categories=["L", "N", "P"], exclude_characters='"'), max_size=8)
elements = st.one_of(
    lines,
    st.builds(Unspoken, plain),
    st.builds(Note, plain),
    st.just(ParagraphBreak()),
    st.just(SceneBreak()),
    st.builds(
        Cue,
        st.sampled_from(["pause", "bed"]),
        st.lists(values.filter(bool), max_size=2).map(tuple),
        st.dictionaries(st.sampled_from(["level", "gust"]), values, max_size=2).map(
            lambda d: tuple(d.items())
        ),
    ),
)
chapters = st.tuples(plain.filter(lambda t: t and not t.startswith("#")), st.lists(elements, max_size=8)).map(
    lambda v: Chapter((Heading(v[0]), *v[1]))
)


@given(chapters)
def test_what_is_written_is_read_back(chapter: Chapter) -> None:
    text = write(chapter)
    assert text.count("\n") == len(chapter.elements)
    assert parse(text) == chapter


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), max_size=20)
        | st.sampled_from(SAMPLE.split("\n")),
        max_size=12,
    ),
    st.booleans(),
)
def test_what_was_typed_is_kept_byte_for_byte(typed: list[str], ended: bool) -> None:
    text = "\n".join(["# A", *typed]) + ("\n" if ended else "")
    try:
        chapter = parse(text)
    except ScriptError:
        return
    assert write(chapter) == text


def test_the_sample_reads_as_an_editor_expects() -> None:
    chapter = parse(SAMPLE)
    assert write(chapter) == SAMPLE
    assert chapter.title == "The Well"
    spoken = {number: (line.character, line.written) for number, line in chapter.lines}
    assert spoken[6] == ("old-woman", "“Leave it,”")
    assert spoken[8] == ("old-woman", "“it knows you.”")
    assert spoken[15] == (NARRATOR, "Marek had read the stone:")
    line = dict(chapter.lines)
    assert line[6].delivery == "softly"
    assert line[8].unsure
    assert line[8].pieces[1] == Piece("you", emphasised=True)
    assert line[9].glued
    assert line[10].glued
    assert line[15].pieces[0] == Piece("Marek", "MAH-rek")
    assert line[16].verse
    assert line[19].written == "# not a heading"
    assert chapter.elements[2] == Cue("bed", ("light-wind",), (("level", "-26"), ("gust", "0.7")))


def test_only_newlines_end_a_line() -> None:
    chapter = parse("# A\none\u2028two\x0bthree\n")
    assert [line.written for _, line in chapter.lines] == ["one two three"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("# Again", "second # heading"),
        ("@boy “Hello.”", "begins with @"),
        ("@: Hello.", "no character"),
        ("@bo/y: Hello.", "cannot name a character"),
        ("@boy:", "nothing to say"),
        ("[bed", "ends with ]"),
        ("[]", "has no name"),
        ("[bed level=1 level=2]", "twice"),
        ('[bed "wind]', "breaks off"),
        ("{Marek", "never closed"),
        ("{Marek}", "written and the spoken"),
        ("Marek} said", "without its {"),
        ("*so it goes", "never ends"),
        ("a ** b", "between the two stars"),
        ("\\", "no words"),
    ],
)
def test_a_mistake_says_where_and_what_and_what_to_type(line: str, says: str) -> None:
    text = f"# A\nfine\n{line}\n"
    with pytest.raises(ScriptError, match=r"script/a\.nar:3: ") as caught:
        parse(text, where="script/a.nar")
    assert says in caught.value.what
    assert caught.value.hint
    assert len(mistakes(text)) == 1


def test_every_mistake_is_listed() -> None:
    assert [e.where for e in mistakes("no heading\n{\n# A\n[\n", where="a")] == ["a:1", "a:2", "a:4"]
    assert "empty" in mistakes("")[0].what


def test_names() -> None:
    assert slug("The Chief’s Staff — №2") == "the-chiefs-staff-2"
    assert is_id("наташа-2")
    assert not is_id("a_b")
    assert file_name("“That night, he walked”", {"that-night-he-walked.nar"}) == "that-night-he-walked-2.nar"
    assert file_name("***", ()) == "chapter.nar"
    assert len(file_name("word " * 40, ())) < 56


def _chapter(title: str, *paragraphs: str) -> Chapter:
    return parse(f"# {title}\n" + "\n\n".join(paragraphs) + "\n")


def test_merging_keeps_hand_edits_where_the_words_did_not_change() -> None:
    old = {
        "one.nar": _chapter(
            "My own title", "[bed gusts]\nA first.", "@boy (softly): “Mine.”\nhe said.", "Gone."
        ),
        "two.nar": _chapter("Two", "// keep\n@girl: “Last.”"),
    }
    new = [
        _chapter("Two", "@x?: “Last.”"),
        _chapter("A first", "A first.", "@y?: “Mine.”\nhe said.", "Fresh."),
    ]
    merged = merge(old, new, standing=[True, False])
    assert [file for file, _ in merged.chapters] == ["two.nar", "one.nar"]
    assert write(merged.chapters[0][1]) == "# Two\n// keep\n@girl: “Last.”\n"
    assert write(merged.chapters[1][1]) == (
        "# My own title\n[bed gusts]\nA first.\n\n@boy (softly): “Mine.”\nhe said.\n\nFresh.\n"
    )
    assert (merged.kept, merged.new, merged.dropped) == (3, 1, ("Gone.",))


@given(chapters)
def test_merging_an_unchanged_manuscript_changes_nothing(chapter: Chapter) -> None:
    assert write(merge({"a.nar": chapter}, [chapter], standing=[False]).chapters[0][1]) == write(chapter)
