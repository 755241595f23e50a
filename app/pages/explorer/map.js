// Japan as tiles, one per prefecture: one stop for Tab; the arrow keys walk from tile to tile.
// The server draws them, as links; here they become buttons.
import { all, el, fill, shade, $ } from "./dom.js";
import { counted, words } from "./given.js";
import { toggle } from "./state.js";

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const places = new Map([...all("#map [data-code]")].map(({ dataset, textContent }) => [dataset.code, { ...dataset, name: textContent }]));

let current = "13";

$("#tile").textContent = matchMedia("(pointer: coarse)").matches ? words.mapTouch : words.mapMouse;
$("#map").addEventListener("keydown", walk);

export function showMap({ page, state }) {
  const values = page.facets.prefecture.filter(({ value }) => places.has(value));
  const most = Math.max(...values.map(({ count }) => count));
  fill($("#map"), values.map((prefecture) => tile(prefecture, most, state)));
  fill($("#legend"), steps(most).map((count) => el("i", { class: shade(count, most) }, count)), el("span", {}, words.unit));
}

/** The numbers of the legend: each, or the highest of each shade. */
function steps(most) {
  return [...new Set(most < 5 ? Array(most + 1).keys() : [0, 1, 2, 3, 4].map((step) => Math.floor((most * step) / 4)))];
}

function tile({ value, label, count }, most, state) {
  const { column, row, name } = places.get(value);
  const say = () => ($("#tile").textContent = `${label} ${counted(count)}`);
  const focus = ({ target }) => {
    say();
    if (target.matches(":focus-visible")) $("#tile").append(el("small", {}, words.mapKeys));
  };
  return el(
    "button",
    {
      class: `tile column-${column} row-${row} ${shade(count, most)}`, "data-key": `tile-${value}`, "data-code": value,
      "aria-pressed": String(state.prefecture.includes(value)), "aria-label": `${label} ${counted(count)}`, tabindex: value === current ? "0" : "-1",
      click: () => toggle("prefecture", value), focus, mouseenter: say,
    },
    name,
  );
}

/** Goes to the nearest tile in that direction. */
function walk(event) {
  const step = STEPS[event.key];
  const from = places.get(event.target.dataset.code);
  if (!step || !from) return;
  event.preventDefault();
  const distance = ({ column, row }) => {
    const [right, down] = [column - from.column, row - from.row];
    const along = right * step[0] + down * step[1];
    return along > 0 ? along + 2 * Math.abs(right * step[1] + down * step[0]) : Infinity;
  };
  const [next, place] = [...places].reduce((best, one) => (distance(one[1]) < distance(best[1]) ? one : best));
  if (distance(place) === Infinity) return;
  event.target.tabIndex = -1;
  current = next;
  const button = $(`#map [data-code="${next}"]`);
  button.tabIndex = 0;
  button.focus();
}
