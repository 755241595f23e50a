// What: all that is found, to sort. The service sorts, so a download has the same order.
import { el, fill, $ } from "./dom.js";
import { colour, label } from "./facets.js";
import { lang, words } from "./given.js";
import { english, labelOf, mark, ownMisprints, text } from "./record.js";
import { change } from "./state.js";
import { regionLink } from "./timeline.js";

const SORTABLE = new Set(["number", "fiscal_year_start", "fiscal_year_end", "page"]);

const HEADINGS = {
  number: words.number, theme: labelOf("theme"), subcategory: words.subcategory,
  fiscal_year_start: words.start, fiscal_year_end: words.end, page: words.page,
};

export function showTable({ page, state }) {
  const sort = state.sort || "number";
  fill(
    $("#table"),
    el("caption", { class: "visually-hidden" }, words.tableCaption),
    el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, Object.keys(HEADINGS).map((name) => header(name, sort)))),
    el("tbody", { role: "rowgroup" }, page.items.map((region) => row(region, page))),
  );
  const relevance = sort === "relevance";
  fill(
    $("#relevance"),
    state.q.trim() &&
      el(
        "button",
        {
          type: "button", "data-key": "relevance", "aria-pressed": String(relevance),
          click: () => change({ sort: relevance ? "" : "relevance" }),
        },
        words.relevance,
      ),
  );
}

function header(name, sort) {
  const heading = HEADINGS[name];
  if (!SORTABLE.has(name)) return el("th", { scope: "col", role: "columnheader" }, heading);
  const order = sort === name ? "ascending" : sort === `-${name}` ? "descending" : null;
  const next = order === "ascending" ? `-${name}` : name;
  return el(
    "th",
    { scope: "col", role: "columnheader", "aria-sort": order ?? "none" },
    el(
      "button",
      { type: "button", "data-key": `sort-${name}`, click: () => change({ sort: next === "number" ? "" : next }) },
      heading,
      el("span", { "aria-hidden": "true", class: "arrow" }, { ascending: "▲", descending: "▼" }[order] ?? ""),
    ),
  );
}

function row(region, page) {
  const cell = (name, ...content) => el("td", { role: "cell", class: name, "data-label": HEADINGS[name] }, ...content);
  return el(
    "tr",
    { role: "row", "data-region": String(region.number) },
    el("th", { scope: "row", role: "rowheader" }, regionLink(region, "table")),
    cell("theme", what(region)),
    cell("subcategory", el("span", { class: `label ${colour(region.subcategory.id)}` }, label(page, "subcategory", region.subcategory.id))),
    cell("fiscal_year_start", String(region.fiscal_year_start)),
    cell("fiscal_year_end", String(region.fiscal_year_end)),
    cell("page", region.source.page_label),
  );
}

function what(region) {
  return [
    text(region, "title", { class: "title" }), english(region, "title"),
    text(region, "theme", { class: "text" }), english(region, "theme"),
    ownMisprints(region).length > 0 && el("span", { class: "hint" }, words.misprints),
    elsewhere(region),
  ];
}

/** A hit in an annotation that the row does not show is shown below it. */
function elsewhere({ matches, ...region }) {
  const shown = ["name", "title", "theme", ...(lang === "en" ? ["name", "title", "theme"].map((name) => `annotations.${name}_en`) : [])];
  const hit = matches[0]?.field;
  if (!hit || matches.some(({ field }) => shown.includes(field))) return null;
  return el("span", { class: "hint" }, `${words.inAnnotations}: `, mark({ ...region, matches }, hit));
}
