// The sound: one chapter after the other, as one book. Tells what happens by events.

import { place, remember, set, setting } from "./place.js";

const REMEMBER_EVERY = 5_000; // ms

export class Player extends EventTarget {
  #audio;
  #reader;
  #chapters;
  #at = -1;
  #written = 0;
  #loading = 0;

  // chapters: [{name, title, seconds, href}]; reader: opens a chapter's page and knows its lines.
  constructor(audio, chapters, reader) {
    super();
    this.#audio = audio;
    this.#chapters = chapters;
    this.#reader = reader;
    this.rate = setting("rate", 1);
    for (const name of ["play", "pause", "seeked", "timeupdate", "ratechange", "durationchange", "error"]) {
      audio.addEventListener(name, () => this.#tell(name));
    }
    audio.addEventListener("ended", () => this.#ended());
    audio.addEventListener("timeupdate", () => this.#remember(false));
    for (const name of ["pause", "seeked"]) audio.addEventListener(name, () => this.#remember(true));
    addEventListener("pagehide", () => this.#remember(true));
  }

  get chapter() {
    return this.#chapters[this.#at] ?? null;
  }

  get source() {
    return this.#audio.currentSrc || this.#audio.src;
  }

  get paused() {
    return this.#audio.paused;
  }

  get time() {
    return this.#audio.readyState ? this.#audio.currentTime : this.#wanted;
  }

  get length() {
    return Number.isFinite(this.#audio.duration) ? this.#audio.duration : (this.chapter?.seconds ?? 0);
  }

  // Seconds until the end of the book, at the speed of the voice itself.
  get left() {
    const rest = this.#chapters.slice(this.#at + 1).reduce((sum, chapter) => sum + chapter.seconds, 0);
    return Math.max(0, this.length - this.time) + rest;
  }

  get rate() {
    return this.#audio.playbackRate;
  }

  set rate(value) {
    this.#audio.defaultPlaybackRate = this.#audio.playbackRate = value;
    set("rate", value);
  }

  get volume() {
    return this.#audio.volume;
  }

  set volume(value) {
    this.#audio.volume = value;
  }

  #wanted = 0;

  // Open a chapter at a time (or at a line) without playing it.
  async open(name, seconds = 0, line = "") {
    const at = this.#chapters.findIndex((chapter) => chapter.name === name);
    if (at < 0) return false;
    const turn = ++this.#loading;
    let text;
    try {
      text = await this.#reader.open(this.#chapters[at]);
    } catch {
      this.#tell("error"); // no network, and the chapter was never loaded
      return false;
    }
    if (turn !== this.#loading) return false; // another chapter was asked for meanwhile
    const started = line && this.#reader.startOf(line);
    const from = typeof started === "number" ? started : Math.min(seconds, Math.max(0, text.seconds - 1));
    this.#at = at;
    this.#wanted = from;
    if (this.#audio.src !== text.sound) {
      this.#audio.src = text.sound;
      this.#audio.playbackRate = this.#audio.defaultPlaybackRate;
    }
    this.#seek(from);
    this.#tell("chapter");
    return true;
  }

  // Open the chapter where the listener left; the first one where they never were.
  async resume() {
    const was = place();
    if (was && (await this.open(was.chapter, was.seconds))) return true;
    await this.open(this.#chapters[0].name);
    return false;
  }

  async play() {
    if (this.#audio.preload !== "auto") this.#audio.preload = "auto";
    try {
      await this.#audio.play();
    } catch (error) {
      if (error.name !== "AbortError") this.#tell("error");
    }
  }

  pause() {
    this.#audio.pause();
  }

  toggle() {
    return this.paused ? this.play() : this.pause();
  }

  // To a time of this chapter; beyond its edges, into the chapters beside it.
  async seek(seconds) {
    const next = this.#chapters[this.#at + 1];
    const before = this.#chapters[this.#at - 1];
    if (seconds >= this.length && next) return this.#go(next.name, seconds - this.length);
    if (seconds < -1 && before) return this.#go(before.name, Math.max(0, before.seconds + seconds));
    this.#seek(Math.max(0, Math.min(seconds, this.length)));
  }

  skip(seconds) {
    return this.seek(this.time + seconds);
  }

  // By chapters: back goes to the chapter's beginning first.
  async turn(step) {
    if (step < 0 && this.time > 5) return this.seek(0);
    const to = this.#chapters[this.#at + step];
    if (to) await this.#go(to.name, 0);
  }

  // By lines, within the chapter.
  line(step) {
    const start = this.#reader.lineStart(this.time, step);
    if (start !== null) this.#seek(start);
  }

  async #go(name, seconds) {
    const playing = !this.paused;
    if ((await this.open(name, seconds)) && playing) await this.play();
  }

  #seek(seconds) {
    this.#wanted = seconds;
    if (this.#audio.readyState) {
      this.#audio.currentTime = seconds;
      return;
    }
    const source = this.#audio.src;
    const when = () => {
      if (this.#audio.src === source) this.#audio.currentTime = this.#wanted;
    };
    if (seconds > 0) this.#audio.addEventListener("loadedmetadata", when, { once: true });
    this.#tell("seeked");
  }

  async #ended() {
    this.#tell("ended");
    const next = this.#chapters[this.#at + 1];
    if (this.stopAtEnd || !next) {
      this.stopAtEnd = false;
      if (next) await this.open(next.name);
      return this.#tell("pause");
    }
    if (await this.open(next.name)) await this.play();
  }

  stopAtEnd = false;

  #remember(now) {
    if (!this.chapter || (!now && performance.now() - this.#written < REMEMBER_EVERY)) return;
    this.#written = performance.now();
    remember(this.chapter.name, Math.round(this.time * 1000) / 1000);
  }

  #tell(name) {
    this.dispatchEvent(new Event(name));
  }
}
