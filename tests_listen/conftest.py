"""A production rendered with tones, published and served, and Debian's Chromium to listen to it.

What is not installed and cannot be is skipped, and says so: `make test-listen` tries to install all of it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

REPOSITORY = Path(__file__).parents[1]
NODE = REPOSITORY / ".venv-listen" / "node_modules"
ATTACK = "</p><script>alert('x')</script>\" onload=alert(1) ' \u202eevil\u202c שלום 🎧 --> ]]>"

VOICE = 'format = 1\nengine = "tones"\nlanguage = "{}"\n[settings]\nhertz = {}\n'
LINES = "".join(
    f"This is the plain line number {n} of the book.\n@ada: “And this is what Ada answers, {n} times.”\n\n"
    for n in range(1, 13)
)


def book(title: str, **more: str) -> str:
    keys = {"title": title, "author": "Nobody", "narrator": "Tones", "date": "2026", **more}
    sheet = "".join(f"{key} = {_quoted(value)}\n" for key, value in keys.items())
    chapters = "".join(f'[[chapter]]\nfile = "{name}.nar"\n' for name in ("one", "two", "three"))
    return f"format = 1\n{sheet}{chapters}"


def _quoted(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)


def produce(root: Path, sheet: str, name: str, line: str, language: str = "en") -> None:
    """A production of three chapters, rendered. language: of its voices."""
    files = {
        "script/book.toml": sheet,
        "script/cast.toml": f'[character.narrator]\nname = "Narrator"\nvoice = "low"\n'
        f'[character.ada]\nname = {_quoted(name)}\nvoice = "high"\n',
        "script/one.nar": f"# One\n{LINES}---\n{line}\n",
        "script/two.nar": f"# Two\n{LINES}",
        "script/three.nar": f"# Three\n{line}\n",
        "voices/low.toml": VOICE.format(language, 150),
        "voices/high.toml": VOICE.format(language, 330),
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    run(root, "render")


def run(root: Path, *words: str) -> str:
    """Type a command in a production, with the tests' engines installed."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "tests" / "plugins")}
    command = [sys.executable, "-m", "narrator", "-C", str(root), *words]
    ran = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@dataclass(frozen=True)
class Site:
    """A site that is served. plain, hostile: the addresses of its books' pages."""

    production: Path
    folder: Path
    home: str

    @property
    def plain(self) -> str:
        return f"{self.home}the-tones/"

    @property
    def hostile(self) -> str:
        return f"{self.home}attack/"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Two books on one shelf; the other one's every word attacks."""
    folder = tmp_path_factory.mktemp("site")
    plain, hostile = tmp_path_factory.mktemp("plain"), tmp_path_factory.mktemp("hostile")
    produce(plain, book("The Tones", description="A book of tones."), "Ada", "The end.")
    sheet = book(ATTACK, author=ATTACK, description=ATTACK, language="he").replace(
        "[[chapter]]", '[publish]\naddress = "attack"\n[[chapter]]', 1
    )
    produce(hostile, sheet, ATTACK, ATTACK, language="he")
    for root in (plain, hostile):
        run(root, "publish", "--to", str(folder), "--url", "https://books.example.org")
    with serving(plain, folder) as home:
        yield Site(plain, folder, home)


@contextmanager
def serving(production: Path, folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "narrator", "-C", str(production), "serve"]
    command += ["--from", str(folder), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield process.stdout.readline().split()[0]
        finally:
            process.terminate()


def until(page: Page, condition: str) -> None:
    """Wait until a condition holds on the page. The tool's own waiting needs `eval`, which the policy forbids."""
    for _ in range(500):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(30)
    pytest.fail(f"never came true: {condition}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("Chromium is not installed (Debian: apt install chromium)")
    options = ["--autoplay-policy=no-user-gesture-required", "--mute-audio"]
    options += ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium's own has no use as root
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=path, args=options)
        yield browser
        browser.close()


@dataclass
class Watched:
    """What a page did that it should not: requests to elsewhere, errors, dialogs."""

    page: Page
    wrong: list[str]


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Callable[..., Watched]]:
    """Open a page as a listener with a browser of their own; closed after the test, and nothing went wrong."""
    contexts: list[BrowserContext] = []
    opened: list[Watched] = []

    def visit(address: str, *, ready: bool = True, **settings: Any) -> Watched:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 800}, **settings})
        contexts.append(context)
        page = context.new_page()
        watched = Watched(page, [])
        opened.append(watched)
        page.on("request", lambda r: r.url.startswith(site.home) or watched.wrong.append(f"asked {r.url}"))
        page.on("pageerror", lambda e: watched.wrong.append(f"error {e}"))
        page.on("console", lambda m: m.type == "error" and watched.wrong.append(f"console {m.text}"))
        page.on("dialog", lambda d: (watched.wrong.append(f"dialog {d.message}"), d.dismiss()))
        page.goto(address)
        if ready:
            page.wait_for_selector("html.ready")
        return watched

    yield visit
    for context in contexts:
        context.close()
    assert [watched.wrong for watched in opened if watched.wrong] == []


@pytest.fixture(scope="session")
def java() -> str:
    path = shutil.which("java")
    if path is None:
        pytest.skip("Java is not installed (Debian: apt install default-jre-headless)")
    return path


@pytest.fixture(scope="session")
def node() -> Path:
    if not NODE.exists():
        pytest.skip("npm is not installed, so vnu-jar and axe-core are not (Debian: apt install npm)")
    return NODE
