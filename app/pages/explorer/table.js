// What: all that is found, to sort. The service sorts, so a download has the same order.
import { colour, label } from "./facets.js";
import { at, el, fill, ja, marked, $ } from "./dom.js";
import { change } from "./state.js";
import { regionButton } from "./timeline.js";

const COLUMNS = ["number", "theme", "subcategory", "fiscal_year_start", "fiscal_year_end", "page"];
const SORTABLE = new Set(["number", "fiscal_year_start", "fiscal_year_end", "page"]);

export function showTable({ page, state, texts, lang }) {
  const sort = state.sort || "number";
  fill(
    $("#table"),
    el("caption", { class: "visually-hidden" }, texts.tableCaption),
    el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, COLUMNS.map((name) => header(name, sort, texts)))),
    el("tbody", { role: "rowgroup" }, page.items.map((region) => row(region, page, texts, lang))),
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
        texts.relevance,
      ),
  );
}

function header(name, sort, texts) {
  const label = texts.columns[name];
  if (!SORTABLE.has(name)) return el("th", { scope: "col", role: "columnheader" }, label);
  const order = sort === name ? "ascending" : sort === `-${name}` ? "descending" : null;
  const next = order === "ascending" ? `-${name}` : name;
  return el(
    "th",
    { scope: "col", role: "columnheader", "aria-sort": order ?? "none" },
    el(
      "button",
      { type: "button", "data-key": `sort-${name}`, click: () => change({ sort: next === "number" ? "" : next }) },
      label,
      el("span", { "aria-hidden": "true", class: "arrow" }, { ascending: "▲", descending: "▼" }[order] ?? ""),
    ),
  );
}

function row(region, page, texts, lang) {
  const cell = (name, ...content) => el("td", { role: "cell", class: name, "data-label": texts.columns[name] }, ...content);
  return el(
    "tr",
    { role: "row" },
    el("th", { scope: "row", role: "rowheader" }, regionButton(region, lang, "table")),
    cell("theme", what(region, texts, lang)),
    cell("subcategory", el("span", { class: `label ${colour(region.subcategory.id)}` }, label(page, "subcategory", region.subcategory.id))),
    cell("fiscal_year_start", String(region.fiscal_year_start)),
    cell("fiscal_year_end", String(region.fiscal_year_end)),
    cell("page", region.source.page_label),
  );
}

function what({ title, theme, matches, annotations, ...region }, texts, lang) {
  const english = lang === "en" && annotations.title_en;
  return [
    title && ja("strong", {}, marked(title, "title", matches)),
    english && el("span", { class: "annotated", lang: "en" }, marked(english, "annotations.title_en", matches)),
    ja("span", { class: "text" }, marked(theme, "theme", matches)),
    annotations.corrections.length > 0 && el("span", { class: "hint" }, texts.misprint),
    elsewhere({ ...region, annotations, matches }, english ? ["annotations.title_en"] : [], texts),
  ];
}

/** A hit in an annotation that the row does not show is shown below it. */
function elsewhere(region, shown, texts) {
  const seen = ["name", "title", "theme"].some((field) => region.matches.some((match) => match.field === field));
  const field = region.matches.find((match) => match.field.startsWith("annotations.") && !shown.includes(match.field))?.field;
  if (seen || !field) return null;
  return el("span", { class: "hint" }, `${texts.inAnnotations}: `, marked(at(region, field), field, region.matches));
}
