/* What was typed into a contact outlives a reload, a crash, a lost connection: a day at most, on this computer only. */

const DAY = 24 * 3600 * 1000; // milliseconds
const SECRET = /^(csrfmiddlewaretoken|request_key|decision|seen_contact)$/;
const TICKED = /^(checkbox|radio)$/;

export class Draft {
  constructor(form) {
    this.form = form;
    this.name = `hk-draft:${form.dataset.draft}`;
  }

  /* The draft of this contact; null when there is none, and none is older than a day. */
  read() {
    try {
      const draft = JSON.parse(localStorage.getItem(this.name));
      return draft && Date.now() - draft.at <= DAY ? draft : null;
    } catch {
      return null;
    }
  }

  /* Every field by name, with what the page adds of its own state. */
  write(state) {
    const values = {};
    this.form.querySelectorAll("input, select, textarea").forEach((input) => {
      if (!input.name || SECRET.test(input.name)) return;
      if (!TICKED.test(input.type)) {
        values[input.name] = [input.value];
        return;
      }
      values[input.name] = values[input.name] || [];
      if (input.checked && !input.matches("fieldset[hidden] input")) values[input.name].push(input.value);
    });
    try {
      localStorage.setItem(this.name, JSON.stringify({ at: Date.now(), ...state, values }));
    } catch { /* a full or closed store must not stop the call */ }
  }

  /* Back into the fields; the outcome is left to the page, which shows it only for who answered. */
  put(values) {
    this.form.querySelectorAll("input:not([type=hidden]), select, textarea").forEach((input) => {
      const given = values[input.name];
      if (!given || input.name === "outcome") return;
      if (TICKED.test(input.type)) input.checked = given.includes(input.value);
      else input.value = given[0];
    });
  }

  forget() {
    localStorage.removeItem(this.name);
  }
}
