// Keeps the book's pages for when there is no network, and its sound where the listener asked for it.
const EDITION = "{{ edition }}";
const PAGES = `pages-${EDITION}`;
const SOUND = "sound";
const root = new URL("./", self.location);

async function list() {
  return (await fetch(`offline.json?${EDITION}`, { cache: "no-store" })).json();
}

async function forget() {
  const scope = root.pathname;
  const { sound } = await list();
  const wanted = new Set(sound.map((href) => new URL(href, root).href));
  for (const name of await caches.keys()) {
    if (!name.startsWith(`${scope} `) || name === own(PAGES)) continue;
    if (name !== own(SOUND)) await caches.delete(name);
  }
  const cache = await caches.open(own(SOUND));
  for (const request of await cache.keys()) {
    if (!wanted.has(request.url)) await cache.delete(request);
  }
}

// Several books may share an origin; each has caches of its own.
function own(name) {
  return `${root.pathname} ${name}`;
}

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const { pages } = await list();
      const cache = await caches.open(own(PAGES));
      await cache.addAll(pages.map((page) => new Request(new URL(page, root), { cache: "no-cache" })));
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forget().catch(() => undefined).then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  const { keep } = event.data ?? {};
  if (typeof keep === "string") event.waitUntil(keepSound(keep, event.source));
});

async function keepSound(address, client) {
  const url = new URL(address, root);
  if (url.origin !== root.origin || !url.pathname.startsWith(`${root.pathname}media/`)) return;
  const cache = await caches.open(own(SOUND));
  try {
    if (!(await cache.match(url.href))) {
      const answer = await fetch(url.href);
      if (!answer.ok) throw new Error(String(answer.status));
      await cache.put(url.href, answer);
    }
    client?.postMessage({ kept: url.href });
  } catch {
    client?.postMessage({ failed: url.href });
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== root.origin) return;
  if (!url.pathname.startsWith(root.pathname)) return;
  const inside = url.pathname.slice(root.pathname.length);
  if (inside === "offline.json" || inside === "sw.js") return;
  if (/^media\/.*\.(mp3|m4a|opus|flac)$/.test(inside)) event.respondWith(sound(request, url));
  else if (/^(media|assets)\//.test(inside)) event.respondWith(kept(request));
  else event.respondWith(fresh(request));
});

async function kept(request) {
  const cache = await caches.open(own(PAGES));
  return (await cache.match(request.url)) ?? fetch(request);
}

async function fresh(request) {
  const cache = await caches.open(own(PAGES));
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected && (await cache.match(request.url))) {
      await cache.put(request.url, answer.clone());
    }
    return answer;
  } catch (error) {
    const known = await cache.match(request.url, { ignoreSearch: true });
    if (known) return known;
    throw error;
  }
}

async function sound(request, url) {
  const cache = await caches.open(own(SOUND));
  const whole = await cache.match(url.href);
  if (!whole) return fetch(request);
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "");
  if (!range) return whole;
  const blob = await whole.blob();
  const start = Number(range[1]);
  const end = Math.min(blob.size - 1, range[2] ? Number(range[2]) : blob.size - 1);
  if (start > end) {
    return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${blob.size}` } });
  }
  return new Response(blob.slice(start, end + 1), {
    status: 206,
    headers: {
      "Content-Type": whole.headers.get("content-type") ?? "audio/mpeg",
      "Content-Range": `bytes ${start}-${end}/${blob.size}`,
      "Content-Length": String(end - start + 1),
      "Accept-Ranges": "bytes",
    },
  });
}
