// Opens the offline till without the server. It keeps files of the build alone: no data, no answer of the server to anybody.
const FILES = ["files of the build"]; // written by the build, see rxconfig.py
const CACHE = `vantage-till-${"the build"}`;
const PAGE = "/till/offline/";
const PATIENCE_MS = 4000;
const KEPT = new Set(FILES);
const LOOSELY = { cacheName: CACHE, ignoreVary: true, ignoreSearch: true }; // Reflex answers with Vary: Origin

self.addEventListener("install", (event) => event.waitUntil(keepAll()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (/^\/till(\/offline)?\/?$/.test(url.pathname)) event.respondWith(openTill(request, url));
  } else if (KEPT.has(url.pathname)) {
    event.respondWith(caches.match(url.pathname, LOOSELY).then((kept) => kept ?? fetch(request)));
  }
});

async function keepAll() {
  const cache = await caches.open(CACHE);
  await Promise.all([PAGE, ...FILES].map(async (path) => {
    const answer = await fetch(path, { cache: "no-cache", credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(`${path} cannot be kept.`); // the next visit tries again
    await cache.put(path, answer);
  }));
}

async function takeOver() {
  const old = (await caches.keys()).filter((name) => name.startsWith("vantage-till-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

// The server's page where it begins to answer in time; else the terminal, which asks nothing of it.
async function openTill(request, url) {
  const patience = new AbortController(), timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(request, { signal: patience.signal });
    if (answer.status < 500) return answer;
  } catch { /* away */ } finally { clearTimeout(timer); }
  const kept = await caches.match(PAGE, LOOSELY);
  if (!kept) return Response.error();
  return url.pathname.startsWith("/till/offline") ? kept : Response.redirect(PAGE);
}
