// Types with their subcategories, and fiscal years, as check boxes with counts.
import { all, el, fill, $ } from "./dom.js";
import { subcategories, words, years } from "./given.js";
import { labelOf } from "./record.js";
import { change, read, toggle } from "./state.js";

/** Types and subcategories are one tree: a type is all of its subcategories. */
export function showTree({ page, state }) {
  const chosen = chosenIn(state);
  const count = (ids) => page.facets.subcategory.filter(({ value }) => ids.includes(value)).reduce((sum, one) => sum + one.count, 0);
  const branch = (name, value, ids) => {
    const some = ids.filter((id) => chosen.includes(id)).length;
    const one = { value, label: label(page, name, value), count: count(ids), checked: some === ids.length, some };
    return box(name, one, colour(value), () => toggleBranch(ids));
  };
  fill(
    $("#facet-type"),
    el("legend", {}, words.tree),
    Object.entries(subcategories).flatMap(([type, ids]) => [branch("type", type, ids), ...ids.map((id) => branch("subcategory", id, [id]))]),
  );
}

/** The subcategories that a state means; it may name types, subcategories, or both. */
function chosenIn(/** @type {any} */ { type, subcategory }) {
  const all = type.flatMap((one) => subcategories[one] ?? []);
  if (!type.length) return subcategory;
  return subcategory.length ? all.filter((id) => subcategory.includes(id)) : all;
}

/** Whole types are named as such. */
function toggleBranch(ids) {
  const before = chosenIn(read());
  const off = ids.every((id) => before.includes(id));
  const now = Object.values(subcategories).flat().filter((id) => (ids.includes(id) ? !off : before.includes(id)));
  const types = Object.keys(subcategories).filter((type) => subcategories[type].every((id) => now.includes(id)));
  const whole = types.flatMap((type) => subcategories[type]).length === now.length;
  change(whole ? { type: types, subcategory: [] } : { type: [], subcategory: now });
}

export function showYears({ page, state }) {
  const values = page.facets.fiscal_year;
  fill(
    $("#facet-fiscal_year"),
    el("legend", {}, words.fiscal_year, state.fiscal_year.length > 1 && el("small", {}, words.anyYear)),
    values.map((one) => {
      const { value, label } = one;
      const otherWay = label.includes(value) ? years[value] : value;
      const checked = state.fiscal_year.includes(value);
      return box("fiscal_year", { ...one, checked }, "", () => toggle("fiscal_year", value), el("small", {}, otherWay));
    }),
    span(values, state.fiscal_year),
  );
}

/** The first and the last year, to choose all between them. */
function span(values, chosen) {
  const [first, last] = ends(chosen);
  const select = (key, current) =>
    el(
      "select",
      { "aria-label": words[`fiscal_year_${key}`], "data-key": key, change: take },
      el("option", { value: "" }, "–"),
      values.map(({ value, label }) => el("option", { value, selected: value === current }, label)),
    );
  const take = () => {
    const [from, to] = [$('[data-key="from"]').value, $('[data-key="to"]').value];
    chooseSpan(from || (to && values[0].value), to || (from && values.at(-1).value));
  };
  return el("p", { class: "span" }, words.span[0], select("from", first), words.span[1], select("to", last));
}

/** The first and the last of years without a gap. */
export function ends(chosen) {
  const known = Object.keys(years);
  const without = chosen.every((year, index) => known.indexOf(year) === known.indexOf(chosen[0]) + index);
  return chosen.length && without ? [chosen[0], chosen.at(-1)] : [];
}

/** Chooses the years from one to another, in any order. */
export function chooseSpan(one, other) {
  const [from, to] = [one, other].sort();
  change({ fiscal_year: Object.keys(years).filter((year) => from && from <= year && year <= to) });
}

export function box(name, { value, label, count, checked, some = 0 }, look, click, more = null) {
  const input = el("input", { type: "checkbox", name, value, checked, "data-key": `${name}-${value}`, change: click });
  input.indeterminate = some > 0 && !checked;
  return el(
    "label",
    { class: `choice ${name}${count ? "" : " none"}` },
    input,
    el("span", { class: `name ${look}` }, label, more),
    el("span", { class: "count" }, count),
  );
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
  if (name === "q_in") return value === "annotations" ? words.annotations : labelOf(value);
  return page.facets[name.replace(/_(from|to)$/, "")]?.find((one) => one.value === value)?.label ?? value;
}
