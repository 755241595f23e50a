// A line over the page for what happens.
import { $ } from "./dom.js";

const READ_MILLISECONDS = 6000;
const line = $("#notice");

let timer = 0;

/** Says it for a while, or until something else is said. */
export function notice(text, { stays = false } = {}) {
  clearTimeout(timer);
  place();
  line.textContent = text;
  if (text && !stays) timer = setTimeout(() => notice(""), READ_MILLISECONDS);
}

/** An open dialog covers the page, and what is not in it is not read out. */
export function place() {
  const parent = $("dialog[open]") ?? document.body;
  if (line.parentNode !== parent) parent.append(line);
}
