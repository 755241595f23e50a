// Type, subcategory and fiscal year as check boxes with counts; what is chosen, as chips to take away.
import { el, fill, $ } from "./dom.js";
import { change, FACETS, toggle } from "./state.js";

const BOXES = ["type", "subcategory", "fiscal_year"];

export function showFacets({ page, texts, years }) {
  for (const name of BOXES) {
    fill(
      $(`#facet-${name}`),
      el("legend", {}, texts[name]),
      page.facets[name].map((value) => box(name, value, years)),
    );
  }
}

function box(name, { value, label, count, selected }, years) {
  const id = `${name}-${value}`;
  return el(
    "label",
    { class: `choice${count ? "" : " none"}` },
    el("input", { type: "checkbox", checked: selected, "data-key": id, value, change: () => toggle(name, value) }),
    el("span", { class: `name ${name === "fiscal_year" ? "" : colour(value)}` }, label, name === "fiscal_year" && year(value, years, label)),
    el("span", { class: "count" }, String(count)),
  );
}

/** The other way of writing the year. */
function year(value, years, label) {
  return el("small", {}, label.includes(value) ? years.get(Number(value)).label : value);
}

/** Both programmes have a colour, and their subcategories have it too. */
export function colour(id) {
  return id.startsWith("global") ? "global" : "city-area";
}

export function showChips({ page, state, texts }) {
  const labels = FACETS.flatMap((name) =>
    page.facets[name]
      .filter(({ selected }) => selected)
      .map(({ value, label }) => [`${texts[name]}: ${label}`, () => toggle(name, value)]),
  );
  if (state.q.trim()) labels.unshift([`${texts.q}: ${state.q.trim()}`, () => change({ q: "" })]);
  fill(
    $("#chips"),
    labels.map(([label, drop]) =>
      el(
        "li",
        {},
        el(
          "button",
          { type: "button", class: "chip", "aria-label": `${label} ${texts.drop}`, click: drop },
          label, el("span", { "aria-hidden": "true" }, " ×"),
        ),
      ),
    ),
    labels.length > 1 && el("li", {}, el("button", { type: "button", class: "plain", click: clear }, texts.clear)),
  );
}

export function clear() {
  change({ q: "", type: [], subcategory: [], prefecture: [], fiscal_year: [] });
}

/** Nothing found: which single condition to drop, as the API offers. */
export function showNothing({ page, texts }) {
  const offers = (page.relax ?? []).map(({ parameter, total }) =>
    el("li", {}, el("button", { type: "button", click: () => change({ [parameter]: "" }) }, texts.relax(texts[parameter] ?? parameter, total))),
  );
  const everything = el("li", {}, el("button", { type: "button", click: clear }, texts.clear));
  fill($("#nothing"), page.total === 0 && [el("p", {}, texts.nothing), el("ul", {}, offers.length ? offers : everything)]);
}
