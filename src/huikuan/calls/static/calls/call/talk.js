/* The form of a talk, as every module of the call sees it: its parts, its fields, and what is chosen in it. */

export class Talk {
  constructor(form) {
    this.form = form;
    this.other = "other" in form.dataset; // any other contact, not the guided call
    this.words = this.part("#call-words").dataset;
    this.restoring = false; // a draft is being put back: nothing is focused, scrolled or kept
    this.arrows = false; // outcomes are walked through with the arrow keys
    this.ended = 0; // when the line went dead, by this computer's clock
    this.tookPlace = ""; // a call made outside the system
  }

  part(selector, root = this.form) {
    return root.querySelector(selector);
  }

  parts(selector, root = this.form) {
    return [...root.querySelectorAll(selector)];
  }

  field(name) {
    return this.form.elements.namedItem(name);
  }

  value(name) {
    const field = this.field(name);
    return field ? field.value || "" : "";
  }

  /* What is in a field that belongs to the chosen outcome. */
  usable(name) {
    const field = this.field(name);
    return field && !field.disabled && field.value ? field.value.trim() : "";
  }

  enter(name, text) {
    const input = this.field(name);
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  get who() {
    const chosen = this.part("input[name=answered]:checked");
    return chosen ? chosen.value : "";
  }

  get confirmed() {
    const box = this.field("identified");
    return Boolean(box && box.checked);
  }

  get outcome() {
    return this.part("fieldset[data-outcomes]:not([hidden]) input[name=outcome]:checked");
  }

  /* Of what is only sent, none but the note is filled in. */
  get silent() {
    const channel = this.other && this.part("input[name=channel]:checked");
    return Boolean(channel) && !("spoken" in channel.dataset);
  }

  get started() {
    return this.part("[data-decision]");
  }
}
