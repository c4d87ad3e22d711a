"""Pronunciation lexicons of the W3C, and files that only look like one."""

from pathlib import Path

import pytest

from narrator.errors import SheetError
from narrator.speech import pls, read_pls

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
LEXICON = (
    HEAD
    + """<lexicon version="1.0" xmlns="http://www.w3.org/2005/01/pronunciation-lexicon" alphabet="ipa" xml:lang="en-US">
  <lexeme><grapheme>Ostrov</grapheme><grapheme>Ostroff</grapheme><phoneme>ˈɑstɹɑf</phoneme></lexeme>
  <lexeme><grapheme>tarn</grapheme><phoneme>tɑn</phoneme><phoneme prefer="true">tɑɹn</phoneme></lexeme>
  <lexeme><grapheme>W3C</grapheme><alias>World Wide Web Consortium</alias></lexeme>
  <lexeme><grapheme>Quay</grapheme><alias>key</alias><phoneme>kiː</phoneme></lexeme>
  <lexeme><grapheme>Orr</grapheme><phoneme alphabet="x-sampa">Or</phoneme></lexeme>
  <lexeme><grapheme> </grapheme><phoneme>a</phoneme></lexeme>
</lexicon>
"""
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "names.pls"
    path.write_text(LEXICON, encoding="utf-8")
    return path


def test_words_and_their_readings(file):
    found = read_pls(file)
    readings = {word: (reading.respelling, reading.phonemes) for word, reading in found.words.items()}
    assert readings == {
        "Ostrov": (None, "ˈɑstɹɑf"),
        "Ostroff": (None, "ˈɑstɹɑf"),
        "tarn": (None, "tɑɹn"),
        "W3C": ("World Wide Web Consortium", None),
        "Quay": ("key", "kiː"),
    }
    assert found.left_out == ("Orr",)
    assert found.language == "en-US"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('<!DOCTYPE lexicon [<!ENTITY a "aaaa">]><lexicon/>', "entities"),
        ('<!DOCTYPE lexicon SYSTEM "file:///etc/passwd"><lexicon/>', "entities"),
        ("<lexicon>", "not XML"),
        ("", "not XML"),
        ("<html/>", "no pronunciation lexicon"),
    ],
)
def test_what_is_no_lexicon_is_refused(tmp_path, text, says):
    path = tmp_path / "a.pls"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SheetError, match=says):
        read_pls(path)


def test_a_file_too_large_is_not_read(file, monkeypatch):
    monkeypatch.setattr(pls, "LARGEST", 100)
    with pytest.raises(SheetError, match="larger than"):
        read_pls(file)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(SheetError, match="cannot be read"):
        read_pls(tmp_path / "none.pls")


def test_importing_keeps_what_stands_there(file, rendered, narrator):
    sheet = rendered / "script" / "lexicon.toml"
    sheet.write_text('format = 1\n[words]\ntarn = "TARN" # mine\n', encoding="utf-8")
    told = narrator("-C", rendered, "lexicon", "import", file, "--json").document
    assert told == {"added": ["Ostrov", "Ostroff", "W3C", "Quay"], "kept": ["tarn"], "left_out": ["Orr"]}
    text = sheet.read_text(encoding="utf-8")
    assert 'tarn = "TARN" # mine' in text
    assert 'Ostrov = "/ˈɑstɹɑf/"' in text
    assert narrator("-C", rendered, "check").code == 0
    said = narrator("-C", rendered, "lexicon", "import", file)
    assert said.out.startswith("0 words added to script/lexicon.toml.\n5 words stood there already")
    assert sheet.read_text(encoding="utf-8") == text


def test_importing_something_else_is_one_sentence(rendered, narrator):
    said = narrator("-C", rendered, "lexicon", "import", rendered / "script" / "book.toml")
    assert said.code == 1
    assert "is not XML" in said.err
    assert not (rendered / "script" / "lexicon.toml").exists()
