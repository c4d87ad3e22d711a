// A book's page: text and sound brought together.

import { controls } from "./controls.js";
import { keyboard } from "./keyboard.js";
import { offline } from "./offline.js";
import { place } from "./place.js";
import { Player } from "./player.js";
import { Reader } from "./reader.js";

document.documentElement.classList.add("scripted");

const element = (id) => document.getElementById(id);
const links = [...document.querySelectorAll("#chapters a[data-chapter]")];
const chapters = links.map((link) => ({
  name: link.dataset.chapter,
  title: link.textContent,
  seconds: Number(link.dataset.seconds),
  href: link.href,
}));
const reader = new Reader(element("reader"));
const player = new Player(element("sound"), chapters, reader);
const begin = element("begin");

controls(
  player,
  reader,
  document.querySelector("h1").textContent,
  document.querySelector(".author bdi")?.textContent ?? "",
  document.querySelector(".cover").src,
);
keyboard(player, reader);

links.forEach((link, at) => {
  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    reader.follows = true;
    if (await player.open(chapters[at].name)) {
      await player.play();
      toText();
    }
  });
});
begin.addEventListener("click", async () => {
  const starting = player.paused;
  await player.toggle();
  if (starting) {
    toText();
    reader.follow();
  }
});
reader.addEventListener("pick", async ({ detail }) => {
  await player.seek(detail);
  await player.play();
});
reader.addEventListener("opened", () => {
  if (!player.paused) toText();
});
player.addEventListener("chapter", () => {
  links.forEach((link, at) => {
    if (chapters[at].name === player.chapter.name) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
  const next = chapters[chapters.indexOf(player.chapter) + 1];
  if (next) reader.prepare(next);
});

// On a phone the text stands below all the rest.
function toText() {
  const room = element("reader");
  const top = room.getBoundingClientRect().top;
  if (top > innerHeight * 0.7 || room.getBoundingClientRect().bottom < 0) room.scrollIntoView({ block: "start" });
}

// Every frame while it plays: the browser's own time events come up to a quarter of a second late.
function light() {
  reader.show(player.time, !player.paused);
  if (!player.paused) requestAnimationFrame(light);
}
player.addEventListener("play", light);
for (const name of ["timeupdate", "seeked", "chapter"]) {
  player.addEventListener(name, () => reader.show(player.time, !player.paused));
}

if (place()) begin.dataset.resumes = "yes";
const asked = new URLSearchParams(location.hash.slice(1));
const opened = asked.get("chapter");
if (!opened || !(await player.open(opened, Number(asked.get("t")) || 0, asked.get("line") ?? ""))) {
  await player.resume();
}
begin.textContent = begin.dataset.resumes ? "Resume" : "Listen";
document.documentElement.classList.add("ready");
performance.mark("ready");
offline(player);
