/* After saving: what follows is shown in place of the form, and can be taken back for some seconds. */
import { forget, keepNow, line } from "./keep.js";
import * as length from "./length.js";
import { fill } from "./text.js";

const OFTEN = 250; // milliseconds between two looks at the clock

export function saved(talk, box) {
  forget(talk);
  line(talk, "offline", false);
  line(talk, "draft", false);
  talk.form.hidden = true;
  length.rest();

  window.scrollTo(0, 0);
  const title = box.querySelector("#saved-title");
  if (title) title.focus();
  const button = box.querySelector("[data-undo]");
  if (button) countDown(talk, button);
}

function countDown(talk, button) {
  const until = Date.now() + Number(button.dataset.undo) * 1000;
  const count = window.setInterval(() => {
    const left = Math.ceil((until - Date.now()) / 1000);
    if (left > 0 && button.isConnected) {
      button.querySelector("[data-undo-text]").textContent = fill(talk.words.undo, { seconds: left });
      return;
    }
    window.clearInterval(count);
    if (!button.matches(".htmx-request")) button.remove();
  }, OFTEN);
}

/* Taken back: the form is as it was filled in. */
export function undone(talk) {
  talk.form.hidden = false;
  if (talk.started) length.run(talk);
  const note = talk.part("#note");
  if (note) note.focus();
  keepNow(talk);
}
