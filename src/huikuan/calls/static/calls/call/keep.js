/* The draft of the talk: kept while it is filled in, put back after a reload, forgotten when it was saved. */
import { showAnswer } from "./answer.js";
import { showChannel } from "./channel.js";
import { Draft } from "./draft.js";
import { showFields } from "./fields.js";
import { preview } from "./note.js";

const PAUSE = 200; // milliseconds without typing before the draft is written
let keeping = 0;

export function keepNow(talk) {
  if (talk.form.hidden || talk.restoring) return;
  new Draft(talk.form).write({
    key: talk.value("request_key"),
    started: Boolean(talk.started),
    tookPlace: talk.tookPlace,
    ended: talk.ended,
  });
}

export function keep(talk) {
  window.clearTimeout(keeping);
  keeping = window.setTimeout(() => keepNow(talk), PAUSE);
}

export function isKept(talk) {
  return Boolean(new Draft(talk.form).read());
}

export function forget(talk) {
  window.clearTimeout(keeping);
  new Draft(talk.form).forget();
}

export async function restore(talk) {
  const last = new Draft(talk.form).read();
  if (!last) return;
  talk.restoring = true;
  talk.field("request_key").value = last.key;
  talk.tookPlace = last.tookPlace || "";
  talk.ended = last.ended || 0;

  try {
    if (last.started && talk.form.dataset.start) await startAgain(talk, last);
    if (talk.other) showChannel(talk);
    put(talk, last.values);
  } finally {
    talk.restoring = false;
  }
  line(talk, "draft", true);
}

/* The panel of a call that was under way: the server knows it by its key and does not dial again. */
function startAgain(talk, last) {
  const values = {
    request_key: last.key,
    took_place: talk.tookPlace,
    override_reason: (last.values.override_reason || [""])[0],
  };
  const into = { target: "#call-start", swap: "innerHTML", values, source: "#call-start" };
  return htmx.ajax("POST", talk.form.dataset.start, into);
}

function put(talk, values) {
  new Draft(talk.form).put(values);
  showAnswer(talk);
  const code = (values.outcome || [])[0];
  const chosen = code
    && talk.part(`fieldset[data-outcomes]:not([hidden]) input[name=outcome][value="${code}"]`);
  if (chosen) {
    chosen.checked = true;
    showFields(talk);
  }
  preview(talk);
}

/* A line above the form: "draft" or "offline". */
export function line(talk, name, on) {
  const shown = talk.part(`[data-line="${name}"]`);
  if (shown) shown.hidden = !on;
}
