"""The pages in Chromium: without a network, without scripts, with words that attack; and what validators say."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from webpub_manifest_parser.rwpm import RWPMManifestParserFactory

from .conftest import ATTACK, Site, Watched, run, serving, until

Visit = Callable[..., Watched]


def test_it_works_offline_once_loaded(visit: Visit, site: Site) -> None:
    watched = visit(site.plain)
    page = watched.page
    page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
    page.wait_for_selector("#keep-book:visible")
    page.click("#keep-book")
    until(page, "document.getElementById('kept').textContent.startsWith('Kept')")
    page.context.set_offline(True)
    page.reload()
    page.wait_for_selector("html.ready")
    page.click("#chapters a[data-chapter=two]")
    until(page, "document.getElementById('sound').currentTime > 0.5")
    page.evaluate("document.getElementById('sound').currentTime = 20")
    until(page, "document.getElementById('sound').currentTime > 20.3")
    assert page.evaluate("document.querySelector('article').dataset.chapter") == "two"
    watched.wrong.clear()  # Chromium says on its console that there is no network


def test_without_scripts_it_is_text_and_links(visit: Visit, site: Site) -> None:
    page = visit(site.plain, ready=False, java_script_enabled=False).page
    assert page.is_visible("text=M4B audiobook")
    assert not page.is_visible("#player")
    assert not page.is_visible("#begin")
    page.click("#chapters a >> text=Two")
    assert page.is_visible("text=This is the plain line number 1 of the book.")
    assert page.get_attribute("audio", "controls") is not None
    page.click("a[rel=next]")
    assert page.inner_text("h1") == "Three"


def test_words_that_attack_are_words(visit: Visit, site: Site) -> None:
    page = visit(site.hostile).page
    assert page.inner_text("h1") == ATTACK
    assert page.evaluate("document.querySelectorAll('script').length") == 1
    page.click("#chapters a[data-chapter=three]")
    until(page, "document.querySelector('article').dataset.chapter === 'three'")
    assert ATTACK in page.inner_text("article")
    shelf = visit(site.home, ready=False).page
    assert ATTACK in shelf.inner_text("ul.books")


def test_the_policy_holds(visit: Visit, site: Site) -> None:
    watched = visit(site.plain)
    ran = watched.page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
        "document.head.append(s); return window.ran ?? 0; }"
    )
    assert ran == 0
    assert any("Content Security Policy" in wrong for wrong in watched.wrong)
    watched.wrong.clear()


def test_the_shelf_is_searched(visit: Visit, site: Site) -> None:
    page = visit(site.home, ready=False).page
    assert page.locator(".book-card:visible").count() == 2
    page.fill("#find", "tönes nobody")
    assert page.locator(".book-card:visible").count() == 1
    page.fill("#find", "no such book")
    assert page.is_visible("#none")


def test_a_new_edition_reaches_a_listener_in_the_middle(
    visit: Visit, site: Site, tmp_path: Path, chromium: object
) -> None:
    """A page of the old edition goes on; reloaded, it shows the new one."""
    folder = tmp_path / "site"
    run(site.production, "publish", "--to", str(folder))
    script = site.production / "script" / "two.nar"
    before = script.read_text(encoding="utf-8")
    with serving(site.production, folder) as home:
        watched = visit(f"{home}the-tones/")
        page = watched.page
        page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
        old = page.evaluate(
            "fetch('offline.json').then((answer) => answer.json()).then((list) => list.sound)"
        )
        script.write_text(before + "A line that is new.\n", encoding="utf-8")
        try:
            run(site.production, "render")
            run(site.production, "publish", "--to", str(folder))
        finally:
            script.write_text(before, encoding="utf-8")
            run(site.production, "render")
        statuses = page.evaluate(
            "(all) => Promise.all(all.map((one) => fetch(one).then((a) => a.status)))", old
        )
        assert set(statuses) == {200}
        page.click("#chapters a[data-chapter=two]")
        until(page, "document.getElementById('sound').currentTime > 0.2")
        assert "A line that is new." in page.inner_text("article")
        page.reload()
        page.wait_for_selector("html.ready")
        assert "Two: one line changed." in page.inner_text("#editions")
        watched.wrong[:] = [wrong for wrong in watched.wrong if home not in wrong]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(visit: Visit, site: Site, node: Path, scheme: str, width: int) -> None:
    axe = (node / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    pages = [site.plain, site.hostile, f"{site.plain}read/one.html", site.home, f"{site.home}nowhere"]
    for address in pages:
        watched = visit(
            address,
            ready=address in (site.plain, site.hostile),
            color_scheme=scheme,
            viewport={"width": width, "height": 800},
        )
        page = watched.page
        if address == site.plain:
            page.click("#chapters a[data-chapter=one]")
            page.wait_for_selector(".line[aria-current]")
        found = page.evaluate(f"async () => {{ {axe}; return (await axe.run()).violations; }}")
        told = [(one["id"], one["impact"], [n["html"] for n in one["nodes"]][:2]) for one in found]
        assert told == [], address
        if address == f"{site.home}nowhere":
            watched.wrong.clear()  # the console names the 404


def test_the_help_is_accessible(visit: Visit, site: Site, node: Path) -> None:
    axe = (node / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    page = visit(site.plain).page
    page.click("#help-button")
    found = page.evaluate(f"async () => {{ {axe}; return (await axe.run('#help')).violations; }}")
    assert found == []


def test_nothing_overflows_a_narrow_phone(visit: Visit, site: Site) -> None:
    for address in (site.plain, site.hostile, site.home, f"{site.hostile}read/three.html"):
        page = visit(address, ready=False, viewport={"width": 320, "height": 640}).page
        page.wait_for_timeout(500)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_the_html_checker_finds_no_error(site: Site, node: Path, java: str) -> None:
    jar = node / "vnu-jar" / "build" / "dist" / "vnu.jar"
    pages = sorted(map(str, site.folder.rglob("*.html")))
    assert len(pages) == 14
    command = [java, "-jar", str(jar), "--format", "json", "--stdout", *pages]
    told = json.loads(subprocess.run(command, capture_output=True, text=True).stdout)
    errors = [m for m in told["messages"] if m["type"] == "error"]
    assert errors == []


def test_epubcheck_finds_nothing(site: Site, java: str) -> None:
    books = sorted(site.folder.glob("*/media/*.epub"))
    assert len(books) == 2
    for book in books:
        command = [sys.executable, "-m", "epubcheck", str(book)]
        ran = subprocess.run(command, capture_output=True, text=True)
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_a_readium_parser_finds_nothing(site: Site) -> None:
    manifests = sorted(site.folder.glob("*/manifest.json"))
    assert len(manifests) == 2
    for manifest in manifests:
        read = RWPMManifestParserFactory().create().parse_file(str(manifest))
        assert read.errors == []
        assert (
            read.root.metadata.title == json.loads(manifest.read_text(encoding="utf-8"))["metadata"]["title"]
        )
        assert len(read.root.reading_order.links) == 5
