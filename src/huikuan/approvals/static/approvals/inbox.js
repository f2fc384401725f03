/* y and r choose an answer for the row under the cursor and lead to its reason; Enter sends it, Esc leaves it.
   Two keys for each decision: money and holds cannot be taken back. */
(() => {
  "use strict";
  const listed = document.getElementById("waiting");
  if (!listed) return;
  const typing = (element) => element && /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName);
  // asked for anew each time: a filter puts another table in its place
  const undecided = () => [...listed.querySelectorAll("form[data-decide]")];
  // never the first row by itself: what is granted cannot be taken back
  const under = () => listed.querySelector("tr.hk-cursor form[data-decide]");
  let last = "";
  const button = (form, word) => form.querySelector(`button[name=grant][value=${word}]`);

  function choose(form, word) {
    undecided().forEach((other) => delete other.dataset.chosen);
    form.dataset.chosen = last = word;
    form.querySelectorAll("button[name=grant]").forEach((one) => one.classList.toggle("active", one.value === word));
    const choice = form.querySelector("select");
    (word === "yes" && choice && !choice.value ? choice : form.querySelector("input[name=reason]")).focus();
  }

  // the form came back because something is missing: on with it where it stopped
  document.addEventListener("htmx:load", (event) => {
    const cell = event.target.closest && event.target.closest("td.hk-decide");
    const form = cell && cell.querySelector("form[data-decide]:has([aria-invalid])");
    if (form && last) choose(form, last);
  });

  document.addEventListener("keydown", (event) => {
    const active = document.activeElement, key = event.key.toLowerCase();
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const form = active && active.closest("form[data-decide]");
    if (key === "enter" && form && active.tagName !== "BUTTON") {
      event.preventDefault(); // without a choice Enter would press the first button: grant
      if (form.dataset.chosen) button(form, form.dataset.chosen).click(); // a click: htmx sends the value of what was clicked
      return;
    }
    if (typing(active) || (key !== "y" && key !== "r")) return;
    event.preventDefault();
    const next = under();
    if (!next) {
      const text = undecided().length ? listed.dataset.chooseFirst : "";
      document.dispatchEvent(new CustomEvent("hk:say", { detail: { text, tone: "warn" } }));
      return;
    }
    choose(next, key === "y" ? "yes" : "no");
  });
})();
