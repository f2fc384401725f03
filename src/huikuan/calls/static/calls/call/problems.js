/* What is wrong with a talk's form stands beside its field, and the first such field has the focus. */

/* Parts that may be folded away while one of their fields is wrong. */
const FOLDED = ".hk-override, [data-checks], [data-note]";

export function clean(part) {
  part.classList.remove("hk-field-bad");
  part.querySelectorAll(".errorlist").forEach((list) => list.remove());
  part.querySelectorAll("[aria-invalid]").forEach((input) => {
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  });
}

/* Another answer or outcome is another form: what was wrong with the last one says nothing of it. */
export function cleanAll(form) {
  form.querySelectorAll(".hk-field-bad").forEach(clean);
  form.querySelector("#call-problems").replaceChildren();
}

export function place(form) {
  form.querySelectorAll(".hk-field-bad").forEach(clean);
  let first = null;
  form.querySelectorAll("[data-problems] li[data-column]").forEach((item) => {
    const part = partOf(form, item.dataset.column);
    if (!part) return;
    const goal = put(form, part, item);
    first = first || goal;
  });

  // What belongs to no field stands beside the button that was pressed.
  const rest = form.querySelector("[data-problems]");
  if (rest) show(rest, form);
  const goal = first || rest;
  if (!goal) return;
  goal.focus({ preventScroll: true });
  goal.scrollIntoView({ block: "center" });
}

/* Outcomes are there only for who answered: until that is chosen, what they lack stands beside the choice. */
function partOf(form, column) {
  const part = column && form.querySelector(`#field-${column}`);
  const result = part && part.closest("[data-result]");
  return result && result.hidden ? form.querySelector("#field-answered") : part;
}

/* One problem into its part; answers what is to have the focus. */
function put(form, part, item) {
  show(part, form);
  const list = part.querySelector(".errorlist") || document.createElement("ul");
  const entry = document.createElement("li");
  list.className = "errorlist";
  list.id = `problem-${item.dataset.column}`;
  entry.append(...item.cloneNode(true).childNodes);
  list.append(entry);
  part.append(list);
  part.classList.add("hk-field-bad");
  item.remove();

  const input = part.querySelector("input, select, textarea");
  if (input) {
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", list.id);
  }
  if (input && input.type !== "radio") return input;
  return part.querySelector("input:not(:disabled)") || part;
}

function show(part, form) {
  for (let up = part; up && up !== form; up = up.parentElement) {
    if (up.tagName === "DETAILS") up.open = true;
    if (up === part || up.matches(FOLDED)) up.hidden = false;
  }
}
