// A line over the page for what happens.
import { $ } from "./dom.js";

const READ_MILLISECONDS = 6000;

let timer = 0;

/** Says it for a while, or until something else is said. */
export function notice(text, { stays = false } = {}) {
  clearTimeout(timer);
  $("#notice").textContent = text;
  if (text && !stays) timer = setTimeout(() => notice(""), READ_MILLISECONDS);
}
