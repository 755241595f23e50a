// The regions in view in numbers: small bars, each chart also as a table and as an SVG to take away.
import { el, fill, offer, SVG, $ } from "./dom.js";
import { colour, label } from "./facets.js";
import { areas, lang, subcategories, words } from "./given.js";
import { inYear } from "./record.js";
import { byField } from "./topics.js";

const [WIDTH, HEAD, ROW, BAR, RIGHT] = [640, 56, 42, 16, 40];
const types = Object.keys(subcategories);
const sum = (counts) => counts.reduce((all, count) => all + count, 0);

export function showCharts({ page }) {
  const rows = (pairs) => pairs.map(([name, regions]) => [name, types.map((type) => regions.filter(({ program }) => program.id === type).length)]);
  const inArea = ({ codes }) => page.items.filter(({ annotations }) => annotations.prefectures.some(({ code }) => codes.includes(code)));
  const fields = byField(page.items).map(({ name, english, regions }) => [name === null ? words.notStated : (lang === "en" && english) || name, regions]);
  const names = types.map((type) => label(page, "type", type));
  fill(
    $("#charts"),
    chart(words.byYear, rows(page.facets.fiscal_year.map((year) => [year.label, inYear(page.items, year.value)])), names),
    chart(words.byField, rows(fields), names),
    chart(words.byArea, rows(areas.map((area) => [area.name, inArea(area)])), names),
  );
}

function chart(title, rows, names) {
  const drawing = draw(title, rows, names);
  const cells = (counts) => [...counts, sum(counts)].map((count) => el("td", {}, count));
  return el(
    "figure",
    { class: "chart" },
    el("figcaption", { class: "visually-hidden" }, title),
    drawing,
    el(
      "details",
      {},
      el("summary", {}, words.asTable),
      el(
        "table",
        {},
        el("caption", { class: "visually-hidden" }, title),
        el("thead", {}, el("tr", {}, el("td", {}), [...names, words.sum].map((name) => el("th", { scope: "col" }, name)))),
        el("tbody", {}, rows.map(([name, counts]) => el("tr", {}, el("th", { scope: "row" }, name), cells(counts)))),
      ),
    ),
    el("a", { class: "button", href: "", download: `${title}.svg`, click: ({ currentTarget }) => save(currentTarget, drawing) }, words.saveSvg),
  );
}

/** For each name, bars of both types one after the other and their sum; a legend and a title. */
function draw(title, rows, names) {
  const width = Math.min(WIDTH, $("#charts").clientWidth || WIDTH);
  const height = HEAD + ROW * rows.length;
  const most = Math.max(1, ...rows.map(([, counts]) => sum(counts)));
  const long = (count) => (count / most) * (width - RIGHT);
  const text = (x, y, content, size = 14) => el("text", { x, y, "font-size": size }, content);
  const bar = (x, y, length, type) => el("rect", { x, y, width: length, height: BAR, class: colour(type) });
  const lines = rows.flatMap(([name, counts], index) => {
    const y = HEAD + ROW * index;
    let x = 0;
    const bars = counts.map((count, place) => bar((x += long(count)) - long(count), y + 20, long(count), types[place]));
    return [text(0, y + 14, name), ...bars, text(x + 8, y + 33, sum(counts))];
  });
  const legend = names.flatMap((name, place) => [bar(place * 160, 28, BAR, types[place]), text(place * 160 + 22, 41, name)]);
  return el("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title, class: "bars" }, text(0, 16, title, 16), ...legend, ...lines);
}

/** A file of its own has the colours in it. */
function save(link, drawing) {
  const copy = drawing.cloneNode(true);
  const [old, made] = [drawing, copy].map((one) => [...one.querySelectorAll("*")]);
  for (const [index, element] of old.entries()) made[index].setAttribute("fill", getComputedStyle(element).fill);
  copy.setAttribute("xmlns", SVG);
  copy.setAttribute("font-family", "sans-serif");
  copy.prepend(el("rect", { width: "100%", height: "100%", fill: getComputedStyle(document.documentElement).backgroundColor }));
  offer(link, copy.outerHTML, "image/svg+xml");
}
