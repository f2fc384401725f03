/* Marks as read what has no mark yet, where the collector says so. */
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-mark-rest]")) return;
    document.querySelectorAll(".hk-reading-marks").forEach((marks) => {
      if (!marks.querySelector("input:checked")) marks.querySelector("input[value=read]").checked = true;
    });
  });
})();
