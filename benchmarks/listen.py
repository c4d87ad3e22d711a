"""How fast a ten-hour book is published, opened and scrolled; how a server with eight listeners does.

    .venv-listen/bin/python benchmarks/listen.py      # after `make test-listen`, which installs what it needs

The book is made up: 40 chapters of 250 lines and 15 minutes of silence. Chromium is Debian's; it paints in
software here, so frames are slower than on a machine with a graphics card.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from narrator.audio import RATE
from narrator.build.publishing import Order, publish
from narrator.production import Production
from narrator.release import draw_cover
from narrator.report import Silent

CHAPTERS, LINES, SECONDS = 40, 250, 900
WORDS = "wind came over the ridge and nobody at the lock had a word for it but old Ada".split()  # noqa: SIM905


def silence(seconds: int) -> bytes:
    """MPEG-1 layer III at 32 kbit/s, mono; every other frame is padded, as a constant rate wants it."""
    frames, short = [], bytes.fromhex("fffb10c4") + bytes(100)
    padded, owed = bytes.fromhex("fffb12c4") + bytes(101), 0
    for _ in range(seconds * RATE // 1152):
        owed += 144 * 32_000 % RATE
        frames.append(padded if owed >= RATE else short)
        owed -= RATE * (owed >= RATE)
    return b"".join(frames)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        production = Production(Path(folder))
        make_book(production)
        for when in ("first", "again"):
            started = time.monotonic()
            publish(production, Order(url="https://books.example.org/"), Silent())
            tell(f"publish, {when}", f"{time.monotonic() - started:.2f} s")
        tell("  memory at most", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
        page = production.site / "long-book" / "index.html"
        tell("the page", f"{page.stat().st_size / 1000:.0f} kB")
        with serving(production) as (port, process):
            requests(port, process, production.site / "long-book" / "media")
            if shutil.which("chromium"):
                browse(port)
            else:
                tell("browser", "chromium is not installed: not measured")


def tell(what: str, figure: str) -> None:
    print(f"{what:<44}{figure:>14}", flush=True)


def make_book(production: Production) -> None:
    """A release as a render leaves it."""
    dice = random.Random(1)
    people = [f"person-{n}" for n in range(12)]
    cast = "".join(f'[character.{p}]\nname = "Person {p[7:]}"\nvoice = "v"\n' for p in ["narrator", *people])
    entries, marks, lines = [], [], []
    sound = silence(SECONDS)
    for number in range(1, CHAPTERS + 1):
        offset = (number - 1) * SECONDS * RATE
        title, script = f"Chapter {number}", [f"# Chapter {number}", ""]
        entries.append(f'[[chapter]]\nfile = "{number}.nar"\n')
        marks.append(
            span(offset, SECONDS * RATE) | {"chapter": number, "name": f"{number}.nar", "title": title}
        )
        for line in range(LINES):
            who = dice.choice(people) if dice.random() < 0.4 else "narrator"
            text = " ".join(dice.choices(WORDS, k=dice.randint(4, 22))) + "."
            script += [text if who == "narrator" else f"@{who}: {text}"] + [""] * (dice.random() < 0.6)
            start = offset + line * SECONDS * RATE // LINES
            place = {
                "chapter": number,
                "line": len(script) - (not script[-1]),
                "character": who,
                "text": text,
            }
            lines.append(place | span(start, 3 * RATE))
        write(production.script / f"{number}.nar", "\n".join(script) + "\n")
        path = production.single(number, title, "mp3", last=CHAPTERS)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sound)
    sheet = 'title = "Long book"\nauthor = "A"\n[publish]\naddress = "long-book"\n'
    write(production.book_sheet, sheet + "".join(entries))
    write(production.cast_sheet, cast)
    write(production.timeline, json.dumps({"rate": RATE, "chapters": marks, "lines": lines}))
    (production.output / "cover.jpg").write_bytes(draw_cover("Long book", "A"))


def span(start: int, length: int) -> dict[str, int]:
    return {"start_sample": start, "end_sample": start + length}


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@contextmanager
def serving(production: Production) -> Iterator[tuple[int, int]]:
    command = [sys.executable, "-m", "narrator", "-C", str(production.root), "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            told = process.stdout.readline() if process.stdout else ""
            yield int(told.split("/")[2].split(":")[1]), process.pid
        finally:
            process.terminate()


def requests(port: int, process: int, media: Path) -> None:
    """A thousand byte ranges by eight listeners."""
    path = next(media.glob("*.mp3"))
    data = path.read_bytes()

    def listen(seed: int) -> int:
        dice, right = random.Random(seed), 0
        line = http.client.HTTPConnection("127.0.0.1", port)
        for _ in range(125):
            start = dice.randrange(len(data))
            end = min(len(data), start + dice.choice([1, 65_536, 500_000]))
            line.request(
                "GET", f"/long-book/media/{path.name}", headers={"range": f"bytes={start}-{end - 1}"}
            )
            right += line.getresponse().read() == data[start:end]
        line.close()
        return right

    listen(99)
    before, started = resident(process), time.monotonic()
    with ThreadPoolExecutor(8) as listeners:
        right = sum(listeners.map(listen, range(8)))
    tell("1,000 ranges by 8 clients, right", f"{right}")
    tell("  time", f"{time.monotonic() - started:.2f} s")
    tell("  memory of the server, before and after", f"{before:.0f}, {resident(process):.0f} MB")


def resident(pid: int) -> float:
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(told.stdout) / 1024


SCROLL = """
async () => {
  const frames = [];
  let before = performance.now();
  const end = document.documentElement.scrollHeight - innerHeight;
  for (let at = 0; at < end; at += 60) {
    scrollTo(0, at);
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - before);
    before = now;
  }
  frames.sort((a, b) => a - b);
  return [frames.length, frames[frames.length >> 1], frames[Math.floor(frames.length * 0.95)], frames.at(-1)];
}
"""


def browse(port: int) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tool:
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = tool.chromium.launch(executable_path=shutil.which("chromium"), args=options)
        for name, size in (("desk", (1440, 900)), ("phone", (390, 844))):
            ready = []
            for _ in range(5):
                context = browser.new_context(viewport={"width": size[0], "height": size[1]})
                page = context.new_page()
                page.goto(f"http://127.0.0.1:{port}/long-book/")
                page.wait_for_selector("html.ready")
                ready.append(page.evaluate("performance.getEntriesByName('ready')[0].startTime"))
            tell(f"{name}: interactive, median of 5", f"{sorted(ready)[2]:.0f} ms")
            tell("  elements on the page", str(page.evaluate("document.querySelectorAll('*').length")))
            page.wait_for_timeout(2_000)
            many, median, slow, slowest = page.evaluate(SCROLL)
            tell(f"  {many} frames of scrolling, median", f"{median:.1f} ms")
            tell("    95 % under, slowest", f"{slow:.1f}, {slowest:.1f} ms")
        browser.close()


if __name__ == "__main__":
    main()
