/* Demo installations list their users on the sign-in page: one click fills in the form. */
document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-username]");
  if (!choice) return;
  const form = document.querySelector("form[data-main]");
  form.elements.username.value = choice.dataset.username;
  form.elements.password.value = choice.dataset.password;
  document.querySelectorAll("[data-username]").forEach((other) => other.setAttribute("aria-pressed", String(other === choice)));
  form.querySelector("[type=submit]").focus();
});
