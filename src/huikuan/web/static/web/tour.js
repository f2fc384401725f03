/* The tour: a small card beside a real part of the page. Its steps come from the server (data-tour of this script); where one is
   stands in this browser, so it can be left and taken up again. It never blocks: everything under it works, and where a
   step's part is missing the card stands in the corner. Start: an element with data-tour-start. */
(() => {
  "use strict";
  const source = document.currentScript.dataset.tour, PLACE = "hk-tour";
  let steps = [], words = {}, card = null, marked = null;
  const at = () => { const kept = localStorage.getItem(PLACE); return kept === null ? -1 : Number(kept); };

  const element = (tag, text, name) => {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    if (name) made.className = name;
    return made;
  };
  function button(text, act, name) {
    const made = element("button", text, name || "btn btn-sm");
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }
  function clear() {
    if (card) card.remove();
    if (marked) marked.classList.remove("hk-tour-here");
    card = marked = null;
  }
  function leave() { localStorage.removeItem(PLACE); clear(); }
  function go(number) {
    if (number >= steps.length) return leave();
    localStorage.setItem(PLACE, String(Math.max(number, 0)));
    show();
  }
  function place(anchor) {
    const spot = anchor.getBoundingClientRect(), own = card.getBoundingClientRect(), gap = 8;
    const below = spot.bottom + gap + own.height < innerHeight, above = spot.top - gap - own.height > 0;
    const top = below ? spot.bottom + gap : above ? spot.top - gap - own.height : innerHeight - own.height - gap;
    card.style.top = Math.max(gap, top) + "px";
    card.style.left = Math.max(gap, Math.min(spot.left, innerWidth - own.width - gap)) + "px";
  }
  function show() {
    clear();
    const number = at(), step = steps[number];
    if (!step) return;
    const here = new RegExp(step.path).test(location.pathname), anchor = here && document.querySelector(step.anchor);
    card = element("section", "", "card hk-tour");
    card.setAttribute("role", "dialog");
    card.setAttribute("aria-label", words.title);
    card.tabIndex = -1;
    card.append(element("small", words.step.replace("{n}", number + 1).replace("{all}", steps.length), "hk-quiet"),
      element("h2", step.title), element("p", step.text));
    const foot = element("div", "", "hk-tour-foot");
    foot.append(button(words.leave, leave, "btn btn-sm btn-ghost"));
    if (number) foot.append(button(words.back, () => go(number - 1)));
    const onward = here
      ? button(number + 1 < steps.length ? words.next : words.end, () => go(number + 1), "btn btn-sm btn-primary")
      : button(words.go, () => { location.href = step.href; }, "btn btn-sm btn-primary");
    foot.append(onward);
    card.append(foot);
    card.addEventListener("keydown", (event) => {
      const act = { Escape: leave, ArrowRight: () => onward.click(), ArrowLeft: () => go(number - 1) }[event.key];
      if (act) { event.preventDefault(); event.stopPropagation(); act(); }
    });
    document.body.append(card);
    if (anchor) {
      marked = anchor;
      anchor.classList.add("hk-tour-here");
      anchor.scrollIntoView({ block: "nearest" });
      place(anchor);
    }
    onward.focus({ preventScroll: true });
  }
  function begin() {
    return fetch(source, { headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then((answer) => answer.json()).then((given) => { steps = given.steps; words = given.words; });
  }
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-tour-start]")) return;
    event.preventDefault();
    localStorage.setItem(PLACE, "0");
    begin().then(() => { if (new RegExp(steps[0].path).test(location.pathname)) show(); else location.href = steps[0].href; });
  });
  if (at() >= 0) begin().then(show);
})();
