/* The search of the frame: the arrows lead from the box into what was found and back, Enter opens, Escape closes.
   In the list j and k move too. Found addresses are links with data-found inside #hk-found. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-find]");
  if (!form) return;
  const box = form.querySelector("input"), list = document.getElementById("hk-found");
  const links = () => [...list.querySelectorAll("a[data-found]")];
  const close = () => { list.replaceChildren(); };

  form.addEventListener("keydown", (event) => {
    const all = links(), at = all.indexOf(document.activeElement);
    const down = event.key === "ArrowDown" || (at >= 0 && event.key === "j");
    const up = event.key === "ArrowUp" || (at >= 0 && event.key === "k");
    if ((down || up) && all.length) {
      event.preventDefault();
      event.stopPropagation();
      const next = at + (down ? 1 : -1);
      (next < 0 ? box : all[Math.min(next, all.length - 1)]).focus();
    } else if (event.key === "Escape" && (all.length || list.firstChild)) {
      event.stopPropagation();
      close();
      box.focus();
    }
  });
  form.addEventListener("focusout", () => setTimeout(() => { if (!form.contains(document.activeElement)) close(); }, 150));
  form.addEventListener("submit", (event) => { if (!box.value.trim()) event.preventDefault(); });
})();
