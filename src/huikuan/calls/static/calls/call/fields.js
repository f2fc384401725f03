/* The fields that the chosen outcome asks for. */
import { suggest } from "./note.js";

/* Never the next thing to fill in: they have a value from the start, or belong to a row that may stay empty. */
const OPTIONAL_IDS = ["promise_count", "promise_every"];
const OPTIONAL_NAMES = /_(holder|kind|whose|place)$/;

/* Without outcomes in the pack every field may be filled in. */
function asked(talk) {
  if (talk.silent) return [];
  if (talk.outcome) return talk.outcome.dataset.fields.split(" ").filter(Boolean);
  if (talk.part("fieldset[data-outcomes]") || !talk.who) return [];
  return talk.who === "debtor" ? ["promise", "next_contact", "reason", "willingness"] : ["next_contact"];
}

export function showFields(talk) {
  const fields = asked(talk);
  const needs = talk.outcome ? talk.outcome.dataset.needs.split(" ") : [];

  talk.parts("[data-asked] [data-field]").forEach((part) => {
    const on = fields.includes(part.dataset.field);
    const needed = needs.includes(part.dataset.field);
    part.hidden = !on;
    part.classList.toggle("hk-needed", needed);
    talk.parts("input, select", part).forEach((input) => {
      input.disabled = !on;
      input.toggleAttribute("aria-required", on && needed);
    });
  });

  talk.part("[data-asked]").hidden = !fields.length;
  const hint = talk.part("[data-hint]");
  hint.textContent = talk.outcome ? talk.outcome.dataset.hint : "";
  hint.hidden = !hint.textContent;
  showLive(talk);
  suggest(talk);
}

export function chooseOutcome(talk, chosen) {
  preset(talk, "willingness", chosen.dataset.willingness);
  preset(talk, "reason_code", chosen.dataset.reason);
  presetRetry(talk, chosen);
  showFields(talk);
  if (!talk.arrows && !talk.restoring) focusNext(talk);
}

/* What the outcome says of itself, unless the collector has chosen otherwise. */
function preset(talk, name, code) {
  const field = talk.field(name);
  if (!field || (field.value && field.dataset.auto !== field.value)) return;
  field.value = code;
  field.dataset.auto = code;
}

/* Nobody was reached: the next slot of the procedure stands there at once. Another outcome takes it out again. */
function presetRetry(talk, chosen) {
  const slot = talk.part("[data-retry-slot]");
  if (!slot) return;
  const proposed = "retry" in chosen.dataset;
  slot.hidden = !proposed;
  preset(talk, "next_on", proposed ? slot.dataset.nextOn : "");
  preset(talk, "next_at", proposed ? slot.dataset.nextAt : "");
}

/* The first field that the outcome needs and that is still empty; else the note, or what is suggested for it. */
export function focusNext(talk) {
  const goal = emptyField(talk) || noteOrSuggestion(talk);
  if (!goal) return;
  goal.focus({ preventScroll: true });
  (goal.closest("[data-note]") || goal).scrollIntoView({ block: "nearest" });
}

function emptyField(talk) {
  const isEmpty = (input) => input.type !== "checkbox" &&
    !input.value && !OPTIONAL_IDS.includes(input.id) && !OPTIONAL_NAMES.test(input.name);
  const part = talk.parts("[data-asked] .hk-needed")
    .find((needed) => talk.parts("input, select", needed).some(isEmpty) || nothingTicked(talk, needed));
  if (!part) return null;

  // A day and an hour are mostly one of those offered.
  if (part.dataset.field === "next_contact" && !talk.value("next_on")) return talk.part(".hk-quick button", part);
  return talk.parts("input, select", part).find((input) => !input.value || input.type === "checkbox");
}

/* Of boxes one must be ticked; a field without boxes is none of them. */
function nothingTicked(talk, part) {
  const boxes = talk.parts("input[type=checkbox]", part);
  return boxes.length > 0 && !boxes.some((box) => box.checked);
}

function noteOrSuggestion(talk) {
  const take = talk.part("[data-suggestion]:not([hidden]) [data-take]");
  const ownWordsAsked = talk.part('[data-field="note"].hk-needed:not([hidden])');
  return take && !ownWordsAsked && !talk.value("note") ? take : talk.part("#note");
}

/* A day of the form as people say it: 12月1日, with the year only where it is another one. */
function spokenDay(value) {
  const [year, month, day] = value.split("-").map(Number);
  if (!day) return "";
  const parts = { month: "long", day: "numeric" };
  if (year !== new Date().getFullYear()) parts.year = "numeric";
  return new Intl.DateTimeFormat(document.documentElement.lang, parts).format(new Date(year, month - 1, day));
}

/* Blanks of the script that say what was entered. */
export function showLive(talk) {
  const next = [spokenDay(talk.value("next_on")), talk.value("next_at")].filter(Boolean).join(" ");
  const payBy = spokenDay(talk.value("promise_on"));
  talk.parts("[data-live]").forEach((blank) => {
    const text = blank.dataset.live === "next" ? next : payBy;
    blank.textContent = text || `〔${blank.title}〕`;
    blank.classList.toggle("hk-filled", Boolean(text));
  });
}
