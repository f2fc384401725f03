/* The command palette, Ctrl+K: what the page offers, found by a word or by first letters, and a case by its number.

   It offers what the keyboard knows already: pages (data-go), and acts of this page (data-key). The first letters of
   Chinese titles come from the server, once for each page. */
(() => {
  "use strict";
  const dialog = document.getElementById("hk-palette");
  if (!dialog) return;
  const word = dialog.querySelector("input");
  const list = document.getElementById("hk-palette-list");
  const cases = document.getElementById("hk-palette-cases");
  const CASE = /^(?=.*\d).{3,}$/; // the number of a case has a digit; titles have none
  const PAUSE = 180; // milliseconds without typing before cases are looked for
  let offers = [];
  let asking = 0;

  function title(element) {
    if (element.dataset.keyLabel) return element.dataset.keyLabel;
    const copy = element.cloneNode(true);
    copy.querySelectorAll("kbd, svg, .hk-unread").forEach((extra) => extra.remove());
    return copy.textContent.replace(/\s+/g, " ").trim() || element.getAttribute("aria-label") || "";
  }

  function collect() {
    const seen = new Set();
    const shown = (element) => element.dataset.go || (element.getClientRects().length > 0 && !element.disabled);
    return [...document.querySelectorAll(".hk-page [data-key], .hk-side [data-go]")]
      .filter(shown)
      .map((element) => ({ element, title: title(element), keys: keysOf(element), initials: "" }))
      .filter((offer) => offer.title && !seen.has(offer.title) && seen.add(offer.title));
  }

  function keysOf(element) {
    return element.dataset.go ? ["g", ...element.dataset.go] : [element.dataset.key];
  }

  async function readInitials() {
    const query = new URLSearchParams(offers.map((offer) => ["t", offer.title]));
    const answer = await fetch(`${dialog.dataset.initials}?${query}`);
    if (!answer.ok) return;
    const { initials } = await answer.json();
    offers.forEach((offer, number) => { offer.initials = (initials[number] || "").toLowerCase(); });
    show();
  }

  /* Best first: the beginning of the title, its first letters, then anywhere. */
  function rank(offer, text) {
    const title_ = offer.title.toLowerCase();
    if (title_.startsWith(text)) return 0;
    if (offer.initials.startsWith(text)) return 1;
    if (title_.includes(text)) return 2;
    return offer.initials.includes(text) ? 3 : -1;
  }

  function show() {
    const text = word.value.trim().toLowerCase();
    const fitting = offers
      .map((offer) => ({ offer, rank: rank(offer, text) }))
      .filter((one) => one.rank >= 0)
      .sort((one, other) => one.rank - other.rank);
    list.replaceChildren(...fitting.map(({ offer }, number) => line(offer, number)));
    mark(list.firstElementChild);
  }

  function line(offer, number) {
    const item = document.createElement("li");
    item.id = `hk-palette-${number}`;
    item.setAttribute("role", "option");
    item.append(offer.title, " ");
    offer.keys.forEach((name) => {
      const key = document.createElement("kbd");
      key.textContent = name;
      item.append(key);
    });
    item.addEventListener("click", () => go(offer));
    item.go = () => go(offer);
    return item;
  }

  function mark(item) {
    dialog.querySelectorAll(".hk-chosen").forEach((old) => old.classList.remove("hk-chosen"));
    [...list.children].forEach((option) => option.setAttribute("aria-selected", String(option === item)));
    word.removeAttribute("aria-activedescendant");
    if (!item) return;
    item.classList.add("hk-chosen");
    if (item.id) word.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  }

  function choices() {
    return [...list.children, ...cases.querySelectorAll("a[data-found]")];
  }

  function move(step) {
    const all = choices();
    const at = all.findIndex((item) => item.classList.contains("hk-chosen"));
    if (all.length) mark(all[Math.min(Math.max(at + step, 0), all.length - 1)]);
  }

  function go(offer) {
    dialog.close();
    const field = /^(INPUT|SELECT|TEXTAREA)$/.test(offer.element.tagName);
    if (field && !/^(checkbox|radio)$/.test(offer.element.type)) offer.element.focus();
    else offer.element.click();
  }

  function findCases() {
    window.clearTimeout(asking);
    const text = word.value.trim();
    if (!dialog.dataset.search || !CASE.test(text)) {
      cases.replaceChildren();
      return;
    }
    asking = window.setTimeout(async () => {
      await htmx.ajax("GET", dialog.dataset.search, { target: cases, swap: "innerHTML", values: { q: text } });
      if (!list.children.length) mark(cases.querySelector("a[data-found]"));
    }, PAUSE);
  }

  function open() {
    offers = collect();
    word.value = "";
    cases.replaceChildren();
    show();
    dialog.showModal();
    word.focus();
    readInitials();
  }

  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-palette]")) open(); });
  word.addEventListener("input", () => { show(); findCases(); });
  word.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Enter" && !event.isComposing) {
      const item = dialog.querySelector(".hk-chosen");
      if (item) item.go ? item.go() : item.click();
    } else return;
    event.preventDefault();
  });
})();
