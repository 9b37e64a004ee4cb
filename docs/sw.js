// What was read once can be read without a network. Before this stand VERSION and CORE, what a page of this version
// needs, and LIVE, the folder of the browser's Python; the build puts them there. New always wins over kept: a kept page
// is shown only where there is no network, or none that answers in time.
const PATIENCE = 3000;
const OWN = `convnotes ${registration.scope} `;
const NAME = OWN + VERSION;

const now = (address) => new Request(address, { cache: "no-cache" }); // asked of the server, not of the browser's cache

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(CORE.map(now))).then(() => skipWaiting()));
});

self.addEventListener("activate", (event) => event.waitUntil(takeOver().then(() => clients.claim())));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const other = !request.url.startsWith(registration.scope) || request.method !== "GET" || request.headers.has("range");
  if (!other && !request.url.endsWith(".pdf")) event.respondWith(answer(event));
});

// What earlier versions kept is fetched as it now is, so that no page is lost and none is of another version.
async function takeOver() {
  const cache = await caches.open(NAME);
  for (const name of (await caches.keys()).filter((name) => name.startsWith(OWN) && name !== NAME)) {
    const old = await caches.open(name);
    for (const request of await old.keys()) {
      const same = LIVE && request.url.includes(LIVE);
      if (same) await cache.put(request, await old.match(request));
      else if (!request.url.includes("/assets/live/")) await cache.add(now(request.url)).catch(() => {}); // gone, or no network
    }
    await caches.delete(name);
  }
}

async function answer(event) {
  const { request } = event;
  const cache = await caches.open(NAME);
  const page = request.mode === "navigate";
  const key = page ? request.url.split(/[?#]/)[0] : request.url; // the state of an interactive changes nothing of its page
  const kept = await cache.match(key);
  if (kept && LIVE && key.includes(LIVE)) return kept; // never another under that name
  const fresh = fetch(request, page ? { cache: "no-cache" } : {}).then(async (response) => {
    if (response.ok && response.type === "basic") await cache.put(key, response.clone());
    return response;
  });
  event.waitUntil(fresh.catch(() => {}));
  const late = new Promise((done) => setTimeout(done, PATIENCE, kept));
  if (kept) return Promise.race([fresh.catch(() => kept), late]);
  return page ? fresh.catch(absent) : fresh;
}

const absent = () =>
  new Response(
    `<!doctype html><html lang="en"><title>Not kept</title><meta name="viewport" content="width=device-width">
    <body style="font: 1.1rem/1.5 system-ui; max-width: 30rem; margin: 4rem auto; padding: 0 1rem; color-scheme: light dark">
    <h1>This page is not kept here</h1><p>There is no network, and this browser has not read the page before.
    <a href="${registration.scope}">The start of the notes</a> is kept, and all pages that it has read.</p>`,
    { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } },
  );
