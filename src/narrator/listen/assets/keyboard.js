// Keys of the page. Those without a modifier can be turned off (WCAG 2.1.4).

import { set, setting } from "./place.js";

const element = (id) => document.getElementById(id);

export function keyboard(player, reader) {
  const help = element("help");
  const on = element("keys-on");
  on.checked = setting("keys", true);
  on.addEventListener("change", () => set("keys", on.checked));
  element("help-button").addEventListener("click", () => help.showModal());

  const faster = (step) => {
    const speed = element("speed");
    const to = speed.selectedIndex + step;
    if (to < 0 || to >= speed.options.length) return;
    speed.selectedIndex = to;
    speed.dispatchEvent(new Event("change"));
  };
  const keys = {
    " ": () => player.toggle(),
    k: () => player.toggle(),
    ArrowLeft: () => player.skip(-15),
    ArrowRight: () => player.skip(30),
    ",": () => player.line(-1),
    ".": () => player.line(1),
    p: () => player.turn(-1),
    n: () => player.turn(1),
    "-": () => faster(-1),
    "+": () => faster(1),
    "=": () => faster(1),
    f: () => reader.follow(),
    "?": () => help.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (!on.checked || help.open || event.ctrlKey || event.altKey || event.metaKey) return;
    const target = event.target;
    if (target.closest("input, select, textarea, [contenteditable]")) return;
    const pressed = [" ", "ArrowLeft", "ArrowRight"].includes(event.key);
    if (pressed && target.closest("button, a, summary, audio")) return; // the element's own keys
    const action = keys[event.key] ?? keys[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
