/* Sending the form over a line that may be gone: it waits, and goes again when the connection is back. */
import { isKept, keepNow, line } from "./keep.js";
import { seconds } from "./length.js";

export function sending(talk) {
  const { form } = talk;
  let pending = false;

  form.addEventListener("htmx:configRequest", (event) => {
    if (event.target !== form) return;
    const connected = talk.outcome && talk.outcome.dataset.connected === "yes";
    if (!talk.other && connected && !talk.value("seconds") && talk.started) {
      event.detail.parameters.seconds = seconds(talk);
    }
    keepNow(talk);
  });

  form.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target !== form) return;
    pending = false;
    line(talk, "offline", false);
  });

  form.addEventListener("htmx:sendError", (event) => {
    if (event.target !== form) return;
    event.stopPropagation(); // our own line says more than the frame's message
    pending = true;
    keepNow(talk);
    line(talk, "offline", true);
    talk.part('[data-line="offline"]').scrollIntoView({ block: "nearest" });
  });

  window.addEventListener("online", () => { if (pending) form.requestSubmit(); });
  window.addEventListener("pagehide", () => { if (!form.hidden && isKept(talk)) keepNow(talk); });
}
