/* The guided call in the browser: answers, identity, outcomes and what they ask for, a lost connection, undo.

   What may be said comes from the server in <template data-script="who">; what concerns the debt lies in it in a further
   <template data-after-identity> and is no part of the page before the identity was confirmed. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-talk]");
  if (!form) return;
  const $ = (selector, root = form) => root.querySelector(selector);
  const all = (selector, root = form) => [...root.querySelectorAll(selector)];
  const field = (name) => form.elements.namedItem(name);
  const value = (name) => { const one = field(name); return one ? one.value || "" : ""; };
  const words = $("#call-words").dataset;
  const other = "other" in form.dataset;
  const draft = window.huikuanDraft(form);
  let arrows = false, ended = 0, tookPlace = "", restoring = false, pending = false, timer = 0;

  /* --- who answered, identity, outcome --- */
  const who = () => { const one = $("input[name=answered]:checked"); return one ? one.value : ""; };
  const confirmed = () => field("identified") && field("identified").checked;
  const outcome = () => $("fieldset[data-outcomes]:not([hidden]) input[name=outcome]:checked");

  function showAnswer() {
    const answer = who(), debtor = answer === "debtor";
    if (!debtor && field("identified")) field("identified").checked = false;
    all("[data-note]").forEach((part) => { part.hidden = !answer && !silent(); });
    showScript(answer);
    showOutcomes(answer);
    $("[data-result]").hidden = !answer;
    $("[data-checks]").hidden = !(answer && answer !== "nobody") || (debtor && !confirmed());
    all("[data-own-data]").forEach((part) => { part.hidden = !debtor; });
    showFields();
  }

  /* Who answers is chosen as soon as somebody does: where the line reports nothing, that marks it too. Nobody ends the call. */
  function answered(input) {
    input.focus({ preventScroll: true });
    const mark = $(`#line [data-mark="${input.value === "nobody" ? "ended" : "answered"}"]`);
    if (mark && !ended) mark.click();
  }

  function showScript(answer) {
    const card = $("[data-script-card]"), body = $("[data-script-body]"), source = $(`template[data-script="${answer}"]`);
    if (!source) { card.hidden = true; body.replaceChildren(); delete body.dataset.who; showIdentity(); return; }
    if (body.dataset.who !== answer) {
      body.replaceChildren(source.content.cloneNode(true));
      body.dataset.who = answer;
    }
    card.hidden = false;
    showIdentity();
  }

  function showIdentity() {
    const body = $("[data-script-body]"), ok = confirmed();
    const after = $("template[data-after-identity]", body);
    if (ok && after) after.replaceWith(after.content.cloneNode(true));
    if (ok && after) $("[data-before]", body).open = false;
    $("[data-verify]").hidden = ok || who() !== "debtor";
    $("[data-identified]").hidden = !ok;
    live();
  }

  function showOutcomes(answer) {
    const groups = all(`fieldset[data-outcomes="${answer}"]`), stages = groups.map((one) => one.dataset.stage);
    const stage = confirmed() && stages.includes("after") ? "after" : "before";
    all("fieldset[data-outcomes]").forEach((one) => {
      const on = one.dataset.outcomes === answer && (one.dataset.stage === stage || stages.length === 1);
      const locked = one.dataset.stage === "after" && !confirmed();
      one.hidden = one.disabled = !on || locked;
      if (one.hidden) all("input:checked", one).forEach((input) => { input.checked = false; });
    });
  }

  function identify() {
    field("identified").checked = true;
    showAnswer();
    const first = $("[data-script-body] .hk-part-debt") || $("#field-outcome");
    if (first && !restoring) first.scrollIntoView({ block: "nearest" });
    keep();
  }

  /* Without outcomes in the pack every field may be filled in; of what is only sent, none but the note. */
  const silent = () => other && !["call", "call_in", "visit"].includes(value("channel"));
  function asked() {
    const chosen = outcome();
    if (chosen) return chosen.dataset.fields.split(" ").filter(Boolean);
    if ($("fieldset[data-outcomes]") || silent() || !who()) return [];
    return who() === "debtor" ? ["promise", "next_contact", "reason", "willingness"] : ["next_contact"];
  }

  function showFields() {
    const chosen = outcome(), fields = silent() ? [] : asked(), needs = chosen ? chosen.dataset.needs.split(" ") : [];
    all("[data-asked] [data-field]").forEach((part) => {
      const on = fields.includes(part.dataset.field);
      part.hidden = !on;
      part.classList.toggle("hk-needed", needs.includes(part.dataset.field));
      all("input, select", part).forEach((input) => {
        input.disabled = !on;
        input.toggleAttribute("aria-required", on && needs.includes(part.dataset.field));
      });
    });
    $("[data-asked]").hidden = !fields.length;
    const hint = $("[data-hint]");
    hint.textContent = chosen ? chosen.dataset.hint : "";
    hint.hidden = !hint.textContent;
    live();
    suggest();
  }

  function preset(name, code) {
    const select = field(name);
    if (!select || (select.value && select.dataset.auto !== select.value)) return;
    select.value = code;
    select.dataset.auto = code;
  }

  function chooseOutcome(chosen) {
    preset("willingness", chosen.dataset.willingness);
    preset("reason_code", chosen.dataset.reason);
    showFields();
    if (!arrows && !restoring) focusNext();
  }

  /* The first field that the outcome needs and that is still empty; else the note, or what is suggested for it. */
  function focusNext() {
    const empty = all("[data-asked] .hk-needed").find((part) => all("input, select", part)
      .some((input) => !input.value && input.id !== "promise_count" && input.id !== "promise_every" && !/_(holder|kind|whose|place)$/.test(input.name)));
    const inputs = empty ? all("input, select", empty) : [];
    const target = empty && empty.dataset.field === "next_contact" && !value("next_on") ? $(".hk-quick button", empty) : inputs.find((input) => !input.value);
    const take = $("[data-suggestion]:not([hidden]) [data-take]"), written = $('[data-field="note"].hk-needed:not([hidden])');
    const goal = target || (take && !written && !value("note") ? take : $("#note"));
    if (!goal) return;
    goal.focus({ preventScroll: true });
    (goal.closest("[data-note]") || goal).scrollIntoView({ block: "nearest" });
  }

  /* --- words that follow what is entered --- */
  function live() {
    const next = [value("next_on"), value("next_at")].filter(Boolean).join(" ");
    all("[data-live]").forEach((blank) => {
      const text = blank.dataset.live === "next" ? next : value("promise_on");
      blank.textContent = text || `〔${blank.title}〕`;
      blank.classList.toggle("hk-filled", Boolean(text));
    });
  }

  const fill = (template, values) => template.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  const usable = (name) => { const one = field(name); return one && !one.disabled && one.value ? one.value.trim() : ""; };
  function suggestion() {
    const chosen = outcome();
    if (!chosen) return "";
    const parts = [chosen.dataset.title], count = Number(usable("promise_count") || 1), reason = field("reason_code");
    if (usable("reason_code")) parts.push(fill(words.reason, { reason: reason.selectedOptions[0].textContent }));
    if (usable("promise_amount") && usable("promise_on")) {
      parts.push(fill(words.promise, { amount: usable("promise_amount"), day: usable("promise_on") }));
      if (count > 1) parts.push(fill(words.parts, { count, day: usable("promise_on") }));
    }
    if (usable("next_on") && usable("next_at")) parts.push(fill(words.next, { day: usable("next_on"), time: usable("next_at") }));
    return parts.join(document.documentElement.lang.startsWith("zh") ? "；" : "; ") + (document.documentElement.lang.startsWith("zh") ? "。" : ".");
  }
  function suggest() {
    const box = $("[data-suggestion]"), text = suggestion();
    if (!box) return;
    $("[data-suggestion-text]").textContent = text;
    box.hidden = !text || value("note").includes(text);
  }
  function takeOver() {
    const note = $("#note"), text = suggestion();
    note.value = note.value.trim() ? note.value.trimEnd() + "\n" + text : text;
    $("button[type=submit]", note.closest("section")).focus(); // so that keys go on working; 0 goes into the note
    suggest();
    keep();
  }

  let asking = 0;
  function preview() {
    const box = $("#promise-parts");
    window.clearTimeout(asking);
    if (Number(value("promise_count")) < 2) { box.replaceChildren(); return; }
    asking = window.setTimeout(() => {
      const values = { currency: form.dataset.currency };
      ["promise_amount", "promise_on", "promise_count", "promise_every"].forEach((name) => { values[name] = value(name); });
      htmx.ajax("GET", box.dataset.preview, { target: box, swap: "innerHTML", values, source: box });
    }, 250);
  }

  /* --- the length of the call --- */
  const panel = () => $("[data-decision]");
  let began = 0; // by this computer's clock: the server's may differ
  const since = () => panel() ? Math.max(0, Math.round(((ended || Date.now()) - began) / 1000)) : 0;
  function tick() {
    const clock = $("[data-clock]"), seconds = since();
    if (clock) clock.textContent = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
  }
  /* The line says that the call has ended, and how long both sides were connected. */
  function lineEnded(length) {
    ended = ended || Date.now();
    if (field("seconds")) field("seconds").value = length;
    tick();
    keep();
  }
  function started() {
    if (!panel()) return;
    began = Date.now() - Number(panel().dataset.elapsed) * 1000;
    $("[data-after-start]").hidden = false;
    form.classList.add("hk-under-way");
    $("[data-prepare]").open = false;
    window.clearInterval(timer);
    timer = window.setInterval(tick, 1000);
    tick();
    showAnswer();
    if (!restoring) { const first = $("#who-debtor"); if (first && !who()) first.focus({ preventScroll: true }); }
  }

  /* --- the draft (draft.js) --- */
  const forget = () => { window.clearTimeout(keeping); draft.forget(); };
  let keeping = 0;
  function keepNow() {
    if (form.hidden || restoring) return;
    draft.write({ key: value("request_key"), started: Boolean(panel()), tookPlace, ended });
  }
  function keep() { window.clearTimeout(keeping); keeping = window.setTimeout(keepNow, 200); }

  function put(values) {
    draft.put(values);
    showAnswer();
    const code = (values.outcome || [])[0];
    const chosen = code && $(`fieldset[data-outcomes]:not([hidden]) input[name=outcome][value="${code}"]`);
    if (chosen) { chosen.checked = true; showFields(); }
    preview();
  }

  async function restore() {
    const last = draft.read();
    if (!last) return;
    restoring = true;
    field("request_key").value = last.key;
    tookPlace = last.tookPlace || "";
    ended = last.ended || 0;
    try {
      if (last.started && form.dataset.start) {
        const values = { request_key: last.key, took_place: tookPlace, override_reason: (last.values.override_reason || [""])[0] };
        await htmx.ajax("POST", form.dataset.start, { target: "#call-start", swap: "innerHTML", values, source: "#call-start" });
      }
      if (other) showChannel();
      put(last.values);
    } finally { restoring = false; }
    line("draft", true);
  }
  function line(name, on) { const one = $(`[data-line="${name}"]`); if (one) one.hidden = !on; }

  /* --- after saving --- */
  const box = document.getElementById("call-follows");
  function saved() {
    forget();
    line("offline", false);
    line("draft", false);
    form.hidden = true;
    window.clearInterval(timer);
    window.scrollTo(0, 0);
    const title = box.querySelector("#saved-title");
    if (title) title.focus();
    const button = box.querySelector("[data-undo]");
    if (!button) return;
    const until = Date.now() + Number(button.dataset.undo) * 1000;
    const count = window.setInterval(() => {
      const left = Math.ceil((until - Date.now()) / 1000);
      if (left > 0 && button.isConnected) { button.querySelector("[data-undo-text]").textContent = fill(words.undo, { seconds: left }); return; }
      window.clearInterval(count);
      if (!button.matches(".htmx-request")) button.remove();
    }, 250);
  }
  document.body.addEventListener("contact-undone", () => {
    form.hidden = false;
    if (panel()) timer = window.setInterval(tick, 1000);
    const note = $("#note");
    if (note) note.focus();
    keepNow();
  });

  /* --- events --- */
  form.addEventListener("change", (event) => {
    const input = event.target;
    if (input.name === "answered") { showAnswer(); answered(input); }
    else if (input.name === "outcome") chooseOutcome(input);
    else if (input.name === "channel") showChannel();
    if (/^promise_/.test(input.name)) preview();
    live();
    suggest();
    keep();
  });
  form.addEventListener("input", (event) => {
    const part = event.target.closest(".hk-field-bad");
    if (part) window.huikuanProblems.clean(part);
    if (event.target.id === "objection") { find(event.target.value.trim(), false); return; }
    if (/^promise_/.test(event.target.name)) preview();
    live();
    suggest();
    keep();
  });
  form.addEventListener("keydown", (event) => {
    arrows = /^Arrow/.test(event.key);
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing) return;
    if (!event.target.matches("input, select")) return;
    event.preventDefault(); // saving is Ctrl+Enter: a call is not saved by leaving a field
    if (event.target.id === "objection") find(event.target.value.trim(), true);
    else if (event.target.closest("[data-asked], [data-outcomes]")) focusNext();
  }, true);
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("identify" in button.dataset) identify();
    else if ("take" in button.dataset) takeOver();
    else if ("again" in button.dataset) outcome().focus();
    else if ("discard" in button.dataset) { forget(); window.location.reload(); }
    else if (button.dataset.set) { enter(button.dataset.set, button.dataset.value); }
    else if (button.dataset.nextOn) { enter("next_on", button.dataset.nextOn); enter("next_at", button.dataset.nextAt); }
    if (button.dataset.set || button.dataset.nextOn) focusNext();
    if (button.getAttribute("hx-vals")) tookPlace = "yes";
  }, true);
  form.addEventListener("toggle", (event) => {
    if (!event.target.open || restoring || !event.target.matches(".hk-override, [data-checks] > details")) return;
    const first = $("input:not([type=checkbox]), select", event.target);
    if (first) first.focus();
  }, true);
  function enter(name, text) {
    const input = field(name);
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function find(text, go) {
    const found = all("[data-script-body] [data-objection]");
    const exact = /^\d+$/.test(text);
    const fits = (one) => exact ? one.dataset.objection === text : text && one.textContent.toLowerCase().includes(text.toLowerCase());
    const byTitle = (one) => !exact && text && one.querySelector("summary").textContent.toLowerCase().includes(text.toLowerCase());
    const hit = found.find(byTitle) || found.find(fits);
    found.forEach((one) => { one.open = one === hit; one.classList.toggle("hk-hit", one === hit); });
    if (hit) hit.scrollIntoView({ block: "nearest" });
    if (go && hit) { $("#objection").value = ""; $("#objection").blur(); }
  }

  form.addEventListener("htmx:configRequest", (event) => {
    if (event.target !== form) return;
    const chosen = outcome();
    if (!other && chosen && chosen.dataset.connected === "yes" && !value("seconds") && panel()) event.detail.parameters.seconds = since();
    keepNow();
  });
  form.addEventListener("htmx:sendError", (event) => {
    if (event.target !== form) return;
    event.stopPropagation(); // our own line says more than the frame's message
    pending = true;
    keepNow();
    line("offline", true);
    $('[data-line="offline"]').scrollIntoView({ block: "nearest" });
  });
  window.addEventListener("online", () => { if (pending) form.requestSubmit(); });
  form.addEventListener("htmx:beforeRequest", (event) => { if (event.target === form) { pending = false; line("offline", false); } });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "call-start") { ended = ended && restoring ? ended : 0; started(); keep(); }
    else if (event.detail.target.id === "call-problems") window.huikuanProblems.place(form);
    const length = $("#line [data-seconds]");
    if (length && !ended) lineEnded(length.dataset.seconds);
    else if (event.detail.target.id === "call-follows" && box.querySelector("[data-saved]")) saved();
  });
  window.addEventListener("pagehide", () => { if (!form.hidden && draft.read()) keepNow(); });

  /* --- any other contact: which fields belong to which kind --- */
  function showChannel() {
    const channel = $("input[name=channel]:checked"), kinds = channel.dataset.reaches.split(" ");
    const select = field("point");
    [...select.options].forEach((option) => { option.hidden = option.disabled = Boolean(option.dataset.kind) && !kinds.includes(option.dataset.kind); });
    if (select.selectedOptions[0] && select.selectedOptions[0].disabled) select.value = "";
    const fitting = [...select.options].filter((option) => option.value && !option.disabled);
    const own = fitting.find((option) => "own" in option.dataset) || (fitting.length === 1 && fitting[0]);
    if (!select.value && own) select.value = own.value;
    all("[data-visit]").forEach((part) => { part.hidden = channel.value !== "visit"; });
    $("#field-seconds").hidden = silent();
    $("#other-override").hidden = channel.value === "call_in";
    all("[data-voice]").forEach((part) => { part.hidden = silent(); });
    if (silent()) all("input[name=answered]").forEach((input) => { input.checked = false; });
    const action = channel.value === "call_in" ? "call" : channel.value;
    if (!restoring) all("[data-task-action] input").forEach((input) => { input.checked = input.closest("[data-task-action]").dataset.taskAction === action; });
    showAnswer();
  }
  if (other) { showChannel(); $("input[name=channel]:checked").focus({ preventScroll: true }); }
  showFields();
  if (window.htmx) restore();
})();
