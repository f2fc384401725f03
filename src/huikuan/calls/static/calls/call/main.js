/* The guided call in the browser, and every other contact: which event leads to what. */
import { answered, identify, nobodyAnswered, showAnswer } from "./answer.js";
import { showChannel } from "./channel.js";
import { chooseOutcome, focusNext, showFields, showLive } from "./fields.js";
import { forget, keep, restore } from "./keep.js";
import * as length from "./length.js";
import { preview, suggest, takeOver } from "./note.js";
import { find } from "./objections.js";
import { clean, cleanAll, place } from "./problems.js";
import { saved, undone } from "./saved.js";
import { sending } from "./sending.js";
import { Talk } from "./talk.js";

const form = document.querySelector("form[data-talk]");
if (form) listen(new Talk(form), document.getElementById("call-follows"));

function listen(talk, follows) {
  form.addEventListener("change", (event) => changed(talk, event.target));
  form.addEventListener("input", (event) => typed(talk, event.target));
  form.addEventListener("keydown", (event) => pressed(talk, event), true);
  form.addEventListener("click", (event) => clicked(talk, event.target.closest("button")), true);
  form.addEventListener("toggle", (event) => opened(talk, event.target), true);
  sending(talk);
  document.body.addEventListener("htmx:afterSwap", (event) => came(talk, event.detail.target, follows));
  document.body.addEventListener("contact-undone", () => undone(talk));

  if (talk.other) {
    showChannel(talk);
    talk.part("input[name=channel]:checked").focus({ preventScroll: true });
  }
  showFields(talk);
  if (window.htmx) restore(talk);
}

function follow(talk) {
  showLive(talk);
  suggest(talk);
  keep(talk);
}

function changed(talk, input) {
  if (input.name === "answered") {
    cleanAll(form);
    showAnswer(talk);
    answered(talk, input);
  } else if (input.name === "outcome") {
    cleanAll(form);
    chooseOutcome(talk, input);
  } else if (input.name === "channel") {
    cleanAll(form);
    showChannel(talk);
  }
  if (/^promise_/.test(input.name)) preview(talk);
  follow(talk);
}

function typed(talk, input) {
  const wrong = input.closest(".hk-field-bad");
  if (wrong) clean(wrong);
  if (input.id === "objection") {
    find(talk, input.value.trim(), false);
    return;
  }
  if (/^promise_/.test(input.name)) preview(talk);
  kindOfNew(talk, input);
  follow(talk);
}

/* What has an @ is a mail address, whatever kind the row stood on. */
function kindOfNew(talk, input) {
  const row = /^new(\d)_value$/.exec(input.name);
  if (row && input.value.includes("@")) talk.field(`new${row[1]}_kind`).value = "email";
}

function pressed(talk, event) {
  talk.arrows = /^Arrow/.test(event.key);
  if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing) return;
  const input = event.target;
  if (!input.matches("input, select")) return;

  event.preventDefault(); // saving is Ctrl+Enter: a call is not saved by leaving a field
  if (input.id === "objection") find(talk, input.value.trim(), true);
  else if (input.closest("[data-asked], [data-outcomes]")) focusNext(talk);
}

function clicked(talk, button) {
  if (!button) return;
  const wants = button.dataset;
  if ("identify" in wants) {
    identify(talk);
    keep(talk);
  } else if ("take" in wants) {
    takeOver(talk);
    keep(talk);
  } else if ("again" in wants) {
    talk.outcome.focus();
  } else if ("discard" in wants) {
    forget(talk);
    window.location.reload();
  } else if ("noCall" in wants) {
    forget(talk);
  } else if (wants.set) {
    talk.enter(wants.set, wants.value);
    focusNext(talk);
  } else if (wants.nextOn) {
    talk.enter("next_on", wants.nextOn);
    talk.enter("next_at", wants.nextAt);
    focusNext(talk);
  }
  if (button.getAttribute("hx-vals")) talk.tookPlace = "yes";
}

function opened(talk, details) {
  if (!details.open || talk.restoring || !details.matches(".hk-override, [data-checks] > details")) return;
  const first = talk.part("input:not([type=checkbox]), select", details);
  if (first) first.focus();
}

/* An answer of the server has come into the page. */
function came(talk, target, follows) {
  if (target.id === "call-start") {
    if (!talk.restoring) talk.ended = 0;
    started(talk);
    keep(talk);
  } else if (target.id === "call-problems") {
    place(form);
  }

  const connected = talk.part("#line [data-seconds]");
  if (connected && !talk.ended) {
    length.lineEnded(talk, connected.dataset.seconds);
    if (connected.dataset.seconds === "0") nobodyAnswered(talk);
    keep(talk);
  } else if (target.id === "call-follows" && follows.querySelector("[data-saved]")) {
    saved(talk, follows);
  }
}

function started(talk) {
  if (!talk.started) return;
  talk.part("[data-after-start]").hidden = false;
  form.classList.add("hk-under-way");
  talk.part("[data-prepare]").open = false;
  length.begin(talk);
  showAnswer(talk);
  const first = talk.part("#who-debtor");
  if (first && !talk.restoring && !talk.who) first.focus({ preventScroll: true });
}
