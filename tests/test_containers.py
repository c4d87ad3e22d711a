"""EPUB, DOCX, ODT and HTML, made here byte by byte: what is read, what is left out, and what is refused."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from commands import Narrator
from narrator.book import Manuscript
from narrator.errors import ManuscriptError
from narrator.manuscript import archive, read
from narrator.markup import mark_up
from narrator.script import write

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
)
PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">
<metadata><dc:title>The Weir</dc:title><dc:creator>Ina Holt</dc:creator></metadata>
<manifest>{items}</manifest><spine>{spine}</spine>{guide}</package>"""
PAGE = (
    '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "xhtml11.dtd">'
    '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
    "<head><title>no words</title></head><body>{}</body></html>"
)
ONE = (
    '<h2 id="c1">I</h2><p>The weir was <i>low</i>&nbsp;that year.<a epub:type="noteref" href="#n">1</a></p>'
    '<p><span epub:type="pagebreak" id="p2">2</span>“Is it deep?”<br/>said Ina.</p><hr/>'
    '<p class="verse">Down with the water,<br/>Down with the wall.</p><img src="weir.png"/>'
    '<aside epub:type="footnote" id="n"><p>1. As the miller said.</p></aside>'
)
TWO = '<p>No heading stands here.</p><h4>A letter</h4><p id="c3">And here the third begins.</p>'


def zipped(path: Path, files: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return path


def epub(path: Path, contents: Mapping[str, str], *, package: Mapping[str, str] | None = None) -> Path:
    items = "".join(
        f'<item id="{name}" href="{name}.xhtml" media-type="application/xhtml+xml"/>'
        for name in ("one", "two", "legal")
    )
    spine = "".join(f'<itemref idref="{name}"/>' for name in ("legal", "one", "two"))
    parts = {"items": items, "spine": spine, "guide": ""} | dict(package or {})
    parts["items"] += items if package else ""
    pages = {
        "OEBPS/one.xhtml": PAGE.format(ONE),
        "OEBPS/two.xhtml": PAGE.format(TWO),
        "OEBPS/legal.xhtml": PAGE.format("<h2>Copyright</h2><p>All rights are the miller’s.</p>"),
    }
    return zipped(
        path,
        {"META-INF/container.xml": CONTAINER, "OEBPS/book.opf": PACKAGE.format(**parts), **pages, **contents},
    )


NCX = """<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>
<navPoint><navLabel><text>Copyright</text></navLabel><content src="legal.xhtml"/></navPoint>
<navPoint><navLabel><text>I. The Weir</text></navLabel><content src="one.xhtml#c1"/></navPoint>
<navPoint><navLabel><text>II. The Wall</text></navLabel><content src="two.xhtml"/></navPoint>
<navPoint><navLabel><text>III. The Mill</text></navLabel><content src="two.xhtml#c3"/></navPoint>
</navMap></ncx>"""
NAV = PAGE.format(
    '<nav epub:type="toc"><h1>Contents</h1><ol><li><a href="one.xhtml#c1">I. The Weir</a></li>'
    '<li><a href="two.xhtml">II. The Wall</a></li><li><a href="two.xhtml#c3">III. The Mill</a></li></ol></nav>'
    '<nav epub:type="landmarks"><ol><li><a epub:type="copyright-page" href="legal.xhtml">Legal</a></li></ol></nav>'
)


@pytest.fixture(params=["EPUB 2", "EPUB 3"])
def weir(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "EPUB 2":
        items = {"items": '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'}
        return epub(tmp_path / "weir.epub", {"OEBPS/toc.ncx": NCX}, package=items)
    item = '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
    return epub(tmp_path / "weir.epub", {"OEBPS/nav.xhtml": NAV}, package={"items": item})


def spoken(manuscript: Manuscript) -> list[list[str]]:
    return [[p.text for p in chapter.paragraphs if not p.furniture] for chapter in manuscript.chapters]


def test_an_epub_has_the_chapters_of_its_table_of_contents(weir: Path) -> None:
    manuscript = read(weir)
    assert (manuscript.title, manuscript.author) == ("The Weir", "Ina Holt")
    assert [c.title for c in manuscript.chapters] == ["I. The Weir", "II. The Wall", "III. The Mill"]
    assert [c.heading.text if c.heading else None for c in manuscript.chapters] == ["I", None, None]
    assert spoken(manuscript) == [
        [
            "The weir was low that year.",
            "“Is it deep?” said Ina.",
            "Down with the water, Down with the wall.",
        ],
        ["No heading stands here.", "A letter"],
        ["And here the third begins."],
    ]


def test_what_an_epub_does_not_say_aloud_is_kept_or_listed(weir: Path) -> None:
    manuscript = read(weir)
    kept = [p.text for c in manuscript.chapters for p in c.paragraphs if p.furniture]
    assert kept == ["Copyright", "All rights are the miller’s.", "1. As the miller said."]
    assert manuscript.left_out == ("1 note mark", "1 page number", "1 picture")


def test_emphasis_verse_and_scenes_survive(weir: Path) -> None:
    manuscript = read(weir)
    first = manuscript.chapters[0].paragraphs
    low = next(p for p in first if p.text.startswith("The weir"))
    assert [low.text[s.start : s.end] for s in low.emphasis] == ["low"]
    script = write(mark_up(manuscript).chapters[0])
    assert "---\nDown with the water, /\nDown with the wall.\n" in script
    assert "% 1. As the miller said." in script


def test_every_character_stands_in_the_source(weir: Path) -> None:
    manuscript = read(weir)
    for chapter in manuscript.chapters:
        for paragraph in chapter.paragraphs:
            for at, character in enumerate(paragraph.text):
                found = manuscript.source[paragraph.source(at)]
                assert found == character or (character == " " and found.isspace())


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def p(words: str, style: str = "") -> str:
    shape = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{shape}{words}</w:p>"


def r(words: str, shape: str = "") -> str:
    return f"<w:r>{f'<w:rPr>{shape}</w:rPr>' if shape else ''}<w:t>{words}</w:t></w:r>"


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    body = (
        p(r("The Weir"), "T")
        + f'<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
        f"<w:sdtContent>{p(r('The Wall 3'))}</w:sdtContent></w:sdt>"
        + p(r("The Wall"), "own")
        + p(
            r("It was ")
            + r("cold", "<w:i/>")
            + r(", and he ")
            + "<w:del>"
            + r("never")
            + "</w:del>"
            + r("stayed.")
        )
        + p(r("“Go,”") + '<w:r><w:footnoteReference w:id="2"/></w:r>' + r(" said Ina."))
        + p(r("* * *"))
        + p(r("Down with it,") + "<w:r><w:br/></w:r>" + r("All of it."))
        + p("<w:r><w:drawing/></w:r>")
    )
    styles = (
        '<w:style w:styleId="T"><w:name w:val="Title"/></w:style>'
        '<w:style w:styleId="h"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:styleId="own"><w:name w:val="My chapter"/><w:basedOn w:val="h"/></w:style>'
    )
    notes = f'<w:footnote w:id="2">{p(r("To the mill."))}</w:footnote>'
    return zipped(
        tmp_path / "weir.docx",
        {
            "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
            "word/styles.xml": f"<w:styles {W}>{styles}</w:styles>",
            "word/footnotes.xml": f"<w:footnotes {W}>{notes}</w:footnotes>",
        },
    )


def test_a_docx(letter: Path) -> None:
    manuscript = read(letter)
    assert manuscript.title == "The Weir"
    chapter = manuscript.chapters[0]
    assert [c.title for c in manuscript.chapters] == ["The Wall"]
    assert [p.text for p in chapter.paragraphs if p.furniture] == ["The Weir", "The Wall 3", "To the mill."]
    told = [p for p in chapter.paragraphs if not p.furniture]
    assert [p.text for p in told] == [
        "It was cold, and he stayed.",
        "“Go,” said Ina.",
        "Down with it, All of it.",
    ]
    assert [told[0].text[s.start : s.end] for s in told[0].emphasis] == ["cold"]
    assert told[2].opens_scene
    assert told[2].verse == (13,)
    assert manuscript.left_out == ("1 picture",)


def test_an_odt(tmp_path: Path) -> None:
    namespaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{kind}:1.0"'
        for name, kind in (
            ("office", "office"),
            ("text", "text"),
            ("style", "style"),
            ("fo", "xsl-fo-compatible"),
        )
    )
    content = (
        f"<office:document-content {namespaces}><office:automatic-styles>"
        '<style:style style:name="T1"><style:text-properties fo:font-style="italic"/></style:style>'
        "</office:automatic-styles><office:body><office:text>"
        '<text:h text:outline-level="1">The Wall</text:h>'
        '<text:p>It was <text:span text:style-name="T1">cold</text:span><text:s/>there.<text:note>'
        "<text:note-citation>1</text:note-citation><text:note-body><text:p>In March.</text:p></text:note-body>"
        "</text:note></text:p><text:p>Down with it,<text:line-break/>All of it.</text:p>"
        '<text:h text:outline-level="1">The Mill</text:h><text:p>“Go,” said Ina.</text:p>'
        "</office:text></office:body></office:document-content>"
    )
    manuscript = read(zipped(tmp_path / "weir.odt", {"content.xml": content}))
    assert [c.title for c in manuscript.chapters] == ["The Wall", "The Mill"]
    assert spoken(manuscript) == [["It was cold there.", "Down with it, All of it."], ["“Go,” said Ina."]]
    first = manuscript.chapters[0].paragraphs
    assert [first[0].text[s.start : s.end] for s in first[0].emphasis] == ["cold"]
    assert [p.text for p in first if p.furniture] == ["In March."]
    assert first[-1].verse == (13,)


def test_an_html_page_of_tag_soup(tmp_path: Path) -> None:
    (tmp_path / "weir.html").write_text(
        "<title>The Weir</title><script>alert('no')</script><h1>The Weir<h2>One</h2><p>It was <b>cold</b> &amp; wet"
        "<p>“Go,” said Ina.<!-- no --><h2>Two</h2><pre>Down with it,\n  all of it.</pre>",
        encoding="utf-8",
    )
    manuscript = read(tmp_path / "weir.html")
    assert manuscript.title == "The Weir"
    assert [c.title for c in manuscript.chapters] == ["One", "Two"]
    assert spoken(manuscript) == [["It was cold & wet", "“Go,” said Ina."], ["Down with it, all of it."]]


def test_project_gutenbergs_header_and_licence_go(tmp_path: Path) -> None:
    (tmp_path / "pg.txt").write_text(
        "The Project Gutenberg eBook of The Weir\n\nThis ebook is for the use of anyone.\n\nTitle: The Weir\n\n"
        "Author: Ina Holt\n\n*** START OF THE PROJECT GUTENBERG EBOOK THE WEIR ***\n\nProduced by a miller\n\n"
        "CHAPTER I\n\nThe weir was low.\n\nCHAPTER II\n\n    Down with the water,\n    Down with the wall.\n\n"
        "It rose again,\nand the miller went\nhome to his bed\nand his bread.\n\n"
        "*** END OF THE PROJECT GUTENBERG EBOOK THE WEIR ***\n\nSection 1. General terms.\n",
        encoding="utf-8",
    )
    manuscript = read(tmp_path / "pg.txt")
    assert (manuscript.title, manuscript.author) == ("The Weir", "Ina Holt")
    assert manuscript.left_out == ("Project Gutenberg's header and licence",)
    assert spoken(manuscript)[0] == ["The weir was low."]
    assert manuscript.chapters[1].paragraphs[0].verse == (20,)
    assert "Section 1" not in str(spoken(manuscript))


# ── what is refused ─────────────────────────────────────────────────────────────────────────────────

BOMB = (
    "<!DOCTYPE x ["
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefg", "bcdefgh", strict=True))
    + "]>"
)
DRM = (
    '<encryption xmlns="e" xmlns:enc="x"><enc:EncryptedData><enc:CipherData><enc:CipherReference URI="OEBPS/one.xhtml"/>'
    "</enc:CipherData></enc:EncryptedData></encryption>"
)


@pytest.mark.parametrize(
    ("name", "files", "says"),
    [
        ("a.epub", {"../../evil.xhtml": "x"}, "leads out of it"),
        ("a.docx", {"/etc/evil": "x"}, "leads out of it"),
        ("a.docx", {"word/document.xml": b" " * (33 * 2**20)}, "MB of text"),
        ("a.odt", {"content.xml": f"{BOMB}<x>&h;</x>"}, "entities of its own"),
        ("a.docx", {"word/document.xml": "<w:document>"}, "not well-formed"),
        ("a.odt", {"mimetype": "x"}, "there is no content.xml"),
        ("a.epub", {"META-INF/container.xml": CONTAINER}, "names no package"),
        ("a.docx", {"word/document.xml": f"<w:document {W}/>"}, "is empty"),
    ],
)
def test_hostile_archives_end_in_a_sentence(
    tmp_path: Path, name: str, files: Mapping[str, str | bytes], says: str
) -> None:
    with pytest.raises(ManuscriptError, match=says) as caught:
        read(zipped(tmp_path / name, files))
    assert caught.value.where
    assert caught.value.hint


def test_an_archive_that_unpacks_to_everything_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "_MOST", 2**20)
    path = zipped(tmp_path / "a.docx", {"word/document.xml": "<a/>", "word/media/1.png": bytes(2**21)})
    with pytest.raises(ManuscriptError, match="unpacks to 2 files"):
        read(path)


def test_a_locked_book_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(ManuscriptError, match="locked"):
        read(epub(tmp_path / "weir.epub", {"META-INF/encryption.xml": DRM}))


@pytest.mark.parametrize("suffix", [".txt", ".html", ".md"])
def test_a_file_beyond_all_books_is_not_read(tmp_path: Path, suffix: str) -> None:
    with (tmp_path / f"huge{suffix}").open("wb") as file:
        file.truncate(500 * 2**20)
    with pytest.raises(ManuscriptError, match="500 MB of text"):
        read(tmp_path / f"huge{suffix}")


@pytest.mark.parametrize("suffix", [".epub", ".docx", ".odt"])
def test_a_file_that_is_no_archive(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"weir{suffix}").write_bytes(b"once upon a time")
    with pytest.raises(ManuscriptError, match="no zip archive"):
        read(tmp_path / f"weir{suffix}")


def test_a_page_nested_without_end_ends(tmp_path: Path) -> None:
    (tmp_path / "deep.html").write_bytes(b"<html><body><p>Here.</p>" + b"<div>" * 200_000 + b"there")
    assert spoken(read(tmp_path / "deep.html"))[0][0] == "Here."


def test_an_import_says_what_was_left_out(narrator: Narrator, weir: Path) -> None:
    root = weir.parent / "book"
    narrator("init", root)
    told = narrator("-C", root, "import", weir)
    assert told.code == 0
    assert "Left out: 1 note mark, 1 page number, 1 picture." in told.out
    assert "Not read aloud (% in the script): 3 paragraphs" in told.out
    assert "# II. The Wall" in "".join(path.read_text() for path in (root / "script").glob("*.nar"))
