/* The clock of a call: <time data-elapsed="83"> counts on from there once a second, by this computer's clock alone. A link to
   the telephone is opened as soon as it comes: the collector has already pressed the key for calling. */
(() => {
  "use strict";
  const two = (number) => String(number).padStart(2, "0");
  const began = new WeakMap();
  function tick() {
    document.querySelectorAll("time[data-elapsed]").forEach((clock) => {
      if (!began.has(clock)) began.set(clock, Date.now() - Number(clock.dataset.elapsed) * 1000);
      const seconds = Math.max(0, Math.floor((Date.now() - began.get(clock)) / 1000));
      const text = `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
      if (clock.textContent !== text) clock.textContent = text;
    });
  }
  setInterval(tick, 1000);
  document.addEventListener("htmx:load", (event) => {
    tick();
    const link = event.target.querySelector && event.target.querySelector("a[data-dial]");
    if (link) link.click();
  });
  tick();
})();
