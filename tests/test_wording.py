"""The lexicon in a production: what an entry re-records, and what `narrator check` tells of the words."""

import json

ONE = """\
# One
The rope belonged to Ostrov.
@boy: “Ostrov’s gone,”
said the boy of the tarn.
@boy: “The tarn is 300 feet deep.”
"""


def words_of_takes(root):
    records = (root / ".narrator" / "takes").rglob("*.json")
    return {tuple(map(tuple, json.loads(path.read_bytes())["facts"]["words"])) for path in records}


def test_an_entry_re_records_only_the_lines_that_hold_it(make, narrator):
    root = make(script__one_dot_nar=ONE)
    assert narrator("-C", root, "render", "--jobs", 1).code == 0
    before = words_of_takes(root)
    lexicon = root / "script" / "lexicon.toml"

    lexicon.write_text('[words]\nOstrov = "OSS-trof"\n', encoding="utf-8")
    assert narrator("-C", root, "render", "--jobs", 1, "--json").document["lines"]["recorded"] == 2
    new = words_of_takes(root) - before
    assert {(("The rope belonged to ", None, None), ("Ostrov", "OSS-trof", None), (".", None, None))} < new

    lexicon.write_text('[words]\nOstrov = "OSS-trof"\n[character.boy]\ntarn = "/tɑn/"\n', encoding="utf-8")
    told = narrator("-C", root, "render", "--jobs", 1, "--json").document
    assert told["lines"]["recorded"] == 1  # the boy's tarn, not the narrator's

    lexicon.write_text('[words]\nOstrov = { say = "OSS-trof" }\nnever = "x"\n', encoding="utf-8")
    assert narrator("-C", root, "render", "--jobs", 1, "--json").document["lines"]["recorded"] == 0


def test_figures_reach_the_engine_as_words(make, narrator):
    root = make(script__one_dot_nar=ONE)
    assert narrator("-C", root, "render", "--jobs", 1).code == 0
    assert any(("300", "three hundred", None) in words for words in words_of_takes(root))


def test_check_lists_unknown_words_and_entries_that_never_apply(make, narrator):
    one = "# One\nQuarjo met Vlosk.\n@boy: “Vlosk’s dog, 3 brrr and a USSR flag!”\nZemph met vlosk.\n"
    entries = '[words]\nQuarjo = "KWAR-jo"\nnever = "x"\n[character.boy]\nZemph = "zemf"\n'
    root = make(script__one_dot_nar=one, script__lexicon_dot_toml=entries)
    told = narrator("-C", root, "check", "--json").document
    found = [(word["word"], word["times"], word["where"]) for word in told["unknown_words"]]
    assert found == [("Vlosk", 3, "script/one.nar:2"), ("Zemph", 1, "script/one.nar:4")]
    assert told["idle_entries"] == [
        {"word": "never", "character": None},
        {"word": "Zemph", "character": "boy"},
    ]
    said = narrator("-C", root, "check")
    assert said.code == 0
    assert "script/one.nar:2: no dictionary knows “Vlosk” (heard 3 times)" in said.out
    assert "“Zemph” of boy never applies" in said.out


def test_no_english_dictionary_judges_another_language(make, narrator):
    voice = 'format = 1\nengine = "tones"\nlanguage = "de"\n'
    root = make(script__one_dot_nar="# Eins\nSchnee lag auf dem Joch.\n", voices__low_dot_toml=voice)
    assert narrator("-C", root, "check", "--json").document["unknown_words"] == []


def test_a_wrong_lexicon_is_one_sentence(make, narrator):
    for text, says in [
        ("[words]\ntarn = 3\n", "tarn"),
        ("[words]\ntarn = { case = true }\n", "says nothing"),
        ("[words]\ntarn = { say = 'x', sey = 'y' }\n", "tarn"),
        ("[character.boy]\ntarn = []\n", "boy"),
    ]:
        root = make(script__lexicon_dot_toml=text)
        said = narrator("-C", root, "check")
        assert said.code == 1
        assert said.err.startswith("narrator: script/lexicon.toml: ")
        assert says in said.err
        assert len(said.err.strip().split("\n")) == 1
