// Small screens: a bar under the thumb says how many regions there are, and leads to the filters and to the results.
import { $ } from "./dom.js";
import { regionCount, say, words } from "./given.js";

const filters = $("#filters");

$("#bar-filters").addEventListener("click", () => open(filters.dataset.open === undefined));
$("#bar-count").addEventListener("click", () => {
  open(false);
  $("#status").focus({ preventScroll: true });
  $("#results").scrollIntoView();
});

export function showBar({ page }) {
  $("#bar-count").textContent = page.refused ? words.results : say(words.short, { total: page.total, all: regionCount });
}

function open(wanted) {
  filters.toggleAttribute("data-open", wanted);
  $("#bar-filters").setAttribute("aria-expanded", wanted);
  if (!wanted) return;
  filters.scrollIntoView();
  filters.focus({ preventScroll: true });
}
