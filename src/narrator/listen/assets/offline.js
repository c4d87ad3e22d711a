// Keeps the book for when there is no network: the pages always, the sound as it is heard, all of it on request.

const element = (id) => document.getElementById(id);

export async function offline(player) {
  if (!("serviceWorker" in navigator) || !isSecureContext) return;
  let worker;
  try {
    await navigator.serviceWorker.register("sw.js", { scope: "./" });
    worker = (await navigator.serviceWorker.ready).active;
  } catch {
    return; // the browser forbids it: everything else works
  }
  // A chapter that is listened to is kept, so that a tunnel does not end it.
  let asked = "";
  player.addEventListener("timeupdate", () => {
    const source = player.source;
    if (player.paused || asked === source || navigator.connection?.saveData) return;
    asked = source;
    worker.postMessage({ keep: source });
  });
  await keepAll(worker);
}

async function keepAll(worker) {
  const button = element("keep-book");
  const told = element("kept");
  let list;
  try {
    list = await (await fetch("offline.json")).json();
  } catch {
    return;
  }
  const wanted = list.sound.map((href) => new URL(href, location.href).href);
  const size = list.bytes < 1e9 ? `${Math.ceil(list.bytes / 1e6)} MB` : `${(list.bytes / 1e9).toFixed(1)} GB`;
  button.textContent = `Keep on this device (${size})`;
  element("keep").hidden = false;
  const have = new Set();
  const tell = () => {
    const all = wanted.every((href) => have.has(href));
    told.textContent = all ? "Kept: it plays without a network." : `${have.size} of ${wanted.length} chapters kept`;
    button.hidden = all;
  };
  let going = false;
  const next = () => {
    const href = wanted.find((one) => !have.has(one));
    if (going && href) worker.postMessage({ keep: href });
  };
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    if (data?.kept && wanted.includes(data.kept)) {
      have.add(data.kept);
      if (going || wanted.every((href) => have.has(href))) tell();
      next();
    }
    if (data?.failed && going) {
      going = false;
      told.textContent = "The network or this device's space ended it; try again.";
    }
  });
  button.addEventListener("click", () => {
    going = true;
    navigator.storage?.persist?.();
    tell();
    next();
  });
}
