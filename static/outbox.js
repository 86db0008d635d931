/* What the phone keeps and how it reaches the office: the list of shops, drafts, photos, and records waiting to be sent.
   Everything goes into IndexedDB at once. A submitted record's body is frozen and every retry sends those exact bytes under
   one key, so the server makes one visit of them; the lock between tabs only saves traffic. Nothing unsent is ever wiped. */
const Outbox = (() => {
  "use strict";
  const DAY = 86400000, KEPT_DAYS = 30, LEASE = "baobao-outbox", LEASE_MS = 15000, FIRST_WAIT = 2, LAST_WAIT = 300;
  const PHOTO_BYTES = 300 * 1024, PHOTO_EDGE = 1600;
  const listeners = [];
  const now = () => Date.now();
  const sameUser = (a, b) => String(a) === String(b);

  /* Store. */
  let opening = null;
  const open = () => new Promise((resolve, reject) => {
    const request = indexedDB.open("baobao", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("visits", { keyPath: "id" });
      request.result.createObjectStore("photos", { keyPath: ["visit", "sha"] });
      request.result.createObjectStore("books", { keyPath: "user" });
    };
    request.onsuccess = () => { request.result.onversionchange = () => request.result.close(); resolve(request.result); };
    request.onerror = () => reject(request.error);
  });
  const database = () => opening || (opening = open());
  async function begun(stores, mode) {
    const start = async () => (await database()).transaction(stores, mode, { durability: mode === "readwrite" ? "strict" : "default" });
    try { return await start(); } catch (error) { opening = null; return start(); } // iOS drops the connection in the background
  }
  async function transact(stores, mode, work) {
    const transaction = await begun(stores, mode);
    return new Promise((resolve, reject) => {
      let answer;
      transaction.oncomplete = () => resolve(answer);
      transaction.onerror = transaction.onabort = () => reject(transaction.error || new Error("aborted"));
      work((name) => transaction.objectStore(name), (value) => { answer = value; });
    });
  }
  const read = (name, ask) => transact([name], "readonly", (store, give) => { ask(store(name)).onsuccess = (event) => give(event.target.result); });
  const photosRange = (id) => IDBKeyRange.bound([id], [id, []]);
  const visits = () => read("visits", (store) => store.getAll());
  const visit = (id) => read("visits", (store) => store.get(id));
  const photos = (id) => read("photos", (store) => store.getAll(photosRange(id)));
  const books = () => read("books", (store) => store.getAll());
  const keepBook = (book) => transact(["books"], "readwrite", (store) => { store("books").put(book); });

  /* Changes a record only while it stands in the expected state: another tab may have been faster. */
  const change = (id, state, work) => transact(["visits", "photos"], "readwrite", (store, give) => {
    give(false);
    store("visits").get(id).onsuccess = (event) => {
      const found = event.target.result;
      if (found && found.state === state) { work(found, store); give(true); }
    };
  });
  const begin = (draft) => transact(["visits"], "readwrite", (store) => { store("visits").add(draft); });
  const keep = (draft) => change(draft.id, "draft", (found, store) => { store("visits").put({ ...draft, state: "draft", saved: now() }); });
  const addPhoto = (draft, photo) => change(draft.id, "draft", (found, store) => {
    store("photos").put({ visit: draft.id, sha: photo.sha, bytes: photo.bytes });
    store("visits").put({ ...draft, state: "draft", saved: now() });
  });
  const dropPhoto = (draft, sha) => change(draft.id, "draft", (found, store) => {
    store("photos").delete([draft.id, sha]);
    store("visits").put({ ...draft, state: "draft", saved: now() });
  });
  const drop = (id) => change(id, "draft", (found, store) => { store("photos").delete(photosRange(id)); store("visits").delete(id); });
  const queue = (draft, body) => change(draft.id, "draft", (found, store) => {
    store("visits").put({ ...draft, state: "queued", body, queued: now(), problem: null });
  });
  /* Only a number from the server lets the photos go; what stays is the receipt, with the photos this phone had lost. */
  const settle = (id, answer, lost) => change(id, "queued", (found, store) => {
    const { user, post, entity, quarter, queued, photos: shas, form } = found;
    store("visits").put({ id, state: "sent", user, post, entity: { id: entity.id, name: entity.name, grade: entity.grade }, quarter, queued,
      outcome: form.outcome, photos: shas.filter((photo) => !lost.includes(photo.sha)), lost: lost.length, number: answer.number, note: answer.note || "", sent: now() });
    store("photos").delete(photosRange(id));
  });
  /* A refused record becomes a draft again under a new key, with its photos and the server's sentence. */
  const giveBack = (id, problem) => change(id, "queued", (found, store) => {
    const fresh = uuid(), kept = [];
    store("visits").delete(id);
    store("photos").openCursor(photosRange(id)).onsuccess = (event) => {
      const cursor = event.target.result;
      if (cursor) {
        store("photos").put({ ...cursor.value, visit: fresh });
        kept.push(cursor.value.sha);
        cursor.delete();
        cursor.continue();
      } else store("visits").put({ ...found, id: fresh, state: "draft", body: null, problem, saved: now(), photos: found.photos.filter((photo) => kept.includes(photo.sha)) });
    };
  });
  /* Another person signed in: his predecessor's list and receipts go, his unsent work stays and waits for him. */
  const forget = (user) => transact(["visits", "books"], "readwrite", (store) => {
    const drop = (name, gone) => { store(name).openCursor().onsuccess = (event) => {
      const cursor = event.target.result;
      if (cursor) { if (gone(cursor.value)) cursor.delete(); cursor.continue(); }
    }; };
    const others = (record) => user === undefined || !sameUser(record.user, user);
    drop("books", others);
    drop("visits", (record) => record.state === "sent" && (others(record) || record.sent < now() - KEPT_DAYS * DAY));
  });

  /* Keys, hashes, pictures. */
  function uuid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const sha256 = async (bytes) => (crypto.subtle ? hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))) : hex(plainSha256(new Uint8Array(bytes))));
  /* FIPS 180-4, for pages opened without HTTPS, where the browser hides its own. */
  function plainSha256(data) {
    const primes = [], root = (value, power) => ((value ** (1 / power)) % 1) * 2 ** 32 | 0;
    for (let number = 2; primes.length < 64; number += 1) if (primes.every((prime) => number % prime)) primes.push(number);
    const k = primes.map((prime) => root(prime, 3)), h = primes.slice(0, 8).map((prime) => root(prime, 2));
    const padded = new Uint8Array(((data.length + 8 >> 6) + 1) << 6), view = new DataView(padded.buffer), w = new Int32Array(64);
    padded.set(data);
    padded[data.length] = 128;
    view.setUint32(padded.length - 8, Math.floor(data.length / 2 ** 29));
    view.setUint32(padded.length - 4, data.length << 3);
    const turn = (value, by) => (value >>> by) | (value << (32 - by));
    for (let at = 0; at < padded.length; at += 64) {
      for (let i = 0; i < 64; i += 1) {
        if (i < 16) { w[i] = view.getInt32(at + i * 4); continue; }
        const x = w[i - 15], y = w[i - 2];
        w[i] = w[i - 16] + w[i - 7] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
      }
      const s = h.slice();
      for (let i = 0; i < 64; i += 1) {
        const one = s[7] + (turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[i] + w[i];
        const two = (turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        s.pop();
        s.unshift((one + two) | 0);
        s[4] = (s[4] + one) | 0;
      }
      s.forEach((value, i) => { h[i] = (h[i] + value) | 0; });
    }
    const out = new DataView(new ArrayBuffer(32));
    h.forEach((value, i) => out.setInt32(i * 4, value));
    return new Uint8Array(out.buffer);
  }
  /* Long edge 1600, quality stepped down to 300 KB. An ArrayBuffer, because old WebKit loses Blobs kept in IndexedDB. */
  async function shrink(file) {
    const url = URL.createObjectURL(file), image = new Image();
    try {
      await new Promise((resolve, reject) => { image.onload = resolve; image.onerror = reject; image.src = url; });
      let scale = Math.min(1, PHOTO_EDGE / Math.max(image.naturalWidth, image.naturalHeight)), quality = 0.82, blob;
      for (let step = 0; step < 12; step += 1) {
        const canvas = document.createElement("canvas");
        canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
        canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
        canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
        blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", quality); });
        canvas.width = canvas.height = 0;
        if (blob.size <= PHOTO_BYTES) break;
        if (quality > 0.6) quality -= 0.1; else scale *= 0.8;
      }
      const bytes = await new Response(blob).arrayBuffer();
      return { bytes, size: bytes.byteLength, sha: await sha256(bytes) };
    } finally { URL.revokeObjectURL(url); }
  }

  /* Sending. kind: net (no answer), login (not signed in), busy (try later), refused (the server said no, with its sentence). */
  class Trouble extends Error {
    constructor(kind, detail = "", fields = {}) { super(kind); this.kind = kind; this.problem = { detail, fields }; }
  }
  async function ask(path, options = {}, seconds = 30) {
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), seconds * 1000);
    let response, answer = null;
    try {
      response = await fetch("/api/" + path, { cache: "no-store", credentials: "same-origin", ...options, headers: { Accept: "application/json", ...options.headers }, signal: stop.signal });
      answer = await response.json().catch(() => null);
    } catch (error) { throw new Trouble("net"); } finally { clearTimeout(timer); }
    if (response.redirected || response.status === 401 || (response.status === 403 && (!answer || answer.code !== "forbidden"))) throw new Trouble("login");
    if (response.ok && answer) return { ...answer, status: response.status };
    if (response.ok) throw new Trouble("net"); // a hotel's or station's own page
    if (response.status === 404) throw new Trouble("refused", "", { entity: "not_yours" });
    if (answer && response.status < 500 && ![408, 425, 429].includes(response.status)) throw new Trouble("refused", answer.detail || "", answer.fields || {});
    throw new Trouble("busy");
  }
  async function deliver(record, me) {
    const put = (path, body, type, seconds) => ask("visits/" + record.id + path, { method: "PUT", body, headers: { "X-CSRFToken": me.csrf, "Content-Type": type } }, seconds);
    let answer = await put("", record.body, "application/json", 60), lost = [];
    if ((answer.missing || []).length) {
      /* From here on the visit stands on the server: nothing below may give the record back under another key. */
      const held = await photos(record.id), present = held.filter((photo) => answer.missing.includes(photo.sha));
      lost = answer.missing.filter((sha) => !present.some((photo) => photo.sha === sha));
      for (const photo of present) {
        await put("/photos/" + photo.sha, photo.bytes, "image/jpeg", 120).catch((error) => { throw error.kind === "refused" ? new Trouble("busy", error.problem.detail) : error; });
      }
      answer = await put("", record.body, "application/json", 60).catch((error) => { throw error.kind === "refused" ? new Trouble("busy", error.problem.detail) : error; });
    }
    if (!answer.number || (answer.missing || []).some((sha) => !lost.includes(sha))) throw new Trouble("busy");
    await settle(record.id, answer, lost);
    return answer;
  }
  async function sendAll() {
    const queued = (await visits()).filter((record) => record.state === "queued").sort((a, b) => a.queued - b.queued);
    if (!queued.length) return;
    const me = await ask("ping");
    let last = null;
    for (const record of queued) {
      if (!sameUser(record.user, me.user) || !sameUser(record.post, me.post)) continue;
      tell({ state: "sending" });
      try {
        const answer = await deliver(record, me);
        wait = 0;
        tell({ state: "sent", number: answer.number });
      } catch (error) {
        if (error.kind === "refused") { await giveBack(record.id, error.problem); tell({ state: "refused", entity: record.entity }); continue; }
        last = error;
        if (error.problem && error.problem.detail) await change(record.id, "queued", (found, store) => { store("visits").put({ ...found, notice: error.problem.detail }); });
        if (error.kind !== "busy") break;
      }
    }
    if (last) throw last;
  }

  /* One tab at a time: Web Locks, else a short renewed lease. A tab that is turned away tries again. */
  const BUSY = {};
  const lease = (value) => { try { if (value === undefined) return Number(localStorage.getItem(LEASE)) || 0; localStorage.setItem(LEASE, String(value)); } catch (error) { /* no storage: no lease */ } return 0; };
  async function alone(work) {
    if (navigator.locks) return navigator.locks.request(LEASE, { ifAvailable: true }, (lock) => (lock ? work() : BUSY));
    if (lease() > now()) return BUSY;
    const hold = () => lease(now() + LEASE_MS), beat = setInterval(hold, LEASE_MS / 3);
    const release = () => { clearInterval(beat); lease(0); };
    hold();
    addEventListener("pagehide", release, { once: true });
    try { return await work(); } finally { removeEventListener("pagehide", release); release(); }
  }
  let wait = 0, retry = 0, running = false, again = false;
  const later = (seconds) => { clearTimeout(retry); retry = setTimeout(flush, seconds * 1000 * (0.75 + Math.random() / 2)); };
  async function flush() {
    if (running) { again = true; return; }
    if (!navigator.onLine) { tell({ state: "idle" }); return; }
    running = true;
    clearTimeout(retry);
    try {
      const got = await alone(sendAll);
      if (got === BUSY && (await visits()).some((record) => record.state === "queued")) later(5);
      tell({ state: "idle" });
    } catch (error) {
      wait = Math.min(LAST_WAIT, (wait || FIRST_WAIT / 2) * 2);
      if (error.kind !== "login") later(wait);
      tell({ state: error.kind || "busy" });
    } finally {
      running = false;
      if (again) { again = false; flush(); }
    }
  }
  const tell = (news) => listeners.forEach((listener) => listener(news));
  const listen = (listener) => listeners.push(listener);

  /* Leaving by the front door wipes the list and the receipts, never what is unsent; the first press says what that is. */
  document.addEventListener("submit", (event) => {
    const form = event.target, told = form.querySelector("[data-unsent]");
    if (!/\/logout\/$/.test(form.action || "")) return;
    if (!told || !told.hidden) { forget(); return; }
    event.preventDefault();
    leave(form, told);
  });
  async function leave(form, told) {
    const left = (await visits().catch(() => [])).filter((record) => record.state !== "sent").length;
    if (!left) { forget(); form.submit(); return; }
    told.querySelector("[data-unsent-count]").textContent = left;
    told.hidden = false;
    form.querySelector("[data-leave]").hidden = true;
    told.querySelector(".btn").focus();
  }
  ["online", "offline", "pageshow"].forEach((type) => addEventListener(type, () => flush()));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });

  return { visits, visit, photos, books, keepBook, begin, keep, addPhoto, dropPhoto, drop, queue, forget, uuid, shrink, ask, flush, listen, sameUser };
})();
