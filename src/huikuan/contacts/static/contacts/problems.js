/* What is wrong with a talk's form stands beside its field, and the first such field has the focus. */
window.huikuanProblems = (() => {
  "use strict";
  function clean(part) {
    part.classList.remove("hk-field-bad");
    part.querySelectorAll(".errorlist").forEach((list) => list.remove());
    part.querySelectorAll("[aria-invalid]").forEach((input) => { input.removeAttribute("aria-invalid"); input.removeAttribute("aria-describedby"); });
  }
  function show(part, form) {
    for (let up = part; up && up !== form; up = up.parentElement) {
      if (up.tagName === "DETAILS") up.open = true;
      if (up === part || up.matches(".hk-override, [data-checks]")) up.hidden = false;
    }
  }
  function place(form) {
    form.querySelectorAll(".hk-field-bad").forEach(clean);
    let first = null;
    form.querySelectorAll("[data-problems] li[data-column]").forEach((item) => {
      const part = item.dataset.column && form.querySelector(`#field-${item.dataset.column}`);
      if (!part) return;
      show(part, form);
      const list = part.querySelector(".errorlist") || document.createElement("ul"), entry = document.createElement("li");
      list.className = "errorlist";
      list.id = `problem-${item.dataset.column}`;
      entry.append(...item.cloneNode(true).childNodes);
      list.append(entry);
      part.append(list);
      part.classList.add("hk-field-bad");
      const input = part.querySelector("input, select, textarea");
      if (input) { input.setAttribute("aria-invalid", "true"); input.setAttribute("aria-describedby", list.id); }
      first = first || (input && input.type !== "radio" ? input : part.querySelector("input:not(:disabled)") || part);
      item.remove();
    });
    const goal = first || form.querySelector("[data-problems]");
    if (goal) { goal.focus({ preventScroll: true }); goal.scrollIntoView({ block: "center" }); }
  }
  return { clean, place };
})();
