/* The clock of a call: <time data-since="2026-11-24T10:00:00+08:00"> counts up once a second. A link to the telephone is
   opened as soon as it comes: the collector has already pressed the key for calling. */
(() => {
  "use strict";
  const two = (number) => String(number).padStart(2, "0");
  function tick() {
    document.querySelectorAll("time[data-since]").forEach((clock) => {
      const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(clock.dataset.since)) / 1000));
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
