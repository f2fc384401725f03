/* Who answered, whether that is the debtor, what may be said, and which outcomes there are.

   What may be said comes from the server in <template data-script="who">; what concerns the debt lies in it in a further
   <template data-after-identity> and is no part of the page before the identity was confirmed. */
import { showFields, showLive } from "./fields.js";

export function showAnswer(talk) {
  const answer = talk.who;
  const debtor = answer === "debtor";
  if (!debtor && talk.field("identified")) talk.field("identified").checked = false;

  talk.parts("[data-note]").forEach((part) => { part.hidden = !answer && !talk.silent; });
  showScript(talk, answer);
  showOutcomes(talk, answer);
  talk.part("[data-result]").hidden = !answer;
  const spokenWith = answer && answer !== "nobody";
  talk.part("[data-checks]").hidden = !spokenWith || (debtor && !talk.confirmed);
  talk.parts("[data-own-data]").forEach((part) => { part.hidden = !debtor; });
  showFields(talk);
}

/* Who answers is chosen as soon as somebody does: where the line reports nothing, that marks it too. Nobody ends it. */
export function answered(talk, input) {
  input.focus({ preventScroll: true });
  const wanted = input.value === "nobody" ? "ended" : "answered";
  const mark = talk.part(`#line [data-mark="${wanted}"]`);
  if (mark && !talk.ended) mark.click();
}

/* The line ended and nobody had spoken: that is an answer too, and its outcomes come next. */
export function nobodyAnswered(talk) {
  const nobody = talk.part("input[name=answered][value=nobody]");
  if (!nobody || talk.who) return;
  nobody.checked = true;
  nobody.dispatchEvent(new Event("change", { bubbles: true }));
  const first = talk.part("fieldset[data-outcomes]:not([hidden]) input[name=outcome]");
  if (first) first.focus({ preventScroll: true });
}

export function identify(talk) {
  talk.field("identified").checked = true;
  showAnswer(talk);
  if (talk.restoring) return;
  const first = talk.part("[data-script-body] .hk-part-debt") || talk.part("#field-outcome");
  if (first) first.scrollIntoView({ block: "nearest" });
}

function showScript(talk, answer) {
  const card = talk.part("[data-script-card]");
  const body = talk.part("[data-script-body]");
  const source = talk.part(`template[data-script="${answer}"]`);

  if (!source) {
    body.replaceChildren();
    delete body.dataset.who;
  } else if (body.dataset.who !== answer) {
    body.replaceChildren(source.content.cloneNode(true));
    body.dataset.who = answer;
  }
  card.hidden = !source;
  showIdentity(talk, body);
}

function showIdentity(talk, body) {
  const after = talk.part("template[data-after-identity]", body);
  if (talk.confirmed && after) {
    after.replaceWith(after.content.cloneNode(true));
    talk.part("[data-before]", body).open = false;
  }
  showDebt(talk);
  talk.part("[data-verify]").hidden = talk.confirmed || talk.who !== "debtor";
  talk.part("[data-identified]").hidden = !talk.confirmed;
  showLive(talk);
}

/* Of a consumer nothing of the debt stands on the page from dialling until the identity is confirmed. */
export function showDebt(talk) {
  const prepared = talk.part("[data-debt-told]");
  if (prepared) prepared.hidden = Boolean(talk.started) && !talk.confirmed;
  if (!talk.confirmed) return;
  document.querySelectorAll("#call-file template[data-debt]").forEach((debt) => {
    debt.replaceWith(debt.content.cloneNode(true));
  });
  document.querySelectorAll("#call-file [data-debt-hidden]").forEach((hint) => hint.remove());
}

function showOutcomes(talk, answer) {
  const stages = talk.parts(`fieldset[data-outcomes="${answer}"]`).map((group) => group.dataset.stage);
  const stage = talk.confirmed && stages.includes("after") ? "after" : "before";

  talk.parts("fieldset[data-outcomes]").forEach((group) => {
    const ofAnswer = group.dataset.outcomes === answer;
    const ofStage = group.dataset.stage === stage || stages.length === 1;
    const locked = group.dataset.stage === "after" && !talk.confirmed;
    group.hidden = group.disabled = !ofAnswer || !ofStage || locked;
    if (group.hidden) talk.parts("input:checked", group).forEach((input) => { input.checked = false; });
  });
}
