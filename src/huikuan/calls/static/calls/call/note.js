/* The note that is suggested from what was entered, and the instalments of a promise. */
import { fill, sentence } from "./text.js";

const PAUSE = 250; // milliseconds without typing before the instalments are asked for
const PROMISE = ["promise_amount", "promise_on", "promise_count", "promise_every"];
let asking = 0;

export function suggestion(talk) {
  if (!talk.outcome) return "";
  const { words } = talk;
  const parts = [talk.outcome.dataset.title];

  if (talk.usable("reason_code")) {
    const reason = talk.field("reason_code").selectedOptions[0].textContent.trim();
    parts.push(fill(words.reason, { reason }));
  }
  const amount = talk.usable("promise_amount");
  const day = talk.usable("promise_on");
  const count = Number(talk.usable("promise_count") || 1);
  if (amount && day) parts.push(...promised(words, amount, day, count));
  if (talk.usable("next_on") && talk.usable("next_at")) {
    // Nobody was there to agree on anything.
    const next = "retry" in talk.outcome.dataset ? words.retry : words.next;
    parts.push(fill(next, { day: talk.usable("next_on"), time: talk.usable("next_at") }));
  }
  return sentence(parts, document.documentElement.lang);
}

function promised(words, amount, day, count) {
  if (count > 1) return [fill(words.total, { amount }), fill(words.parts, { count, day })];
  return [fill(words.promise, { amount, day })];
}

export function suggest(talk) {
  const box = talk.part("[data-suggestion]");
  if (!box) return;
  const text = suggestion(talk);
  talk.part("[data-suggestion-text]").textContent = text;
  box.hidden = !text || talk.value("note").includes(text);
}

export function takeOver(talk) {
  const note = talk.part("#note");
  const text = suggestion(talk);
  note.value = note.value.trim() ? `${note.value.trimEnd()}\n${text}` : text;
  // The button and not the note has the focus, so that keys go on working; 0 goes into the note.
  talk.part("button[type=submit]", note.closest("section")).focus();
  suggest(talk);
}

/* What a promise in parts comes to, as the server reckons it. */
export function preview(talk) {
  const box = talk.part("#promise-parts");
  window.clearTimeout(asking);
  if (Number(talk.value("promise_count")) < 2) {
    box.replaceChildren();
    return;
  }
  asking = window.setTimeout(() => {
    const values = { currency: talk.form.dataset.currency };
    PROMISE.forEach((name) => { values[name] = talk.value(name); });
    htmx.ajax("GET", box.dataset.preview, { target: box, swap: "innerHTML", values, source: box });
  }, PAUSE);
}
