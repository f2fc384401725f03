/* The switch between dark and light. Nothing is chosen until it is pressed: then the computer's setting counts.
   The choice is a cookie, so that the server sends the next page in it and no page flashes. */
(() => {
  "use strict";
  const YEAR = 31536000; // seconds
  const root = document.documentElement;

  function isDark() {
    if (root.dataset.scheme) return root.dataset.scheme === "dark";
    return window.matchMedia("(prefers-color-scheme: dark)").matches;
  }

  function show() {
    document.querySelectorAll("[data-scheme-switch]").forEach((button) => {
      button.setAttribute("aria-pressed", String(isDark()));
    });
  }

  function choose(scheme) {
    root.dataset.scheme = scheme;
    const secure = window.location.protocol === "https:" ? "; secure" : "";
    document.cookie = `hk_scheme=${scheme}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
    show();
    document.dispatchEvent(new CustomEvent("hk-scheme"));
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-scheme-switch]")) choose(isDark() ? "light" : "dark");
  });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    show();
    document.dispatchEvent(new CustomEvent("hk-scheme"));
  });
  show();
})();
