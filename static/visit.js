/* The cadre's phone: shows the list of shops, the form or the records, all in one document and all from what the phone keeps.
   Texts come from data-words, pieces of markup from <template>; what is sent and when is static/outbox.js. */
(() => {
  "use strict";
  const one = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => Array.from(from.querySelectorAll(selector));
  const page = one("#phone"), form = one("#visit"), words = JSON.parse(page.dataset.words), addresses = page.dataset;
  const HOUR = 3600000, STALE_MS = 24 * HOUR, MOST_PHOTOS = 9, SAVE_MS = 250, SIZES = ["", "l", "xl"], SIZE = "text-size";
  const say = (key, ...values) => values.reduce((text, value) => text.replace("%s", () => value), words[key] || key);
  const show = (node, shown) => { node.hidden = !shown; };

  /* Pieces. */
  const icon = (name) => { const node = one("template[data-piece=icon]").content.firstElementChild.cloneNode(true); node.firstElementChild.setAttribute("href", addresses.icons + "#" + name); return node; };
  const piece = (name, slots = {}) => {
    const made = document.importNode(one("template[data-piece=" + name + "]").content, true);
    Object.keys(slots).forEach((slot) => { one("[data-slot=" + slot + "]", made).textContent = slots[slot]; });
    return made;
  };
  function grade(node, letter) {
    const known = /^[A-D]$/.test(letter || "");
    node.className = known ? "gr gr--" + letter : "gr";
    node.textContent = known ? letter : "—";
    node.setAttribute("aria-label", known ? say("grade", letter) : words.no_grade);
  }
  const PILLS = { ok: "ok", warn: "clock", bad: "warn", info: "clock", mute: "dash" };
  function pill(node, kind, text) { node.className = "pill pill--" + kind; node.replaceChildren(icon(PILLS[kind]), text); }
  function toast(text) {
    const node = one("[data-toast]");
    node.textContent = text;
    show(node, true);
    clearTimeout(toast.timer);
    toast.timer = setTimeout(() => show(node, false), 4000);
  }

  /* Days and times, as the phone's owner reads them. */
  const pad = (number) => String(number).padStart(2, "0");
  const isoDay = (date) => date.getFullYear() + "-" + pad(date.getMonth() + 1) + "-" + pad(date.getDate());
  const dayOf = (iso) => { const [, month, day] = String(iso).slice(0, 10).split("-"); return Number(month) + " 月 " + Number(day) + " 日"; };
  const clock = (ms) => { const date = new Date(ms); return (isoDay(date) === isoDay(new Date()) ? "" : pad(date.getMonth() + 1) + "-" + pad(date.getDate()) + " ") + pad(date.getHours()) + ":" + pad(date.getMinutes()); };
  /* The server's day, carried on by the phone's clock: a phone set to a wrong date still writes the right one. */
  const today = () => isoDay(new Date(Date.now() + (book ? new Date(book.today + "T12:00") - new Date(isoDay(new Date(book.at)) + "T12:00") : 0)));

  /* What this page knows: the list last fetched, and everything this person keeps on the phone. */
  let book = null, records = [], news = { state: "idle" }, signedOut = false, ready = false;
  const entities = () => (book ? book.entities : []);
  const queued = () => records.filter((record) => record.state === "queued");
  const ours = (state, entity) => records.filter((record) => record.state === state && record.entity.id === entity);
  async function reread() { records = (await Outbox.visits()).filter((record) => book && Outbox.sameUser(record.user, book.user)); }
  async function refresh() {
    try {
      const data = await Outbox.ask("my/visits");
      signedOut = false;
      book = { user: data.user, post: data.post, today: data.today, quarter: data.quarter, due_on: data.due_on, lists: data.task_lists, entities: data.entities, penalties_unread: data.penalties_unread, at: Date.now() };
      await Outbox.forget(book.user);
      await Outbox.keepBook(book);
      await reread();
      if (view !== "form") route(); else paintNet();
    } catch (error) {
      signedOut = error.kind === "login";
      if (!book && view !== "form") route();
      paintNet();
    }
  }
  const taskList = (entity) => (book.lists[entity.task_list] ? { ...book.lists[entity.task_list], digest: entity.task_list } : null);

  /* Which view. */
  let view = "", cur = null;
  const formPath = new RegExp("^" + addresses.visit.replace("/0/", "/(\\d+)/") + "$");
  const visitUrl = (entity) => addresses.visit.replace("/0/", "/" + entity.id + "/");
  function go(path, replace = false) { history[replace ? "replaceState" : "pushState"]({}, "", path); route(); scrollTo(0, 0); one("[data-heading]").focus({ preventScroll: true }); }
  function route() {
    const wanted = location.pathname.match(formPath);
    if (wanted) openForm(Number(wanted[1])); else if (location.pathname === addresses.records) showRecords(); else showList();
    paintNet();
  }
  function turnTo(name) {
    if (view === "form" && name !== "form") leaveForm();
    view = name;
    all("[data-view]", page).forEach((section) => show(section, section.dataset.view === name));
    const filling = name === "form" && !one("[data-fill]").hidden;
    show(one("[data-progress]"), filling);
    show(one("[data-dock]"), filling);
    show(one("[data-back]"), name === "form" || name === "empty");
    const bar = one(".bar"), heading = name === "empty" ? "list" : name;
    if (bar) show(bar, !filling);
    all(".bar__a").forEach((link) => { if (link.pathname === (name === "records" ? addresses.records : addresses.list)) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current"); });
    one("[data-heading]").textContent = words[heading];
    document.title = document.title.replace(/^[^·]*/, words[heading] + " ");
  }
  function showEmpty(text, heading = "list") {
    one("[data-empty]").textContent = text;
    turnTo("empty");
    show(one("[data-back]"), heading !== "list");
    show(one("[data-view=empty] .btns"), heading !== "list");
  }

  /* The list: what presses most stands first. */
  function standing(entity) {
    if (ours("queued", entity.id).length) return { rank: 3, kind: "info", text: words.waiting, act: words.look };
    if (entity.state === "done" || sentNow(entity)) return { rank: 4, kind: "ok", text: words.done, act: words.look };
    const half = ours("draft", entity.id).length > 0, left = entity.days_left, act = half ? words.resume : words.go;
    if (!entity.obligation) return { rank: 2, kind: "mute", text: words.free, act, half };
    /* Owed over a longer span than the quarter: it may be done now, it does not press. */
    if (entity.due_on > book.due_on) return { rank: 2, kind: "info", text: say("left", left), act, half };
    const text = entity.state === "overdue" ? say("overdue", -left) : left === 0 ? words.today : say("left", left);
    return { rank: entity.state === "overdue" ? 0 : 1, kind: entity.state === "overdue" ? "bad" : left <= 5 ? "warn" : "info", text, act, half };
  }
  /* What was sent after the list was fetched is not in it yet; before, the list knows better what is still owed. */
  const sentNow = (entity) => ours("sent", entity.id).filter((record) => record.quarter === book.quarter && (entity.state === "done" || record.sent > book.at)).pop();
  function dueCard(entity, now) {
    const dated = now.rank === 4 ? (entity.last_visit ? say("on", dayOf(entity.last_visit.visited_on)) : "") : now.half ? words.draft : entity.due_on && entity.due_on !== book.due_on ? say("until", dayOf(entity.due_on)) : "";
    const more = now.rank < 3 && entity.owed > 1 ? say("owed", entity.owed) : "";
    const made = piece("due", { name: entity.name, note: [entity.business_type, entity.address].filter(Boolean).join(" · "), date: [dated, more].filter(Boolean).join(" · ") });
    grade(one("[data-grade]", made), entity.grade);
    pill(one("[data-pill]", made), now.kind, now.text);
    const act = one("[data-act]", made), link = one("[data-link]", made);
    act.textContent = now.act;
    act.classList.toggle("btn--p", now.rank < 2);
    link.href = now.rank === 3 ? addresses.records : visitUrl(entity);
    return made;
  }
  function showList() {
    if (!book) { if (!ready) { turnTo("list"); return; } showEmpty(signedOut ? words.login_list : words.no_list); return; }
    turnTo("list");
    const lines = entities().map((entity) => ({ entity, now: standing(entity) }))
      .sort((a, b) => a.now.rank - b.now.rank || (a.entity.days_left || 0) - (b.entity.days_left || 0) || String(a.entity.grade).localeCompare(String(b.entity.grade)));
    const open = lines.filter((line) => line.now.rank < 4), done = lines.filter((line) => line.now.rank === 4), left = open.filter((line) => line.now.rank < 2).length;
    one("[data-lead]").replaceChildren(...[strong(left ? say("still", left) : words.none), quarterName(book.quarter) + " · " + say("until", dayOf(book.due_on))]);
    one("[data-penalties-count]").textContent = book.penalties_unread || "";
    show(one("[data-penalties]"), book.penalties_unread > 0);
    one("[data-due]").replaceChildren(...open.map((line) => dueCard(line.entity, line.now)));
    one("[data-done]").replaceChildren(...done.map((line) => dueCard(line.entity, line.now)));
    one("[data-done-count]").textContent = " " + done.length;
    show(one("[data-done-fold]"), done.length > 0);
    one("[data-as-of]").textContent = say("as_of", clock(book.at));
  }
  const strong = (text) => { const node = document.createElement("b"); node.textContent = text; return node; };
  const quarterName = (label) => { const found = /^(\d{4})Q([1-4])$/.exec(label || ""); return found ? say("quarter", found[1], words["q" + found[2]]) : label || ""; };

  /* The form: one draft for one shop, begun with the first change. */
  const signatures = {};
  all("[data-sign]", form).forEach((box) => { signatures[box.dataset.sign] = SignatureBox(box, () => { const strokes = signatures[box.dataset.sign].strokes(); if (cur) { cur.signs[box.dataset.sign] = strokes; touched(); } }); });
  const urls = [];
  function fresh(entity) {
    return { id: Outbox.uuid(), state: "draft", begun: false, user: book.user, post: book.post, quarter: book.quarter, entity, list: taskList(entity), photos: [], signs: {}, started: null, problem: null,
      form: { mode: (entity.modes[0] || {}).code || "", visited_on: today(), outcome: "done", answers: {}, name: "", position: "", refused: false, reason: "" } };
  }
  function openForm(id) {
    if (view === "form" && cur && cur.entity.id === id) return;
    if (view === "form") leaveForm();
    const draft = ours("draft", id).sort((a, b) => b.saved - a.saved)[0], current = entities().find((each) => each.id === id), entity = current || (draft && draft.entity);
    /* What is not sent yet follows the newest list; answers stay with their items. */
    if (draft && current) Object.assign(draft, { entity: current, list: taskList(current) });
    if (!entity) { showEmpty(book ? words.unknown : words.no_list, "form"); return; }
    cur = draft || fresh(entity);
    const waiting = ours("queued", id)[0], sent = sentNow(entity);
    const before = draft ? "" : waiting ? words.already_queued : sent ? say("already_sent", sent.number) : entity.state === "done" ? words.already_done : "";
    one("[data-again-text]").textContent = before;
    show(one("[data-again]"), before !== "");
    show(one("[data-fill]"), before === "");
    drawForm();
    turnTo("form");
    Object.keys(signatures).forEach((name) => signatures[name].load(cur.signs[name]));
    paint();
  }
  function leaveForm() {
    saveNow();
    cur = null;
    one("[data-shop]").replaceChildren(); // with a number that may have been shown
    urls.splice(0).forEach((url) => URL.revokeObjectURL(url));
    all("[data-photos] figure").forEach((figure) => figure.remove());
  }
  function drawForm() {
    const { entity, list, problem } = cur;
    show(one("[data-problem]"), Boolean(problem));
    if (problem) one("[data-problem-text]").textContent = problem.detail || Object.values(problem.fields).map((text) => words[text] || text).join("；") || words.refused_plain;
    drawShop(entity);
    one("[data-modes]").replaceChildren(...entity.modes.map((mode) => { const made = piece("mode", { name: mode.name }), input = one("input", made); input.value = mode.code; input.checked = mode.code === cur.form.mode; return made; }));
    one("[data-modes]").dataset.count = entity.modes.length;
    one("[data-onsite]").textContent = entity.must_onsite || "";
    show(one("[data-onsite]"), Boolean(entity.must_onsite));
    all("[data-field]:not([name=mode])", form).forEach((field) => { if (field.type === "checkbox") field.checked = cur.form[field.dataset.field]; else field.value = cur.form[field.dataset.field] || ""; });
    one("[name=visited_on]", form).max = today();
    let number = 0;
    one("[data-sections]").replaceChildren(...(list ? list.sections.map((section) => drawSection(section, () => { number += 1; return number; })) : [noTasks()]));
    one("[data-principal]").replaceChildren(...people(entity).map((person) => { const made = piece("person"), button = made.firstElementChild; button.textContent = person.join(" "); button.dataset.person = person.join("|"); return made; }));
    drawPhotos();
  }
  function noTasks() { const node = document.createElement("p"); node.className = "blk"; node.textContent = words.no_tasks; return node; }
  const people = (entity) => [[words.principal, entity.principal], [words.officer, entity.officer]].filter(([, name], at, list) => name && list.findIndex((each) => each[1] === name) === at);
  function drawShop(entity) {
    const last = entity.last_visit;
    const made = piece("shop", { name: entity.name, note: [entity.business_type, entity.community, entity.must_onsite && words.must_onsite].filter(Boolean).join(" · "), address: entity.address || "",
      principal: entity.principal || "", officer: entity.officer || "", frequency: entity.frequency || "", dial: say("dial", entity.phone || ""), closure: (last && last.closure) || "",
      last: last ? say(last.issues ? "last_issues" : "last", dayOf(last.visited_on), last.issues) : words.last_none });
    show(one("[data-slot=closure]", made), Boolean(last && last.closure));
    one("[data-open-issues]", made).append(...(entity.open_issues || []).map(drawOldIssue));
    show(one("[data-open-issues]", made).parentNode, (entity.open_issues || []).length > 0);
    grade(one("[data-grade]", made), entity.grade);
    all("dd", made).forEach((value) => { if (!value.textContent) { value.previousElementSibling.remove(); value.remove(); } });
    one("[data-shop]").replaceChildren(made);
    paintCall();
  }
  function drawOldIssue(issue) {
    const made = piece("old-issue", { text: say("open_issue", issue.text, issue.state, dayOf(issue.found_on)) }), image = one("img", made);
    if (!issue.photo || !navigator.onLine) return made;
    image.alt = say("issue_photo", issue.text);
    image.addEventListener("load", () => show(image, true));
    image.src = issue.photo;
    return made;
  }

  /* The number comes from the office each time, is seen there, and stays nowhere on the phone. */
  function paintCall() { const call = one("[data-call]", form); if (call) show(call, navigator.onLine && Boolean(cur && cur.entity.phone)); }
  async function dial(button) {
    const { entity } = cur, link = one("[data-tel]", form);
    button.disabled = true;
    try {
      const me = await Outbox.ask("ping"), answer = await Outbox.ask("my/entities/" + entity.id + "/phone", { method: "POST", headers: { "X-CSRFToken": me.csrf } });
      if (!link.isConnected) return;
      link.href = "tel:" + answer.phone;
      one("[data-number]", link).textContent = answer.phone;
      show(button, false);
      show(link, true);
      link.click();
    } catch (error) { toast((error.problem && error.problem.detail) || (error.kind === "login" ? words.login_list : error.kind === "refused" ? words.not_yours : words.call_failed)); } finally { button.disabled = false; }
  }
  function drawSection(section, next) {
    const made = piece("section", { title: section.title, count: say("items", section.items.length) });
    one("[data-items]", made).append(...section.items.map((item) => drawQuestion(item, next())));
    return made;
  }
  function drawQuestion(item, number) {
    const made = piece("question"), set = one("[data-question]", made), kept = cur.form.answers[item.code] || {}, text = one("textarea", made), title = one(".q__t", made);
    set.dataset.item = item.code;
    title.firstElementChild.textContent = number;
    title.append(item.text);
    if (item.sample) { const mark = document.createElement("span"); mark.className = "sample"; mark.textContent = words.sample; title.append(mark); }
    all("[name=answer]", made).forEach((input) => { input.name = "answer-" + item.code; input.checked = input.value === kept.answer; });
    all("[name=disposal]", made).forEach((input) => { input.name = "disposal-" + item.code; input.checked = input.value === kept.disposal; });
    one(".issue__l", made).htmlFor = text.id = "note-" + item.code;
    text.name = text.id;
    text.value = kept.note || "";
    text.maxLength = 500;
    one("[data-issue]", made).classList.toggle("issue--later", kept.answer !== "no");
    one("[data-notify]", made).textContent = cur.entity.notify || "";
    return made;
  }

  /* What is still missing, in the order of the form; the same list moves the bars, the dock and the first press of 提交. */
  const mode = () => cur.entity.modes.find((each) => each.code === cur.form.mode) || null;
  const items = () => (cur.list ? [].concat(...cur.list.sections.map((section) => section.items)) : []);
  const answer = (item) => cur.form.answers[item.code] || {};
  const closed = () => cur.form.outcome === "shop_closed";
  const wanted = (need) => !closed() && (need === "required" || (need === "on_issue" && items().some((item) => answer(item).answer === "no")));
  const photoNeeded = () => Boolean(mode()) && wanted(mode().photo);
  const photoShown = () => !mode() || mode().photo !== "off";
  const entitySigns = () => { const need = mode() && mode().entity_signature; return Boolean(need) && need !== "off" && !closed(); };
  const entityTouched = () => signatures.entity.inked() || cur.form.refused || Boolean(cur.form.name || cur.form.position);
  function missing() {
    const lacks = [], lack = (step, key, node, count) => { if (count) lacks.push({ step, text: say(key, count), node }); };
    const problems = items().filter((item) => answer(item).answer === "no"), where = (list) => list.length ? one('[data-item="' + CSS.escape(list[0].code) + '"]', form) : null;
    lack("mode", "need_mode", one("#part-mode"), !mode());
    lack("mode", "need_date", one("#part-mode"), !cur.form.visited_on);
    if (!closed()) {
      const open = items().filter((item) => !answer(item).answer), mute = problems.filter((item) => !(answer(item).note || "").trim()), loose = problems.filter((item) => !answer(item).disposal);
      lack("items", "need_items", where(open), open.length);
      lack("items", "need_notes", where(mute), mute.length);
      lack("items", "need_disposals", where(loose), loose.length);
      lack("photo", "need_photo", one("#part-photo"), photoNeeded() && !cur.photos.length);
    }
    if (entitySigns() && (wanted(mode().entity_signature) || entityTouched())) {
      const box = one("[data-entity-part]");
      if (cur.form.refused) lack("sign", "need_reason", box, !cur.form.reason.trim());
      else if (!signatures.entity.inked()) lack("sign", signatures.cadre.inked() ? "need_entity_sign" : "need_signs", box, true);
      else lack("sign", "need_name", one(".pair", box), !cur.form.name.trim() || !cur.form.position.trim());
    }
    if (!lacks.some((each) => each.text === words.need_signs)) lack("sign", "need_cadre_sign", one("[data-sign=cadre]"), !signatures.cadre.inked());
    return lacks;
  }
  function paint() {
    if (!cur) return [];
    const lacks = missing(), given = items().filter((item) => answer(item).answer).length, total = items().length;
    one("[data-filled]").textContent = closed() ? words.closed : say("filled", given, total);
    const text = lacks.length ? say("missing", lacks.map((lack) => lack.text).join(words.and)) : words.ready;
    if (one("[data-missing]").textContent !== text) one("[data-missing]").textContent = text;
    one("[data-missing]").classList.toggle("ok", !lacks.length);
    all("[data-section]", form).forEach((section) => {
      const sets = all("[data-question]", section), open = sets.filter((set) => !(cur.form.answers[set.dataset.item] || {}).answer).length, rest = one("[data-rest]", section);
      show(rest, open > 0);
      rest.textContent = say(open === sets.length ? "rest_all" : "rest", open);
    });
    show(one("[data-closed]"), closed());
    show(one("[data-gone]"), !closed());
    show(one("#part-items"), !closed());
    show(one("#part-photo"), photoShown());
    show(one("[data-entity-part]"), entitySigns());
    show(one("[data-entity-signs]"), !cur.form.refused);
    show(one("[data-clear=entity]"), !cur.form.refused && signatures.entity.inked());
    show(one("[data-clear=cadre]"), signatures.cadre.inked());
    show(one("[data-refusal]"), cur.form.refused);
    one("[data-photo-count]").textContent = say("photos", cur.photos.length);
    one("[data-photo-hint]").textContent = photoShown() && mode() ? words[closed() ? "photo_optional" : "photo_" + mode().photo] || "" : "";
    paintSteps(lacks);
    return lacks;
  }
  function paintSteps(lacks) {
    let now = false;
    all("[data-step]").forEach((link) => {
      const step = link.dataset.step, ok = !lacks.some((lack) => lack.step === step);
      show(link, (step !== "photo" || (photoShown() && !closed())) && (step !== "items" || !closed()));
      link.className = "prog__i" + (ok ? " prog__i--ok" : now ? "" : " prog__i--now");
      if (!ok && !link.hidden) now = true;
      if (ok) link.setAttribute("aria-label", say("step_done", link.textContent)); else link.removeAttribute("aria-label");
    });
  }

  /* Saving: 250 ms after each change, at once when the page goes away. A tab that came too late says so. */
  let timer = 0, writing = Promise.resolve();
  function touched() {
    if (!cur) return;
    if (!cur.started) cur.started = new Date().toISOString();
    paint();
    clearTimeout(timer);
    timer = setTimeout(saveNow, SAVE_MS);
  }
  const write = (work) => { writing = writing.then(work).catch(() => { toast(words.not_saved); return null; }); return writing; }; // null: the phone is full
  function saveNow() {
    clearTimeout(timer);
    timer = 0;
    const draft = cur;
    if (!draft || !draft.started) return writing;
    return write(async () => {
      if (!draft.begun) { await Outbox.begin({ ...draft, begun: true, saved: Date.now() }); draft.begun = true; } else if (!(await Outbox.keep(draft))) overtaken(draft);
      await reread();
      return true;
    });
  }
  function overtaken(draft) {
    if (cur !== draft) return;
    toast(words.elsewhere);
    cur = null;
    reread().then(() => go(addresses.list, true));
  }
  form.addEventListener("input", (event) => note(event.target));
  form.addEventListener("change", (event) => {
    note(event.target);
    if (event.target.name.startsWith("disposal-")) event.stopPropagation(); // the shared script takes any choice in a question for its answer
  });
  function note(field) {
    if (!cur) return;
    const set = field.closest("[data-question]");
    if (set) {
      const kept = cur.form.answers[set.dataset.item] || (cur.form.answers[set.dataset.item] = { answer: "", note: "", disposal: "" });
      if (field.tagName === "TEXTAREA") kept.note = field.value; else kept[field.name.startsWith("answer-") ? "answer" : "disposal"] = field.value;
    } else if (field.dataset.field) cur.form[field.dataset.field] = field.type === "checkbox" ? field.checked : field.value; else return;
    touched();
  }
  const presses = {
    "[data-rest]": (button) => all("[data-question]", button.closest("[data-section]")).forEach((set) => { if (!all("[name^=answer-]:checked", set).length) { const yes = one("[value=yes]", set); yes.checked = true; note(yes); } }),
    "[data-say]": (button) => { const text = form.elements[button.dataset.say]; text.value += (text.value ? "；" : "") + button.textContent; note(text); },
    "[data-person]": (button) => { const [position, name] = button.dataset.person.split("|"); Object.entries({ name, position }).filter((pair) => pair[1]).forEach(([key, value]) => { form.elements[key].value = value; note(form.elements[key]); }); },
    "[data-clear]": (button) => signatures[button.dataset.clear].clear(),
    "[data-dial]": dial,
    "[data-ask-closed]": () => show(one("[data-sure]", form), true),
    "[data-closed-no]": () => show(one("[data-sure]", form), false),
    "[data-closed-yes]": () => { show(one("[data-sure]", form), false); cur.form.outcome = "shop_closed"; touched(); one("[data-sign=cadre]").scrollIntoView({ block: "center" }); },
    "[data-not-closed]": () => { cur.form.outcome = "done"; touched(); },
    "[data-again-start]": () => { show(one("[data-again]"), false); show(one("[data-fill]"), true); turnTo("form"); Object.values(signatures).forEach((box) => box.fit()); paint(); },
  };
  form.addEventListener("click", (event) => { if (cur) Object.keys(presses).forEach((selector) => { const button = event.target.closest(selector); if (button) presses[selector](button); }); });
  one("[data-progress]").addEventListener("click", (event) => {
    const link = event.target.closest("[data-step]");
    if (!link) return;
    event.preventDefault();
    const part = one("#part-" + link.dataset.step);
    part.scrollIntoView();
    part.focus({ preventScroll: true });
  });
  one("[data-save]").addEventListener("click", async () => { if (!cur) return; cur.started = cur.started || new Date().toISOString(); if (await saveNow()) toast(words.saved); });

  /* Photos. */
  function figure(photo) {
    const number = all("[data-photos] figure").length + 1, made = piece("photo", { size: say("photo_size", Math.max(1, Math.round(photo.bytes.byteLength / 1024))) });
    const url = URL.createObjectURL(new Blob([photo.bytes], { type: "image/jpeg" })), image = one("img", made);
    urls.push(url);
    image.src = url;
    image.alt = say("photo", number);
    made.firstElementChild.dataset.sha = photo.sha;
    one("[data-remove]", made).setAttribute("aria-label", say("photo_remove", number));
    one("[data-photos]").insertBefore(made, one(".shot--add"));
  }
  async function drawPhotos() {
    all("[data-photos] figure").forEach((old) => old.remove());
    const draft = cur, held = draft.photos.length ? await Outbox.photos(draft.id) : [];
    if (cur !== draft || one("[data-photos] figure")) return;
    draft.photos.forEach(({ sha }) => { const photo = held.find((each) => each.sha === sha); if (photo) figure(photo); });
  }
  one("[data-camera]").addEventListener("change", async (event) => {
    const draft = cur, files = Array.from(event.target.files);
    event.target.value = "";
    for (const file of files) {
      if (!draft || cur !== draft) return;
      if (draft.photos.length >= MOST_PHOTOS) { toast(words.photo_max); return; }
      const photo = await Outbox.shrink(file).catch(() => null);
      if (!photo) toast(words.photo_bad); else if (draft.photos.some((each) => each.sha === photo.sha)) toast(words.photo_twice); else await addPhoto(draft, photo);
    }
  });
  async function addPhoto(draft, photo) {
    draft.started = draft.started || new Date().toISOString();
    await saveNow();
    draft.photos.push({ sha: photo.sha, size: photo.size });
    const kept = await write(() => Outbox.addPhoto(draft, photo));
    if (!kept) { draft.photos.pop(); if (kept === false) overtaken(draft); return; }
    if (cur === draft) { figure(photo); paint(); }
  }
  one("[data-photos]").addEventListener("click", async (event) => {
    const button = event.target.closest("[data-remove]"), draft = cur;
    if (!button || !draft) return;
    const shot = button.closest("figure"), sha = shot.dataset.sha;
    draft.photos = draft.photos.filter((photo) => photo.sha !== sha);
    shot.remove();
    paint();
    await write(() => Outbox.dropPhoto(draft, sha));
  });

  /* Submitting freezes the body. */
  function body(draft) {
    const { form: given, entity } = draft, done = given.outcome === "done", signs = entitySigns() && (wanted(mode().entity_signature) || entityTouched());
    const answers = done ? items().map((item) => { const { answer: value, note: text, disposal } = answer(item); return value === "no" ? { item: item.code, answer: value, note: text.trim(), disposal } : { item: item.code, answer: value }; }) : [];
    const theirs = given.refused ? { refused: true, reason: given.reason.trim() } : { strokes: draft.signs.entity, name: given.name.trim(), position: given.position.trim() };
    return JSON.stringify({ entity: entity.id, obligation: entity.obligation || null, mode: given.mode, visited_on: given.visited_on, started_at: draft.started, task_list: draft.list ? draft.list.digest : "", answers,
      photos: photoShown() ? draft.photos.map((photo) => photo.sha) : [], cadre_signature: draft.signs.cadre, entity_signature: signs ? theirs : null, outcome: given.outcome });
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const draft = cur, send = one("[data-send]");
    if (!draft || send.disabled) return;
    const lacks = paint();
    if (lacks.length) { toast(say("missing", lacks.map((lack) => lack.text).join(words.and))); if (lacks[0].node) lacks[0].node.scrollIntoView({ block: "center" }); return; }
    if (!draft.list && !closed()) { toast(words.no_tasks); return; }
    send.disabled = true;
    const frozen = body(draft), saved = await saveNow(), taken = saved && cur === draft ? await write(() => Outbox.queue(draft, frozen)) : saved && false;
    send.disabled = false;
    if (taken === null || saved === null) return;
    cur = null;
    await reread();
    go(addresses.list, true);
    toast(taken ? (navigator.onLine ? words.submitted : words.queued) : words.elsewhere);
    Outbox.flush();
  });

  /* Records: what waits is first, then what was received, with its number and the hashes the server answered for. */
  function recordCard(record) {
    const waits = record.state === "queued", draft = record.state === "draft", hashes = record.photos || [];
    const made = piece("record", { name: record.entity.name, note: [quarterName(record.quarter), record.outcome === "shop_closed" || (record.form && record.form.outcome === "shop_closed") ? words.closed : ""].filter(Boolean).join(" · "),
      number: record.number || "", receipt: draft ? say("stored_at", clock(record.saved)) : waits ? say("stored_at", clock(record.queued)) : [say("sent_at", clock(record.sent)), hashes.length ? say("receipt", hashes.length) : words.receipt_none, record.lost && say("receipt_lost", record.lost), record.note].filter(Boolean).join("；") });
    const card = made.firstElementChild, stale = waits && Date.now() - record.queued > STALE_MS;
    card.dataset.record = record.id;
    grade(one("[data-grade]", card), record.entity.grade);
    if (draft) pill(one("[data-pill]", card), record.problem ? "bad" : "info", words.draft); else if (waits) pill(one("[data-pill]", card), stale ? "bad" : "warn", words.waiting); else pill(one("[data-pill]", card), record.lost ? "bad" : "ok", record.lost ? words.lost : words.done);
    if (waits && record.notice) one("[data-slot=receipt]", card).textContent += "；" + record.notice;
    show(one("[data-slot=number]", card), Boolean(record.number));
    show(one("[data-open]", card), draft);
    one("[data-open]", card).href = visitUrl(record.entity);
    show(one("[data-discard]", card), draft);
    show(one("[data-now]", card), waits);
    show(one("[data-hashes]", card), !draft && !waits && hashes.length > 0);
    one("[data-list]", card).append(...hashes.map((photo) => { const line = document.createElement("li"); line.textContent = photo.sha; return line; }));
    return card;
  }
  function otherCard(entity) {
    const made = piece("record", { name: entity.name, note: quarterName(book.quarter), number: entity.last_visit.number, receipt: say("on", dayOf(entity.last_visit.visited_on)) });
    grade(one("[data-grade]", made), entity.grade);
    pill(one("[data-pill]", made), "ok", words.done);
    return made;
  }
  function showRecords() {
    turnTo("records");
    const of = (state, key) => records.filter((record) => record.state === state).sort((a, b) => b[key] - a[key]);
    const sent = of("sent", "sent"), open = [...of("queued", "queued"), ...of("draft", "saved")];
    const others = entities().filter((entity) => entity.state === "done" && entity.last_visit && !sent.some((record) => record.entity.id === entity.id));
    one("[data-waiting]").replaceChildren(...open.map(recordCard));
    one("[data-sent]").replaceChildren(...sent.map(recordCard), ...others.map(otherCard));
    show(one("[data-no-records]"), !open.length && !sent.length && !others.length);
  }
  page.addEventListener("click", async (event) => {
    const card = event.target.closest("[data-record]"), pressed = (selector) => event.target.closest(selector);
    if (!card) return;
    if (pressed("[data-now]")) Outbox.flush();
    if (pressed("[data-discard]")) show(one("[data-sure]", card), true);
    if (pressed("[data-discard-no]")) show(one("[data-sure]", card), false);
    if (pressed("[data-discard-yes]")) { await Outbox.drop(card.dataset.record); await reread(); route(); }
  });

  /* The strip under the title: network, what waits, what was received. */
  function strip(kind, text, aside, link) {
    const node = one("[data-net]"), key = [kind, text, aside].join("|");
    show(node, Boolean(text));
    if (node.dataset.key === key) return;
    node.dataset.key = key;
    node.className = "net net--" + kind;
    const words = document.createElement(link ? "a" : "span");
    words.textContent = text;
    if (link) words.href = link;
    node.replaceChildren(icon({ off: "cloud-off", on: "ok", busy: "up", bad: "warn" }[kind]), words, ...(aside ? [strong(aside)] : []));
  }
  function paintNet() {
    paintCall();
    const waits = queued(), count = waits.length ? say("count_waiting", waits.length) : "", stale = waits.filter((record) => Date.now() - record.queued > STALE_MS).length;
    const login = addresses.login + "?next=" + encodeURIComponent(location.pathname);
    const other = waits.filter((record) => !Outbox.sameUser(record.post, book.post)).length;
    if (news.state === "login" || signedOut) strip("bad", waits.length ? words.login : words.login_list, count, login);
    else if (stale && news.state !== "sending") strip("bad", say("stale", stale), "");
    else if (!navigator.onLine) strip("off", view === "form" ? words.offline : words.offline_list, count);
    else if (news.state === "sending") strip("busy", say("sending", waits.length), "");
    else if (records.some((record) => record.state === "draft" && record.problem)) strip("bad", words.refused, count, addresses.records);
    else if (other && other === waits.length) strip("off", say("other_post", other), "");
    else if (waits.length) strip("off", words.retrying, count);
    else if (received) strip("on", say("received", received), "");
    else strip("on", "", "");
  }
  let received = "";
  Outbox.listen(async (told) => {
    if (told.state === "sent") received = told.number;
    if (told.state === "login") signedOut = true;
    news = told.state === "sent" || told.state === "refused" ? { state: "idle" } : told;
    await reread();
    if (view === "list" || view === "records") route(); else paintNet();
    if (told.state === "sent") refresh();
  });

  /* Moving about without leaving the document. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || link.origin !== location.origin || event.ctrlKey || event.metaKey || event.button) return;
    if (![addresses.list, addresses.records].includes(link.pathname) && !formPath.test(link.pathname)) return;
    event.preventDefault();
    if (link.pathname !== location.pathname) go(link.pathname, view === "form" && link.matches("[data-back]"));
  });
  addEventListener("popstate", () => { if (ready) route(); });
  addEventListener("offline", paintNet);
  addEventListener("online", () => { paintNet(); refresh(); });
  addEventListener("pagehide", () => { saveNow(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) saveNow(); else if (ready && book && Date.now() - book.at > HOUR / 4) refresh(); });
  one("[data-size-step]").addEventListener("click", () => {
    const root = document.documentElement, size = SIZES[(SIZES.indexOf(root.dataset.size || "") + 1) % SIZES.length];
    if (size) root.dataset.size = size; else delete root.dataset.size;
    try { localStorage.setItem(SIZE, size); } catch (error) { /* good for this page */ }
  });

  async function worker() {
    const warn = () => show(one("[data-no-worker]"), true);
    if (!navigator.serviceWorker) { warn(); return; }
    try { await navigator.serviceWorker.register(addresses.worker); } catch (error) { if (!navigator.serviceWorker.controller && navigator.onLine) warn(); }
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
  }
  (async () => {
    worker();
    try {
      book = (await Outbox.books()).sort((a, b) => b.at - a.at)[0] || null;
      await reread();
    } catch (error) { showEmpty(words.no_store); return; }
    if (book) { ready = true; route(); }
    if (navigator.onLine) await refresh();
    ready = true;
    if (!view || view === "list") route();
    document.documentElement.dataset.ready = "1";
    Outbox.flush();
  })();
})();
