// The offline shell: keeps one build's files whole, serves pages from the hub when it answers soon, else from here.
// It never touches the API or the sockets, and it never takes a page over by itself: an update waits to be asked.
const BUILD = "{{build}}";
const FILES = "{{files}}";
const CACHE = `comanda-${BUILD}`;
const HUB_HAS_MS = 1_500;
// The build before this one stays, for the tabs that still run it.
const BUILDS_KEPT = 2;
const NOT_OURS = /^\/(api|socket\.io|g|health|livez|readyz|metrics)(\/|$)/;

addEventListener("install", (event) => {
  // All or nothing; past the HTTP cache, so that a page and its files are of one build.
  const fresh = FILES.map((url) => new Request(url, { cache: url.startsWith("/assets/") ? "default" : "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)));
});

addEventListener("activate", (event) => event.waitUntil(tidy().then(() => clients.claim())));

addEventListener("message", (event) => event.data === "activate" && skipWaiting());

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin || NOT_OURS.test(url.pathname)) return;
  if (request.mode === "navigate") event.respondWith(page(request, url));
  else if (url.pathname.startsWith("/assets/") || FILES.includes(url.pathname)) event.respondWith(kept(request));
});

// A name with its content's hash never changes its meaning, so any build's copy will do.
async function kept(request) {
  const cacheName = new URL(request.url).pathname.startsWith("/assets/") ? undefined : CACHE;
  return (await caches.match(request, { cacheName, ignoreVary: true })) ?? fetch(request);
}

async function page(request, url) {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(HUB_HAS_MS) });
    if (answer.status < 500) return answer;
  } catch {
    // Offline, or too slow to wait for: what we have is as good.
  }
  const shell = url.pathname.startsWith("/kitchen") ? "/kitchen/" : "/";
  const cache = await caches.open(CACHE);
  return (await cache.match(shell)) ?? Response.error();
}

async function tidy() {
  const ours = (await caches.keys()).filter((name) => name.startsWith("comanda-"));
  const old = ours.filter((name) => name !== CACHE).slice(0, -(BUILDS_KEPT - 1));
  await Promise.all(old.map((name) => caches.delete(name)));
}
