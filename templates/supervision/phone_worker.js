/* Keeps the phone pages usable without a network: the assets by their hashed names and one data-free page. */
const VERSION = "baobao-{{ version }}", ASSETS = {{ assets|safe }}, PATIENCE = 4000;
const SHELL = {{ shell|safe }}, RECORDS = {{ records|safe }}, VISIT = {{ visit|safe }}, LOGOUT = {{ logout|safe }};

/* A page behind a login page is no page: then the former worker stays in charge. */
async function keepShell(response) {
  if (!response.ok || response.redirected) throw new Error("no page");
  const copy = response.clone();
  await (await caches.open(VERSION)).put(SHELL, copy);
  return response;
}
self.addEventListener("install", (event) => event.waitUntil((async () => {
  await (await caches.open(VERSION)).addAll(ASSETS);
  await keepShell(await fetch(SHELL, { credentials: "same-origin" }));
  await self.skipWaiting();
})()));
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  await Promise.all((await caches.keys()).filter((name) => name.startsWith("baobao-") && name !== VERSION).map((name) => caches.delete(name)));
  await self.clients.claim();
})()));

const tooLate = () => new Promise((resolve, reject) => { setTimeout(() => reject(new Error("late")), PATIENCE); });
async function page(request, path) {
  const answer = fetch(request);
  answer.then((response) => { if (path === SHELL) return keepShell(response.clone()); }).catch(() => {});
  try {
    const response = await Promise.race([answer, tooLate()]);
    if (response.status < 500) return response;
  } catch (error) { /* no network, or one that does not answer */ }
  return (await caches.match(SHELL)) || answer;
}
/* Signing out wipes the list of shops and the receipts; unsent work stays. */
function forget() {
  return new Promise((resolve) => {
    const opening = indexedDB.open("baobao");
    opening.onupgradeneeded = () => opening.transaction.abort(); // nothing kept yet: do not leave an empty store behind
    opening.onerror = resolve;
    opening.onsuccess = () => {
      const db = opening.result;
      const transaction = db.transaction(["books", "visits"], "readwrite");
      transaction.objectStore("books").clear();
      transaction.objectStore("visits").openCursor().onsuccess = (event) => {
        const cursor = event.target.result;
        if (cursor) { if (cursor.value.state === "sent") cursor.delete(); cursor.continue(); }
      };
      transaction.oncomplete = transaction.onabort = () => { db.close(); resolve(); };
    };
  });
}
self.addEventListener("fetch", (event) => {
  const request = event.request, url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "POST" && url.pathname === LOGOUT) { event.waitUntil(forget()); return; }
  if (request.method !== "GET") return;
  if (ASSETS.includes(url.pathname)) { event.respondWith(caches.match(request, { ignoreSearch: true }).then((kept) => kept || fetch(request))); return; }
  if (request.mode === "navigate" && (url.pathname === SHELL || url.pathname === RECORDS || url.pathname.startsWith(VISIT))) event.respondWith(page(request, url.pathname));
});
