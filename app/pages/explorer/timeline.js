// When: a row per region, a column per fiscal year, a bar over the years in between. A table, so it can be listened to.
import { colour } from "./facets.js";
import { at, el, fill, ja, marked, shade, $ } from "./dom.js";
import { openRegion, toggle } from "./state.js";

export function showTimeline({ page, state, texts, years, lang }) {
  const columns = page.facets.fiscal_year.map(({ value }) => Number(value));
  const groups = page.facets.subcategory
    .map(({ value, label }) => [value, label, page.items.filter(({ subcategory }) => subcategory.id === value)])
    .filter(([, , regions]) => regions.length);
  fill(
    $("#timeline"),
    el("caption", { class: "visually-hidden" }, texts.timelineCaption),
    el("thead", {}, head(columns, state, texts, years), active(columns, page.items, texts)),
    groups.map(([id, label, regions]) =>
      el(
        "tbody",
        { class: colour(id) },
        el(
          "tr",
          { class: "group" },
          el("th", { scope: "rowgroup", colspan: columns.length + 1 }, label, el("small", {}, texts.regions(regions.length))),
        ),
        regions.map((region) => row(region, columns, lang)),
      ),
    ),
  );
}

function head(columns, state, texts, years) {
  return el(
    "tr",
    {},
    el("th", { scope: "col" }, texts.region),
    columns.map((year) => {
      const chosen = state.fiscal_year.includes(String(year));
      const { label, era } = years.get(year);
      return el(
        "th",
        { scope: "col", class: "year" },
        el(
          "button",
          {
            type: "button", "aria-pressed": String(chosen), "aria-label": `${year} ${era}`, "data-key": `year-${year}`,
            click: () => toggle("fiscal_year", String(year)),
          },
          el("b", {}, String(year)), el("small", {}, label),
        ),
      );
    }),
  );
}

function active(columns, regions, texts) {
  const counts = columns.map((year) => regions.filter((one) => one.fiscal_year_start <= year && year <= one.fiscal_year_end).length);
  const most = Math.max(...counts);
  return el(
    "tr",
    { class: "active" },
    el("th", { scope: "row" }, texts.active),
    counts.map((count) => el("td", { class: shade(count, most) }, String(count))),
  );
}

function row(region, columns, lang) {
  const { fiscal_year_start: first, fiscal_year_end: last } = region;
  const cells = columns.filter((year) => year <= first || year > last);
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, regionButton(region, lang, "timeline", excerpt(region))),
    cells.map((year) =>
      year === first
        ? el("td", { colspan: last - first + 1, class: "span" }, el("span", { class: "bar" }, region.fiscal_years_label))
        : el("td", {}),
    ),
  );
}

/** Where the hit is, if not in the name. */
function excerpt({ matches, ...region }) {
  const field = matches[0]?.field;
  if (!field || matches.some((match) => match.field === "name")) return null;
  return el("span", { class: "excerpt", lang: field.endsWith("_en") ? "en" : "ja" }, marked(at(region, field), field, matches));
}

/** The way into the detail view. */
export function regionButton(region, lang, place, more = null) {
  return el(
    "button",
    { type: "button", class: "region", "data-key": `${place}-${region.number}`, "data-region": String(region.number), click: () => openRegion(region.number) },
    el("span", { class: "number" }, String(region.number)),
    el(
      "span",
      {},
      ja("span", { class: "printed" }, marked(region.name, "name", region.matches)),
      lang === "en" && region.annotations.name_en
        ? el("span", { class: "annotated", lang: "en" }, marked(region.annotations.name_en, "annotations.name_en", region.matches))
        : null,
      more,
    ),
  );
}
