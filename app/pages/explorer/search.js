// The search box: asks as one types, but never in the middle of a conversion.
import { $ } from "./dom.js";
import { change, read } from "./state.js";

const PAUSE_MILLISECONDS = 150;

const box = $("#q");
let pause = 0;

box.addEventListener("input", (event) => event.isComposing || wait());
box.addEventListener("compositionstart", () => clearTimeout(pause));
box.addEventListener("compositionend", wait);
box.addEventListener("change", search);
$("#search").addEventListener("submit", () => {
  search();
  if (matchMedia("(pointer: coarse)").matches) $("#status").focus(); // the keyboard on the screen goes
});

/** Searches for what somebody has typed before the scripts were there. */
export function takeOver() {
  if (document.activeElement === box) search();
  showText();
}

/** Shows the text of the state. */
export function showText() {
  clearTimeout(pause);
  box.value = read().q;
}

function wait() {
  clearTimeout(pause);
  pause = setTimeout(search, PAUSE_MILLISECONDS);
}

function search() {
  clearTimeout(pause);
  if (box.value !== read().q) change({ q: box.value, region: "" }, { typed: true });
}
