/* Sentences and clock times, without a page. */

/* "pays {amount}" with its blanks filled; a blank that nobody fills stays. */
export function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (blank, name) => values[name] ?? blank);
}

/* Parts of a note as one sentence. */
export function sentence(parts, language) {
  if (!parts.length) return "";
  if (language.startsWith("zh")) return `${parts.join("；")}。`;
  return `${parts.join("; ")}.`;
}

/* 83 seconds as 01:23. */
export function minutes(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}

/* The objection that a number or a word means: its number exactly, else its title, else any of its words. */
export function fitting(objections, text) {
  if (!text) return undefined;
  if (/^\d+$/.test(text)) return objections.find((one) => one.number === text);
  const word = text.toLowerCase();
  const byTitle = objections.find((one) => one.title.toLowerCase().includes(word));
  return byTitle || objections.find((one) => one.text.toLowerCase().includes(word));
}
