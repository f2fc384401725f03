/* The keyboard of every page, and what the frame needs: dialogs, the menu of a phone, messages. No dependency; htmx is optional.

   Markup: table[data-rows] > tbody > tr, in it a[data-open] (else its first link) for Enter and a checkbox for x;
   data-key="n" on a link, button or field is pressed (a field: focused) by that key, data-key-label names it in the help: one of
   the page goes before one of the frame; data-row-key="c" is pressed in the row under the cursor (without a cursor in the first row);
   data-refused-key="c" with data-why stands where that key may not be used now, in a row or on the page, and says why;
   data-go="w" is opened by g w, data-go="wb" by g w b; form[data-confirm="question"] and hx-confirm ask in our own dialog. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const shown = (element) => element.getClientRects().length > 0 && !element.disabled;
  const place = "hk-row:" + location.pathname;

  /* --- the cursor in a list --- */
  const rows = () => all("table[data-rows] > tbody > tr:not([data-no-row])").filter(shown);
  const cursor = () => $("tr.hk-cursor");
  const opener = (row) => $("a[data-open]", row) || $("a[href]", row);
  const sign = (row) => row.id || (opener(row) || {}).pathname || "";

  function mark(row, focus) {
    all("tr.hk-cursor").forEach((old) => {
      old.classList.remove("hk-cursor");
      old.removeAttribute("aria-current");
      old.tabIndex = -1;
    });
    if (!row) return;
    row.classList.add("hk-cursor");
    row.setAttribute("aria-current", "true");
    row.tabIndex = 0;
    if (focus) {
      row.focus({ preventScroll: true });
      row.scrollIntoView({ block: "nearest" });
    }
    sessionStorage.setItem(place, JSON.stringify([sign(row), rows().indexOf(row)]));
  }

  function move(step) {
    const list = rows();
    if (!list.length) return;
    const at = list.indexOf(cursor());
    mark(list[at < 0 ? (step > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + step, 0), list.length - 1)], true);
  }

  function restore() {
    all("table[data-rows] > tbody > tr").forEach((row) => { if (!row.hasAttribute("tabindex")) row.tabIndex = -1; });
    if (cursor()) return;
    const list = rows();
    let kept = null;
    try { kept = JSON.parse(sessionStorage.getItem(place)); } catch { kept = null; }
    if (!kept || !list.length) return;
    const same = list.find((row) => sign(row) && sign(row) === kept[0]);
    // where a key decides, the cursor does not move to another row by itself
    if (same || !$("table[data-deciding]")) mark(same || list[Math.min(Math.max(kept[1], 0), list.length - 1)], false);
  }

  document.addEventListener("click", (event) => {
    const row = event.target.closest("table[data-rows] > tbody > tr");
    if (row && !row.hasAttribute("data-no-row")) mark(row, false);
  });
  document.addEventListener("dblclick", (event) => {
    const row = event.target.closest("table[data-rows] > tbody > tr");
    if (row && !event.target.closest("a, button, input, select, label") && opener(row)) opener(row).click();
  });

  /* --- dialogs --- */
  const dialog = () => $("dialog[open]");
  function fillHelp(help) {
    const line = (keys, text) => {
      const box = document.createElement("div"), head = document.createElement("dt"), body = document.createElement("dd");
      keys.forEach((name) => { const key = document.createElement("kbd"); key.textContent = name; head.append(key, " "); });
      body.textContent = text;
      box.append(head, body);
      return box;
    };
    const words = (element) => {
      if (element.dataset.keyLabel) return element.dataset.keyLabel;
      const copy = element.cloneNode(true);
      all("kbd, svg", copy).forEach((extra) => extra.remove());
      return copy.textContent.trim() || element.getAttribute("aria-label") || "";
    };
    const page = $("[data-keys-page]", help), go = $("[data-keys-go]", help), seen = new Set();
    const pressed = (element) => element.dataset.key || element.dataset.rowKey;
    page.replaceChildren(...[...all(".hk-page [data-key]"), ...all("[data-row-key]"), ...all("[data-key]")].filter(shown)
      .filter((e) => !seen.has(pressed(e)) && seen.add(pressed(e))).map((element) => line([pressed(element)], words(element))));
    go.replaceChildren(...all("[data-go]").map((element) => line(["g", ...element.dataset.go], words(element))));
    $("[data-keys-list]", help).hidden = !$("table[data-rows]");
    $("[data-keys-search]", help).hidden = !search();
  }
  function openHelp() {
    const help = $("#hk-help");
    if (!help || help.open) return;
    fillHelp(help);
    help.showModal();
  }
  function ask(question, then) {
    const box = $("#hk-confirm"), yes = $("[data-yes]", box);
    $("#hk-confirm-question").textContent = question;
    yes.onclick = () => { box.close(); then(); };
    box.showModal();
    yes.focus();
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.confirm || form.dataset.sure) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const submitter = event.submitter;
    ask(form.dataset.confirm, () => {
      form.dataset.sure = "yes";
      form.requestSubmit(submitter);
      delete form.dataset.sure;
    });
  }, true);
  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    ask(event.detail.question, () => event.detail.issueRequest(true));
  });
  /* One click is one act: a plain form's buttons rest until the answer comes. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
  });
  /* Drafts stay in this browser until they are saved, and never longer than the sign-in or a day. */
  const drafts = () => Object.keys(localStorage).filter((name) => name.startsWith("hk-draft:"));
  document.addEventListener("submit", (event) => {
    if (!event.target.matches('.hk-side-foot form[action$="/sign-out/"]')) return;
    drafts().forEach((name) => localStorage.removeItem(name));
  });
  drafts().forEach((name) => {
    try { if (Date.now() - JSON.parse(localStorage.getItem(name)).at > 24 * 3600 * 1000) localStorage.removeItem(name); } catch { localStorage.removeItem(name); }
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));
  document.addEventListener("htmx:afterRequest", (event) => delete event.target.dataset?.sent);

  document.addEventListener("click", (event) => {
    const refused = event.target.closest("button[data-why]");
    if (refused) say(refused.dataset.why, "warn");
    const target = event.target.closest("[data-close], [data-help], [data-menu], [data-dismiss], dialog");
    if (!target) return;
    if (target.matches("[data-close]")) target.closest("dialog").close();
    else if (target.matches("dialog")) { if (event.target === target) target.close(); }
    else if (target.matches("[data-help]")) openHelp();
    else if (target.matches("[data-dismiss]")) target.closest(".hk-message").remove();
    else target.setAttribute("aria-expanded", String(target.getAttribute("aria-expanded") !== "true"));
  });

  /* --- keys --- */
  const search = () => all("[data-search], input[type=search]").find(shown);
  const typing = (element) => element && (element.isContentEditable || /^(TEXTAREA|SELECT)$/.test(element.tagName) ||
    (element.tagName === "INPUT" && !/^(checkbox|radio|button|submit|reset|file)$/.test(element.type)));
  function press(element) {
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName) && !/^(checkbox|radio)$/.test(element.type)) {
      element.focus();
      if (element.select) element.select();
    } else element.click();
  }
  const NEXT_KEY = 1200; // milliseconds in which the next letter of a sequence has to come
  let waiting = 0, letters = "";

  /* The letters after g. True: the key was one of them. */
  function sequence(key) {
    if (Date.now() - waiting > NEXT_KEY) return false;
    letters += key;
    const fitting = all("[data-go]").filter((element) => element.dataset.go.startsWith(letters));
    const link = fitting.find((element) => element.dataset.go === letters);
    waiting = fitting.length && !link ? Date.now() : 0;
    if (link) link.click();
    return fitting.length > 0;
  }

  document.addEventListener("keydown", (event) => {
    const active = document.activeElement;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key; // caps lock must not switch the keys off
    if (event.isComposing) return;
    if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = (active && active.closest("form")) || $("form[data-main]");
      if (form) { event.preventDefault(); form.requestSubmit(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === "Escape") {
      if (dialog()) return;
      const menu = $("[data-menu][aria-expanded=true]");
      if (menu) menu.setAttribute("aria-expanded", "false");
      if (typing(active)) { active.blur(); const row = cursor(); if (row) row.focus({ preventScroll: true }); }
      return;
    }
    if (typing(active) || dialog()) return;
    if (sequence(key)) { event.preventDefault(); return; }
    const row = cursor();
    const named = (list, name) => list.find((element) => element.dataset[name] === key && shown(element));
    // the row under the cursor is meant and no other, also where its key may not be used
    const ofRow = row ? named(all("[data-row-key]", row), "rowKey") : named(all("[data-row-key]"), "rowKey");
    const own = (row && ofRow) || named(all(".hk-page [data-key]"), "key") || ofRow || named(all("[data-key]"), "key");
    const refused = own ? null : all("[data-refused-key]").find((element) =>
      element.dataset.refusedKey === key && (!element.closest("tr") || element.closest("tr") === row));
    const acts = {
      j: () => move(1), k: () => move(-1), "?": openHelp, g: () => { waiting = Date.now(); letters = ""; },
      "/": () => { const box = search(); if (box) press(box); },
      x: () => { const box = row && $("input[type=checkbox]:not([disabled])", row); if (box) box.click(); },
    };
    if (key === "Enter") {
      if (row && (active === row || active === document.body) && opener(row)) { event.preventDefault(); opener(row).click(); }
    } else if (own && !(key in { j: 1, k: 1, g: 1, "?": 1 })) {
      event.preventDefault();
      press(own);
    } else if (refused) {
      event.preventDefault();
      say(refused.dataset.why, "warn");
    } else if (acts[key]) {
      event.preventDefault();
      acts[key]();
    }
  });

  /* --- messages, also of requests that failed --- */
  function say(text, tone) {
    const box = $("#messages");
    if (!box || !text) return;
    all(".hk-message > span", box).filter((old) => old.textContent === text).forEach((old) => old.parentElement.remove());
    const message = document.createElement("div"), words = document.createElement("span"), close = document.createElement("button");
    message.className = "hk-message hk-" + tone;
    words.textContent = text;
    close.type = "button";
    close.className = "btn-close";
    close.dataset.dismiss = "";
    close.setAttribute("aria-label", $("#hk-words").dataset.close);
    message.append(words, close);
    box.append(message);
    message.scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("hk:say", (event) => say(event.detail.text, event.detail.tone));
  document.addEventListener("htmx:sendError", () => say($("#hk-words").dataset.offline, "bad"));
  document.addEventListener("htmx:timeout", () => say($("#hk-words").dataset.offline, "bad"));
  document.addEventListener("htmx:responseError", (event) => {
    const answer = event.detail.xhr, plain = (answer.getResponseHeader("Content-Type") || "").startsWith("text/plain");
    say(plain && answer.responseText.length < 300 ? answer.responseText : $("#hk-words").dataset.failed, "bad");
  });
  /* --- focus after a swap: where it was, by id; into what came, when that asks for it (data-focus) or is a form that a click opened --- */
  function toFill(part) {
    const fields = all(".hk-act form :is(input, select, textarea)", part.closest(".hk-act") || part).filter(shown);
    return fields.find((field) => !field.value) || fields[0];
  }
  let focused = "";
  document.addEventListener("htmx:beforeSwap", () => { focused = (document.activeElement || {}).id || ""; });
  // Only what the swap itself took away comes back: a field left with Escape before the page settles stays left.
  document.addEventListener("htmx:afterSwap", () => { if (document.activeElement !== document.body) focused = ""; });
  document.addEventListener("htmx:afterSettle", (event) => {
    const part = event.target.querySelector ? event.target : document.body, asked = event.detail.requestConfig || {};
    const opened = asked.triggeringEvent && asked.triggeringEvent.type === "click";
    const wanted = $("[data-focus]", part) || (opened && toFill(part));
    if (wanted) wanted.focus();
    else if (focused && document.activeElement === document.body && document.getElementById(focused)) document.getElementById(focused).focus();
  });
  document.addEventListener("htmx:load", restore);
  document.addEventListener("htmx:afterSettle", restore);
  restore();
})();
