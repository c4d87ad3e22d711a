// Buttons, sliders, the sleep timer, and the keys of headphones and lock screens.

import { clock, words } from "./times.js";

const FADE = 8_000; // ms
const element = (id) => document.getElementById(id);

export function controls(player, reader, title, author, cover) {
  const bar = element("player");
  const seek = element("seek");
  let held = false;

  element("play").addEventListener("click", () => player.toggle());
  element("back").addEventListener("click", () => player.skip(-15));
  element("forward").addEventListener("click", () => player.skip(30));
  element("line-back").addEventListener("click", () => player.line(-1));
  element("line-forward").addEventListener("click", () => player.line(1));
  element("previous").addEventListener("click", () => player.turn(-1));
  element("next").addEventListener("click", () => player.turn(1));

  seek.addEventListener("input", () => {
    held = true;
    element("elapsed").textContent = clock(seek.value);
  });
  seek.addEventListener("change", () => {
    held = false;
    reader.follows = true;
    player.seek(Number(seek.value));
  });

  const speed = element("speed");
  const listed = [...speed.options].map((option) => Number(option.value));
  speed.value = String(listed.includes(player.rate) ? player.rate : 1);
  player.rate = Number(speed.value);
  speed.addEventListener("change", () => {
    player.rate = Number(speed.value);
  });

  function times() {
    const chapter = player.chapter;
    if (!chapter) return;
    if (!held) {
      seek.max = String(Math.max(1, Math.round(player.length)));
      seek.value = String(Math.round(player.time));
      element("elapsed").textContent = clock(player.time);
    }
    seek.setAttribute("aria-valuetext", `${words(player.time)} of ${words(player.length)}`);
    element("left").textContent = `${clock(player.left / player.rate)} left`;
    seek.style.setProperty("--done", `${(100 * Number(seek.value)) / Number(seek.max)}%`);
  }

  function state() {
    bar.classList.toggle("playing", !player.paused);
    element("play").setAttribute("aria-label", player.paused ? "Play" : "Pause");
    const begin = element("begin");
    begin.textContent = player.paused ? (begin.dataset.resumes ? "Resume" : "Listen") : "Pause";
  }

  for (const name of ["timeupdate", "seeked", "durationchange", "ratechange", "chapter"]) {
    player.addEventListener(name, times);
  }
  for (const name of ["play", "pause"]) player.addEventListener(name, state);
  player.addEventListener("chapter", () => {
    element("now-chapter").textContent = player.chapter.title;
    element("announce").textContent = player.chapter.title;
  });
  player.addEventListener("error", () => {
    element("announce").textContent = "This chapter could not be loaded.";
    bar.classList.add("failed");
  });
  player.addEventListener("play", () => bar.classList.remove("failed"));
  reader.addEventListener("line", () => {
    const speaker = reader.speaker;
    const shown = element("now-speaker");
    shown.textContent = speaker?.name ?? "";
    shown.className = `speaker ${speaker?.colour.replace("line", "") ?? ""}`;
  });

  element("now-chapter").addEventListener("click", () => reader.leave());
  const back = element("to-line");
  back.addEventListener("click", () => reader.follow());
  reader.addEventListener("follow", () => {
    back.hidden = reader.follows;
  });

  sleep(player);
  mediaKeys(player, title, author, cover);
  bar.hidden = false;
  state();
}

function sleep(player) {
  const choice = element("sleep");
  let timer = 0;
  choice.addEventListener("change", () => {
    clearTimeout(timer);
    player.volume = 1;
    player.stopAtEnd = choice.value === "chapter";
    const minutes = Number(choice.value);
    if (minutes) timer = setTimeout(fade, minutes * 60_000 - FADE);
  });
  player.addEventListener("ended", () => {
    if (choice.value === "chapter") choice.value = "off";
  });

  function fade() {
    const began = performance.now();
    const step = () => {
      const done = (performance.now() - began) / FADE;
      if (choice.value === "off") return;
      if (done < 1 && !player.paused) {
        player.volume = 1 - done;
        timer = setTimeout(step, 100);
        return;
      }
      player.pause();
      player.volume = 1;
      choice.value = "off";
    };
    step();
  }
}

function mediaKeys(player, title, author, cover) {
  const session = navigator.mediaSession;
  if (!session) return;
  const actions = {
    play: () => player.play(),
    pause: () => player.pause(),
    seekbackward: ({ seekOffset }) => player.skip(-(seekOffset || 15)),
    seekforward: ({ seekOffset }) => player.skip(seekOffset || 30),
    seekto: ({ seekTime }) => player.seek(seekTime),
    previoustrack: () => player.turn(-1),
    nexttrack: () => player.turn(1),
  };
  for (const [name, action] of Object.entries(actions)) {
    try {
      session.setActionHandler(name, action);
    } catch {
      // this browser has no such key
    }
  }
  player.addEventListener("chapter", () => {
    session.metadata = new MediaMetadata({
      title: player.chapter.title,
      artist: author,
      album: title,
      artwork: [{ src: cover, type: "image/jpeg" }],
    });
  });
  for (const name of ["play", "pause"]) {
    player.addEventListener(name, () => {
      session.playbackState = player.paused ? "paused" : "playing";
    });
  }
  for (const name of ["play", "pause", "seeked", "ratechange", "durationchange"]) {
    player.addEventListener(name, () => {
      if (!session.setPositionState || !player.length) return;
      const position = Math.min(player.time, player.length);
      session.setPositionState({ duration: player.length, playbackRate: player.rate, position });
    });
  }
}
