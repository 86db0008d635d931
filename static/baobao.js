/* Behaviour shared by every page. It stands in the head without defer, so that the text size is right before the
   first paint; everything else waits for events. Every page also works without it, so nothing here decides. */
(() => {
  "use strict";
  const root = document.documentElement;
  const one = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => Array.from(from.querySelectorAll(selector));
  const on = (type, handle) => document.addEventListener(type, handle);
  const typing = (node) => /^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName) && !/^(checkbox|radio|button|submit)$/.test(node.type);

  /* Text size: kept on this device only. */
  const SIZE = "text-size";
  const stored = () => { try { return localStorage.getItem(SIZE) || ""; } catch (error) { return ""; } };
  function setSize(size) {
    if (size) root.dataset.size = size; else delete root.dataset.size;
    try { localStorage.setItem(SIZE, size); } catch (error) { /* private window: good for this page */ }
    paintSize();
  }
  function paintSize() {
    all("[data-set-size]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.setSize === (root.dataset.size || ""))));
  }
  root.classList.add("js");
  if (stored()) root.dataset.size = stored();

  /* Rows picked in a table, and the bar that acts on them. */
  let lastPicked = null;
  const picks = () => all("input[data-pick]");
  function paintPicks() {
    const boxes = picks(), chosen = boxes.filter((box) => box.checked), bar = one("[data-bulk]");
    boxes.forEach((box) => { const row = box.closest("tr"); if (row) row.setAttribute("aria-selected", String(box.checked)); });
    if (!bar) return;
    const every = one("[data-every]", bar), whole = every && every.value === "1";
    bar.hidden = !chosen.length && !whole;
    one("[data-bulk-count]", bar).textContent = whole ? every.dataset.every : String(chosen.length);
    all("[data-pick-page]").forEach((head) => {
      head.checked = boxes.length > 0 && chosen.length === boxes.length;
      head.indeterminate = chosen.length > 0 && !head.checked;
    });
  }
  function pickRange(box) {
    const boxes = picks(), ends = [boxes.indexOf(lastPicked), boxes.indexOf(box)].sort((a, b) => a - b);
    if (ends[0] >= 0) boxes.slice(ends[0], ends[1] + 1).forEach((each) => { each.checked = box.checked; });
  }
  function pickAll(checked, whole) {
    picks().forEach((box) => { box.checked = checked; });
    all("[data-every]").forEach((input) => { input.value = whole ? "1" : ""; });
    paintPicks();
  }

  /* Filters send themselves; empty fields stay out of the address. */
  let waiting = 0;
  function send(form) {
    clearTimeout(waiting);
    if (form.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }))) { dropEmpty(form); form.submit(); }
  }
  function dropEmpty(form) {
    const empty = Array.from(form.elements).filter((field) => field.name && !field.value && !field.disabled);
    empty.forEach((field) => { field.disabled = true; });
    setTimeout(() => empty.forEach((field) => { field.disabled = false; }));
  }
  on("change", (event) => {
    const node = event.target, form = node.form;
    if (node.matches("[data-pick]")) { all("[data-every]").forEach((input) => { input.value = ""; }); paintPicks(); }
    else if (node.matches("[data-pick-page]")) pickAll(node.checked, false);
    else if (node.matches("[data-drop] input")) nameFiles(node);
    else if (node.matches("[data-question] .ans [type=radio]")) one("[data-issue]", node.closest("[data-question]")).classList.toggle("issue--later", node.value !== "no");
    else if (form && form.matches("[data-filters]")) send(form);
  });
  on("input", (event) => {
    const form = event.target.form;
    if (event.isComposing || event.target.type !== "search" || !form || !form.matches("[data-filters]")) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => send(form), 400);
  });
  on("compositionend", (event) => { event.target.dispatchEvent(new Event("input", { bubbles: true })); });
  on("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-filters]")) dropEmpty(form);
    if (form.method !== "post" || form.matches("[data-again]")) return;
    /* One press is one act: a moment later, because a disabled button would not send its own name. */
    const buttons = all("button:not([type=button]):not([disabled])", form);
    setTimeout(() => buttons.forEach((button) => { button.disabled = true; }));
    setTimeout(() => buttons.forEach((button) => { button.disabled = false; }), 5000);
  });

  /* Clicks, each found by what the element says of itself. */
  const clicks = {
    "[data-set-size]": (node) => setSize(node.dataset.setSize),
    "[data-bulk-clear]": () => pickAll(false, false),
    "[data-bulk-every]": () => pickAll(true, true),
    "[data-dismiss]": (node) => node.closest("[data-box]").remove(),
    "[data-copy]": copy,
    "[data-print]": () => print(),
    "[data-reveal]": reveal,
    "[data-toggle]": (node) => { const shown = one(node.dataset.on).classList.toggle(node.dataset.toggle); node.setAttribute("aria-pressed", String(shown)); },
    "[data-cycle]": cycle,
    "[data-phrase]": phrase,
    "[data-retry]": retry,
  };
  on("click", (event) => {
    const box = event.target.closest("input[data-pick]");
    if (box) { if (event.shiftKey && lastPicked) pickRange(box); lastPicked = box; paintPicks(); return; }
    Object.keys(clicks).forEach((selector) => { const node = event.target.closest(selector); if (node) clicks[selector](node); });
    all("details[data-menu][open]").forEach((menu) => { if (!menu.contains(event.target) || event.target.matches("[data-veil]")) menu.open = false; });
  });
  /* On a phone the open menu veils the page: what lies under it can be neither tapped nor tabbed to. */
  document.addEventListener("toggle", (event) => {
    const veil = event.target.matches("details[data-menu]") && one("[data-veil]", event.target), main = one("#main");
    if (veil && main) main.inert = event.target.open && getComputedStyle(veil).display !== "none";
  }, true);
  function say(text) { const live = one("[data-live]"); if (live) { live.textContent = ""; setTimeout(() => { live.textContent = text; }, 50); } }
  function copy(node) {
    const done = () => {
      const label = one("[data-label]", node) || node, before = label.textContent;
      label.textContent = node.dataset.copied; say(node.dataset.copied);
      setTimeout(() => { label.textContent = before; }, 2000);
    };
    if (navigator.clipboard) { navigator.clipboard.writeText(node.dataset.copy).then(done, () => say(node.dataset.copy)); return; }
    const area = document.createElement("textarea");
    area.value = node.dataset.copy; document.body.append(area); area.select();
    if (document.execCommand("copy")) done();
    area.remove(); node.focus();
  }
  function reveal(node) {
    const input = one(node.dataset.reveal), shown = input.type === "text";
    input.type = shown ? "password" : "text";
    node.textContent = shown ? node.dataset.show : node.dataset.hide;
  }
  function phrase(node) {
    const text = one("textarea", node.closest("[data-issue]"));
    text.value += (text.value ? "；" : "") + node.textContent;
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }
  function cycle(node) {
    const names = node.dataset.cycle.split(" "), target = one(node.dataset.on), at = names.findIndex((name) => target.classList.contains(name));
    target.classList.remove(...names);
    if (at + 1 < names.length) target.classList.add(names[at + 1]);
  }

  /* Files dropped on, or chosen for, a drop area. */
  function nameFiles(input) {
    const label = one("[data-files]", input.closest("[data-drop]"));
    if (label && input.files.length) label.textContent = Array.from(input.files, (file) => file.name).join("、");
  }
  ["dragover", "dragleave", "drop"].forEach((type) => on(type, (event) => {
    const area = event.target.closest && event.target.closest("[data-drop]");
    if (area) area.classList.toggle("drop--over", type === "dragover");
  }));

  /* Keys: off while typing. [data-key] names the key that presses a button. */
  on("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape") return escape(event.target);
    if (typing(event.target)) return;
    const search = one("[data-search]"), key = event.key.toLowerCase();
    if (key === "/" && search) { event.preventDefault(); search.focus(); search.select(); return; }
    const button = /^[a-z?]$/.test(key) && one('[data-key="' + key + '"]:not([disabled])');
    if (button) { event.preventDefault(); button.click(); return; }
    if (key === "j" || key === "k") step(key === "j" ? 1 : -1);
    if (key === "x") { const row = document.activeElement.closest("tr"), box = row && one("[data-pick]", row); if (box) box.click(); }
  });
  function escape(node) {
    if (typing(node)) node.blur();
    all("details[data-menu][open]").forEach((menu) => { menu.open = false; one("summary", menu).focus(); });
    if (location.hash === "#side") location.hash = "#main";
  }
  function step(by) {
    const rows = all("[data-rows] tbody tr"), at = rows.indexOf(document.activeElement.closest("tr"));
    const row = rows[at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + by))], link = row && one("a", row);
    if (link) link.focus();
  }

  /* The undo bar counts down, and waits while somebody is on it. */
  function countDown(bar) {
    let left = Number(bar.dataset.undo);
    const timer = setInterval(() => {
      if (!bar.isConnected) { clearInterval(timer); return; }
      if (bar.matches(":hover") || bar.contains(document.activeElement)) return;
      left -= 1;
      one("[data-left]", bar).textContent = String(left);
      if (left <= 0) { clearInterval(timer); bar.remove(); }
    }, 1000);
  }

  /* htmx: the CSRF header, and what to show when no new content came. */
  let failed = null;
  on("htmx:configRequest", (event) => {
    const detail = event.detail, token = one('meta[name="csrf-token"]');
    if (detail.verb !== "get" && token) detail.headers["X-CSRFToken"] = token.content;
    if (detail.verb === "get" && detail.elt.matches("[data-filters]")) Array.from(new Set(detail.formData.keys())).forEach((name) => {
      const values = detail.formData.getAll(name).filter(Boolean);
      detail.formData.delete(name);
      values.forEach((value) => detail.formData.append(name, value));
    });
  });
  function noContent(event) {
    const bar = one("#retry"), answer = event.detail.xhr, status = answer ? answer.status : 0;
    if (!bar) return;
    const page = status >= 400 && status < 500 && new DOMParser().parseFromString(answer.responseText, "text/html");
    const refusal = page && one("[data-refusal]", page);
    failed = event.detail.requestConfig;
    one("[data-retry-text]", bar).textContent = refusal ? refusal.textContent.trim() : bar.dataset.text;
    one("[data-retry]", bar).hidden = Boolean(refusal);
    bar.hidden = false;
  }
  function retry() {
    one("#retry").hidden = true;
    const again = failed && failed.triggeringEvent;
    if (again && failed.elt.isConnected) window.htmx.trigger(failed.elt, again.type); else location.reload();
  }
  on("htmx:responseError", noContent);
  on("htmx:sendError", noContent);
  on("htmx:timeout", noContent);
  on("htmx:afterRequest", (event) => { const bar = one("#retry"); if (bar && event.detail.successful) bar.hidden = true; });
  on("htmx:afterSwap", (event) => { start(event.detail.elt); paintPicks(); });

  function start(from) { all("[data-undo]", from.parentNode || from).forEach((bar) => { if (!bar.dataset.counting) { bar.dataset.counting = "1"; countDown(bar); } }); }
  on("DOMContentLoaded", () => {
    paintSize(); paintPicks(); start(document.body);
    const errors = one("[data-errors]");
    if (errors) errors.focus();
  });
  addEventListener("pageshow", paintPicks);
})();
