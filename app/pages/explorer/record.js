// The texts of a region: what they are called, in what language, where a search has found something.
import { at, el, ja, marked } from "./dom.js";
import { labels, lang } from "./given.js";

/** How a field is called, given its path, one in it or one around it. */
export function labelOf(path) {
  const known = Object.keys(labels).find((one) => `${path}.`.startsWith(`${one}.`) || one.startsWith(`${path}.`));
  return known ? labels[known] : path;
}

/** The text at a path of a region, with its hits marked. */
export const mark = (region, path) => marked(at(region, path), path, region.matches);

/** What a cluster does, in a line: the path of its title, else of its theme; in English of its translation. */
export function about({ title, annotations }) {
  const name = title === null ? "theme" : "title";
  return lang === "en" && annotations[`${name}_en`] ? `annotations.${name}_en` : name;
}

/** The regions that were supported in a year. */
export const inYear = (regions, year) => regions.filter((one) => one.fiscal_year_start <= year && year <= one.fiscal_year_end);

/** The misprints of the region itself, and those of the subcategory that it shares with others. */
const misprints = (shared) => ({ annotations }) => annotations.corrections.filter(({ field }) => field.startsWith("subcategory.") === shared);
export const ownMisprints = misprints(false);
export const sharedMisprints = misprints(true);

/** The text at a path in its own language. */
export function text(region, path, attributes = {}) {
  if (!at(region, path)) return null;
  const content = mark(region, path);
  return path.endsWith("_en") ? el("span", { lang: "en", ...attributes }, content) : ja("span", attributes, content);
}

/** Where the first hit is, if none is in what is shown. */
export function excerpt(region, shown) {
  const [first] = region.matches;
  return first && !region.matches.some(({ field }) => shown.includes(field)) && text(region, first.field, { class: "excerpt" });
}

/** The English beside a printed text, on an English page. */
export const english = (region, name) => lang === "en" && text(region, `annotations.${name}_en`, { class: "annotated" });
