// Type, subcategory and fiscal year as check boxes with counts; what is chosen, as chips to take away.
import { parameters } from "./api.js";
import { all, el, fill, mixed, $ } from "./dom.js";
import { counted, say, words, years } from "./given.js";
import { change, FACETS, NO_CONDITIONS, toggle } from "./state.js";

const BOXES = ["type", "subcategory", "fiscal_year"];

export function showFacets({ page, state }) {
  for (const name of BOXES) {
    fill(
      $(`#facet-${name}`),
      el("legend", {}, words[name]),
      page.facets[name].map((value) => box(name, value, state)),
    );
  }
}

function box(name, { value, label, count }, state) {
  const id = `${name}-${value}`;
  const checked = state[name].includes(value);
  return el(
    "label",
    { class: `choice${count ? "" : " none"}` },
    el("input", { type: "checkbox", checked, "data-key": id, value, change: () => toggle(name, value) }),
    el("span", { class: `name ${name === "fiscal_year" ? "" : colour(value)}` }, label, name === "fiscal_year" && year(value, label)),
    el("span", { class: "count" }, String(count)),
  );
}

/** The other way of writing the year. */
function year(value, label) {
  return el("small", {}, label.includes(value) ? years[value] : value);
}

/** Takes over the boxes that somebody has ticked before the scripts were there. */
export function takeOverBoxes() {
  for (const one of all("#filters input")) if (one.checked !== one.defaultChecked) toggle(one.name, one.value);
}

/** Both programmes have a colour, and their subcategories have it too. */
export function colour(id) {
  return id.startsWith("global") ? "global" : "city-area";
}

/** The label of a value in the language of the page; a value that does not exist is shown as it is. */
export function label(page, name, value) {
  return page.facets[name].find((one) => one.value === value)?.label ?? value;
}

export function showChips({ page, state }) {
  const chips = FACETS.flatMap((name) =>
    state[name].map((value) => chip(`${words[name]}: ${label(page, name, value)}`, `${name}-${value}`, () => toggle(name, value))),
  );
  const q = state.q.trim();
  if (q) chips.unshift(chip(`${words.q}: ${q}`, "q", () => change({ q: "" })));
  fill($("#chips"), chips, (chips.length > 1 || page.refused) && el("li", {}, clearing()));
}

function chip(label, key, click) {
  return el(
    "li",
    {},
    el(
      "button",
      { type: "button", class: "chip", "aria-label": `${label} ${words.drop}`, "data-key": `chip-${key}`, click },
      el("span", {}, mixed(label)), el("span", { "aria-hidden": "true" }, " ×"),
    ),
  );
}

function clearing() {
  return el("button", { type: "button", class: "plain", "data-key": "clear", click: () => change(NO_CONDITIONS) }, words.clear);
}

/** What the text may have meant: conditions of which a word of it is a value, as the API offers. */
export function showHints({ page, state }) {
  const hints = (page.hints ?? []).filter(({ total }) => total);
  fill(
    $("#hints"),
    hints.length > 0 && [
      el("p", {}, mixed(say(words.hintsOf, { q: state.q.trim() }))),
      el("ul", {}, hints.map((hint) => el("li", {}, el("button", { type: "button", "data-key": hint.url, click: () => take(hint) }, say(words.hint, { name: words[hint.parameter], label: hint.label, regions: counted(hint.total) }))))),
    ],
  );
}

/** The request of the hint has the word moved: its text and its values replace those of the state. */
function take({ url }) {
  const given = parameters(url);
  const values = (name) => (given.get(name) ?? "").split(",").filter(Boolean);
  change({ q: given.get("q") ?? "", ...Object.fromEntries(FACETS.map((name) => [name, values(name)])) });
}

/** Nothing found: which single condition to drop, as the API offers. */
export function showNothing({ page }) {
  const offers = (page.relax ?? []).map(({ parameter, total }) => {
    const sentence = say(words.relaxation, { name: words[parameter] ?? parameter, regions: counted(total) });
    return el("li", {}, el("button", { type: "button", click: () => change({ [parameter]: "" }) }, sentence));
  });
  const nothing = page.total === 0 && !page.refused;
  fill($("#nothing"), nothing && [el("p", {}, words.noMatch), el("ul", {}, offers.length ? offers : el("li", {}, clearing()))]);
}
