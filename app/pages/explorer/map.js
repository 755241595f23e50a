// Japan as tiles, one per prefecture. One stop for the Tab key; the arrow keys walk from tile to tile.
import { el, fill, shade, $ } from "./dom.js";
import { counted, lang } from "./given.js";
import { toggle } from "./state.js";

// Column and row of each prefecture, by JIS code, and what fits on a tile in Latin letters.
const TILES = {
  "01": [12, 1, "Hokkaido"], "02": [12, 3, "Aom"], "03": [12, 4, "Iwt"], "04": [12, 5, "Mgi"], "05": [11, 4, "Aki"],
  "06": [11, 5, "Yga"], "07": [12, 6, "Fsh"], "08": [13, 7, "Iba"], "09": [12, 7, "Toc"], 10: [11, 7, "Gun"],
  11: [11, 8, "Sai"], 12: [13, 8, "Chi"], 13: [12, 8, "Tyo"], 14: [12, 9, "Kan"], 15: [11, 6, "Nii"],
  16: [10, 6, "Tym"], 17: [9, 6, "Ish"], 18: [8, 7, "Fui"], 19: [10, 8, "Yns"], 20: [10, 7, "Nag"],
  21: [9, 7, "Gif"], 22: [10, 9, "Shz"], 23: [9, 8, "Aic"], 24: [8, 9, "Mie"], 25: [8, 8, "Shg"],
  26: [7, 7, "Kyo"], 27: [6, 8, "Osa"], 28: [6, 7, "Hyo"], 29: [7, 8, "Nar"], 30: [7, 9, "Wak"],
  31: [5, 7, "Tot"], 32: [4, 7, "Shm"], 33: [5, 8, "Oka"], 34: [4, 8, "Hir"], 35: [3, 8, "Ygu"],
  36: [6, 11, "Tok"], 37: [6, 10, "Kgw"], 38: [5, 10, "Ehi"], 39: [5, 11, "Koc"], 40: [3, 9, "Fuk"],
  41: [2, 9, "Sag"], 42: [1, 9, "Nsk"], 43: [2, 10, "Kum"], 44: [3, 10, "Oit"], 45: [3, 11, "Mzk"],
  46: [2, 11, "Kgs"], 47: [1, 12, "Oki"],
};
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

let current = "13";

export function showMap({ page, state }) {
  const values = page.facets.prefecture;
  const most = Math.max(...values.map(({ count }) => count));
  const map = $("#map");
  fill(
    map,
    values.map((prefecture) => tile(prefecture, most, state)),
  );
  fill($("#legend"), el("span", {}, "0"), [0, 1, 2, 3, 4].map((step) => el("i", { class: `shade-${step}` })), el("span", {}, counted(most)));
  map.onkeydown = walk;
}

function tile({ value, label, count }, most, state) {
  const [column, row, short] = TILES[value];
  const name = lang === "ja" ? (value === "01" ? label : label.slice(0, -1)) : short;
  const say = () => ($("#tile").textContent = `${label} ${counted(count)}`);
  return el(
    "button",
    {
      type: "button", class: `tile column-${column} row-${row} ${shade(count, most)}`, "data-key": `tile-${value}`, "data-code": value,
      "aria-pressed": String(state.prefecture.includes(value)), "aria-label": `${label} ${counted(count)}`, tabindex: value === current ? "0" : "-1",
      click: () => toggle("prefecture", value), focus: say, mouseenter: say,
    },
    name,
  );
}

/** To the nearest tile in that direction; sideways steps count double. */
function walk(event) {
  const step = STEPS[event.key];
  const from = TILES[event.target.dataset?.code];
  if (!step || !from) return;
  event.preventDefault();
  const distance = ([column, row]) => {
    const [right, down] = [column - from[0], row - from[1]];
    const along = right * step[0] + down * step[1];
    return along > 0 ? along + 2 * Math.abs(right * step[1] + down * step[0]) : Infinity;
  };
  const next = Object.keys(TILES).reduce((best, code) => (distance(TILES[code]) < distance(TILES[best]) ? code : best));
  if (distance(TILES[next]) === Infinity) return;
  event.target.tabIndex = -1;
  const button = $(`#map [data-code="${next}"]`);
  current = next;
  button.tabIndex = 0;
  button.focus();
}
