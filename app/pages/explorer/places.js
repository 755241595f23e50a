// Prefectures without the map: a button for each 地方, a list of those with regions.
import { el, fill, $ } from "./dom.js";
import { box } from "./facets.js";
import { areas } from "./given.js";
import { toggle } from "./state.js";

export function showPlaces({ page, state }) {
  const isChosen = (code) => state.prefecture.includes(code);
  const known = new Map(page.facets.prefecture.map((one) => [one.value, one]));
  fill(
    $("#areas"),
    areas.map(({ name, codes }) => {
      const pressed = String(codes.every(isChosen));
      return el("button", { "aria-pressed": pressed, "data-key": `area-${codes[0]}`, click: () => toggle("prefecture", ...codes) }, name);
    }),
  );
  fill(
    $("#prefecture-list"),
    areas.flatMap(({ name, codes }) => {
      const shown = codes.map((code) => known.get(code)).filter((one) => one && (one.count || isChosen(one.value)));
      const boxes = shown.map((one) => box("prefecture", { ...one, checked: isChosen(one.value) }, "", () => toggle("prefecture", one.value)));
      return boxes.length ? [el("h3", {}, name), ...boxes] : [];
    }),
  );
}
