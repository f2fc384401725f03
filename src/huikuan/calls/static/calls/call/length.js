/* The length of a call: one clock from dialling on, stopped when the line is dead. */
import { minutes } from "./text.js";

let began = 0; // by this computer's clock: the server's may differ
let timer = 0;

export function seconds(talk) {
  if (!talk.started) return 0;
  return Math.max(0, Math.round(((talk.ended || Date.now()) - began) / 1000));
}

function tick(talk) {
  const clock = talk.part("[data-clock]");
  if (clock) clock.textContent = minutes(seconds(talk));
}

/* The call was dialled: the panel with the number has come. */
export function begin(talk) {
  began = Date.now() - Number(talk.started.dataset.elapsed) * 1000;
  run(talk);
}

export function run(talk) {
  window.clearInterval(timer);
  timer = window.setInterval(() => tick(talk), 1000);
  tick(talk);
}

export function rest() {
  window.clearInterval(timer);
}

/* The line says that the call has ended, and how long both sides were connected. */
export function lineEnded(talk, connected) {
  talk.ended = talk.ended || Date.now();
  if (talk.field("seconds")) talk.field("seconds").value = connected;
  tick(talk);
}
