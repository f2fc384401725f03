/* Any other contact: which fields belong to which kind of it. */
import { showAnswer } from "./answer.js";

export function showChannel(talk) {
  const channel = talk.part("input[name=channel]:checked");
  offerPoints(talk, channel.dataset.reaches.split(" "));

  talk.parts("[data-visit]").forEach((part) => { part.hidden = channel.value !== "visit"; });
  talk.part("#field-seconds").hidden = talk.silent;
  talk.part("#other-override").hidden = channel.value === "call_in";
  talk.parts("[data-voice]").forEach((part) => { part.hidden = talk.silent; });
  if (talk.silent) talk.parts("input[name=answered]").forEach((input) => { input.checked = false; });

  if (!talk.restoring) chooseTasks(talk, channel.value === "call_in" ? "call" : channel.value);
  showAnswer(talk);
}

/* Numbers for a call, addresses for a letter; one of the debtor's own is chosen. */
function offerPoints(talk, kinds) {
  const select = talk.field("point");
  const options = [...select.options];
  options.forEach((option) => {
    const wrongKind = Boolean(option.dataset.kind) && !kinds.includes(option.dataset.kind);
    option.hidden = option.disabled = wrongKind;
  });
  const chosen = select.selectedOptions[0];
  if (chosen && chosen.disabled) select.value = "";

  const offered = options.filter((option) => option.value && !option.disabled);
  const own = offered.find((option) => "own" in option.dataset) || (offered.length === 1 && offered[0]);
  if (!select.value && own) select.value = own.value;
}

function chooseTasks(talk, action) {
  talk.parts("[data-task-action] input").forEach((input) => {
    input.checked = input.closest("[data-task-action]").dataset.taskAction === action;
  });
}
