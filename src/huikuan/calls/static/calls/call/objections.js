/* An objection is found by its number or by a word, while the debtor speaks. */
import { fitting } from "./text.js";

function read(element) {
  const title = element.querySelector("summary").textContent;
  return { element, number: element.dataset.objection, title, text: element.textContent };
}

/* Opens the one that fits. `go`: it was asked for with Enter, so the field is left empty for the next. */
export function find(talk, text, go) {
  const objections = talk.parts("[data-script-body] [data-objection]").map(read);
  const hit = fitting(objections, text);
  objections.forEach((one) => {
    one.element.open = one === hit;
    one.element.classList.toggle("hk-hit", one === hit);
  });
  if (!hit) return;

  hit.element.scrollIntoView({ block: "nearest" });
  if (!go) return;
  const box = talk.part("#objection");
  box.value = "";
  box.blur();
}
