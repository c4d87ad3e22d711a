"""The player in Chromium: it plays, seeks, lights up the right line, and knows where the listener was."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from .conftest import Site, Watched, until

Visit = Callable[..., Watched]

TIME = "document.getElementById('sound').currentTime"
PAUSED = "document.getElementById('sound').paused"
LIT = "document.querySelector('.line[aria-current]')"
CHAPTER = "document.querySelector('article').dataset.chapter"

WATCH = """
() => {
  window.seen = [];
  const sound = document.getElementById("sound");
  new MutationObserver(() => {
    const line = document.querySelector(".line[aria-current]");
    if (line) window.seen.push([line.id, Number(line.dataset.start), sound.currentTime, sound.paused]);
  }).observe(document.getElementById("reader"), { subtree: true, attributeFilter: ["aria-current"] });
}
"""


def start(page: Page, chapter: str = "one") -> None:
    page.click(f"#chapters a[data-chapter={chapter}]")
    until(page, f"!{PAUSED} && {TIME} > 0.3")


def test_it_plays_from_the_beginning(visit: Visit, site: Site) -> None:
    page = visit(site.plain).page
    assert page.evaluate(CHAPTER) == "opening-credits"
    page.click("#begin")
    until(page, f"!{PAUSED} && {TIME} > 1")
    assert page.inner_text("#begin") == "Pause"
    page.click("#play")
    until(page, PAUSED)


def test_the_right_line_is_lit_within_a_quarter_of_a_second(visit: Visit, site: Site) -> None:
    page = visit(site.plain).page
    start(page)
    page.evaluate(WATCH)
    until(page, "window.seen.length >= 4")
    seen = page.evaluate("window.seen")
    assert all(0 <= heard - begins < 0.25 for _, begins, heard, paused in seen if not paused), seen


@pytest.mark.parametrize("width", [390, 1280])
def test_a_seek_lights_the_line_and_brings_it_into_sight(visit: Visit, site: Site, width: int) -> None:
    page = visit(site.plain, viewport={"width": width, "height": 800}).page
    start(page)
    lines = page.evaluate(
        "[...document.querySelectorAll('.line[data-start]')].map(l => [l.id, +l.dataset.start])"
    )
    for id_, begins in (lines[-3], lines[2], lines[len(lines) // 2]):
        page.evaluate(f"document.getElementById('sound').currentTime = {begins + 0.05}")
        until(page, f"{LIT}?.id === '{id_}'")
        bar = page.evaluate("document.getElementById('player').getBoundingClientRect().top")
        until(page, f"(b => b.top >= 0 && b.bottom <= {bar})({LIT}.getBoundingClientRect())")


def test_a_click_on_a_line_plays_it(visit: Visit, site: Site) -> None:
    page = visit(site.plain).page
    start(page)
    line = page.locator(".line[data-start]").nth(6)
    begins = float(line.get_attribute("data-start") or "nan")
    line.click()
    until(page, f"Math.abs({TIME} - {begins}) < 1 && !{PAUSED}")
    until(page, f"{LIT}?.id === '{line.get_attribute('id')}'")
    assert page.inner_text("#now-speaker") in ("Ada", "")


def test_it_resumes_where_the_listener_left(visit: Visit, site: Site) -> None:
    page = visit(site.plain).page
    start(page, "two")
    page.evaluate("document.getElementById('sound').currentTime = 21")
    until(page, f"{TIME} > 21.5")
    page.click("#play")
    until(page, PAUSED)
    left, line = page.evaluate(TIME), page.evaluate(f"{LIT}.id")
    page.select_option("#speed", "1.5")
    page.reload()
    page.wait_for_selector("html.ready")
    assert page.inner_text("#begin") == "Resume"
    assert page.evaluate(CHAPTER) == "two"
    assert page.evaluate(f"{LIT}.id") == line
    page.click("#begin")
    until(page, f"!{PAUSED} && {TIME} > {left}")
    assert page.evaluate(TIME) < left + 5
    assert page.evaluate("document.getElementById('sound').playbackRate") == 1.5


def test_one_chapter_follows_the_other(visit: Visit, site: Site) -> None:
    page = visit(site.plain).page
    start(page)
    page.evaluate(
        "document.getElementById('sound').currentTime = document.getElementById('sound').duration - 1"
    )
    until(page, f"{CHAPTER} === 'two' && !{PAUSED} && {TIME} > 0.2")
    assert page.get_attribute("#chapters a[data-chapter=two]", "aria-current") == "true"


def test_the_sleep_timer_stops_at_the_end_of_the_chapter(visit: Visit, site: Site) -> None:
    page = visit(site.plain).page
    start(page)
    page.select_option("#sleep", "chapter")
    page.evaluate(
        "document.getElementById('sound').currentTime = document.getElementById('sound').duration - 1"
    )
    until(page, f"{CHAPTER} === 'two'")
    page.wait_for_timeout(1_000)
    assert page.evaluate(PAUSED)
    assert page.input_value("#sleep") == "off"


def test_the_sleep_timer_stops_after_minutes(visit: Visit, site: Site) -> None:
    page = visit(site.plain, ready=False).page
    page.clock.install()
    page.reload()
    page.wait_for_selector("html.ready")
    page.click("#begin")
    until(page, f"!{PAUSED}")
    page.select_option("#sleep", "5")
    page.clock.run_for(4 * 60_000)
    assert not page.evaluate(PAUSED)
    page.clock.run_for(61_000)
    until(page, PAUSED)
    assert page.input_value("#sleep") == "off"
    assert page.evaluate("document.getElementById('sound').volume") == 1


def test_the_keyboard_alone_is_enough(visit: Visit, site: Site) -> None:
    page = visit(site.plain).page
    page.keyboard.press("n")
    until(page, f"{CHAPTER} === 'one'")
    page.keyboard.press("Space")
    until(page, f"!{PAUSED} && {TIME} > 0.2")
    page.keyboard.press("ArrowRight")
    until(page, f"{TIME} > 29")
    page.keyboard.press("ArrowLeft")
    until(page, f"{TIME} > 14 && {TIME} < 20")
    page.keyboard.press("k")
    until(page, PAUSED)
    before = page.evaluate(f"{LIT}.id")
    page.keyboard.press(".")
    until(page, f"{LIT}.id !== '{before}'")
    page.keyboard.press("+")
    assert page.input_value("#speed") == "1.1"
    page.keyboard.press("?")
    assert page.is_visible("#help")
    page.uncheck("#keys-on")
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Space")
    page.wait_for_timeout(300)
    assert page.evaluate(PAUSED)


def test_tab_reaches_everything_and_shows_where(visit: Visit, site: Site) -> None:
    page = visit(site.plain).page
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
        assert page.evaluate(
            "document.activeElement === document.body || getComputedStyle(document.activeElement).outlineStyle !== 'none'"
        )
    wanted = {"begin", "play", "back", "forward", "line-back", "seek", "speed", "sleep", "help-button", "Two"}
    assert wanted <= reached


def test_media_keys(visit: Visit, site: Site) -> None:
    page = visit(site.plain, ready=False).page
    page.add_init_script(
        "window.keys = {}; const set = navigator.mediaSession.setActionHandler.bind(navigator.mediaSession);"
        "navigator.mediaSession.setActionHandler = (name, act) => { window.keys[name] = act; set(name, act); };"
    )
    page.reload()
    page.wait_for_selector("html.ready")
    page.evaluate("window.keys.nexttrack()")
    until(page, f"{CHAPTER} === 'one'")
    page.evaluate("window.keys.play()")
    until(page, f"!{PAUSED} && {TIME} > 0.2")
    page.evaluate("window.keys.seekto({ seekTime: 12 })")
    until(page, f"{TIME} >= 12")
    assert page.evaluate("navigator.mediaSession.metadata.title") == "One"
    assert page.evaluate("navigator.mediaSession.metadata.album") == "The Tones"
    page.evaluate("window.keys.pause()")
    until(page, PAUSED)


def test_a_line_can_be_linked_to(visit: Visit, site: Site) -> None:
    page = visit(f"{site.plain}#chapter=two&line=l3").page
    assert page.evaluate(CHAPTER) == "two"
    assert page.evaluate(f"{LIT}.id") == "l3"
