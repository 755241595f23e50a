// When: a row per region, a column per fiscal year, a bar over the years in between. A table, so it can be listened to.
// The server writes the same rows (`timeline.html`): nothing moves when these take their place.
import { address } from "./api.js";
import { colour } from "./facets.js";
import { el, fill, ja, shade, $ } from "./dom.js";
import { counted, lang, words, years } from "./given.js";
import { about, english, mark, ownMisprints, text } from "./record.js";
import { toggle } from "./state.js";

export function showTimeline({ page, state }) {
  const columns = page.facets.fiscal_year.map(({ value }) => Number(value));
  const groups = page.facets.subcategory
    .map(({ value, label }) => [value, label, page.items.filter(({ subcategory }) => subcategory.id === value)])
    .filter(([, , regions]) => regions.length);
  fill(
    $("#timeline"),
    el("caption", { class: "visually-hidden" }, words.timelineCaption),
    el("thead", { role: "rowgroup" }, head(page.facets.fiscal_year, state), active(columns, page.items)),
    groups.map(([id, label, regions]) =>
      el(
        "tbody",
        { class: colour(id), role: "rowgroup" },
        el(
          "tr",
          { class: "group", role: "row" },
          el("th", { scope: "rowgroup", role: "rowheader", colspan: columns.length + 1 }, label, el("small", {}, counted(regions.length))),
        ),
        regions.map((region) => row(region, columns)),
      ),
    ),
  );
}

function head(columns, state) {
  return el(
    "tr",
    { role: "row" },
    el("th", { scope: "col", role: "columnheader" }, words.region),
    columns.map(({ value: year, label }) => {
      const chosen = state.fiscal_year.includes(year);
      return el(
        "th",
        { scope: "col", role: "columnheader", class: "year" },
        el(
          "button",
          {
            type: "button", "aria-pressed": String(chosen), "aria-label": label.includes(year) ? label : `${year} ${label}`,
            "data-key": `year-${year}`, click: () => toggle("fiscal_year", year),
          },
          el("b", {}, year), el("small", {}, years[year]),
        ),
      );
    }),
  );
}

function active(columns, regions) {
  const counts = columns.map((year) => regions.filter((one) => one.fiscal_year_start <= year && year <= one.fiscal_year_end).length);
  const most = Math.max(...counts);
  return el(
    "tr",
    { class: "active", role: "row" },
    el("th", { scope: "row", role: "rowheader" }, words.active),
    counts.map((count) => el("td", { class: shade(count, most), role: "cell" }, String(count))),
  );
}

function row(region, columns) {
  const { fiscal_year_start: first, fiscal_year_end: last } = region;
  const cells = columns.filter((year) => year <= first || year > last);
  return el(
    "tr",
    { "data-region": String(region.number), role: "row" },
    el("th", { scope: "row", role: "rowheader" }, regionLink(region, "timeline", more(region))),
    cells.map((year) =>
      year === first
        ? el("td", { colspan: last - first + 1, class: `span-${last - first + 1}`, role: "cell" }, el("span", { class: "bar" }, region.fiscal_years_label))
        : el("td", { role: "cell" }),
    ),
  );
}

/** What the cluster does; where the hit is, if not in what is shown; whether a misprint is known. */
function more(region) {
  const shown = about(region);
  const hit = region.matches[0]?.field;
  const elsewhere = hit && !region.matches.some(({ field }) => field === "name" || field === shown);
  return [
    text(region, shown, { class: "what" }),
    elsewhere && text(region, hit, { class: "excerpt" }),
    ownMisprints(region).length > 0 && el("span", { class: "hint" }, words.misprints),
  ];
}

export const regionPage = (number) => address(`regions/${number}${lang === "en" ? "/en" : ""}`);

/** The way to the page of a region; a click on it opens the region here. */
export function regionLink(region, place, more = []) {
  return el(
    "a",
    {
      class: "region", href: regionPage(region.number),
      "data-key": `${place}-${region.number}`, "data-region": String(region.number),
    },
    el("span", { class: "number" }, String(region.number)),
    el(
      "span",
      {},
      ja("span", { class: "printed" }, mark(region, "name")),
      english(region, "name"),
      more,
    ),
  );
}
