// A row per region, a column per fiscal year, a bar over its years: a table, so that it can be listened to.
// The server writes the same rows (`timeline.html`): nothing moves when these take their place.
import { address } from "./api.js";
import { chooseSpan, colour } from "./facets.js";
import { all, asTable, el, fill, ja, shade, $ } from "./dom.js";
import { counted, lang, words, years } from "./given.js";
import { about, english, excerpt, inYear, mark, ownMisprints, sharedMisprints, text } from "./record.js";
import { toggle } from "./state.js";

export function showTimeline({ page, state }) {
  const columns = page.facets.fiscal_year.map(({ value }) => Number(value));
  const groups = page.facets.subcategory
    .map(({ value, label }) => [value, label, page.items.filter(({ subcategory }) => subcategory.id === value)])
    .filter(([, , regions]) => regions.length);
  fill(
    $("#timeline"),
    el("caption", { class: "visually-hidden" }, words.timelineCaption),
    el("thead", {}, head(page.facets.fiscal_year, state), active(columns, page.items)),
    groups.map(([id, label, regions]) =>
      el(
        "tbody",
        { class: colour(id) },
        el(
          "tr",
          { class: "group" },
          el("th", { scope: "rowgroup", colspan: columns.length + 1 }, label, el("small", {}, counted(regions.length)), hint(sharedMisprints(regions[0]))),
        ),
        regions.map((region) => row(region, columns)),
      ),
    ),
  );
  asTable($("#timeline"));
}

function head(columns, state) {
  return el(
    "tr",
    {},
    el("th", { scope: "col" }, words.region),
    columns.map(({ value: year, label }) => {
      const chosen = state.fiscal_year.includes(year);
      return el(
        "th",
        { scope: "col", class: "year" },
        el(
          "button",
          {
            value: year, "aria-pressed": String(chosen), "aria-label": label.includes(year) ? label : `${year} ${label}`,
            "data-key": `year-${year}`, click: () => toggle("fiscal_year", year),
          },
          el("b", {}, year), el("small", {}, years[year]),
        ),
      );
    }),
  );
}

/** A span of years is chosen by dragging from one to another. */
let from = null;
const yearOf = (element) => element?.closest("#timeline .year button")?.value;
const yearAt = ({ clientX, clientY }) => yearOf(document.elementFromPoint(clientX, clientY));
const marked = (to) => {
  const [first, last] = [from, to].sort();
  for (const one of all("#timeline .year button")) one.classList.toggle("in-span", from && to && first <= one.value && one.value <= last);
};
$("#timeline").addEventListener("pointerdown", ({ target }) => (from = yearOf(target) ?? null));
addEventListener("pointermove", (event) => from && marked(yearAt(event)));
addEventListener("pointercancel", () => marked((from = null)));
addEventListener("pointerup", (event) => {
  const to = from && yearAt(event);
  if (to && to !== from) chooseSpan(from, to);
  marked((from = null));
});

function active(columns, regions) {
  const counts = columns.map((year) => inYear(regions, year).length);
  const most = Math.max(...counts);
  return el(
    "tr",
    { class: "active" },
    el("th", { scope: "row" }, words.active),
    counts.map((count) => el("td", { class: shade(count, most) }, count)),
  );
}

function row(region, columns) {
  const { fiscal_year_start: first, fiscal_year_end: last } = region;
  const cells = columns.filter((year) => year <= first || year > last);
  return el(
    "tr",
    { "data-region": region.number },
    el("th", { scope: "row" }, regionLink(region, "timeline", more(region))),
    cells.map((year) =>
      year === first
        ? el("td", { colspan: last - first + 1, class: `span-${last - first + 1}` }, el("span", { class: "bar" }, region.fiscal_years_label))
        : el("td", {}),
    ),
  );
}

/** What the cluster does; where the hit is, if not in what is shown; whether a misprint is known. */
function more(region) {
  const shown = about(region);
  return [text(region, shown, { class: "what" }), excerpt(region, ["name", shown]), hint(ownMisprints(region))];
}

/** The address of the page of a region. */
export const regionPage = (number) => address(`regions/${number}${lang === "en" ? "/en" : ""}`);

export const hint = (misprints) => misprints.length > 0 && el("span", { class: "hint" }, words.misprints);

/** The way to the page of a region; a click on it opens the region here. */
export function regionLink(region, place, more = []) {
  return el(
    "a",
    {
      class: "region", href: regionPage(region.number),
      "data-key": `${place}-${region.number}`, "data-region": region.number,
    },
    el("span", { class: "number" }, region.number),
    el(
      "span",
      {},
      ja("span", { class: "printed" }, mark(region, "name")),
      english(region, "name"),
      more,
    ),
  );
}
