// What: all that is found, to sort. The service sorts, so a download has the same order.
import { asTable, el, fill, $ } from "./dom.js";
import { colour, label } from "./facets.js";
import { lang, words } from "./given.js";
import { english, excerpt, labelOf, ownMisprints, text } from "./record.js";
import { change } from "./state.js";
import { hint, regionLink } from "./timeline.js";

const UNSORTED = ["theme", "subcategory"];

const SHOWN = ["name", "title", "theme"].flatMap((name) => (lang === "en" ? [name, `annotations.${name}_en`] : name));
const HEADINGS = {
  number: words.number, theme: labelOf("theme"), subcategory: words.subcategory,
  fiscal_year_start: words.start, fiscal_year_end: words.end, page: words.page,
};

export function showTable({ page, state }) {
  const sort = state.sort.join() || "number";
  fill(
    $("#table"),
    el("caption", { class: "visually-hidden" }, words.tableCaption),
    el("thead", {}, el("tr", {}, Object.keys(HEADINGS).map((name) => header(name, sort)))),
    el("tbody", {}, page.items.map((region) => row(region, page))),
  );
  asTable($("#table"));
  const pressed = sort === "relevance";
  const click = () => change({ sort: pressed ? "" : "relevance" });
  fill(
    $("#relevance"),
    state.q.trim() && el("button", { "data-key": "relevance", "aria-pressed": String(pressed), click }, words.relevance),
  );
}

function header(name, sort) {
  const heading = HEADINGS[name];
  if (UNSORTED.includes(name)) return el("th", { scope: "col" }, heading);
  const order = sort === name ? "ascending" : sort === `-${name}` ? "descending" : null;
  const next = order === "ascending" ? `-${name}` : name;
  return el(
    "th",
    { scope: "col", "aria-sort": order ?? "none" },
    el(
      "button",
      { "data-key": `sort-${name}`, click: () => change({ sort: next === "number" ? "" : next }) },
      heading,
      el("span", { "aria-hidden": "true", class: "arrow" }, { ascending: "▲", descending: "▼" }[order] ?? ""),
    ),
  );
}

function row(region, page) {
  const cell = (name, ...content) => el("td", { class: name, "data-label": HEADINGS[name] }, ...content);
  return el(
    "tr",
    { "data-region": region.number },
    el("th", { scope: "row" }, regionLink(region, "table")),
    cell("theme", what(region)),
    cell("subcategory", el("span", { class: `label ${colour(region.subcategory.id)}` }, label(page, "subcategory", region.subcategory.id))),
    cell("fiscal_year_start", region.fiscal_year_start),
    cell("fiscal_year_end", region.fiscal_year_end),
    cell("page", region.source.page_label),
  );
}

function what(region) {
  return [
    text(region, "title", { class: "title" }), english(region, "title"),
    text(region, "theme", { class: "text" }), english(region, "theme"),
    hint(ownMisprints(region)),
    excerpt(region, SHOWN),
  ];
}
