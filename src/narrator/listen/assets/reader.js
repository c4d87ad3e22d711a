// The text: a chapter at a time, the line that is spoken lit up, a click on a line plays it.

const CALM = matchMedia("(prefers-reduced-motion: reduce)");
const SMOOTH = 2_000; // pixels; beyond, the page jumps rather than races

export class Reader extends EventTarget {
  #room;
  #lines = [];
  #starts = [];
  #lit = null;
  #chapter = "";
  #texts = new Map();
  follows = true;

  constructor(room) {
    super();
    this.#room = room;
    room.addEventListener("click", (event) => this.#clicked(event));
    for (const name of ["wheel", "touchmove"]) {
      addEventListener(name, (event) => this.#moved(event), { passive: true });
    }
    addEventListener("keydown", (event) => {
      if (["PageUp", "PageDown", "ArrowUp", "ArrowDown", "Home", "End"].includes(event.key)) this.leave();
    });
  }

  // Show a chapter; answers its sound's address and its length.
  async open(chapter) {
    const text = await this.#fetch(chapter.href);
    if (this.#chapter !== chapter.name) {
      this.#chapter = chapter.name;
      const article = document.importNode(text.article, true);
      const title = article.querySelector("h1");
      const heading = document.createElement("h2");
      heading.className = title.className;
      heading.dir = title.dir;
      heading.append(...title.childNodes);
      title.replaceWith(heading);
      this.#room.replaceChildren(article);
      this.#lines = [...article.querySelectorAll(".line[data-start]")];
      this.#starts = this.#lines.map((line) => Number(line.dataset.start));
      this.#lit = null;
      this.dispatchEvent(new Event("opened"));
    }
    return { sound: text.sound, seconds: text.seconds };
  }

  // Have a chapter's text at hand before it is needed.
  prepare(chapter) {
    this.#fetch(chapter.href).catch(() => undefined);
  }

  #fetch(href) {
    if (!this.#texts.has(href)) {
      const text = read(href);
      this.#texts.set(href, text);
      text.catch(() => this.#texts.delete(href));
    }
    return this.#texts.get(href);
  }

  // The number of the line at a time: the last that has begun, -1 before the first.
  #index(seconds) {
    let [low, high] = [0, this.#starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle] <= seconds + 0.001) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  // Light up the line at a time.
  show(seconds, playing) {
    const line = this.#lines[this.#index(seconds)] ?? null;
    if (line === this.#lit) return;
    this.#lit?.removeAttribute("aria-current");
    line?.setAttribute("aria-current", "true");
    this.#lit = line;
    this.dispatchEvent(new Event("line"));
    if (playing && this.follows) this.#bring(line);
  }

  get speaker() {
    return this.#lit ? { name: this.#lit.dataset.who ?? "", colour: this.#lit.className } : null;
  }

  startOf(id) {
    const line = this.#lines.find((one) => one.id === id);
    return line ? Number(line.dataset.start) : null;
  }

  // Where the line before or after the one at a time starts; a line well under way starts again.
  lineStart(seconds, step) {
    const at = this.#index(seconds);
    if (step < 0 && at >= 0 && seconds - this.#starts[at] > 1.5) return this.#starts[at];
    return this.#starts[Math.max(0, at + step)] ?? null;
  }

  // Scroll to the spoken line, and go on following it.
  follow() {
    this.follows = true;
    this.#bring(this.#lit);
    this.dispatchEvent(new Event("follow"));
  }

  #bring(line) {
    if (!line) return;
    const box = line.getBoundingClientRect();
    const bar = document.getElementById("player").offsetHeight;
    const room = innerHeight - bar;
    if (box.top > room * 0.12 && box.bottom < room * 0.72) return;
    const near = Math.abs(box.top - room * 0.3) < SMOOTH;
    scrollTo({
      top: scrollY + box.top - room * 0.3,
      behavior: near && !CALM.matches ? "smooth" : "instant",
    });
  }

  // On a wide screen the book beside the text scrolls by itself.
  #moved({ target }) {
    const leaf = target.closest?.(".leaf");
    if (!leaf || leaf.scrollHeight <= leaf.clientHeight) this.leave();
  }

  // The listener looks elsewhere: the page does not follow the voice any more.
  leave() {
    if (!this.follows || !this.#lit) return;
    this.follows = false;
    this.dispatchEvent(new Event("follow"));
  }

  #clicked(event) {
    if (!getSelection().isCollapsed) return; // the listener marks words
    const line = event.target.closest(".line[data-start]");
    if (!line) return;
    this.follows = true;
    this.dispatchEvent(new CustomEvent("pick", { detail: Number(line.dataset.start) }));
  }
}

async function read(href) {
  const answer = await fetch(href);
  if (!answer.ok) throw new Error(`${href}: ${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const article = page.getElementById("text");
  return {
    article,
    sound: new URL(article.dataset.sound, answer.url).href,
    seconds: Number(article.dataset.seconds),
  };
}
